"""The rows of a task, in memory or read from disk, whichever they need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from core.data.streamed.dataset import held_rows
from core.data.task import Task
from core.errors import DataError, DeviceError
from core.language import tr
from core.train import batches
from core.train.batches import BatchSampler, Rows, Slice, SliceBuffers, cut, dense_rows_at_once
from core.train.streamed import kept
from core.train.streamed.kept import KeptBlocks
from core.train.streamed.pool import Pool
from core.train.streamed.reading import BlockReader, are_as_stored
from core.train.streamed.sampler import BlockSampler

WINDOW = 2**25  # bytes of a window, of which three are in memory
PAYS = 3  # epochs: the first, in which blocks are kept, takes longer
HELD = 2  # times as many rows as are usually held may be measured


@dataclass(frozen=True, eq=False)
class StreamedRows(Rows):
    """Rows of a task on disk: `slices` reads them block by block, or picks them from a pool.

    A block is a slice of the rows in their order, so that sums over all rows are those of rows in
    memory. X, y and targets are of no row.

    task, numbers : the rows of its data set, (n,). per_window : blocks of a window. is_kept :
    whether blocks are kept on disk as they are trained on.
    """

    task: Task | None = None
    numbers: NDArray[np.int64] | None = None
    per_window: int = 1
    is_kept: bool = False

    is_on_disk: ClassVar[bool] = True

    def __len__(self) -> int:
        return 0 if self.numbers is None else len(self.numbers)

    @cached_property
    def rows_at_once(self) -> int:
        return dense_rows_at_once(self.X.shape[1], len(self.targets))

    @cached_property
    def kept(self) -> KeptBlocks | None:
        """Where blocks are kept once they are made; None if they are not."""
        if self.is_kept:
            m, outputs = self.X.shape[1], len(self.targets)
            with suppress(OSError, ValueError, DataError):  # then there is no place for them
                return KeptBlocks(len(self), m, outputs, self.rows_at_once)
        return None

    @cached_property
    def reader(self) -> BlockReader:
        assert self.task is not None and self.numbers is not None
        return BlockReader(self.task, self.numbers, self.rows_at_once, self.kept)

    @cached_property
    def pool(self) -> Pool:
        """The blocks in memory, made when the first batch is taken."""
        return Pool(len(self), self.rows_at_once, self.per_window, self.reader.fill, self)

    def sampler(self, generator: Generator) -> BatchSampler:
        return BlockSampler(len(self), generator, self.rows_at_once, self.per_window, self.bring)

    def bring(self, blocks: tuple[int, ...], ahead: tuple[int, ...]) -> None:
        """Have these blocks at hand, and soon those ahead. Raises DataError."""
        if self.kept is None or not self.kept.is_whole:
            self.pool.bring(blocks, ahead)
            return
        if (pool := self.__dict__.pop("pool", None)) is not None:
            pool.end()
        self.kept.bring(blocks, ahead)

    def labels(self) -> Iterator[Tensor]:
        assert self.task is not None and self.numbers is not None
        y = self.task.dataset.y
        for start, stop in self.places(len(self)):
            yield torch.from_numpy(y[self.numbers[start:stop]])

    def slices(self, order: Tensor | None = None) -> Iterator[Slice]:
        if order is None:
            yield from self._all_slices()
            return
        for start, stop in self.places(order.numel()):
            rows = order[start:stop]
            buffers = self.slice_buffers(rows.numel())
            self._gather(rows, buffers)
            yield self._numbers(buffers.stored, buffers), buffers.Y, buffers.Z

    def _gather(self, rows: Tensor, buffers: SliceBuffers) -> None:
        """Write these rows and their targets to the buffers."""
        if self.kept is not None and self.kept.is_whole:
            torch.index_select(self.kept.X, 0, rows, out=buffers.stored)
            torch.index_select(self.kept.targets, 1, rows, out=buffers.targets)
            return
        pool = self.pool
        places = pool.shift[rows.div(self.rows_at_once, rounding_mode="floor")].add_(rows)
        try:
            torch.index_select(pool.X, 0, places, out=buffers.stored)
        except IndexError:  # not all of them are in the pool: a batch larger than a window
            assert self.task is not None and self.numbers is not None
            found = batches.to_device(self.task, self.numbers[rows.numpy()], self.y.device)
            assert isinstance(found.X, Tensor)
            buffers.stored.copy_(found.X)
            buffers.targets.copy_(found.targets)
        else:
            torch.index_select(pool.targets, 1, places, out=buffers.targets)

    def _all_slices(self) -> Iterator[Slice]:
        n, size = len(self), self.rows_at_once
        for block, first in enumerate(range(0, n, size)):
            count = min(size, n - first)
            whole = self.slice_buffers(count)
            self.reader.fill(block, whole.stored, whole.targets)
            for start, stop in cut(0, count, self.slice_rows):
                buffers = self.slice_buffers(stop - start)
                yield (
                    self._numbers(whole.stored[start:stop], buffers),
                    whole.Y[start:stop],
                    buffers.Z,
                )


def kept_bytes(task: Task) -> int:
    """Return the bytes of training rows kept on disk, standardised, for later epochs; 0 if none.

    They are kept if that pays: in enough epochs, and unless they are as they are stored.
    """
    n, epochs = len(task.train_rows), task.config.training.epochs
    if not _are_on_disk(task, n) or epochs < PAYS or are_as_stored(task):
        return 0
    size = kept.size_of(n, task.m, task.outputs)
    return size if kept.has_room(size) else 0


def _are_on_disk(task: Task, n: int) -> bool:
    return task.dataset.is_streamed and n > HELD * held_rows(4 * task.m)


def place_rows(
    task: Task, numbers: NDArray[np.int64], device: torch.device, *, is_kept: bool = False
) -> Rows:
    """Return these rows of the task, (n,): in memory, or on disk if they take much.

    is_kept : whether rows that are read from disk are kept there as they are trained on.
    Raises DeviceError for rows on disk and a device that is not the host.
    """
    if not _are_on_disk(task, len(numbers)):
        return batches.to_device(task, numbers, device)
    if device.type != "cpu":
        raise DeviceError(
            tr(
                "Rows that are read from disk are trained on by the CPU, not by {device}: choose "
                "cpu.",
                device=device,
            )
        )
    none = batches.to_device(task, numbers[:0], device)
    assert isinstance(none.X, Tensor)
    outputs = len(none.targets)
    block = dense_rows_at_once(task.m, outputs)
    row = task.m * none.X.element_size() + 4 * outputs + 8
    return StreamedRows(
        X=none.X,
        y=none.y,
        targets=none.targets,
        unit=none.unit,
        mean=none.mean,
        std=none.std,
        slice_rows=none.slice_rows,
        task=task,
        numbers=numbers,
        per_window=max(min(WINDOW // (row * block), -(-len(numbers) // block)), 1),
        is_kept=is_kept,
    )
