"""Blocks of rows in memory: of the window that trains, of the one before, and of the next one.

The next window is read on a thread of its own while the model trains on this one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from core.train.batches import Rows

REGIONS = 3
ABSENT = -(2**62)  # a shift that makes no number of a row a place

Read = Callable[[int], Rows]


@dataclass(eq=False)
class _Ahead:
    """A window that is being read: its blocks, where to, and what went wrong."""

    blocks: tuple[int, ...]
    region: int
    thread: threading.Thread | None = None
    error: Exception | None = None


class Pool:
    """Places for three windows, and which blocks lie in them.

    X, targets : (places, m) and (outputs, places) of the rows, as `Rows` has them.
    shift : (blocks,) from the number of a row to its place, by the block of the row.
    """

    def __init__(
        self, block_count: int, size: int, per_window: int, read: Read, example: Rows
    ) -> None:
        places = REGIONS * per_window * size
        assert isinstance(example.X, Tensor)
        self.X = example.X.new_empty((places, example.X.shape[1]))
        self.targets = example.targets.new_empty((len(example.targets), places))
        self.shift = torch.full((block_count,), ABSENT)
        self._size, self._per_window, self._read = size, per_window, read
        self._regions: list[tuple[int, ...]] = [()] * REGIONS
        self._newest = 0
        self._ahead: _Ahead | None = None

    def bring(self, blocks: tuple[int, ...], ahead: tuple[int, ...]) -> None:
        """Have this window in memory, and begin to read the next one. Raises DataError."""
        self._take_ahead()
        if blocks not in self._regions:
            self._newest = (self._newest + 1) % REGIONS
            self._leave(self._newest)
            self._fill(blocks, self._newest)
            self._settle(blocks, self._newest)
        self._newest = self._regions.index(blocks)
        if ahead and ahead not in self._regions:
            region = (self._newest + 1) % REGIONS
            self._leave(region)
            self._ahead = _Ahead(ahead, region)
            thread = threading.Thread(target=self._fill_ahead, args=(self._ahead,))
            self._ahead.thread = thread
            thread.start()

    def _take_ahead(self) -> None:
        ahead, self._ahead = self._ahead, None
        if ahead is None or ahead.thread is None:
            return
        ahead.thread.join()
        if ahead.error is None:
            self._settle(ahead.blocks, ahead.region)

    def _fill_ahead(self, ahead: _Ahead) -> None:
        try:
            self._fill(ahead.blocks, ahead.region)
        except Exception as error:  # raised again when the window is wanted and read anew
            ahead.error = error

    def _fill(self, blocks: tuple[int, ...], region: int) -> None:
        for index, block in enumerate(blocks):
            place = (region * self._per_window + index) * self._size
            rows = self._read(block)
            part = slice(place, place + len(rows))
            assert isinstance(rows.X, Tensor)
            self.X[part] = rows.X
            self.targets[:, part] = rows.targets

    def _settle(self, blocks: tuple[int, ...], region: int) -> None:
        self._regions[region] = blocks
        for index, block in enumerate(blocks):
            self.shift[block] = (region * self._per_window + index - block) * self._size

    def _leave(self, region: int) -> None:
        self.shift[list(self._regions[region])] = ABSENT
        self._regions[region] = ()
