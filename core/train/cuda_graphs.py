"""Updates in CUDA graphs: many kernels in one launch, where launching costs more than computing.

A graph repeats the kernels captured: the same operations, with the same constants, at the same
addresses. So it is valid for one batch size, one learning rate and one weight decay, and the
weights are updated in place; row numbers are read from a tensor that is filled before each replay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from core.train.batches import Rows
from core.train.device import Queue

TOGETHER = 16  # most updates in a graph: less than a millisecond's work
HELD = 32  # updates with the same settings before capturing: none while a slider is dragged

Update = Callable[[Tensor, Tensor, Tensor], None]  # X (n, m), Y (n, outputs), buffer for Z
Settings = tuple[int, *tuple[float, ...]]  # batch size, then the other constants of an update


class Block:
    """Several consecutive updates as one graph, which also gathers their rows.

    Raises RuntimeError if the device is out of memory.
    """

    def __init__(self, queue: Queue, rows: Rows, size: int, count: int) -> None:
        self.count, self.examples = count, count * size
        self._queue, self._size = queue, size
        self._rows = replace(rows, buffers={})  # own buffers: a graph refers to them by address
        self._order: Tensor | None = None
        self._pieces: tuple[Tensor | None, ...] = (None,)
        if size < len(rows):  # a batch of all rows needs no order
            self._order = torch.empty(self.examples, dtype=torch.int64, device=rows.y.device)
            self._pieces = torch.split(self._order, _gathered(rows, size) * size)
        for piece in self._pieces:
            self._rows.slice_buffers(size if piece is None else len(piece))
        self._Z = self._rows.slice_buffers(size).Z
        self._replay: Callable[[], None] | None = None

    def run(self, order: Tensor | None, update: Update) -> bool:
        """Make the updates with these rows, (examples,); return whether they are in a graph."""
        if self._order is not None and order is not None:
            self._order.copy_(order, non_blocking=True)
        if self._replay is not None:
            self._replay()
        else:
            self._replay = self._queue.capture(lambda: self._make(update))
        return self._replay is not None

    def _make(self, update: Update) -> None:
        for piece in self._pieces:
            for X, Y, _ in self._rows.slices(piece):
                assert isinstance(X, Tensor)  # sparse rows stay on the host
                for start in range(0, len(X), self._size):
                    batch = slice(start, start + self._size)
                    update(X[batch], Y[batch], self._Z)


class Blocks:
    """The graphs for the current settings, captured on demand."""

    def __init__(self, queue: Queue, rows: Rows) -> None:
        self._queue, self._rows = queue, rows
        self._settings: Settings | None = None
        self._held = 0
        self._blocks: dict[int, Block] = {}
        self._is_possible = True

    def find(self, settings: Settings, left: int, most: int) -> Block | None:
        """Return a block of at most `most` updates; None where they must be made one by one.

        left : rows of the epoch not yet taken; a block never needs more.
        """
        if settings != self._settings:
            self._settings, self._held = settings, 0
            self._blocks.clear()
        size = settings[0]
        if not self._is_possible or most < 1 or size > min(left, self._rows.rows_at_once):
            return None
        self._held += 1
        if self._held <= HELD:
            return None
        count = self._together(size)
        return self._block(size, count if count <= min(most, left // size) else 1)

    def run(self, block: Block, order: Tensor | None, update: Update) -> None:
        """Make the block's updates; if they cannot be captured, stop using graphs."""
        if not block.run(order, update):
            self._give_up()

    def _together(self, size: int) -> int:
        """Return how many updates a long block has: a multiple of `_gathered`, below an epoch."""
        gathered = min(_gathered(self._rows, size), TOGETHER)
        return max(1, min(TOGETHER // gathered * gathered, (len(self._rows) - 1) // size))

    def _block(self, size: int, count: int) -> Block | None:
        if count not in self._blocks:
            try:
                self._blocks[count] = Block(self._queue, self._rows, size, count)
            except RuntimeError:  # out of device memory; single updates need no more
                self._give_up()
                return None
        return self._blocks[count]

    def _give_up(self) -> None:
        self._is_possible = False
        self._blocks.clear()


def _gathered(rows: Rows, size: int) -> int:
    """Return how many batches of this size are gathered at once."""
    return max(1, rows.rows_at_once // size)
