"""The rows of a task on a device, read slice by slice, and the sampler of batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from core.data.task import Task
from core.train.losses import HEADS
from core.train.sparse import SparseRows

# Numbers converted and multiplied at once: 1 MB of float32, which stays in a core's cache. A batch
# of all rows of MNIST took 0.6 of the time that it took with 4 MB.
SLICE = 2**18
BLOCK = 2**20  # numbers that are cut into such slices; also where there are too many weights
FEW = 2**17  # weights: going over them once for each slice takes little beside its products
SLICE_SPARSE = 2**17  # numbers of sparse rows, each of which takes longer, as long
SLICE_ROWS = 2**14
# Full and last batch of an epoch, each with a rest and shares of two sizes, cut into slices of two.
MAX_BUFFERS = 16


Slice = tuple[Tensor | SparseRows, Tensor, Tensor]


@dataclass(frozen=True, eq=False)
class SliceBuffers:
    """Reusable buffers for a slice of k rows and its logits Z.

    stored, X : (k, m). targets : (outputs, k); Y is its (k, outputs) view. Z : (k, outputs), a
    view of another (outputs, k) array.
    """

    stored: Tensor
    X: Tensor
    targets: Tensor
    Y: Tensor
    Z: Tensor


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of a task on a device: X (n, m) as stored, y (n,), targets Y held as (outputs, n).

    Measurements are stored standardised in float32. Pixels stay bytes, a quarter of the memory,
    and are converted to float32 slice by slice. Bags of words stay sparse. The model's input is
    what `slices` yields, times `unit`: scaling a few weights is quicker than scaling every pixel.

    slice_rows : rows of a slice, about; more than a block has where these are not cut.
    """

    X: Tensor | SparseRows
    y: Tensor
    targets: Tensor
    unit: float
    mean: Tensor | None
    std: Tensor | None
    slice_rows: int = SLICE_ROWS
    buffers: dict[int, SliceBuffers] = field(default_factory=dict)

    is_on_disk: ClassVar[bool] = False  # see `core.train.streamed`

    def __len__(self) -> int:
        return self.y.numel()  # `len` of a tensor takes ten times as long, half a sum

    def slices(self, order: Tensor | None = None) -> Iterator[Slice]:
        """Yield X (k, m) float32, Y (k, outputs) and Z for the rows of `order`, or for all rows.

        Z is a buffer for the logits, (k, outputs). All three are overwritten by the next slice:
        nothing is allocated in a loop.
        """
        n = (self.y if order is None else order).numel()
        for start, stop in ((0, n),) if 0 < n <= self.single else self.places(n):
            buffers = self.slice_buffers(stop - start)
            if order is not None:
                rows = order if stop - start == n else order[start:stop]
                stored = self._selected(rows, buffers)
                torch.index_select(self.targets, 1, rows, out=buffers.targets)
                Y = buffers.Y
            elif stop - start == n:
                stored, Y = self.X, self.Y
            else:
                stored, Y = self.X[start:stop], self.Y[start:stop]
            yield self._numbers(stored, buffers), Y, buffers.Z

    def labels(self) -> Iterator[Tensor]:
        """Yield the classes of all rows, (k,), in the slices of `slices`."""
        for start, stop in self.places(len(self)):
            yield self.y[start:stop]

    def places(self, n: int) -> Iterator[tuple[int, int]]:
        """Yield the first place of each slice of n rows, and the place after its last."""
        size = self.rows_at_once
        for start in range(0, n, size):
            yield from cut(start, min(start + size, n), self.slice_rows)

    def sampler(self, generator: Generator) -> BatchSampler:
        """Return a sampler of these rows, which draws from the generator."""
        return BatchSampler(len(self), generator, self.y.device)

    @cached_property
    def Y(self) -> Tensor:  # noqa: N802
        """The targets as (n, outputs)."""
        return self.targets.mT

    @cached_property
    def single(self) -> int:
        """Most rows that are not cut in any case."""
        return min(self.slice_rows, self.rows_at_once)

    @cached_property
    def rows_at_once(self) -> int:
        """Rows of a block."""
        if isinstance(self.X, SparseRows):
            return sparse_rows_at_once(self.X.mean_count, len(self.targets))
        return dense_rows_at_once(self.X.shape[1], len(self.targets))

    def _selected(self, rows: Tensor, buffers: SliceBuffers) -> Tensor | SparseRows:
        if isinstance(self.X, SparseRows):
            return self.X.select(rows)
        return torch.index_select(self.X, 0, rows, out=buffers.stored)

    def _numbers(self, stored: Tensor | SparseRows, buffers: SliceBuffers) -> Tensor | SparseRows:
        if isinstance(stored, SparseRows) or stored.dtype.is_floating_point:
            return stored
        X = buffers.X.copy_(stored)
        if self.mean is not None and self.std is not None:
            X.sub_(self.mean).div_(self.std)
        return X

    def slice_buffers(self, k: int) -> SliceBuffers:
        """Return the buffers for slices of k rows."""
        if k not in self.buffers:
            if len(self.buffers) == MAX_BUFFERS:  # the batch size has changed several times
                self.buffers.clear()
            if isinstance(self.X, SparseRows):  # whose rows are new each time
                stored = self.targets.new_empty(0)
            else:
                stored = self.X.new_empty((k, self.X.shape[1]))
            X = stored if stored.dtype.is_floating_point else stored.float()
            # Not halves of one array: a product rounds otherwise where its numbers lie off the
            # processor's boundaries, and who repeats a run would have to lay them out alike.
            shape = len(self.targets), k
            targets, logits = self.targets.new_empty(shape), self.targets.new_empty(shape)
            self.buffers[k] = SliceBuffers(stored, X, targets, targets.mT, logits.mT)
        return self.buffers[k]


def cut(start: int, stop: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the first row of each slice of a block, and the row after its last.

    They are as even as can be and of about this size.
    """
    step = -(-(stop - start) // max(round((stop - start) / size), 1))
    for first in range(start, stop, step):
        yield first, min(first + step, stop)


def slice_rows(task: Task) -> int:
    """Return the rows of a slice, about; more than a block has where these are not cut.

    They are not where there are too many weights to go over them so often, as those of texts and
    of wide rows.
    """
    weights = (task.config.model.hidden or task.outputs) * task.m
    if task.dataset.is_text or weights > FEW:
        return SLICE_ROWS
    return max(1, SLICE // max(task.m, task.outputs))


def sparse_rows_at_once(mean_count: float, outputs: int) -> int:
    """Return how many rows of this many numbers on average, without the zeros, are a block."""
    return int(max(1, min(SLICE_SPARSE / (mean_count + outputs), SLICE_ROWS)))


def dense_rows_at_once(m: int, outputs: int) -> int:
    """Return how many rows of m numbers are a block."""
    return max(1, min(BLOCK // max(m, outputs), SLICE_ROWS))


def to_device(task: Task, numbers: NDArray[np.int64], device: torch.device) -> Rows:
    """Copy the rows with these numbers to the device, stored as `Rows` describes."""
    first, last = (int(numbers[0]), int(numbers[-1]) + 1) if len(numbers) else (0, 0)
    # Consecutive rows, as in a published split, are shared with the data set, not copied.
    is_run = last - first == len(numbers) and bool((np.diff(numbers) == 1).all())
    y = torch.from_numpy(task.dataset.y[numbers]).to(device)
    head = HEADS[task.config.model.kind]
    targets = head.encode(y, task.outputs).mT.to(torch.float32).contiguous()
    unit, mean, std = 1.0, None, None
    if task.dataset.bag is not None:
        return Rows(SparseRows(task.dataset.bag, numbers), y, targets, unit, mean, std)
    X = task.dataset.X[first:last] if is_run else task.dataset.X[numbers]
    if X.dtype != np.uint8:
        X = task.inputs(X)
    elif task.standardiser.is_identity:
        unit = 1 / task.dataset.scale
    else:  # (x / scale − mean) / std
        scale = task.dataset.scale
        mean = torch.from_numpy(task.standardiser.mean * scale).to(device, torch.float32)
        std = torch.from_numpy(task.standardiser.std * scale).to(device, torch.float32)
    return Rows(
        X=torch.from_numpy(X).to(device),
        y=y,
        targets=targets,
        unit=unit,
        mean=mean,
        std=std,
        slice_rows=slice_rows(task) if device.type == "cpu" else SLICE_ROWS,
    )


class SamplerState(NamedTuple):
    """State of a `BatchSampler`, on the host, that `restore` continues from."""

    generator: Tensor
    order: Tensor | None
    taken: int
    is_fresh: bool


class BatchSampler:
    """Yields row numbers in batches: a new permutation each epoch, whose last batch may be smaller.

    The batch size may change at any time, also within an epoch. Permutations are drawn on the
    host, so that every device trains on the same batches.
    """

    def __init__(self, n: int, generator: Generator, device: torch.device) -> None:
        self._n = n
        self._generator = generator
        self._device = device
        self._order: Tensor | None = None
        self._placed: Tensor | None = None  # the same order on the device
        self._taken = self._taken_before = 0
        self._is_fresh = False  # whether the order is for the epoch about to begin

    @property
    def left(self) -> int:
        """Rows of the current epoch not yet taken."""
        return self._n - self._taken

    def next(self, batch_size: int | None) -> tuple[Tensor | None, int, bool]:
        """Return row numbers (None for all rows), their count, and whether they end the epoch.

        A batch of all rows needs no order: its gradient is the same sum.
        """
        size = self._n if batch_size is None else min(batch_size, self._n)
        self._taken_before = self._taken
        if self._taken == 0:
            if size == self._n:
                return None, self._n, True
            if not self._is_fresh:
                self._draw()
        rows = self._numbers(self._taken, self._taken + size)
        count = rows.numel()
        self._taken += count
        ends_epoch = self._taken == self._n
        if ends_epoch:
            self._taken, self._is_fresh = 0, False
        return rows, count, ends_epoch

    def _numbers(self, start: int, stop: int) -> Tensor:
        """Return the row numbers of the epoch from `start` up to `stop` at most."""
        assert self._placed is not None
        return self._placed[start:stop]

    def peek(self, batch_size: int | None) -> Tensor | None:
        """Return the row numbers that `next` will return, on the host, without taking them."""
        size = self._n if batch_size is None else min(batch_size, self._n)
        if self._taken == 0:
            if size == self._n:
                return None
            if not self._is_fresh:
                self._draw()
        assert self._order is not None
        return self._order[self._taken : self._taken + size]

    def take_back(self) -> None:
        """Undo the last `next`: its batch comes again."""
        self._taken = self._taken_before
        self._is_fresh |= self._taken > 0

    def state(self) -> SamplerState:
        return SamplerState(self._generator.get_state(), self._order, self._taken, self._is_fresh)

    def restore(self, state: SamplerState) -> None:
        generator, order, self._taken, self._is_fresh = state
        self._generator.set_state(generator)
        self._set_order(order)
        if order is None and self._taken:  # the generator is as it was at the epoch's start
            self._draw()

    def accepts(self, order: Tensor) -> bool:
        """Return whether this can be the `order` of a state."""
        return torch.equal(order.sort()[0], torch.arange(self._n))

    def _draw(self) -> None:
        self._set_order(torch.randperm(self._n, generator=self._generator))
        self._is_fresh = True

    def _set_order(self, order: Tensor | None) -> None:
        self._order = self._placed = order
        if order is not None and self._device.type != "cpu":
            # From pageable memory the copy would wait for all queued work.
            self._placed = order.pin_memory().to(self._device, non_blocking=True)
