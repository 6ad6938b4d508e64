"""What is understood of text tables that people bring, and what is said of those that are none."""

import csv
import io
import json
import math
import re
import threading
import time
from unittest import mock

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core import memory
from core.cli import terminal
from core.cli.parser import USAGE
from core.config import CsvOptions, DataConfig, ModelConfig, RunConfig
from core.data import sources
from core.data.csv import dialect, encodings, label, reader, text_file
from core.data.csv import numbers as numbers_written
from core.data.csv.table import MAX_CLASSES, MAX_FLOAT32
from core.data.from_table import dataset_of_table
from core.data.task import prepare
from core.errors import Cancelled, DataError
from core.name_lookup import find, kept_apart, natural_order, plain
from tests.core.data.columns import cells

IRIS = "length,width,species\n5.1,3.5,setosa\n7.0,3.2,versicolor\n6.3,3.3,virginica\n"
quick = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=max(150, settings().max_examples),
)


@pytest.fixture
def refusal(read):
    """Return refusal(content): the words with which it is refused."""

    def refusal(content, **known):
        with pytest.raises(DataError) as caught:
            read(content, **known)
        return str(caught.value)

    return refusal


@pytest.fixture
def load(tmp_path):
    """Return load(text, …): the task that a config on this file prepares."""

    def load(content, **data):
        path = tmp_path / "t.csv"
        path.write_text(content, encoding="utf-8")
        config = RunConfig(DataConfig(source="csv", path=str(path), test_fraction=0, **data))
        return prepare(sources.load(config.data), config)

    return load


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
    assert "3 lines above" in table.format.notes[0]


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


# From table to data ----------------------------------------------------------------------------


def test_names_become_classes_in_natural_order(load):
    task = load("x,s\n1,g 10\n2,g 2\n3,g 1\n4,g 2\n")
    assert task.dataset.class_names == ("g 1", "g 2", "g 10")
    assert list(task.dataset.y) == [2, 1, 0, 1]


def test_whole_numbers_become_classes_in_their_order(load):
    task = load("x,y\n1.5,10\n2.5,-2\n3.5,9\n")
    assert task.dataset.class_names == ("-2", "9", "10")
    assert list(task.dataset.y) == [2, 0, 1]


@pytest.mark.parametrize("name", ["label", "Class", "TARGET", "species", "y"])
def test_a_column_with_a_labels_name_is_the_label(read, name):
    table = read(f"{name},x\na,1.5\nb,2.5\n")
    assert label.choose(table).column == 0


def test_else_the_last_column_is_the_label(read):
    table = read("colour,x,kind\nr,1.5,a\ng,2.5,b\n")
    assert label.choose(table).column == 2


def test_a_last_column_with_fractions_is_not_taken_for_the_label(read):
    table = read("kind,x,z\na,1.5,0.5\nb,2.5,1.5\n")
    assert label.choose(table).column == 0


def test_fractions_are_refused_as_labels(load):
    with pytest.raises(DataError, match=r"“x” holds numbers with fractions, such as 1\.5"):
        load("x,z,s\n1.5,1,a\n2.5,2,b\n", label="x")


def test_too_many_classes_are_questioned(load):
    rows = "".join(f"{k * 3},{k % 5}.5\n" for k in range(MAX_CLASSES + 1))
    with pytest.raises(DataError, match=r"257 classes.*is this the label column\?"):
        load("n,x\n" + rows, label="n")


def test_one_class_is_loaded_and_its_task_says_what_is_wrong(load):
    task = load("x,s\n1,a\n2,a\n")
    assert "one class" in task.obstacle


def test_rows_without_a_number_are_skipped_and_named(load):
    task = load("x,z,s\n1,2,a\n?,3,b\n3,1e999,b\n5,6,b\n")
    assert task.dataset.X.tolist() == [[1, 2], [5, 6]]
    assert any("2 rows" in note and "lines 3, 4" in note for note in task.dataset.notes)


def test_gaps_are_filled_with_the_mean_of_the_training_rows(tmp_path):
    path = tmp_path / "t.csv"
    rows = "".join(f"{k}.5,{'ab'[k % 2]}\n" for k in range(20))
    path.write_text("x,s\n" + rows + "?,a\n")
    config = RunConfig(DataConfig(source="csv", path=str(path), missing="fill"))
    task = prepare(sources.load(config.data), config)
    trained = [row for row in task.train_rows if row != 20]
    assert task.dataset.X[20, 0] == pytest.approx(task.dataset.X[trained, 0].mean())
    assert len(task.test_rows) > 0


def test_a_gap_in_a_feature_that_is_not_chosen_skips_nothing(load):
    task = load("x,z,s\n1,?,a\n2,3,b\n4,5,b\n", features=("x",))
    assert task.dataset.n == 3


def test_rows_without_a_label_are_left_out_even_where_gaps_are_filled(load):
    task = load("x,s\n1,a\n2,\n3,b\n", missing="fill")
    assert task.dataset.n == 2


@pytest.mark.parametrize(
    ("feature", "reason"), [("city", "text"), ("five", "constant"), ("s", "it is the label")]
)
def test_an_unusable_feature_is_refused_with_its_reason(load, feature, reason):
    with pytest.raises(DataError, match=rf"“{feature}” cannot be a feature \({reason}"):
        load("x,city,five,s\n1.5,u,5,a\n2.5,v,5,b\n", features=(feature,))


def test_doubted_columns_go_in_only_when_they_are_asked_for(load):
    text = "id,x,s\n" + "".join(f"{k},{k % 3}.5,{'ab'[k % 2]}\n" for k in range(9))
    assert load(text).dataset.feature_names == ("x",)
    assert load(text, features=("all",)).dataset.feature_names == ("id", "x")


def test_a_table_without_features_is_refused(load):
    with pytest.raises(DataError, match="no column beside the label"):
        load("city,s\nu,a\nv,b\n")


def test_a_header_alone_is_refused(load):
    with pytest.raises(DataError, match="no rows"):
        load("x,s\n", reading=CsvOptions(has_header=True))


def test_an_unknown_label_is_refused_with_the_names(load):
    with pytest.raises(DataError, match=r"no column “w” in t\.csv; choose from x, s"):
        load("x,s\n1,a\n2,b\n", label="w")


def test_a_binary_model_keeps_lines_and_rows_together(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x,s\n1,a\n2,b\n3,c\n4,a\n")
    config = RunConfig(
        DataConfig(source="csv", path=str(path), test_fraction=0),
        ModelConfig("binary", positive="c", negative="a"),
    )
    dataset = prepare(sources.load(config.data), config).dataset
    assert np.asarray(dataset.lines).tolist() == [2, 4, 5]
    assert dataset.X[:, 0].tolist() == [1, 3, 4]


@pytest.mark.parametrize(
    ("pixels", "most", "shape", "scale"), [(784, 255, (28, 28), 255), (64, 16, (8, 8), 16)]
)
@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("has_header", [True, False])
def test_pixel_columns_become_pictures(read, rng, pixels, most, shape, scale, is_first, has_header):
    X = rng.integers(0, most + 1, (30, pixels))
    X[:, 0] = X[:, -1] = 0
    X[0, 5] = most
    y = np.arange(30) % 10
    rows = [[k, *row] if is_first else [*row, k] for k, row in zip(y, X.tolist(), strict=True)]
    names = [f"pixel{j}" for j in range(pixels)]
    header = [["label", *names] if is_first else [*names, "label"]] if has_header else []
    text = "\n".join(",".join(map(str, row)) for row in header + rows)
    dataset = dataset_of_table(read(text), DataConfig(source="csv", path="t.csv"))
    assert dataset.image_shape == shape
    assert dataset.scale == scale
    assert dataset.X.dtype == np.uint8
    np.testing.assert_array_equal(dataset.X, X)
    np.testing.assert_array_equal(dataset.y, y)


# In the terminal -------------------------------------------------------------------------------

BLOBS = "id;x;z;city;kind\n" + "".join(
    f"{k};{3 * (k % 2) + k % 5 / 10:.1f};{k % 7};u;{'ab'[k % 2]}\n".replace(".", ",")
    for k in range(60)
)


def test_a_csv_file_trains_in_the_terminal_and_says_how_it_was_read(train):
    code, out, _ = train(BLOBS)
    assert code == terminal.DONE
    assert "t.csv: 48 training and 12 test rows; inputs x, z; standardised" in out
    assert "UTF-8, semicolons, decimal commas, header in line 1" in out


def test_label_features_and_missing_can_be_chosen_in_the_terminal(train):
    code, out, _ = train(
        BLOBS + "60;?;1;u;a\n", "--label", "kind", "--features", "x", "--missing", "fill"
    )
    assert code == terminal.DONE
    assert "inputs x;" in out
    assert "filled 1 missing number with the feature's mean (x 1)" in out


def test_the_json_of_a_csv_run_holds_all_that_reads_the_file_again(train):
    _, out, _ = train(BLOBS, "--json", "-", "--separator", "semicolon", "--header")
    config = RunConfig.from_dict(json.loads(out)["config"])
    assert config.data.source == "csv"
    assert config.data.reading == CsvOptions(separator=";", has_header=True)
    assert prepare(sources.load(config.data), config).config == config


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--features", "city"], "t.csv: column “city” cannot be a feature (constant: always “u”)"),
        (["--label", "x"], "t.csv: Column “x” holds numbers with fractions"),
        (["--label", "no such"], "There is no column “no such” in t.csv"),
        (["--separator", "tab"], "t.csv has no column beside the label"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_about_a_csv_file_is_one_line_and_exit_code_2(train, options, words):
    code, out, err = train(BLOBS, *options)
    assert (code, out) == (USAGE, "")
    assert words in err
    assert err.count("\n") == 1


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
kinds_of_line = st.one_of(
    st.tuples(st.just("row"), odd_words, odd_words),
    st.tuples(st.just("gaps")),
    st.tuples(st.just("blank"), st.sampled_from(["", " ", "   "])),
    st.tuples(st.just("ragged"), st.lists(odd_words, min_size=1, max_size=2)),
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
    assert "400,000 lines above" in table.format.notes[0]
    assert table.n == 3


def test_blank_lines_are_passed_over_without_a_look_at_each(read, monkeypatch):
    monkeypatch.setattr(text_file, "lines_of", mock.Mock(side_effect=AssertionError))
    table = read("x,s\n1.5,a\n" + "\n \n" * 100_000 + "2.5,b\n" * 3)
    assert list(table.lines) == [2, 200_003, 200_004, 200_005]


def test_of_two_faults_the_earlier_is_told_though_later_blocks_are_read_ahead(refusal, monkeypatch):
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 1 << 12)
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
        gaps = table.gaps(column, table.usable(column))
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
def test_a_large_file_is_called_off_at_once(tmp_path):
    path = tmp_path / "t.csv"
    with path.open("w") as file:
        for _ in range(100):
            file.write('1.5,2.5,"a b"\n\n' * 20_000)  # blank lines: the slow way
    stop = threading.Event()
    asked = []

    def watch(done, size):
        if not stop.is_set():
            asked.append(time.monotonic())
            stop.set()

    with pytest.raises(Cancelled):
        reader.read(path, progress=watch, is_cancelled=stop.is_set)
    assert time.monotonic() - asked[0] < 0.5  # what Cancel promises
