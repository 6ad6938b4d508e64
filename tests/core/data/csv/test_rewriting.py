"""Columns parted by blanks, cells in single quotes, rows that are quoted as a whole."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data.csv import text_file
from core.data.csv.rewriting import rewriter

ROWS = [(1.6, 0.37, "alpha"), (0.39, 0.41, "beta"), (4.74, 1.61, "alpha")] * 3

quick = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


# Blanks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", [" ", "  ", "\t ", " \t\t"])
@pytest.mark.parametrize("edge", ["", "   "])
def test_columns_parted_by_runs_of_blanks_are_found(read, cells, gap, edge):
    text = "".join(f"{edge}{gap.join(map(str, row))}{edge}\n" for row in ROWS)
    table = read(text, "t.data")
    assert [cells(table, f"column {j}") for j in (1, 2, 3)] == [
        list(c) for c in zip(*ROWS, strict=True)
    ]
    assert list(table.lines) == list(range(1, 10))


def test_runs_of_different_lengths_are_each_one_gap(read, cells):
    table = read("1.6   \t0.37\t\t1\n0.39  \t0.41\t1\n4.74\t1.61 \t 2\n")
    assert cells(table, "column 3") == [1, 1, 2]


def test_decimal_commas_may_be_parted_by_blanks(read, cells):
    table = read("1,6 0,37 alpha\n0,39 0,41 beta\n")
    assert cells(table, "column 1") == [1.6, 0.39]


def test_what_r_writes_has_row_names_and_quotes(read, cells):
    text = '"length" "width" "the kind"\n' + "".join(
        f'"{k}" {a} {b} "kind {c}"\n' for k, (a, b, c) in enumerate(ROWS, start=1)
    )
    table = read(text)
    assert table.names == ("row name", "length", "width", "the kind")
    assert cells(table, "the kind")[:2] == ["kind alpha", "kind beta"]
    assert cells(table, "length") == [a for a, _, _ in ROWS]


def test_tabs_with_empty_cells_stay_tabs(read, cells):
    table = read("a\tb\ts\n1\t\tx\n2\t3\tx\n4\t5\ty\n")
    assert table.format.separator == "\t"
    assert cells(table, "b") == [None, 3, 5]


def test_commas_with_blanks_after_them_stay_commas(read, cells):
    table = read(
        "28, ?, 3700, <=50K\n21, Private, 4100, <=50K\n43, Private, 16100, >50K\n", "adult.data"
    )
    assert cells(table, "column 4") == ["<=50K", "<=50K", ">50K"]


def test_blanks_can_be_asked_for(read):
    assert len(read("a,1 b,2 c\nd,3 e,4 f\n", separator=" ").columns) == 3


def test_ragged_rows_between_blanks_are_named_by_line(read):
    table = read("a b s\n1 2 x\n\n3 4\n5 6 y\n7 8 x\n", separator=" ", has_header=True)
    assert table.ragged == ((4, 2),)
    assert list(table.lines) == [2, 5, 6]


# Single quotes ---------------------------------------------------------------------------------


def test_cells_in_single_quotes_may_hold_separators(read, cells):
    table = read("length,class\n1.6,'class alpha, x'\n0.39,'it''s \"b\", y'\n2,'class alpha, x'\n")
    assert cells(table, "class") == ["class alpha, x", 'it\'s "b", y', "class alpha, x"]


def test_single_quotes_around_plain_words_go(read, cells):
    table = read("length,class\n1.6,'alpha'\n0.39,'beta'\n")
    assert cells(table, "class") == ["alpha", "beta"]


def test_apostrophes_in_words_stay(read, cells):
    table = read("length,class\n1.6,rock 'n' roll\n0.39,'80s\n2,it's\n")
    assert cells(table, "class") == ["rock 'n' roll", "'80s", "it's"]


def test_single_quotes_within_prose_quote_no_cell(read):
    rows = "".join(f"{k},well; 'so' | late,{'pn'[k % 2]}\n" for k in range(9))
    assert read("id,text,label\n" + rows).format.quote == '"'


def test_single_quotes_can_be_said_to_be_letters(read, cells):
    assert cells(read("x,s\n1.6,'a'\n2,'b'\n", quote='"'), "s") == ["'a'", "'b'"]


# Rows that are quoted as a whole ---------------------------------------------------------------


def test_rows_quoted_as_a_whole_are_unquoted(read, cells):
    text = '"length,width,class"\n' + "".join(f'"{a},{b},{c}"\n' for a, b, c in ROWS)
    table = read(text)
    assert table.names == ("length", "width", "class")
    assert cells(table, "class") == [c for _, _, c in ROWS]
    assert "each row in quotes" in str(table.format)


def test_some_rows_quoted_as_a_whole_are_unquoted(read, cells):
    table = read('x,name\n1,plain\n"2,""a, b"""\n3,plain\n')
    assert cells(table, "name") == ["plain", "a, b", "plain"]


def test_a_column_of_quoted_text_beside_others_is_no_quoted_row(read, cells):
    table = read('x,name\n1,"a, b"\n2,"c, d"\n')
    assert cells(table, "name") == ["a, b", "c, d"]
    assert not table.format.has_quoted_rows


# Whatever comes --------------------------------------------------------------------------------

scraps = st.lists(st.sampled_from([*"12.5,;a\n\t '\"|{}%\\", "''", '""', "é"]), max_size=60).map(
    "".join
)


@given(scraps, st.sampled_from([" ", ",", "\t"]), st.sampled_from("'\""), st.booleans())
def test_no_line_is_lost_or_made(text, separator, quote, has_quoted_rows):
    rewrite = rewriter(separator, quote, has_quoted_rows=has_quoted_rows)
    if rewrite:
        assert rewrite(text.encode()).count(b"\n") == text.count("\n")


@quick
@given(scraps)
def test_any_scraps_between_blanks_are_read_or_refused(read_or_refuse, text):
    read_or_refuse("1 2 'a'\n2 3 'b'\n" + text)


def test_blocks_between_blanks_do_not_show(read, cells, monkeypatch):
    text = "".join(f"  {k}.5\t {k % 7} 'k {k % 3}'\n" for k in range(2000))
    whole = read(text)
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 1 << 12)
    parts = read(text)
    assert list(parts.lines) == list(whole.lines) == list(range(1, 2001))
    for name in whole.names:
        assert cells(parts, name) == cells(whole, name)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "line",
    [
        "1 2" + " " * 500_000 + "3",
        "1 'a'" + " " * 500_000 + "'b'",
        ",".join(["12"] * 40) + ",x",
        "x" * 500_000 + " é",
        "{0 " + " " * 500_000 + "x}",
        "1" + ",'a''" * 50_000,
        '"' + '""' * 200_000 + "x",
    ],
    ids=["blanks", "quotes", "numbers", "letters", "braces", "single quotes", "double quotes"],
)
def test_no_line_takes_long(read_or_refuse, line):
    for start in ("a b c\n1 2 x\n", "@relation r\n@attribute a real\n@data\n", "1 1:2\n", ""):
        for encoding in ("utf-8", "cp1252"):
            read_or_refuse((start + line + "\n").encode(encoding))
