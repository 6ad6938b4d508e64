"""A file is read by blocks, whatever is in it: progress, calling off, rows on their lines."""

import csv
import io
import math
import re
import threading
from unittest import mock

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core import memory
from core.config import DataConfig
from core.data.csv import dialect, label, reader, text_file
from core.data.csv.gaps import find_gaps
from core.data.csv.table import MAX_FLOAT32
from core.data.from_table import dataset_of_table
from core.errors import Cancelled, DataError
from tests.core.data.columns import cells

IRIS = "length,width,species\n5.1,3.5,setosa\n7.0,3.2,versicolor\n6.3,3.3,virginica\n"
quick = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=max(150, settings().max_examples),
)


# Progress and cancelling -----------------------------------------------------------------------


def test_progress_is_told_and_only_grows(tmp_path, monkeypatch):
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 1 << 12)
    path = tmp_path / "t.csv"
    path.write_text("x,s\n" + "1.5,a\n2.5,b\n" * 5000)
    told = []
    reader.read(path, progress=lambda done, size: told.append((done, size)))
    assert len(told) > 5
    assert told == sorted(told)
    assert {size for _, size in told} == {path.stat().st_size}


def test_reading_ends_when_it_is_called_off(tmp_path, monkeypatch):
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 1 << 12)
    path = tmp_path / "t.csv"
    path.write_text("x,s\n" + "1.5,a\n2.5,b\n" * 50_000)
    stop = threading.Event()
    told = []

    def watch(done, size):
        told.append(done)
        stop.set()

    with pytest.raises(Cancelled):
        reader.read(path, progress=watch, is_cancelled=stop.is_set)
    assert len(told) <= 2


# Whatever comes --------------------------------------------------------------------------------

words = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=6
)
numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)


@quick
@given(
    st.lists(st.tuples(numbers, words, st.integers(-(2**53), 2**53)), min_size=1, max_size=20),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
)
def test_what_was_written_is_read(read, rows, separator, end, quoting):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerows([("x", "w", "k"), *rows])
    known = {"separator": separator, "decimal": ".", "has_header": True, "encoding": "utf-8"}
    table = read(text.getvalue(), **known)
    assert cells(table, "x") == [x for x, _, _ in rows]
    assert cells(table, "k") == [float(k) for _, _, k in rows]
    for found, (_, word, _) in zip(cells(table, "w"), rows, strict=True):
        word = word.strip()
        if word in dialect.MISSING:
            assert found in (None, word)  # “NA” may be a word like others
        elif isinstance(found, float):
            too_large = abs(float(word)) > MAX_FLOAT32
            assert found == (math.copysign(math.inf, float(word)) if too_large else float(word))
        else:
            assert found.casefold() == word.casefold()


# What ends a line, and what is no end of one though some call it so.
ENDS = ("\n", "\r\n", "\r", "\r\r\n")
LINE_END = re.compile("\r\n|\r|\n")
NO_ENDS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
# No apostrophe: one before a mark is taken off, see test_spreadsheet.
odd_words = st.text(st.sampled_from('a1 ,;\t"#\n\r' + NO_ENDS), max_size=5).map("w{}w".format)
lone_words = st.text(st.sampled_from('a1 "#\n\r' + NO_ENDS), max_size=5).map("w{}w".format)
kinds_of_line = st.one_of(
    st.tuples(st.just("row"), odd_words, odd_words),
    st.tuples(st.just("gaps")),
    st.tuples(st.just("blank"), st.sampled_from(["", " ", "   "])),
    # A single cell that holds separators would be a row that is quoted as a whole.
    st.tuples(st.just("ragged"), st.lists(lone_words, min_size=1, max_size=1)),
    st.tuples(st.just("ragged"), st.lists(odd_words, min_size=2, max_size=2)),
    st.tuples(st.just("ragged"), st.lists(odd_words, min_size=4, max_size=5)),
    st.tuples(st.just("ragged"), st.just(["", ""])),
    st.tuples(st.just("comment"), st.sampled_from(["# by hand", "// ", "%"])),
)


def quoted(cell, separator):
    special = set(cell) & {separator, '"', "\n", "\r"}
    return '"' + cell.replace('"', '""') + '"' if special else cell


@quick
@given(
    st.lists(st.tuples(kinds_of_line, st.sampled_from(ENDS)), max_size=25),
    st.sampled_from(",;\t"),
    st.sampled_from([None, *ENDS]),
    st.booleans(),
    st.booleans(),
)
@example(
    [(("row", "waw", "wa\rb"), "\n"), (("blank", ""), "\n"), (("gaps",), "\n")], ",", None, 1, 1
)
@example([(("gaps",), "\n"), (("row", "waw", "ww"), "\n")], ",", None, True, True)
@example([(("ragged", ["", ""]), "\r"), (("row", "waw", "ww"), "\r")], ",", None, True, False)
def test_no_row_vanishes_or_moves_whatever_ends_the_lines(
    read, lines, separator, every_end, ends_last, is_above
):
    """Rows in are rows out and reported ones, each under the number that an editor shows."""
    text = f"# made in May{every_end or ENDS[0]}" if is_above else ""
    text += separator.join(("k", "a", "b")) + (every_end or "\n")
    rows, ragged = [], []
    usual = [(("row", "waw", "wbw"), "\n")] * (len(lines) + 1)  # most are three wide
    for number, ((kind, *cells_of), end) in enumerate([*lines, *usual]):
        line = 1 + len(LINE_END.findall(text))
        if kind == "row":
            text += separator.join([str(number), *(quoted(c, separator) for c in cells_of)])
            rows.append((line, number, *cells_of))
        elif kind == "gaps":
            text += separator * 2
            rows.append((line, None, None, None))
        elif kind == "ragged":
            text += separator.join(quoted(cell, separator) for cell in cells_of[0])
            ragged.append((line, len(cells_of[0])))
        else:
            text += cells_of[0]
            if kind == "comment":
                ragged.append((line, 1))
        text += every_end or end
    if not ends_last:
        text = text.removesuffix("\n").removesuffix("\r")
    known = {"separator": separator, "decimal": ".", "has_header": True, "encoding": "utf-8"}
    whole = read(text, **known)
    with (
        mock.patch.object(dialect, "find_format", return_value=whole.format),
        mock.patch.object(text_file, "BLOCK_BYTES", 64),
    ):
        in_blocks = read(text, **known)
    for table in (whole, in_blocks):
        assert table.ragged == tuple(ragged)
        assert list(table.lines) == [line for line, *_ in rows]
        for j, name in enumerate(("k", "a", "b"), start=1):
            assert cells(table, name) == [
                LINE_END.sub("\n", row[j]).strip() if isinstance(row[j], str) else row[j]
                for row in rows
            ]


@pytest.mark.parametrize("end", ENDS)
def test_a_break_within_quotes_and_a_blank_line_move_no_row(read, end):
    table = read(f'x,label\n1,"a{end}b"\n\n2,c\n3,c\n')
    assert cells(table, "x") == [1, 2, 3]
    assert cells(table, "label")[1:] == ["c", "c"]
    after = len(LINE_END.findall(end)) + 4
    assert list(table.lines) == [2, after, after + 1]


def test_rows_of_nothing_below_the_header_are_rows(read):
    table = read("x,label\n,\n" * 1 + ",\n" * 300 + "1,a\n")
    assert list(table.lines) == list(range(2, 304))


def test_a_first_row_that_is_too_long_shifts_no_column(read):
    table = read('x,label\n1,5" a,b 6"\n2,c\n')
    assert table.ragged == ((2, 3),)
    assert cells(table, "x") == [2]


def test_a_header_whose_quote_is_never_closed_is_refused(refusal):
    assert "line 1: found a quote" in refusal('x,"label\n1,a\n2,b\n')


def test_many_blank_lines_above_a_table_are_skipped_and_said(read):
    table = read("\n" * 400_000 + IRIS)
    assert table.format.header_line == 400_001
    assert "400,000 lines above" in str(table.format.notes[0])
    assert table.n == 3


def test_blank_lines_are_passed_over_without_a_look_at_each(read, monkeypatch):
    monkeypatch.setattr(text_file, "lines_of", mock.Mock(side_effect=AssertionError))
    table = read("x,s\n1.5,a\n" + "\n \n" * 100_000 + "2.5,b\n" * 3)
    assert list(table.lines) == [2, 200_003, 200_004, 200_005]


def test_of_two_faults_the_earlier_is_told_though_later_blocks_are_read_ahead(refusal, monkeypatch):
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 1 << 12)
    monkeypatch.setattr(text_file, "MAX_LINE", 1 << 12)
    rows = "1.5,2.5\n" * 2000
    assert "line 2,002: found a zero byte" in refusal(f"x,y\n{rows}\0,1\n{'9' * 10_000},1\n")
    assert "line 2,002 is longer" in refusal(f"x,y\n{rows}{'9' * 10_000},1\n\0,1\n")


def test_rows_of_nothing_take_no_memory_of_their_own(read):
    table = read("x,s\n" + ",\n" * 300_000)
    assert all(column.kind == "empty" for column in table.columns)
    assert all(column.values.strides == (0,) for column in table.columns)
    assert table.n == 300_000


def test_a_file_that_memory_has_no_room_for_is_refused_after_its_first_part(tmp_path, monkeypatch):
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 1 << 12)
    monkeypatch.setattr(memory, "free", lambda: 100_000)
    path = tmp_path / "t.csv"
    path.write_text("x,y\n" + "1.5,2.5\n" * 50_000)  # 16 bytes a row
    done = []
    with pytest.raises(DataError, match=r"t\.csv.* takes about \d+ MiB .* are free here"):
        reader.read(path, progress=lambda place, size: done.append(place / size))
    assert not done or max(done) < 0.1


def read_or_refuse(read, content):
    """Read the file as a table and as data that fit it, or as a sentence or two."""
    refusal = ""
    try:
        table = read(content)
        column = label.choose(table).column
        gaps = find_gaps(table, column, table.usable(column))
        data = dataset_of_table(table, DataConfig(source="csv", path="t.csv"))
    except DataError as error:
        refusal = str(error)
    else:
        assert len(table.columns) == len(table.names)
        assert all(len(column.values) == table.n for column in table.columns)
        assert len(gaps.listed(5)) <= 5
        assert len(data.X) == len(data.y) <= table.n
    assert re.fullmatch(r"[^\n]*", refusal)


@quick
@given(st.binary(max_size=300))
@example(b'"')
@example(b"\xff\xfe\x00")
@example(b"a\n\n")
@example(b",\n,")
@example(b'"a\nb",c\n"')
@example(b"1\n\t")
def test_any_bytes_are_read_or_refused(read, content):
    read_or_refuse(read, content)


@quick
@given(st.lists(st.sampled_from([*'1.5,a;"\n\r\t -?e', "nan", "inf", "1e999", "é"]), max_size=80))
def test_any_scraps_of_a_table_are_read_or_refused(read, parts):
    read_or_refuse(read, "".join(parts))


@quick
@given(
    st.lists(st.lists(st.sampled_from(["1", "", "x", '"q,q"', '"n\nn"']), max_size=4), max_size=60)
)
def test_blocks_do_not_show(read, rows):
    text = "a,b,c\n" + "".join(",".join(row) + "\n" for row in rows)
    known = {"separator": ",", "decimal": ".", "has_header": True, "encoding": "utf-8"}
    whole = read(text, **known)
    with (
        mock.patch.object(dialect, "find_format", return_value=whole.format),
        mock.patch.object(text_file, "BLOCK_BYTES", 64),
    ):
        in_blocks = read(text, **known)
    assert in_blocks.ragged == whole.ragged
    np.testing.assert_array_equal(in_blocks.lines, whole.lines)
    for name in whole.names:
        assert cells(in_blocks, name) == cells(whole, name)


@pytest.mark.slow
def test_called_off_no_more_of_a_file_is_read_than_is_under_way(tmp_path, monkeypatch):
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 1 << 12)
    path = tmp_path / "t.csv"
    path.write_text('1.5,2.5,"a b"\n\n' * 20_000)  # blank lines: the slow way
    stop = threading.Event()
    taken = []  # for each block of the file whether it was taken after the wish
    blocks = text_file.blocks

    def watched(file, encoding):
        for block in blocks(file, encoding):
            taken.append(stop.is_set())
            yield block

    monkeypatch.setattr(text_file, "blocks", watched)
    with pytest.raises(Cancelled):
        reader.read(path, progress=lambda done, size: stop.set(), is_cancelled=stop.is_set)
    assert taken.count(False) <= reader.AHEAD + 2
    assert taken.count(True) <= 1
