"""Notes: the same in every language, said in the window's; what a file holds is not trusted."""

from __future__ import annotations

import pytest

from core.errors import DataError
from core.language import mark, spoken
from core.note import Note, counted
from core.projects.structure import Arrays, Decoder, encoded

FILLED = Note(
    mark("filled {cells} with the feature's mean ({parts})"),
    {
        "cells": counted(1200, "missing number"),
        "parts": (Note("{name} {count}", {"name": "width", "count": 1200}), Note("…")),
    },
)


def test_a_note_is_said_in_the_language_with_its_forms_and_marks():
    assert str(FILLED) == "filled 1,200 missing numbers with the feature's mean (width 1,200, …)"
    with spoken("de"):
        assert str(counted(1, "row")) == "1 Zeile"
        assert str(FILLED).startswith("1.200 fehlende Zahlen mit dem Mittelwert")
        assert "(width 1.200, …)" in str(FILLED)


def test_a_note_comes_back_from_a_file_and_a_text_of_an_older_one_stays():
    for note in (FILLED, counted(1, "row"), "skipped 1 row {as} it was said"):
        kept = encoded(note, Arrays())
        assert Decoder([]).decode(str | Note, kept, "notes") == note


@pytest.mark.parametrize(
    "kept",
    [
        {"text": "{a.__class__}", "values": {"a": "x"}},
        {"text": "{a!r}", "values": {"a": "x"}},
        {"text": "{a:>999999999}", "values": {"a": "x"}},
        {"text": "{a", "values": {"a": "x"}},
        {"text": "{}", "values": {"a": "x"}},
        {"text": "{b}", "values": {"a": "x"}},
        {"text": "{n} rows", "values": {"n": "many"}, "one": "{n} row"},
        {"text": "{n} rows", "one": "{n} row"},
    ],
)
def test_a_note_whose_text_asks_for_what_it_has_not_is_refused(kept):
    with pytest.raises(DataError, match="note"):
        Decoder([]).decode(Note, kept, "notes")
