"""What is shown of a task on disk: a fixed sample of its rows, with all else as it is."""

import numpy as np
import pytest

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import shown_task, sources
from core.data.shown_task import describe, shown, training_rows
from core.data.task import prepare


@pytest.fixture
def task(tmp_path, rng, monkeypatch):
    """A task on disk, of which 50 rows are shown."""
    monkeypatch.setattr(shown_task, "SAMPLE", 50)
    monkeypatch.setattr(shown_task, "TESTED", 10)
    np.save(tmp_path / "X.npy", rng.normal(size=(1000, 3)))
    np.save(tmp_path / "y.npy", np.arange(1000) % 4)
    data = DataConfig(
        "csv",
        path=str(tmp_path / "X.npy"),
        labels=str(tmp_path / "y.npy"),
        stream=True,
        validation_fraction=0.1,
    )
    balanced = TrainingConfig(class_weight="balanced")
    return prepare(sources.load(data), RunConfig(data, training=balanced))


def test_a_sample_has_rows_of_each_part_and_all_that_was_fitted(task):
    few = shown(task)
    assert few.dataset.n == 50 and len(few.test_rows) == len(few.validation_rows) == 5
    assert describe(few) == "a sample of 50 of 1,000 rows" and not describe(task)
    assert training_rows(few) == training_rows(task) == 720
    assert few.standardiser is task.standardiser and few.config is task.config
    np.testing.assert_array_equal(few.class_weights, task.class_weights)
    for name in ("train_rows", "test_rows", "validation_rows"):
        X, y = task.dataset.X[getattr(task, name)], task.dataset.y[getattr(task, name)]
        rows = getattr(few, name)
        for x, label in zip(few.dataset.X[rows], few.dataset.y[rows], strict=True):
            (place,) = np.flatnonzero((x == X).all(axis=1))
            assert y[place] == label


def test_it_is_always_the_same_one(task):
    assert shown(task) is shown(task)


def test_rows_in_memory_are_all_shown(iris, make_task):
    whole = make_task(iris)
    assert shown(whole) is whole and not describe(whole)
    assert training_rows(whole) == len(whole.train_rows)
