from __future__ import annotations

import csv
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.config import BagOptions, DataConfig, RunConfig
from core.data import sources
from core.data.csv.dialect import MISSING
from core.data.csv.numbers import NumberForm
from core.data.dataset import Dataset
from core.data.export import write_csv, write_pictures_csv, write_pictures_idx
from core.data.mnist import idx
from core.data.mnist.folder import find_files
from core.data.task import Task, prepare
from core.errors import SaveError
from core.name_lookup import plain


def task_of(source, **data) -> Task:
    config = RunConfig(data=DataConfig(source=source, features=("all",), **data))
    return prepare(sources.load(config.data), config)


def read_back(path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, rows


def test_every_number_comes_back_to_the_bit(tmp_path):
    task = task_of("iris")
    write_csv(task, tmp_path / "out.csv")
    _, rows = read_back(tmp_path / "out.csv")
    np.testing.assert_array_equal(
        np.array([row[:4] for row in rows], dtype=np.float32), task.dataset.X
    )


def test_measurements_are_written_as_short_as_they_were_given(tmp_path):
    write_csv(task_of("iris"), tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text().splitlines()[1].startswith("5.1,3.5,1.4,0.2,setosa")


def test_pixels_are_written_as_whole_numbers(tmp_path):
    task = task_of("digits")
    write_csv(task, tmp_path / "out.csv")
    _, rows = read_back(tmp_path / "out.csv")
    assert [int(cell) for cell in rows[7][:64]] == task.dataset.X[7].tolist()


def test_the_split_says_which_rows_test(tmp_path):
    task = task_of("iris", test_fraction=0.3)
    write_csv(task, tmp_path / "out.csv")
    header, rows = read_back(tmp_path / "out.csv")
    column = header.index("split")
    assert [i for i, row in enumerate(rows) if row[column] == "test"] == task.test_rows.tolist()


def test_a_feature_called_class_keeps_its_name(tmp_path):
    task = task_of("iris")
    renamed = ("class", "split", "petal length", "petal width")
    object.__setattr__(task.dataset, "feature_names", renamed)
    write_csv(task, tmp_path / "out.csv")
    header, _ = read_back(tmp_path / "out.csv")
    assert header == [*renamed, "class_", "split_"]


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(SaveError, match=r"nowhere.out\.csv cannot be written"):
        write_csv(task_of("iris"), tmp_path / "nowhere" / "out.csv")


def test_a_failure_half_way_leaves_the_old_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "out.csv"
    path.write_text("precious")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SaveError, match="no space left"):
        write_csv(task_of("iris"), path)
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("source", ["iris", "digits"])
def test_what_was_exported_loads_back_identically(tmp_path, source):
    before = task_of(source, test_fraction=0.25)
    path = tmp_path / "out.csv"
    write_csv(before, path)
    config = RunConfig(data=DataConfig("csv", path=str(path), features=("all",)))
    after = prepare(sources.load(config.data), config)
    for rows_before, rows_after in (
        (before.train_rows, after.train_rows),
        (before.test_rows, after.test_rows),
    ):
        np.testing.assert_array_equal(
            after.dataset.values(rows_after), before.dataset.values(rows_before)
        )
        assert [after.dataset.class_names[k] for k in after.dataset.y[rows_after]] == [
            before.dataset.class_names[k] for k in before.dataset.y[rows_before]
        ]
    assert after.dataset.image_shape == before.dataset.image_shape


@pytest.fixture
def pictures():
    rng = np.random.default_rng(1)
    return rng.integers(0, 256, (20, 784), dtype=np.uint8), np.arange(20) * 7 % 10


def test_pictures_as_idx_are_read_as_mnists_files_are(pictures, tmp_path):
    X, y = pictures
    for name, part in (("train", slice(0, 12)), ("t10k", slice(12, 20))):
        write_pictures_idx(X[part], y[part], (28, 28), tmp_path / name)
    files = find_files(str(tmp_path))
    assert files is not None
    found_X, found_y, test_count, shape = idx.load(files)
    assert np.array_equal(found_X, X) and np.array_equal(found_y, y)
    assert (test_count, shape) == (8, (28, 28))


def test_pictures_as_csv_have_their_class_and_every_pixel(pictures, tmp_path):
    X, y = pictures
    write_pictures_csv(X, [str(label) for label in y], (28, 28), tmp_path / "out.csv")
    header, rows = read_back(tmp_path / "out.csv")
    assert header[:3] == ["class", "0×0", "0×1"] and header[-1] == "27×27"
    assert np.array_equal(np.array(rows, dtype=np.int64)[:, 0], y)
    assert np.array_equal(np.array(rows, dtype=np.int64)[:, 1:], X)


def test_pictures_that_cannot_be_written_are_told(pictures, tmp_path):
    X, y = pictures
    with pytest.raises(SaveError):
        write_pictures_idx(X, y, (28, 28), tmp_path / "none" / "mine")


# Names that people, and attackers, give -----------------------------------------------------------

ODD = "aB1.,;|'\"#%/= +-@\t\n\x0b\x0c\x1f\x7f\x85\u2028\u202e\u200f\ufeff＝＋－＠éß日😀"
hostile = st.one_of(
    st.text(st.sampled_from(ODD), min_size=1, max_size=8),
    st.builds(
        "{}{}{}".format,
        st.text("'", max_size=3),
        st.sampled_from("=+-@"),
        st.sampled_from(["cmd|' /C calc'!A0", 'HYPERLINK("http://x","y")', "2+3", "x;=1", "-"]),
    ),
)
as_names = hostile.map(lambda name: " ".join(name.split())).filter(bool)  # as columns have them
as_classes = hostile.map(str.strip).filter(  # as a reader takes them: no number, nothing missing
    lambda name: (
        name not in MISSING
        and NumberForm(".").parse(name) is None
        and name.casefold() not in ("true", "false")
    )
)
many = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=max(200, settings().max_examples),
)


@many
@given(
    st.lists(as_names, min_size=1, max_size=3, unique_by=plain),
    st.lists(as_classes, min_size=2, max_size=4, unique=True),
)
@example(["=x", "'=x"], ["=1+1", "'=1+1", "''=1+1", "'a"])
@example(["# of rooms"], ["a;=1", "a;'=1"])
@example(["\ufeffx", "1"], ["-", "-1.5e", "+", "@a"])
@example(["1", "2", "3"], ["a", "b"])
@example(["sep=;"], ["\n=a"[1:], "x\n=a"])
def test_whatever_the_names_are_an_export_loads_back_identically_and_runs_nothing(
    tmp_path, features, classes
):
    n = 4 * len(classes)
    before = Dataset(
        name="hostile",
        X=np.random.default_rng(n).normal(size=(n, len(features))).astype(np.float32),
        y=np.arange(n) % len(classes),
        feature_names=tuple(features),
        class_names=tuple(classes),
    )
    path = tmp_path / "out.csv"
    write_csv(prepare(before, RunConfig(data=DataConfig(features=("all",)))), path)
    header, rows = read_back(path)
    for cell in (*header, *(row[-2] for row in rows)):
        for part in re.split(r"[,;|\t\n]", cell):  # wherever a spreadsheet may cut
            assert part[:1] not in tuple("=+-@＝＋－＠") or NumberForm(".").parse(cell) is not None
    assert all(
        float(cell) == x
        for row, xs in zip(rows, before.X, strict=True)
        for cell, x in zip(row, xs, strict=False)
    )
    after = sources.load(DataConfig("csv", path=str(path), features=("all",)))
    assert after.feature_names == before.feature_names
    order = np.argsort(
        [
            *np.flatnonzero([row[-1] == "train" for row in rows]),
            *np.flatnonzero([row[-1] == "test" for row in rows]),
        ]
    )
    np.testing.assert_array_equal(after.X[order], before.X)
    assert [after.class_names[k] for k in after.y[order]] == [
        before.class_names[k] for k in before.y
    ]


def test_negative_numbers_stay_numbers(tmp_path):
    task = task_of("iris")
    task.dataset.X[0] = -1.5
    write_csv(task, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text().splitlines()[1].startswith("-1.5,-1.5,-1.5,-1.5,")


def test_texts_are_written_and_read_back_as_they_are(tmp_path):
    said = ['=1+1 is "two", he said', "-no\nnew line", "שלום \u202eabc", "<b>bold</b> text of it"]
    table = tmp_path / "in.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = [(f"{text} and more {k}", "ab"[k % 2]) for k in range(8) for text in said]
        csv.writer(file).writerows([("said", "who"), *rows])
    config = DataConfig(source="csv", path=str(table), text="said", bag=BagOptions(min_documents=1))
    task = prepare(sources.load(config), RunConfig(config))
    write_csv(task, tmp_path / "out.csv")
    again = sources.load(DataConfig(source="csv", path=str(tmp_path / "out.csv")))
    assert again.understood is not None and again.understood.text == "said"
    assert again.documents is not None and task.dataset.documents is not None
    assert sorted(again.documents.texts) == sorted(task.dataset.documents.texts)
    assert again.published_test == len(task.test_rows)
