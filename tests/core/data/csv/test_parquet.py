"""Parquet files as tables: columns of every type, by parts, and what is said without pyarrow."""

import datetime
import decimal
import json
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.cli import predict, terminal
from core.cli import train as cli
from core.cli.parser import USAGE
from core.config import CsvOptions, DataConfig
from core.data.csv import reader
from core.data.csv.binary import parquet
from core.data.sources import load
from core.errors import Cancelled, DataError


@pytest.fixture
def pa():
    """The library that reads and writes the files; it is installed on request."""
    found = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet")
    return found


@pytest.fixture
def write(tmp_path, pa):
    """Return write(columns, **options): the path of a file that holds them."""

    def write(columns, name="birds.parquet", **options):
        path = tmp_path / name
        pa.parquet.write_table(pa.table(columns), path, **options)
        return path

    return write


def test_without_pyarrow_one_sentence_says_what_to_install(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.csv", None)
    path = tmp_path / "birds.parquet"
    path.write_bytes(b"PAR1 and the rest")
    assert cli.main([str(path)]) == USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert "birds.parquet is a Parquet file; to open it, install pyarrow" in line


def test_numbers_words_and_gaps_are_what_they_were(write):
    table = reader.read(
        write(
            {
                "length": [1.5, None, float("nan"), 2.25, 1e-300],
                "count": [1, 2, 3, None, 2**40],
                "flag": [True, False, None, True, False],
                "kind": ["a", 'b "quoted", with comma', None, "two\nlines", "ü"],
            }
        )
    )
    assert table.names == ("length", "count", "flag", "kind")
    np.testing.assert_array_equal(table.columns[0].values, [1.5, np.nan, np.nan, 2.25, 1e-300])
    np.testing.assert_array_equal(table.columns[1].values, [1, 2, 3, np.nan, 2**40])
    words = table.columns[3]
    assert words.codes is not None
    assert [words.words[k] if k >= 0 else None for k in words.codes] == [
        *("a", 'b "quoted", with comma', None, "two lines", "ü")
    ]
    assert table.n == 5
    assert not table.ragged_count


def test_other_types_are_read_as_in_other_tables(write, pa):
    table = reader.read(
        write(
            {
                "price": pa.array([decimal.Decimal("1.25"), None, decimal.Decimal("-3.50")]),
                "colour": pa.array(["red", "blue", "red"]).dictionary_encode(),
                "day": pa.array([datetime.date(2024, 1, k) for k in (1, 2, 3)]),
                "time": pa.array(np.array(["2024-01-01T12", "2024-01-02", "2024-01-03"], "M8[us]")),
                "span": pa.array([datetime.timedelta(seconds=k) for k in (1, 2, 3)], "duration[s]"),
                "half": pa.array(np.array([0.5, 1, 1.5], dtype=np.float16)),
                "none": pa.nulls(3),
            }
        )
    )
    by_name = dict(zip(table.names, table.columns, strict=True))
    np.testing.assert_array_equal(by_name["price"].values, [1.25, np.nan, -3.5])
    assert set(by_name["colour"].words) == {"red", "blue"}
    assert by_name["day"].kind == by_name["time"].kind == "text"
    np.testing.assert_array_equal(by_name["span"].values, [1, 2, 3])
    np.testing.assert_array_equal(by_name["half"].values, [0.5, 1, 1.5])
    assert by_name["none"].gaps == 3


def test_names_that_are_numbers_are_no_row(write):
    table = reader.read(write({"0": [5, 6], "1": [7.5, 8.5], "label": ["a", "b"]}))
    assert table.names == ("0", "1", "label")
    assert table.n == 2


def test_words_with_marks_of_numbers_stay_and_options_of_text_do_not_matter(write):
    path = write({"x": [1.5, 2.5], "word": ["1,600;x", "390"]})
    odd = CsvOptions(encoding="cp1251", separator=";", decimal=",", has_header=False)
    for table in (reader.read(path), reader.read(path, odd)):
        assert table.names == ("x", "word")
        np.testing.assert_array_equal(table.columns[0].values, [1.5, 2.5])


def test_columns_of_lists_and_of_row_names_are_left_out_and_the_former_said(write):
    table = reader.read(
        write({"x": [1, 2], "y": [[1], [2, 3]], "__index_level_0__": [7, 8], "z": [b"1", b"2"]})
    )
    assert table.names == ("x",)
    assert any("lists or bytes left out: “y”, “z”" in note for note in map(str, table.format.notes))


def test_rows_come_by_parts_and_progress_is_told(write, monkeypatch):
    rng = np.random.default_rng(0)
    values = rng.normal(size=500_000)
    path = write({"x": values, "label": (values > 0).astype(int)}, row_group_size=20_000)
    monkeypatch.setattr(parquet, "CELLS_AT_ONCE", 20_000)
    told = []
    table = reader.read(path, progress=lambda done, size: told.append(done / size))
    np.testing.assert_array_equal(table.columns[0].values, values)
    assert len(told) > 1
    assert told == sorted(told)
    with pytest.raises(Cancelled):
        reader.read(path, is_cancelled=lambda: True)


def test_more_values_than_can_be_read_are_refused_at_once(write, monkeypatch):
    monkeypatch.setattr(parquet, "MAX_CELLS", 5)
    with pytest.raises(DataError, match="3 rows of 2 columns, more than 5"):
        reader.read(write({"x": [1, 2, 3], "y": [1, 2, 3]}))


def test_train_and_predict_read_parquet_as_csv(write, tmp_path, capsys):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 2)).round(3)
    kinds = np.where(x.sum(axis=1) > 0, "up", "down")
    path = write({"a": x[:, 0], "b": x[:, 1], "kind": kinds})
    text = tmp_path / "birds.csv"
    lines = [f"{a},{b},{kind}\n" for (a, b), kind in zip(x.tolist(), kinds, strict=True)]
    text.write_text("a,b,kind\n" + "".join(lines))
    found, model = [], str(tmp_path / "kept.safetensors")
    for file in (path, text):
        words = [str(file), "--epochs", "5", "--json", "-", "--save", model]
        assert cli.main(words) == terminal.DONE
        found.append(json.loads(capsys.readouterr().out))
    assert found[0]["W"] == found[1]["W"]
    out = tmp_path / "answers.csv"
    words = ["--model", model, "--table", str(path), "--out", str(out)]
    assert predict.main(words) == terminal.DONE
    assert len(out.read_text(encoding="utf-8").splitlines()) == 61


def test_a_damaged_file_is_named(write):
    path = write({"x": [1, 2, 3]})
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match=r"birds\.parquet is a Parquet file that cannot be read"):
        reader.read(path)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(data=st.data())
def test_no_damage_ends_in_anything_but_a_table_or_a_sentence(write, data):
    path = write({"x": [1.5, 2.5, 3.5], "kind": ["a", "b", "a"]}, compression="none")
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content))
    said = ""
    try:
        found = load(DataConfig(source="csv", path=str(path), label="kind"))
    except DataError as error:
        said = str(error)
    else:
        assert len(found.X) == len(found.y) <= 3 and found.h <= 3
    assert said.count("\n") <= 1 and len(said) < 1000
