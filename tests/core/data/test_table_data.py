"""A table as data: classes, features, gaps, pictures."""

import numpy as np
import pytest

from core.config import CsvOptions, DataConfig, ModelConfig, RunConfig
from core.data import sources
from core.data.csv import label
from core.data.csv.table import MAX_CLASSES
from core.data.from_table import dataset_of_table
from core.data.task import prepare
from core.errors import DataError


@pytest.fixture
def load(tmp_path):
    """Return load(text, …): the task that a config on this file prepares."""

    def load(content, **data):
        path = tmp_path / "t.csv"
        path.write_text(content, encoding="utf-8")
        config = RunConfig(DataConfig(source="csv", path=str(path), test_fraction=0, **data))
        return prepare(sources.load(config.data), config)

    return load


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
    assert any("2 rows" in note and "lines 3, 4" in note for note in map(str, task.dataset.notes))


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
