"""What is understood of text tables that people bring, and what is said of those that are none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import CsvOptions
from core.data.csv import dialect, encodings, reader, text_file
from core.data.csv import numbers as numbers_written
from core.errors import DataError
from core.name_lookup import find, kept_apart, natural_order, plain
from tests.core.data.columns import cells

IRIS = "length,width,species\n5.1,3.5,setosa\n7.0,3.2,versicolor\n6.3,3.3,virginica\n"


# How it is written -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("utf-16-le", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "latin-1"),
    ],
)
def test_the_encoding_is_found_and_named(read, encoding, codec):
    table = read("größe,art\n1.5,Fächer\n2.5,Öl\n".encode(codec))
    assert table.format.encoding == encoding
    assert table.names == ("größe", "art")
    assert cells(table, "art") == ["Fächer", "Öl"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(read, separator):
    table = read(IRIS.replace(",", separator))
    assert table.format.separator == separator
    assert table.names == ("length", "width", "species")


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_decimal_commas_are_found(read, separator):
    table = read(IRIS.replace(",", separator).replace(".", ","))
    assert table.format.decimal == ","
    assert cells(table, "length") == [5.1, 7.0, 6.3]


def test_decimal_commas_without_a_header_are_not_taken_for_separators(read):
    table = read("1,5;2,5;a\n3,5;4,5;b\n")
    assert [column.kind for column in table.columns] == ["numbers", "numbers", "text"]


def test_quoted_decimal_commas_may_be_separated_by_commas(read):
    table = read('x,y\n"1,5","2,25"\n"3,5","4,75"\n')
    assert cells(table, "x") == [1.5, 3.5]
    assert cells(table, "y") == [2.25, 4.75]


def test_excels_own_line_names_the_separator(read):
    table = read("sep=;\na;b\n1,5;x\n2,5;y\n")
    assert table.format.separator == ";"
    assert table.names == ("a", "b")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system(read, end):
    table = read(IRIS.replace("\n", end))
    assert cells(table, "species") == ["setosa", "versicolor", "virginica"]
    assert list(table.lines) == [2, 3, 4]


def test_the_last_line_needs_no_end(read):
    assert read(IRIS.rstrip("\n")).n == 3


def test_a_table_without_header_gets_numbered_names(read):
    table = read("5.1,3.5,setosa\n7.0,3.2,versicolor\n")
    assert table.format.header_line is None
    assert table.names == ("column 1", "column 2", "column 3")
    assert table.n == 2


def test_words_that_repeat_below_are_no_header(read):
    assert read("yes,no\nno,no\nyes,yes\n").format.header_line is None


def test_words_above_other_words_are_a_header(read):
    assert read("answer,vote\nno,no\nyes,yes\n").names == ("answer", "vote")


def test_counted_columns_are_a_header(read):
    assert read("0,1,2,label\n5,3,9,a\n4,4,4,b\n").names == ("0", "1", "2", "label")


def test_a_missing_first_cell_does_not_make_a_header(read):
    assert read("?,2.5,a\n1.5,3.5,b\n").n == 2


def test_comments_and_blank_lines_above_the_table_are_skipped_and_said(read):
    table = read("# made in May\n\n% by hand\n" + IRIS)
    assert table.format.header_line == 4
    assert list(table.lines) == [5, 6, 7]
    assert "3 lines above" in str(table.format.notes[0])


def test_a_title_above_the_table_is_skipped(read):
    table = read("Measured by Ms Ruiz\n" + IRIS)
    assert table.names == ("length", "width", "species")
    assert table.format.header_line == 2


def test_the_words_for_what_was_understood(read):
    table = read(IRIS.replace(",", ";").replace(".", ","))
    assert str(table.format) == "UTF-8, semicolons, decimal commas, header in line 1"


@pytest.mark.parametrize(
    "said",
    [{"separator": ";"}, {"decimal": ","}, {"has_header": False}, {"encoding": "cp1252"}],
    ids=str,
)
def test_what_a_person_says_is_not_guessed(read, said):
    form = read(IRIS, **said).format
    known = CsvOptions(form.encoding, form.separator, form.decimal, form.header_line is not None)
    for name, value in said.items():
        assert getattr(known, name) == value


def test_config_and_dialect_know_the_same_ways_of_writing():
    from core import config

    assert tuple(encodings.ENCODINGS) == config.ENCODINGS
    assert tuple(dialect.SEPARATORS) == config.SEPARATORS
    assert tuple(numbers_written.DECIMALS) == config.DECIMALS
    assert tuple(numbers_written.THOUSANDS) == config.THOUSANDS
    assert tuple(dialect.QUOTES) == config.QUOTES


# Names -----------------------------------------------------------------------------------------


def test_second_and_empty_names_are_made_up_and_said(read):
    table = read("a,a,,A\n1,2,3,4\n5,6,7,9\n")
    assert table.names == ("a", "a (2)", "column 3", "A (3)")
    assert len(table.format.notes) == 3


def test_a_header_that_is_one_short_names_the_columns_after_the_row_names(read):
    table = read('"x" "y"\n'.replace(" ", ",") + "r1,1,2\nr2,3,5\n")
    assert table.names == ("row name", "x", "y")


def test_separators_at_the_ends_of_the_rows_make_an_empty_column(read):
    table = read("x,y\n1,2,\n3,5,\n")
    assert table.names == ("x", "y", "column 3")
    assert table.columns[2].obstacle.startswith("empty")


@given(st.lists(st.text(), max_size=8))
def test_names_that_are_kept_apart_can_all_be_found(names):
    apart = kept_apart(names, "column")
    assert len({plain(name) for name in apart}) == len(names)
    assert [find(name, apart, "column") for name in apart] == list(range(len(names)))


def test_numbers_in_names_are_ordered_as_numbers():
    assert sorted(["b", "a10", "a2", "A1"], key=natural_order) == ["A1", "a2", "a10", "b"]


# Cells -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", dialect.MISSING, ids=repr)
def test_marks_for_missing_values_are_known(read, mark):
    table = read(f"x,y,s\n1.5,2,a\n{mark},3,b\n2.5,4,a\n")
    assert cells(table, "x") == [1.5, None, 2.5]
    assert table.columns[0].missing == 1


@pytest.mark.parametrize("text", ["1_000", "\uff11\uff12", "\u0663", "0x10", "1 000", "1e", "1d5"])
def test_what_only_python_calls_a_number_is_none(read, text):
    table = read("x,s\n" + "1.5,a\n" * 9 + f"{text},b\n")
    assert table.columns[0].not_numbers == 1
    assert cells(table, "x")[-1] == text


@pytest.mark.parametrize("text", ["inf", "-inf", "Infinity", "1e400", "-1e39"])
def test_what_is_too_large_is_counted_and_kept_from_training(read, text):
    table = read(f"x,s\n1.5,a\n{text},b\n2.5,a\n")
    column = table.columns[0]
    assert (column.not_finite, column.missing) == (1, 0)
    assert list(column.is_gap) == [False, True, False]
    assert (column.low, column.high) == (1.5, 2.5)


@pytest.mark.parametrize("text", ["+5", "5.", "5 ", " 5", "05", "5e0", '"5"', "0.5e1"])
def test_ways_to_write_five(read, text):
    table = read(f"x,s\n{text},a\n7.25,b\n")
    assert cells(table, "x") == [5, 7.25]


def test_quoted_cells_may_hold_separators_quotes_and_newlines(read):
    table = read('name,x\n"Ruiz, Ana",1\n"6"" pipe",2\n"two\nlines",3\nplain,4\n')
    assert cells(table, "name") == ["Ruiz, Ana", '6" pipe', "two\nlines", "plain"]
    assert list(table.lines) == [2, 3, 4, 6]


def test_a_quote_after_a_blank_opens_a_cell(read):
    table = read('x, name\n1, "a, b"\n2, "c"\n')
    assert cells(table, "name") == ["a, b", "c"]


def test_a_lone_quote_inside_a_cell_is_a_letter(read):
    table = read('x,name\n1,5" pipe\n2,6" pipe\n')
    assert cells(table, "name") == ['5" pipe', '6" pipe']


def test_truth_values_are_words_however_they_are_spelled(read):
    table = read("x,s\n1,TRUE\n2,false\n3,\n4,True\n")
    assert cells(table, "s") == ["True", "False", None, "True"]


def test_long_numbers_are_kept_from_the_features(read):
    table = read("id,x,s\n9007199254740993,1,a\n9007199254740999,2.5,b\n")
    assert "64-bit" in table.columns[0].obstacle
    assert table.usable(2) == (1,)


def test_numbers_beyond_64_bits_are_numbers(read):
    assert cells(read("x,s\n99999999999999999999,a\n1,b\n"), "x") == [1e20, 1]


def test_constants_and_texts_say_why_they_are_no_features(read):
    table = read("a,b,c,s\n5,u,1,x\n5,v,2.5,y\n")
    assert table.columns[0].obstacle == "constant: always 5"
    assert table.columns[1].obstacle == "text: most rows have a word of their own"
    assert table.usable(3) == (2,)


@pytest.mark.parametrize("name", ["Id", "anything"])
def test_a_column_that_counts_the_rows_is_doubted(read, name):
    rows = "".join(f"{k},{k * k % 7}.5,{'ab'[k % 2]}\n" for k in range(1, 20))
    table = read(f"{name},x,s\n{rows}")
    assert table.columns[0].doubt == "counts the rows"
    assert not table.columns[1].doubt


def test_a_few_words_do_not_make_text_of_a_column_of_numbers(read):
    table = read("x,s\n" + "1.5,a\n2.5,b\n" * 10 + "oops,a\n")
    assert table.columns[0].kind == "numbers"
    assert table.columns[0].not_numbers == 1


def test_the_first_rows_are_remembered_as_they_were_parsed(read):
    table = read("x,s\n1.5,a\n?,b\ninf,b\n")
    assert table.columns[0].head == (1.5, None, math.inf)
    assert table.columns[1].head == ("a", "b", "b")


# Ragged rows -----------------------------------------------------------------------------------


def test_ragged_rows_are_left_out_and_named_by_line(read):
    table = read("a,b,s\n1,2,x\n3,4\n5,6,y\n7,8,y,9\n\n10,11,x\n")
    assert cells(table, "a") == [1, 5, 10]
    assert table.ragged == ((3, 2), (5, 4))
    assert list(table.lines) == [2, 4, 7]


def test_a_row_that_is_too_long_does_not_hide_one_that_is_too_short(read):
    table = read("a,b,s\n1,2,x,9\n3,4\n5,6,y\n")
    assert table.ragged == ((2, 4), (3, 2))


def test_a_quoted_separator_does_not_hide_a_row_that_is_too_short(read):
    table = read('a,b,s\n1,2,"x,y"\n3,4\n5,6,y\n')
    assert table.ragged == ((3, 2),)
    assert cells(table, "s") == ["x,y", "y"]


def test_many_ragged_rows_are_all_counted(read):
    table = read("a,b\n" + "1,2\n3\n" * 3000)
    assert table.ragged_count == 3000
    assert len(table.ragged) == reader.MAX_LISTED
    assert table.n == 3000


# Files that are none ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty (0 bytes)"),
        (b"\n \n\n", "is empty"),
        (b"# only\n# comments\n", "comments and blank lines only"),
        (b"PK\x03\x04rest", "Excel"),
        (b"\x1f\x8b\x08rest", "gzip"),
        (b"%PDF-1.7", "PDF"),
        (bytes(range(256)) * 20, "no text"),
        (b"a,b\n1,2\n3,\0\n", "line 3: found a zero byte"),
        (b"a,b\n1,2\n" + b"3,4\n" * 2000 + b"5,\0\n", "line 2,003: found a zero byte"),
        (b'a,b\n1,"2\n3,4\n', "line 2: found a quote"),
        ("a,b\n1,2\n".encode("utf-16") + b"\0", "not UTF-16"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_files_that_are_no_tables_are_refused_in_words(refusal, content, words):
    found = refusal(content)
    assert words in found
    assert found.startswith("t.csv")


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    for path, words in ((tmp_path, "folder"), (tmp_path / "none.csv", "no file")):
        with pytest.raises(DataError, match=words):
            reader.read(path)


def test_a_huge_line_is_refused_before_it_is_read(refusal, monkeypatch):
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 1 << 12)
    monkeypatch.setattr(text_file, "MAX_LINE", 1 << 12)
    assert "line 1 is longer" in refusal("x" * 10_000)
    assert "longer" in refusal("a,b\n" + "1,2\n" * 2000 + "x" * 10_000)


def test_too_many_columns_are_refused(refusal):
    assert "10,001 columns" in refusal(",".join("1" * (dialect.MAX_COLUMNS + 1)) + "\n")


def test_too_many_values_are_refused(refusal, monkeypatch):
    monkeypatch.setattr(reader, "MAX_CELLS", 100)
    assert "more than 100 values" in refusal("a,b\n" + "1,2\n" * 60)


def test_a_byte_that_is_not_utf_8_far_below_changes_the_encoding(read, monkeypatch):
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 1 << 12)
    table = read(b"x,s\n" + b"1.5,a\n2.5,b\n" * 1000 + b"3.5,\xe9t\xe9\n")
    assert table.format.encoding == "cp1252"
    assert cells(table, "s")[-1] == "été"


def test_a_wrong_encoding_that_was_asked_for_is_refused_by_line(refusal):
    assert "line 3" in refusal(b"x,s\n1.5,a\n2.5,\xe9\n", encoding="utf-8")
