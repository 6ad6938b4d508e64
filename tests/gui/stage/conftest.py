"""Who typesets the formulae of views."""

from __future__ import annotations

import threading

import pytest

from gui.kit.maths import formula


@pytest.fixture
def typeset_by(monkeypatch):
    """The threads that typeset formulae from here on; nothing is typeset yet."""
    threads: list[int] = []

    known = set()

    def note(latex, typeset=formula.outlines):
        if latex not in known:  # what was typeset is at hand from then on
            known.add(latex)
            threads.append(threading.get_ident())
        return typeset(latex)

    monkeypatch.setattr(formula, "outlines", note)
    formula.picture.cache_clear()
    return threads
