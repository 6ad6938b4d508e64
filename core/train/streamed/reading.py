"""Blocks of rows, read from disk straight to where they are trained on.

A thread that reads while another one trains takes Python's lock as seldom as can be: one call reads
a block, and one standardises it, piece by piece in the processor's cache. The lock would otherwise
change hands a hundred times for each block, and both would wait for it more than they work.
"""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.data.preprocessing import NUMBERS_AT_ONCE
from core.data.streamed.dataset import StreamedDataset
from core.data.streamed.matrix import StoredMatrix
from core.data.task import Task
from core.train import batches
from core.train.losses import HEADS
from core.train.streamed.kept import KeptBlocks

SPARSE = 2  # times as many rows as are wanted may be read with them
# As `Standardiser.apply` does: in float64, then rounded. PyTorch runs it without Python's lock.
STANDARDISE = """
def standardise(
    near: Tensor, places: Tensor, mean: Tensor, std: Tensor, picked: Tensor, wide: Tensor, X: Tensor
):
    size = wide.size(0)
    is_run = near.size(0) == X.size(0)
    for own, these in zip(X.split(size), (near if is_run else places).split(size)):
        k = own.size(0)
        part = wide if k == size else wide[:k]
        if is_run:
            part.copy_(these)
        else:
            found = picked if k == size else picked[:k]
            torch.index_select(near, 0, these, out=found)
            part.copy_(found)
        own.copy_(part.sub_(mean).div_(std))
"""


def are_as_stored(task: Task) -> bool:
    """Return whether rows of a task are, byte by byte, those of its data set."""
    # Bytes are converted later, slice by slice, as those in memory are.
    dtype = task.dataset.X.dtype
    is_plain = task.feature_map.is_identity and task.standardiser.is_identity
    return bool(dtype == np.uint8 or (dtype == np.float32 and is_plain))


class BlockReader:
    """Reads blocks of the rows of a task, whose data set is on disk; several threads may do so.

    numbers : the rows, (n,), of the data set. size : of a block, in rows; the last may have fewer.
    kept : where blocks are kept once they are made, if they are.
    """

    def __init__(
        self,
        task: Task,
        numbers: NDArray[np.int64],
        size: int,
        kept: KeptBlocks | None = None,
    ) -> None:
        assert isinstance(task.dataset, StreamedDataset)
        self._task, self._numbers, self._size, self._kept = task, numbers, size, kept
        self._matrix, standardiser = task.dataset.matrix, task.standardiser
        self._is_direct = self._matrix.is_plain and task.feature_map.is_identity
        self._is_as_stored = are_as_stored(task)
        self._mean, self._std = (torch.from_numpy(v) for v in (standardiser.mean, standardiser.std))
        self._rooms: list[_Room] = []  # of threads that do not read now

    def fill(self, block: int, X: Tensor, targets: Tensor) -> None:
        """Write the rows of a block to X (k, m), and their targets to (outputs, k).

        X : as it is stored in `Rows`. Raises DataError.
        """
        if self._kept is not None and self._kept.read(block, X, targets):
            return
        begun, begin = time.perf_counter(), block * self._size
        numbers = self._numbers[begin : begin + self._size]
        y = torch.from_numpy(self._task.dataset.y[numbers])
        head = HEADS[self._task.config.model.kind]
        targets.copy_(head.encode(y, self._task.outputs).mT)
        self._make(numbers, X)
        if self._kept is not None:
            self._kept.keep(block, X, targets, time.perf_counter() - begun)

    def _make(self, numbers: NDArray[np.int64], X: Tensor) -> None:
        """Write the rows with these numbers to X, from those of the data set."""
        places = self._matrix.places(numbers)
        count = int(places[-1]) - int(places[0]) + 1
        is_near = count <= SPARSE * self._size and bool((np.diff(places) > 0).all())
        if self._is_direct and is_near:
            self._read(places, count, X)
            return
        found = batches.to_device(self._task, numbers, X.device)
        assert isinstance(found.X, Tensor)
        X.copy_(found.X)

    def _read(self, places: NDArray[np.int64], count: int, X: Tensor) -> None:
        """Write to X the stored rows at these places, ascending, of which the last is no. count."""
        stored, first = self._matrix.stored, int(places[0])
        if self._is_as_stored and count == len(places):
            stored.read(first, first + count, X.numpy())
            return
        room = self._rooms.pop() if self._rooms else _Room(self._matrix, SPARSE * self._size)
        near = room.near[:count]
        stored.read(first, first + count, near.numpy())
        own = torch.from_numpy(places - first)
        if self._is_as_stored:
            torch.index_select(near, 0, own, out=X)
        else:
            _standardise()(near, own, self._mean, self._std, room.picked, room.wide, X)
        self._rooms.append(room)


class _Room:
    """Where a thread reads rows to, and where it standardises some of them at once."""

    def __init__(self, matrix: StoredMatrix, n: int) -> None:
        m = matrix.shape[1]
        size = max(NUMBERS_AT_ONCE // m, 1)
        self.near = torch.from_numpy(np.empty((n, m), dtype=matrix.dtype))
        self.picked = self.near.new_empty((size, m))
        self.wide = self.near.new_empty((size, m), dtype=torch.float64)


@cache
def _standardise() -> Any:
    return torch.jit.CompilationUnit(STANDARDISE).standardise
