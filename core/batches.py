"""The rows of a task in memory, as the trainer takes them: batches, shuffles, slices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from core.losses import Head
from core.task import Task

SLICE = 1024  # rows converted and multiplied at once: 3 MB of float32 for MNIST, and short waits


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of a task on a device: X (n, m) as stored, y (n,), targets Y held as (outputs, n).

    Measurements are stored standardised in float32. Pixels stay bytes, a quarter of the memory,
    and become numbers slice by slice: x / scale, then (x − mean) / std where that is wanted.
    """

    X: Tensor
    y: Tensor
    targets: Tensor
    scale: float
    mean: Tensor | None
    std: Tensor | None

    def __len__(self) -> int:
        return len(self.y)

    def slices(self, order: Tensor | None = None) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Yield X (k, m) float32, Y (k, outputs) and y (k,) for the rows of `order`, or for all."""
        for start in range(0, len(self) if order is None else len(order), SLICE):
            if order is None:
                part = slice(start, start + SLICE)
                X, Y, y = self.X[part], self.targets[:, part], self.y[part]
            else:
                rows = order[start : start + SLICE]
                X = self.X.index_select(0, rows)
                Y = self.targets.index_select(1, rows)
                y = self.y.index_select(0, rows)
            yield self._numbers(X), Y.mT, y

    def _numbers(self, X: Tensor) -> Tensor:
        if X.dtype == torch.float32:
            return X
        X = X.float().mul_(1 / self.scale)
        if self.mean is not None and self.std is not None:
            X.sub_(self.mean).div_(self.std)
        return X


def place(task: Task, numbers: NDArray[np.int64], head: Head, device: torch.device) -> Rows:
    """Put the rows with these numbers on the device, as `Rows` describes."""
    first, last = (numbers[0], numbers[-1] + 1) if len(numbers) else (0, 0)
    # A run of neighbours, as in a published split, is shared with the data set, not copied.
    X = task.dataset.X[first:last] if last - first == len(numbers) else task.dataset.X[numbers]
    y = torch.from_numpy(task.dataset.y[numbers]).to(device)
    mean = std = None
    if X.dtype != np.uint8:
        X = task.inputs(X)
    elif not task.standardiser.is_identity:
        mean = torch.from_numpy(task.standardiser.mean).to(device, torch.float32)
        std = torch.from_numpy(task.standardiser.std).to(device, torch.float32)
    return Rows(
        X=torch.from_numpy(X).to(device),
        y=y,
        targets=head.encode(y, task.outputs).mT.to(torch.float32).contiguous(),
        scale=task.dataset.scale,
        mean=mean,
        std=std,
    )


class Shuffles:
    """Row numbers batch by batch: each epoch a fresh permutation, its last batch what is left.

    The batch size may change at any time, also within an epoch.
    """

    def __init__(self, n: int, generator: Generator, device: torch.device) -> None:
        self._n = n
        self._generator = generator
        self._device = device
        self._order: Tensor | None = None
        self._taken = 0

    def next(self, batch_size: int | None) -> tuple[Tensor | None, int, bool]:
        """Return row numbers (None for all in place), their count, whether they end the epoch.

        A batch of all rows needs no order: its gradient is the same sum.
        """
        size = self._n if batch_size is None else min(batch_size, self._n)
        if self._taken == 0:
            if size == self._n:
                return None, self._n, True
            self._order = torch.randperm(self._n, generator=self._generator).to(self._device)
        assert self._order is not None
        rows = self._order[self._taken : self._taken + size]
        self._taken = (self._taken + len(rows)) % self._n
        return rows, len(rows), self._taken == 0

    def state(self) -> tuple[Tensor, Tensor | None, int]:
        """Return what `restore` needs to go on from here."""
        return self._generator.get_state(), self._order, self._taken

    def restore(self, state: tuple[Tensor, Tensor | None, int]) -> None:
        generator_state, self._order, self._taken = state
        self._generator.set_state(generator_state)
