"""A table that is converted block by block has the rows of the same table in memory."""

import json
import os
from dataclasses import replace

import numpy as np
import pytest

from core.config import DataConfig
from core.data import sources
from core.data.csv import text_file
from core.data.csv.binary import parquet
from core.data.streamed import disk, store
from core.data.streamed.dataset import StreamedDataset
from core.data.streamed.opening import open_streamed
from core.errors import Cancelled, DataError

N = 3000


@pytest.fixture(autouse=True)
def many_blocks(monkeypatch):
    """Read a table in blocks of a few kilobytes."""
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 2**12)


@pytest.fixture
def write(tmp_path):
    """Return write(columns, separator): the config of a table with these columns."""

    def written(columns, separator=",", name="t.csv", **data):
        lines = [separator.join(columns), *map(separator.join, zip(*columns.values(), strict=True))]
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return DataConfig("csv", path=str(tmp_path / name), **data)

    return written


@pytest.fixture
def columns(rng):
    """Numbers, two words, several words, and labels."""
    return {
        "length": [f"{x:.6g}" for x in rng.normal(5, 2, N)],
        "far": [f"{x:.12g}" for x in rng.normal(1e9, 1, N)],
        "sex": rng.choice(["f", "m"], N).tolist(),
        "town": rng.choice(["Bonn", "Köln", "Ulm"], N).tolist(),
        "class": rng.choice(["b", "a", "c10", "c9"], N).tolist(),
    }


def streamed(config):
    found = sources.load(replace(config, stream=True))
    assert isinstance(found, StreamedDataset)
    return found


def assert_same(config):
    disk_set = streamed(config)
    memory = sources.load(config)
    assert not memory.is_streamed
    for name in ("class_names", "feature_names", "indicators", "preferred_features", "scale"):
        assert getattr(disk_set, name) == getattr(memory, name)
    assert disk_set.image_shape == memory.image_shape
    np.testing.assert_array_equal(disk_set.y, memory.y)
    assert disk_set.X.dtype == memory.X.dtype
    np.testing.assert_array_equal(disk_set.X[:], memory.X)
    return disk_set


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"categorical": ("all",)},
        {"label": "town", "categorical": ("sex",)},
        {"label": "sex", "categorical": ()},
        {"features": ("length", "town = Ulm")},
    ],
    ids=str,
)
def test_columns_and_classes_are_those_in_memory(write, columns, data):
    assert_same(write(columns, **data))


def test_so_are_those_of_other_separators(write, columns):
    assert_same(write(columns, "\t", "t.tsv"))


def test_labels_that_are_numbers_are_in_their_order(write, columns, rng):
    assert_same(write(columns | {"class": [str(k) for k in rng.choice([-2, -1, 10, 9], N)]}))


def test_pictures_are_bytes(write, rng):
    pixels = {f"p{j}": rng.integers(0, 17, 300).astype(str).tolist() for j in range(64)}
    found = assert_same(write(pixels | {"label": (np.arange(300) % 10).astype(str).tolist()}))
    assert found.image_shape == (8, 8) and found.X.dtype == np.uint8


def test_words_and_ranges_that_come_late_take_another_pass(write, columns):
    columns["town"][-3:] = ["Aach"] * 3
    columns["length"] = [f"{1e6 + k / 1e4:.4f}" if k else "0" for k in range(N)]
    assert_same(write(columns, categorical=("all",)))


def test_rows_with_gaps_are_left_out_when_a_task_is_made(write, columns):
    columns["length"][7] = columns["length"][2500] = ""
    columns["class"][9] = ""
    config = write(columns)
    found = streamed(config)
    assert not found.is_whole and "skipped 1 row without a label" in map(str, found.notes)
    memory = sources.load(config).without_gaps()
    np.testing.assert_array_equal(found.without_gaps().X[:], memory.X)


def test_a_table_is_converted_once_and_again_when_it_has_changed(write, columns, monkeypatch):
    config = write(columns)
    first = streamed(config)
    (place,) = disk.folder().glob("table-*")
    with monkeypatch.context() as patched:
        patched.setattr(store, "Writer", None)
        again = streamed(config)
    np.testing.assert_array_equal(first.X[:], again.X[:])
    assert first.digest == again.digest
    digest = first.digest
    del first, again  # which keep what they read
    columns["length"][0] = "77"
    changed = streamed(write(columns))
    assert float(changed.X[0, 0]) == 77 and changed.digest != digest
    assert not place.exists() and len(list(disk.folder().glob("table-*"))) == 1


def test_the_conversions_unused_for_longest_are_dropped_and_that_is_said(
    write, columns, monkeypatch
):
    held, places = [], {}
    for age, name in enumerate(["new.csv", "used.csv", "old.csv", "older.csv"]):
        known = set(disk.folder().glob("table-*"))
        held.append(streamed(write(columns, name=name)))
        (places[name],) = set(disk.folder().glob("table-*")) - known
        os.utime(places[name] / store.MANIFEST, (1e9 - age, 1e9 - age))
    size = store.size_of(places["new.csv"])
    del held[2:], held[0]
    monkeypatch.setattr(store, "KEPT", 3.5 * size)
    last = streamed(write(columns, name="last.csv"))
    assert {name for name, place in places.items() if place.exists()} == {"new.csv", "used.csv"}
    assert sum("unused for longest were dropped" in note for note in map(str, last.notes)) == 1
    assert float(held[0].X[0, 0]) == float(last.X[0, 0])


def test_what_a_killed_program_has_left_is_dropped_after_a_day(write, columns):
    left, new = (disk.folder() / f"{store.UNFINISHED}{name}" for name in ("left", "new"))
    for folder in (left, new):
        folder.mkdir()
        (folder / store.ROWS).write_bytes(b"0")
    os.utime(left / store.ROWS, (1e9, 1e9))
    streamed(write(columns))
    assert not left.exists() and new.exists()


def test_a_parquet_file_is_converted_like_the_table_of_the_same_rows(
    write, columns, tmp_path, monkeypatch
):
    pa = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet")
    config = write(columns)
    own = {k: [float(x) for x in v] if k in ("length", "far") else v for k, v in columns.items()}
    pa.parquet.write_table(pa.table(own), tmp_path / "t.parquet", row_group_size=500)
    monkeypatch.setattr(parquet, "MAX_CELLS", N)  # what memory would hold
    monkeypatch.setattr(parquet, "CELLS_AT_ONCE", 1000)
    told = []
    found = open_streamed(
        replace(config, path=str(tmp_path / "t.parquet"), stream=True),
        lambda done, size: told.append(done / size),
    )
    text = streamed(config)
    np.testing.assert_array_equal(found.X[:], text.X[:])
    np.testing.assert_array_equal(found.y, text.y)
    assert len(told) > 2 and told == sorted(told)


@pytest.mark.parametrize("damage", ["manifest", "rows", "half"])
def test_a_damaged_conversion_is_not_believed(write, columns, damage):
    config = replace(write(columns), stream=True)
    sources.load(config)
    (place,) = disk.folder().glob("table-*")
    if damage == "manifest":
        (place / store.MANIFEST).write_text(json.dumps({"n": 3}))
    elif damage == "rows":
        (place / store.ROWS).write_bytes((place / store.ROWS).read_bytes()[:-4])
    else:
        (place / store.MANIFEST).unlink()
    memory = sources.load(replace(config, stream=None))
    np.testing.assert_array_equal(sources.load(config).X[:], memory.X)


def test_cancelling_leaves_nothing(write, columns):
    with pytest.raises(Cancelled):
        open_streamed(replace(write(columns), stream=True), is_cancelled=lambda: True)
    assert not list(disk.folder().iterdir())


def test_a_disk_that_is_full_costs_one_sentence_and_leaves_nothing(write, columns, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.Writer, "add", full)
    with pytest.raises(DataError, match=r"nothing can be written to .*Make room there"):
        sources.load(replace(write(columns), stream=True))
    assert not list(disk.folder().iterdir())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"class": [f"long sentences of several words here {k}" for k in range(N)]}, "class"),
        ({"class": [f"{k / 7:.4f}" for k in range(N)]}, "class"),
    ],
)
def test_labels_that_are_none_cost_one_sentence(write, columns, change, words):
    config = replace(write(columns | change), stream=True, label="class")
    with pytest.raises(DataError, match=words):
        sources.load(config)
