"""A table block by block: the same rows as in one piece, and records that can be written again."""

import csv
import io
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.config import CsvOptions
from core.data.csv import reader, text_file
from core.data.csv.blocks import TableBlocks
from core.data.csv.numbers import NumberForm
from core.data.csv.packed import Source
from core.data.csv.spreadsheet import harmless, restored
from core.data.csv.text_file import UndecodableError
from core.errors import DataError

quick = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=max(200, settings().max_examples),
)
CELLS = st.one_of(
    st.floats(-1e6, 1e6).map(str),
    st.sampled_from(
        ["", "-1.5", "+2", "=1+1", "-x", "@a", "'=b", "a;=b", "＝1", " -3", " =c", "NA"]
    ),
    st.text(alphabet="ab=;-'\"\n, é\t", max_size=6),
)


@pytest.fixture
def write(tmp_path):
    """Return write(content): the path of a file with it."""

    def write(content):
        path = tmp_path / "t.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def whole(path, **known):
    """Return all records, their lines, and the values of each column, block after block."""
    blocks = TableBlocks(Source(path), CsvOptions(**known))
    wanted = tuple(range(len(blocks.form.names)))
    found = list(blocks.read(wanted))
    columns = [np.concatenate([b.columns[j].values for b in found]) for j in wanted]
    texts = [text for block in found for text in block.texts]
    return texts, [int(n) for block in found for n in block.lines], columns


def as_csv(rows, separator=","):
    file = io.StringIO()
    csv.writer(file, delimiter=separator, lineterminator="\n").writerows(rows)
    return file.getvalue()


@quick
@given(st.lists(st.tuples(CELLS, CELLS), min_size=3, max_size=12), st.sampled_from(",;\t"))
def test_every_record_comes_back_cell_by_cell_and_harmless(write, rows, separator):
    given_rows = [(str(k), *row) for k, row in enumerate(rows)]
    path = write(as_csv([("k", "a", "b"), *given_rows], separator))
    known = {"separator": separator, "decimal": ".", "has_header": True}
    texts, _, columns = whole(path, **known)
    for column, values in zip(reader.read(path, CsvOptions(**known)).columns, columns, strict=True):
        np.testing.assert_array_equal(values, column.values)
    written = list(csv.reader(io.StringIO("\n".join(texts) + "\n"), delimiter=separator))
    assert [list(map(bare, row)) for row in written] == [
        [bare(re.sub("\r\n?", "\n", cell).strip(" ")) for cell in row] for row in given_rows
    ]
    for cell in (cell for row in written for cell in row):
        is_number = NumberForm(".").parse(cell.strip()) is not None
        assert is_number or harmless(restored([cell])[0]) == cell


def bare(cell):
    return restored([cell.strip(" ")])[0]


def test_lines_without_anything_to_mind_stay_as_they_are(write):
    lines = ["x,y", "1.50,a", "-2.0e0,b", " 3,c", "", "+4,d"]
    texts, numbers, _ = whole(write("\n".join(lines) + "\n"))
    assert texts == [line for line in lines[1:] if line] and numbers == [2, 3, 4, 6]


@pytest.mark.parametrize("cell", ["=1+1", "@sum(a)", "+x", "-x", " =1", "a;=b", "＝1", "a\t=b"])
def test_what_a_spreadsheet_would_run_is_escaped(cell, write):
    texts, _, _ = whole(write(f"x,y\n1,a\n2,{cell}\n3,b\n"), separator=",")
    (line,) = csv.reader([texts[1]])
    assert line[1] == harmless(cell.strip()) != cell
    assert restored([line[1]]) == [cell.strip()]


def test_what_is_escaped_already_is_not_escaped_again(write):
    texts, _, _ = whole(write("x,y\n1,'=1+1\n2,\"'@a\"\n"))
    assert texts == ["1,'=1+1", "2,'@a"]


def test_negative_numbers_with_a_decimal_comma_stay_numbers(write):
    texts, _, columns = whole(write('x;y\n-1,5;a\n-2,5;"b"\n+3,5;c\n'))
    assert texts == ["-1,5;a", "-2,5;b", "+3,5;c"]
    np.testing.assert_array_equal(columns[0], [-1.5, -2.5, 3.5])


def test_ragged_records_are_there_cut_off_or_filled_up(write):
    texts, lines, columns = whole(write("x,y\n1,2\n3\n4,5,6\n7,8\n"))
    assert texts == ["1,2", "3,", "4,5", "7,8"] and lines == [2, 3, 4, 5]
    np.testing.assert_array_equal(columns[1], [2, 8])


def test_records_over_several_lines_and_blocks(write, monkeypatch):
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 64)
    rows = [(str(k), f"two\nlines {k}" if k % 3 else "one") for k in range(60)]
    path = write(as_csv([("x", "y"), *rows]))
    texts, lines, columns = whole(path)
    assert list(csv.reader(io.StringIO("\n".join(texts)))) == [list(row) for row in rows]
    np.testing.assert_array_equal(columns[0], np.arange(60))
    assert lines == reader.read(path).lines.tolist()


def test_bytes_that_are_not_utf8_behind_the_first_block_are_read_as_their_encoding(
    write, monkeypatch
):
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 64)
    path = write(b"x,y\n" + b"1,a\n" * 40 + b"2,\xe9\n")
    blocks = TableBlocks(Source(path))
    with pytest.raises(UndecodableError):
        list(blocks.read((0,)))
    blocks.guess_encoding()
    assert [text for block in blocks.read((0,)) for text in block.texts][-1] == "2,é"


def test_an_encoding_that_was_named_is_not_given_up(write, monkeypatch):
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 64)
    path = write(b"x,y\n" + b"1,a\n" * 40 + b"2,\xe9\n")
    with pytest.raises(DataError, match="line 42: found bytes that are not UTF-8"):
        list(TableBlocks(Source(path), CsvOptions(encoding="utf-8")).read((0,)))


def test_a_long_text_comes_back_whole(write):
    text = "a" * 140_000
    texts, *_ = whole(write(f'x,y\n1,{text}\n2,"b"\n'), separator=",", has_header=True)
    assert texts == [f"1,{text}", "2,b"]
