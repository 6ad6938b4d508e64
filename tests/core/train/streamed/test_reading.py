"""Blocks that are read straight to their places hold what rows in memory hold, to the bit."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from core.config import DataConfig, ModelConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from core.train import batches
from core.train.streamed.reading import BlockReader

N, SIZE = 300, 64
CASES = {
    "float32": (np.float32, {}, {}),
    "float32, not standardised": (np.float32, {"standardise": False}, {}),
    "float64": (np.float64, {}, {}),
    "float64, not standardised": (np.float64, {"standardise": False}, {}),
    "bytes": (np.uint8, {}, {}),
    "short integers": (np.int16, {}, {}),
    "of another machine": (">f4", {}, {}),
    "columns one after the other": (np.float32, {}, {"order": "F"}),
    "some features": (np.float32, {"features": ("column 1", "column 4")}, {}),
    "products of features": (np.float32, {"degree": 2}, {}),
}


@pytest.fixture
def task(tmp_path, rng):
    """Return task(dtype, data, layout): one whose rows are on disk."""

    def made(dtype, data, layout):
        X = np.asarray(rng.normal(size=(N, 6)) * 30 + 100, **layout).astype(dtype)
        np.save(tmp_path / "X.npy", X)
        np.save(tmp_path / "y.npy", np.arange(N) % 3)
        paths: dict[str, Any] = {"path": str(tmp_path / "X.npy"), "labels": str(tmp_path / "y.npy")}
        config = DataConfig("csv", stream=True, **paths, **data)
        return prepare(sources.load(config), RunConfig(config, ModelConfig()))

    return made


def filled(task, numbers, block):
    """Return the X and the targets that a block is filled with, and those of rows in memory."""
    expected = batches.to_device(task, numbers[block * SIZE :][:SIZE], torch.device("cpu"))
    assert isinstance(expected.X, Tensor)
    X, targets = torch.empty_like(expected.X), torch.empty_like(expected.targets)
    BlockReader(task, numbers, SIZE).fill(block, X, targets)
    return (X, targets), (expected.X, expected.targets)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_block_holds_its_rows_as_memory_does(task, case):
    made = task(*case)
    few = made.train_rows[::7]
    for numbers in (made.train_rows, np.arange(N), few, few[::-1].copy()):
        for block in {0, (len(numbers) - 1) // SIZE}:
            ours, theirs = filled(made, numbers, block)
            assert all(torch.equal(*both) for both in zip(ours, theirs, strict=True))
