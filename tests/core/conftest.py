"""Data for the tests of core: bundled, synthetic, and MNIST where it is installed."""

import gzip
import os
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.cli import train as cli
from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.points import Points
from core.data.task import prepare

ROOT = Path(__file__).parents[2]
STEMS = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture(scope="session")
def iris():
    return sources.load(DataConfig("iris"))


@pytest.fixture(scope="session")
def digits():
    return sources.load(DataConfig("digits"))


@pytest.fixture(scope="session")
def make_task():
    """Return make_task(dataset, data={…}, model={…}, learning_rate=…, …)."""

    def make(dataset, data=None, model=None, **training):
        config = RunConfig(
            DataConfig(**(data or {})), ModelConfig(**(model or {})), TrainingConfig(**training)
        )
        return prepare(dataset, config)

    return make


@pytest.fixture
def two_blobs():
    """Eight points in two separate classes."""
    points = Points()
    for k in range(4):
        points = points.with_point(-2 - 0.1 * k, 0.3 * k, 0).with_point(2 + 0.1 * k, -0.3 * k, 1)
    return sources.drawn(points)


@pytest.fixture(scope="session")
def mnist_folder():
    """The folder with the real MNIST; skips the test if there is none."""
    for name in (os.environ.get("LOGITLAB_DATA"), ROOT.parent / "shared" / "data" / "mnist"):
        if name and Path(name).is_dir():
            return Path(name)
    pytest.skip("MNIST is not on this machine (set LOGITLAB_DATA to its folder)")


@pytest.fixture(scope="session")
def idx():
    """Return idx(array), which returns the bytes of an IDX file with the array as uint8."""

    def encode(array):
        head = bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
        return head + array.astype(np.uint8).tobytes()

    return encode


@pytest.fixture
def small_mnist(tmp_path, idx):
    """A folder with four small gzipped IDX files: 30 training and 20 test images of 4 × 3."""
    rng = np.random.default_rng(3)
    folder = tmp_path / "small"
    folder.mkdir()
    for stem, shape in zip(STEMS, [(30, 4, 3), (30,), (20, 4, 3), (20,)], strict=True):
        values = rng.integers(0, 256 if len(shape) == 3 else 10, shape)
        if len(shape) == 1:
            values[:10] = np.arange(10)
        (folder / f"{stem}-ubyte.gz").write_bytes(gzip.compress(idx(values), mtime=0))
    return folder


@pytest.fixture(scope="session")
def lecture_iris(iris):
    """Iris as in the lecture: torch.manual_seed(123), rows X[p][p], the last 30 for testing.

    The lecture's copy has errors in rows 35 and 38 (4.9 3.1 1.5 0.1 in both); the bundled copy has
    Fisher's own values there. The sepal width of row 38 changes W by up to 0.007.
    """
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(123)
        p = torch.randperm(150).numpy()
    X = iris.X.copy()
    X[[34, 37]] = (4.9, 3.1, 1.5, 0.1)
    return replace(iris, X=X[p][p], y=iris.y[p][p], published_test=30)


@pytest.fixture
def train(tmp_path, capsys):
    """Return train(text, *options): exit code, output and complaint of training on this table."""

    def train(text, *options):
        path = tmp_path / "t.csv"
        path.write_text(text, encoding="utf-8")
        code = cli.main([str(path), "--epochs", "3", *options])
        return code, *capsys.readouterr()

    return train
