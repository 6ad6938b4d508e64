"""Odd rows of a table: totals, classes of one row, a header among the data."""

import pytest

from core.data.csv import oddities


@pytest.fixture
def remarks(read):
    """Return remarks(text): what is said of the last column as the label."""

    def remarks(text, **known):
        table = read(text, **known)
        names, y = table.columns[-1].classes
        label = len(table.columns) - 1
        return [str(remark) for remark in oddities.remarks(table, label, names, y, is_merged=False)]

    return remarks


@pytest.mark.parametrize("word", ["Total", "TOTAL:", "Grand total", "Summe", "Mean"])
def test_a_total_at_the_end_is_found_in_any_column_of_words(read, blobs, text_of, word):
    rows = [(f"s{k}", a, tree) for k, (a, _, tree) in enumerate(blobs)]
    table = read(text_of([*rows, (word, "99.5", "ash")], "shop,a,tree"))
    assert [excluded.rows.tolist() for excluded in oddities.excluded_rows(table)] == [[len(blobs)]]


def test_a_total_as_the_class_is_found(read, blobs, text_of):
    table = read(text_of([*blobs, ("219.5", "80.5", "Total")], "a,b,tree"))
    assert [excluded.rows.tolist() for excluded in oddities.excluded_rows(table)] == [[len(blobs)]]


def test_a_word_for_totals_that_is_a_class_is_none(read, blobs, text_of):
    rows = [(a, b, "total" if tree == "ash" else tree) for a, b, tree in blobs]
    assert oddities.excluded_rows(read(text_of(rows, "a,b,tree"))) == ()


def test_classes_of_one_row_are_said_with_their_lines(remarks, blobs, text_of):
    said = remarks(text_of([*blobs, ("1", "2", "yew"), ("3", "4", "fir")], "a,b,tree"))
    assert said == [
        "one row only is of class “fir” (line 63), “yew” (line 62): it cannot be both learnt and "
        "tested"
    ]


def test_a_lone_class_in_line_1_may_be_a_header(remarks, blobs, text_of):
    (said,) = remarks(text_of([("2.5", "1.5", "yew"), *blobs]))
    assert said.startswith("line 1 is taken as data") and "--header" in said


def test_spellings_of_a_class_are_said_together(remarks, blobs, text_of):
    rows = [(a, b, tree.upper() if k % 2 else tree) for k, (a, b, tree) in enumerate(blobs)]
    said = remarks(text_of(rows, "a,b,tree"))
    assert len(said) == 3
    assert said[0].startswith("“ASH”, “ash” are 2 classes")


def test_a_header_that_is_repeated_among_the_rows_is_found(read, blobs, text_of):
    rows = [*blobs[:30], ("a", "b", "tree"), *blobs[30:]]
    (excluded,) = oddities.excluded_rows(read(text_of(rows, "a,b,tree")))
    assert excluded.rows.tolist() == [30]


def test_a_word_that_is_also_a_name_is_no_header(read, blobs, text_of):
    rows = [(a, b, "tree" if k == 9 else tree) for k, (a, b, tree) in enumerate(blobs)]
    assert oddities.excluded_rows(read(text_of(rows, "a,b,tree"))) == ()


def test_a_table_without_oddities_says_nothing(remarks, blobs, text_of):
    assert remarks(text_of(blobs, "a,b,tree")) == []


def test_no_row_has_no_total(read):
    table = read("a,b\n", has_header=True)
    assert oddities.excluded_rows(table) == ()
