"""Data sets that other packages bring by entry points."""

import logitlab as ll
import numpy as np
import pytest

from core.cli import train as cli
from core.cli.command import command_for
from core.config import DataConfig
from core.data import installed, sources
from core.data.installed import Rows, dataset_of
from core.errors import DataError
from core.plugins import DATA_SETS
from core.projects import project
from tests.brought import install

X = np.array([[0.0, 1.0], [1.0, 0.0], [0.2, 1.1], [1.3, 0.1]] * 10)


@pytest.fixture
def bring(tmp_path, monkeypatch):
    """Install a package with this text and these entry points of data sets."""
    return lambda text, **names: install(tmp_path, monkeypatch, text, DATA_SETS, **names)


GOOD = """
from logitlab import Rows
def squares():
    return Rows(X=[[0, 1], [1, 0], [0.2, 1.1], [1.3, 0.1]] * 10, y=["a", "b"] * 20, name="Squares")
"""


def test_it_is_trained_on_by_its_name_in_the_terminal_and_in_the_library(bring, capsys):
    bring(GOOD, squares="squares")
    assert cli.main(["squares", "--epochs", "2"]) == 0
    assert "Squares: 32 training and 8 test rows; inputs x1, x2" in capsys.readouterr().out
    data = ll.load("squares", test_fraction=0.5)
    assert (data.name, data.n, data.class_names) == ("Squares", 40, ("a", "b"))
    run = ll.Run(data, epochs=2)
    assert "train squares " in str(command_for(run.task, run.config.training))


def test_a_project_opens_without_the_package(bring, tmp_path, monkeypatch):
    bring(GOOD, squares="squares")
    run = ll.Run("squares", epochs=2)
    run.train()
    path = run.save(tmp_path / "kept")
    monkeypatch.setattr(installed, "read", lambda name: pytest.fail("the package was asked"))
    assert np.array_equal(project.load(path).task.dataset.X, run.task.dataset.X)


def test_a_file_of_that_name_comes_first(bring, tmp_path, monkeypatch):
    bring(GOOD, squares="squares")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "squares").write_text("a,label\n" + "1,x\n2,y\n" * 9)
    assert ll.load("squares").config.source == "csv"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def rows(): raise KeyError('x')", "“rows” of the package brought-rows failed: KeyError"),
        ("raise ImportError('no such thing')", "failed: ImportError: no such thing"),
        ("def rows(): return 3", "it brings int; Rows were expected"),
        ("", "failed: AttributeError"),
    ],
)
def test_what_fails_in_a_package_is_said_with_its_name(bring, text, words):
    bring(text, rows="rows")
    with pytest.raises(DataError, match=words):
        sources.load(DataConfig("installed", path="rows"))


def test_a_package_that_is_not_there_is_named():
    with pytest.raises(DataError, match="No installed package brings the data set “gone”"):
        sources.load(DataConfig("installed", path="gone"))


def test_labels_are_names_or_numbers_of_classes():
    by_name = dataset_of(Rows(X=X, y=["b", "a"] * 20), "rows")
    assert (by_name.class_names, by_name.y[:2].tolist()) == (("b", "a"), [0, 1])
    by_number = dataset_of(Rows(X=X, y=[1, 0] * 20, class_names=["a", "b"]), "rows")
    assert (by_number.class_names, by_number.y[:2].tolist()) == (("a", "b"), [1, 0])


def test_numbers_that_float32_cannot_hold_stay_as_they_are():
    assert dataset_of(Rows(X=X + 0.5, y=["a", "b"] * 20), "rows").X.dtype == np.float64
    assert dataset_of(Rows(X=np.round(X), y=["a", "b"] * 20), "rows").X.dtype == np.float32


def test_pictures_and_texts_can_be_brought():
    pixels = np.arange(8).reshape(2, 4)
    pictures = dataset_of(Rows(X=pixels, y=["a", "b"], image_shape=(2, 2)), "rows")
    assert (str(pictures.X.dtype), pictures.scale) == ("uint8", 255.0)
    texts = dataset_of(Rows(texts=["one", "two"], y=["a", "b"]), "rows")
    assert texts.is_text


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (Rows(X=X, y=["a"] * 40), "2 to 1,000 different classes"),
        (Rows(X=X, y=[["a", "b"]] * 20), r"y has the shape \(20, 2\)"),
        (Rows(X=X[:3], y=["a", "b"] * 20), r"X has the shape \(3, 2\)"),
        (Rows(y=["a", "b"] * 20), "X has the shape"),
        (Rows(X=X, y=["a", "b"] * 20, feature_names=["one"]), "2 features need as many"),
        (Rows(X=np.full((40, 2), np.inf), y=["a", "b"] * 20), "not finite"),
        (Rows(X=X, y=[0, 2] * 20, class_names=["a", "b"]), "y goes from 0 to 2; there are 2"),
        (Rows(X=X, y=["a", "c"] * 20, class_names=["a", "b"]), "a class that class_names has not"),
        (Rows(X=X, y=["a", "b"] * 20, image_shape=(1, 2)), "whole numbers from 0 to 255"),
        (
            Rows(X=np.round(X), y=["a", "b"] * 20, image_shape=(2, 2)),
            "2 pixels are no picture",
        ),
        (Rows(texts=["one"], y=["a", "b"]), "texts must be 2 strings"),
    ],
)
def test_rows_that_do_not_fit_together_are_refused(rows, words):
    with np.errstate(invalid="ignore"), pytest.raises(DataError, match=words):
        dataset_of(rows, "rows")
