"""Updates in CUDA graphs: launched as one, where launching costs more than computing.

A graph repeats what was launched while it was captured: the same sums, with the same numbers, at
the same addresses. So it is of one batch size, one learning rate and one weight decay, and the
weights stay where they are; its rows are named in a tensor that is filled before each replay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from core.train.batches import Rows
from core.train.device import Queue

TOGETHER = 16  # updates in a graph, at most: less than a millisecond's work
HELD = 32  # updates before settings are worth a graph: not while they are dragged along

Update = Callable[[Tensor, Tensor, Tensor], None]  # with X (n, m), Y (n, outputs), room for Z
Settings = tuple[int, *tuple[float, ...]]  # batch size, then what else an update is made with


class Block:
    """Some updates in a row as one graph; all their rows are gathered, then they follow.

    Raises RuntimeError where the device has no room for them.
    """

    def __init__(self, queue: Queue, rows: Rows, size: int, count: int) -> None:
        self.count, self.examples = count, count * size
        self._queue, self._size = queue, size
        self._rows = replace(rows, rooms={})  # of its own: a graph knows them by their addresses
        self._order: Tensor | None = None
        self._pieces: tuple[Tensor | None, ...] = (None,)
        if size < len(rows):  # a batch of all rows needs no order
            self._order = torch.empty(self.examples, dtype=torch.int64, device=rows.y.device)
            self._pieces = torch.split(self._order, _gathered(rows, size) * size)
        for piece in self._pieces:
            self._rows.room(size if piece is None else len(piece))
        self._Z = self._rows.room(size).Z
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
                for start in range(0, len(X), self._size):
                    batch = slice(start, start + self._size)
                    update(X[batch], Y[batch], self._Z)


class Blocks:
    """The graphs of the settings that hold now, made when they are needed."""

    def __init__(self, queue: Queue, rows: Rows) -> None:
        self._queue, self._rows = queue, rows
        self._settings: Settings | None = None
        self._held = 0
        self._blocks: dict[int, Block] = {}
        self._is_possible = True

    def find(self, settings: Settings, left: int, most: int) -> Block | None:
        """Return a block of at most so many updates; None where they are to be made one by one.

        left : rows of the epoch that are not yet taken; no block goes beyond them.
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
        """Make the block's updates; where no graph can be made of them, none is tried again."""
        if not block.run(order, update):
            self._give_up()

    def _together(self, size: int) -> int:
        """Return how many updates a long block has: whole gatherings, but less than an epoch."""
        gathered = min(_gathered(self._rows, size), TOGETHER)
        return max(1, min(TOGETHER // gathered * gathered, (len(self._rows) - 1) // size))

    def _block(self, size: int, count: int) -> Block | None:
        if count not in self._blocks:
            try:
                self._blocks[count] = Block(self._queue, self._rows, size, count)
            except RuntimeError:  # the device is full; one by one they need no more room
                self._give_up()
                return None
        return self._blocks[count]

    def _give_up(self) -> None:
        self._is_possible = False
        self._blocks.clear()


def _gathered(rows: Rows, size: int) -> int:
    """Return how many batches of that size are gathered at once."""
    return max(1, rows.rows_at_once // size)
