"""Blocks of rows in memory: of the window that trains, of the one before, and of the next one.

The next window is read on a thread of its own while the model trains on this one. If it is wanted
before it is there, both threads read what is left of it, block by block.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from core.train.batches import Rows

REGIONS = 3
ABSENT = -(2**62)  # a shift that makes no number of a row a place

Fill = Callable[[int, Tensor, Tensor], None]


@dataclass(eq=False)
class _Ahead:
    """A window that is being read: its blocks, where to, and what went wrong.

    left : the blocks that no thread has begun to read, with their places in the window.
    """

    blocks: tuple[int, ...]
    region: int
    left: Iterator[tuple[int, int]]
    thread: threading.Thread | None = None
    error: Exception | None = None


class Pool:
    """Places for three windows, and which blocks lie in them.

    X, targets : (places, m) and (outputs, places) of the rows, as `Rows` has them.
    shift : (blocks,) from the number of a row to its place, by the block of the row.
    """

    def __init__(self, n: int, size: int, per_window: int, fill: Fill, example: Rows) -> None:
        """Make room for windows of so many blocks of n rows.

        size : rows of a block; the last may have fewer. fill : writes the rows of a block to
        X (k, m) and targets (outputs, k), on any thread. Raises DataError.
        """
        places = REGIONS * per_window * size
        assert isinstance(example.X, Tensor)
        self.X = example.X.new_empty((places, example.X.shape[1]))
        self.targets = example.targets.new_empty((len(example.targets), places))
        self.shift = torch.full((-(-n // size),), ABSENT)
        self._n, self._size, self._per_window, self._fill = n, size, per_window, fill
        self._regions: list[tuple[int, ...]] = [()] * REGIONS
        self._newest = 0
        self._ahead: _Ahead | None = None

    def bring(self, blocks: tuple[int, ...], ahead: tuple[int, ...]) -> None:
        """Have this window in memory, and begin to read the next one. Raises DataError."""
        self._take_ahead(blocks)
        if blocks not in self._regions:
            self._begin(blocks)
            if (error := self._take_ahead(blocks)) is not None:
                raise error
        self._newest = self._regions.index(blocks)
        if ahead and ahead not in self._regions:
            self._begin(ahead)

    def end(self) -> None:
        """Read no more."""
        self._take_ahead(())

    def _begin(self, blocks: tuple[int, ...]) -> None:
        """Begin to read a window, to the region that was left alone for longest."""
        region = (self._newest + 1) % REGIONS
        self._leave(region)
        self._ahead = ahead = _Ahead(blocks, region, iter(list(enumerate(blocks))))
        ahead.thread = threading.Thread(target=self._read_ahead, args=(ahead,))
        ahead.thread.start()

    def _take_ahead(self, wanted: tuple[int, ...]) -> Exception | None:
        """Have the window that is being read in memory, if it is the one that is wanted.

        Return what went wrong.
        """
        ahead, self._ahead = self._ahead, None
        if ahead is None or ahead.thread is None:
            return None
        if ahead.blocks == wanted:
            self._read_ahead(ahead)
        is_whole = next(ahead.left, None) is None
        list(ahead.left)  # the thread ends with the block that it reads
        ahead.thread.join()
        if is_whole and ahead.error is None:
            self._settle(ahead.blocks, ahead.region)
        return ahead.error

    def _read_ahead(self, ahead: _Ahead) -> None:
        """Read what is left of a window; two threads may do so at once."""
        try:
            for index, block in ahead.left:
                self._read(index, block, ahead.region)
        except Exception as error:  # raised again when the window is wanted and read anew
            ahead.error = error

    def _read(self, index: int, block: int, region: int) -> None:
        place = (region * self._per_window + index) * self._size
        part = slice(place, place + min(self._size, self._n - block * self._size))
        self._fill(block, self.X[part], self.targets[:, part])

    def _settle(self, blocks: tuple[int, ...], region: int) -> None:
        self._regions[region] = blocks
        for index, block in enumerate(blocks):
            self.shift[block] = self._shift_of(index, block, region)

    def _leave(self, region: int) -> None:
        for index, block in enumerate(self._regions[region]):
            # In another epoch a block may have come once more, to another region.
            if self.shift[block] == self._shift_of(index, block, region):
                self.shift[block] = ABSENT
        self._regions[region] = ()

    def _shift_of(self, index: int, block: int, region: int) -> int:
        return (region * self._per_window + index - block) * self._size
