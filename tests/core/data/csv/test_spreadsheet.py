"""Text is made harmless for spreadsheets, and comes back as it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.csv.spreadsheet import harmless, restored, to_text

texts = st.text(st.sampled_from("a1.,;|'\"=+-@\t\n ＝"), max_size=8)


@pytest.mark.parametrize("text", ["=1+1", "+x", "-x", "@SUM(A1)", "\tx", "＝1", "'=1", "-", "-1_0"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert harmless(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["-1.5", "+2", "-.5e-3", "1", "", "a=b", "'a", "a-b", "versicolor"]
)
def test_numbers_and_other_words_stay_as_they_are(text):
    assert harmless(text) == text


def test_where_another_spreadsheet_cuts_a_text_it_is_harmless_too():
    assert harmless("a;=1\n+2|@x") == "a;'=1\n'+2|'@x"


@given(st.lists(texts))
def test_what_was_made_harmless_comes_back(column):
    assert restored([harmless(text) for text in column]) == column


@given(st.lists(texts))
def test_no_two_texts_become_one(column):
    assert len({harmless(text) for text in column}) == len(set(column))
    assert len(set(restored(column))) == len(set(column))


@pytest.mark.parametrize("column", [["'=a", "=b"], ["'-1", "x"], ["'a", "b"], ["''"]])
def test_apostrophes_that_others_wrote_stay(column):
    assert restored(column) == column


def test_numbers_and_breaks_go_to_the_clipboard_whole():
    rows = list(csv.reader(io.StringIO(to_text([["=a", -1.5, "x\ry", 'q"'], [2, 0.1, "", "−1"]]))))
    assert rows == [["'=a", "-1.5", "x\ny", 'q"'], ["2", "0.1", "", "−1"]]


def test_no_csv_is_written_past_this():
    """But for what our own reader takes apart at once."""
    root = Path(__file__).parents[4]
    sources = [path for part in ("core", "gui") for path in (root / part).rglob("*.py")]
    writing = {path.name for path in sources if "csv.writer(" in path.read_text(encoding="utf-8")}
    assert writing == {"spreadsheet.py", "reader.py", "workbook.py", "parquet.py"}
