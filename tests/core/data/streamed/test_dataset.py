"""A streamed data set has the rows, the split and the statistics of the same one in memory."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from core.config import DataConfig, ModelConfig, RunConfig
from core.data import sources
from core.data.streamed import dataset as streamed
from core.data.streamed import disk, drawing
from core.data.task import prepare
from core.errors import DataError
from core.model_family import FAMILY

WORDS = np.array(["ant", "bee", "cat"])


@pytest.fixture
def pair(stored, rng, monkeypatch):
    """A streamed data set, looked at in many parts, and the same one in memory."""
    monkeypatch.setattr(streamed, "PART", 2**12)
    monkeypatch.setattr(drawing, "PIECE", 100)
    X = (rng.normal(size=(1500, 5)) * [1, 5, 1e4, 0.1, 1] + [0, 100, -1e6, 0, 3]).astype(np.float64)
    return stored(X, WORDS[rng.integers(0, 3, 1500)])


CONFIGS = {
    "all": {},
    "validation": {"data": {"validation_fraction": 0.3}},
    "features": {"data": {"features": ("column 4", "1")}},
    "one against another": {"model": ModelConfig("binary", positive="cat", negative="ant")},
    "one against the rest": {"model": ModelConfig("binary", positive="bee")},
    "products": {"data": {"degree": 2, "sine": True}},
}


@pytest.mark.parametrize("given", CONFIGS.values(), ids=CONFIGS)
def test_a_task_is_that_of_rows_in_memory(pair, given):
    config = RunConfig(DataConfig(**given.get("data", {})), given.get("model", ModelConfig()))
    disk, memory = (prepare(dataset, config) for dataset in pair)
    assert disk.dataset.is_streamed and not memory.dataset.is_streamed
    for name in ("train_rows", "test_rows", "validation_rows"):
        np.testing.assert_array_equal(getattr(disk, name), getattr(memory, name))
    np.testing.assert_array_equal(disk.dataset.y, memory.dataset.y)
    np.testing.assert_array_equal(disk.dataset.X[:], memory.dataset.X)
    assert disk.dataset.class_names == memory.dataset.class_names
    assert disk.input_names == memory.input_names
    np.testing.assert_allclose(disk.standardiser.mean, memory.standardiser.mean, rtol=1e-12)
    np.testing.assert_allclose(disk.standardiser.std, memory.standardiser.std, rtol=1e-12)
    np.testing.assert_array_equal(
        disk.dataset.counts(disk.train_rows), memory.dataset.counts(memory.train_rows)
    )


def test_moments_of_parts_are_numpys(pair):
    task = prepare(pair[0], RunConfig())
    X = np.asarray(task.dataset.X[task.train_rows], dtype=np.float64)
    np.testing.assert_allclose(task.standardiser.mean, X.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(task.standardiser.std, stats.tstd(X, axis=0), rtol=1e-12)


def test_rows_with_a_gap_are_left_out_and_counted(stored, rng):
    X = rng.normal(size=(600, 3)).astype(np.float32)
    X[[5, 77, 301], [0, 1, 2]] = np.nan, np.inf, np.nan
    disk, _ = stored(X, rng.integers(0, 2, 600))
    task = prepare(disk, RunConfig())
    assert task.dataset.n == 597
    assert [str(note) for note in task.dataset.notes] == ["skipped 3 rows with a missing value"]
    np.testing.assert_array_equal(task.dataset.X[:], np.delete(X, [5, 77, 301], axis=0))
    with pytest.raises(DataError, match="left out and not filled"):
        prepare(disk, RunConfig(DataConfig(missing="fill")))


def test_a_feature_that_is_constant_or_below_zero_is_named(stored, rng):
    X = rng.normal(size=(300, 3)).astype(np.float32)
    X[:, 1] = 4
    disk, memory = stored(X, rng.integers(0, 2, 300))
    tasks = [prepare(dataset, RunConfig()) for dataset in (disk, memory)]
    assert tasks[0].constant_features == tasks[1].constant_features == ("column 2",)
    counted = next(kind.name for kind in FAMILY.values() if kind.is_counted)
    with pytest.raises(DataError, match=r"“column 1” of X\.npy is in some rows"):
        prepare(disk, RunConfig(DataConfig(standardise=False), ModelConfig(counted)))


def test_bytes_are_pictures_as_in_a_table(stored, rng):
    X = rng.integers(0, 256, (50, 784)).astype(np.uint8)
    disk, memory = stored(X, np.arange(50) % 10)
    assert disk.image_shape == memory.image_shape == (28, 28) and disk.scale == 255
    np.testing.assert_array_equal(disk.X[:], X)
    flat = disk.values(slice(0, 3))
    np.testing.assert_array_equal(flat, (X[:3] / np.float32(255)).astype(np.float32))


def test_of_many_rows_few_are_for_testing_unless_more_are_asked_for(stored, rng, monkeypatch):
    monkeypatch.setattr(streamed, "HELD_ROWS", 100)
    monkeypatch.setattr(streamed, "LEAST_TESTED", 10)
    disk, _ = stored(rng.normal(size=(2000, 2)), np.arange(2000) % 2)
    assert len(prepare(disk, RunConfig()).test_rows) == 100
    asked = RunConfig(DataConfig(test_fraction=0.5))
    assert len(prepare(disk, asked).test_rows) == 1000


def test_a_disk_without_room_costs_one_sentence(monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "reserve", full)
    with pytest.raises(DataError, match=r"are needed in .*Make room there, or set LOGITLAB_CACHE"):
        disk.scratch(10**6)


def test_idx_files_stay_as_they_are(tmp_path, rng):
    X, y = rng.integers(0, 256, (70, 5, 4)).astype(np.uint8), np.arange(70, dtype=np.uint8) % 10
    for name, array in (
        ("train-images-idx3", X[:50]),
        ("train-labels-idx1", y[:50]),
        ("t10k-images-idx3", X[50:]),
        ("t10k-labels-idx1", y[50:]),
    ):
        head = bytes((0, 0, 8, array.ndim)) + np.array(array.shape, ">u4").tobytes()
        (tmp_path / f"{name}-ubyte").write_bytes(head + array.tobytes())
    config = DataConfig("mnist", folder=str(tmp_path))
    memory = sources.load(config)
    for transpose in (None, True):
        disk, memory = (
            sources.load(replace(config, stream=stream, transpose=transpose))
            for stream in (True, None)
        )
        assert disk.is_streamed and disk.image_shape == memory.image_shape
        np.testing.assert_array_equal(disk.X[:], memory.X)
        np.testing.assert_array_equal(disk.y, memory.y)
        assert (disk.name, disk.published_test) == (memory.name, memory.published_test)


@pytest.mark.parametrize(
    ("X", "y", "words"),
    [
        (np.zeros((4, 2)), np.zeros(3), "one label for each row"),
        (np.zeros((4, 2)), np.array([0, 1, 0.5, 1]), "fractions, such as 0.5"),
        (np.zeros((4, 2)), np.array([0, 1, np.nan, 1]), "without a label"),
        (np.zeros((4, 2)), np.zeros(4, complex), "holds no labels"),
        (np.zeros((400, 2)), np.arange(400), "more than 256 different labels"),
        (np.array([["a"], ["b"]]), np.zeros(2), "numbers were expected as features"),
        (np.full((4, 2), np.nan), np.zeros(4), "no row has a number"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_arrays_that_do_not_fit_cost_one_sentence(stored, X, y, words):
    with pytest.raises(DataError, match=words):
        stored(X, y)
