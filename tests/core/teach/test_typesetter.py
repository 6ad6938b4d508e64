"""Formulae are set on any thread, also on several at once."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from ziamath import zmath
from ziamath.mathfont import MathFont

from core.teach.typesetter import typeset

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
FORMULAE = [rf"\mathbf{{{a}}} = \mathsf{{{a}}} + \mathfrak{{{a}}}_{a}" for a in LETTERS]


@pytest.fixture
def new_font(monkeypatch):
    """Return new_font(): the typesetter begins with a font of which no glyph was read."""

    def new_font():
        monkeypatch.setitem(zmath.loadedfonts, "default", MathFont(zmath.fontname))

    return new_font


@pytest.fixture
def many_switches():
    """Let threads interrupt each other as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("many_switches")
def test_threads_that_set_formulae_at_once_get_each_its_own(new_font):
    new_font()
    alone = {latex: typeset(latex) for latex in FORMULAE}
    new_font()
    with ThreadPoolExecutor(4) as threads:
        together = dict(zip(FORMULAE, threads.map(typeset, FORMULAE), strict=True))
    assert together == alone


def test_what_is_no_formula_is_refused_and_the_next_one_is_set():
    with pytest.raises(AssertionError):
        typeset(r"\frac{1}")
    assert "<svg" in typeset("x")
