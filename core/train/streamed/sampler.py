"""Batches of rows that lie on disk: blocks in a new order each epoch, shuffled within windows.

An epoch takes the blocks in a random order. A few of them at a time are a window, which fits into
memory, and whose rows come in a random order; then the next few. So a row meets only those of the
blocks in its window, which differ from epoch to epoch. The order of the blocks and a seed for each
window are drawn when the epoch begins: from these, and from how many rows were taken, a run goes on
to the bit.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

import torch
from torch import Generator, Tensor

from core.train.batches import BatchSampler

SEEDS = 2**62
KEPT = 3  # windows whose order is known

Bring = Callable[[tuple[int, ...], tuple[int, ...]], None]


class BlockSampler(BatchSampler):
    """Yields the numbers of n rows in batches, window by window; otherwise as `BatchSampler`.

    size : rows of a block; the last may have fewer. blocks : of a window, the last may have fewer.
    bring : called with the blocks of a window before its first row is taken, and with those of the
        next one.
    """

    def __init__(self, n: int, generator: Generator, size: int, blocks: int, bring: Bring) -> None:
        super().__init__(n, generator, torch.device("cpu"))
        self._size, self._blocks, self._bring = size, blocks, bring
        self._block_count = -(-n // size)
        self._window_count = -(-self._block_count // blocks)
        self._windows: list[tuple[int, ...]] = []
        self._starts: list[int] = []  # rows of the epoch before each window
        self._orders: dict[int, Tensor] = {}

    def accepts(self, order: Tensor) -> bool:
        """Return whether this can be the order of a state: seeds of windows, and the blocks."""
        seeds, blocks = order[: self._window_count], order[self._window_count :]
        are_seeds = bool(((seeds >= 0) & (seeds < SEEDS)).all())
        return are_seeds and torch.equal(blocks.sort()[0], torch.arange(self._block_count))

    def peek(self, batch_size: int | None) -> Tensor | None:
        size = self._n if batch_size is None else min(batch_size, self._n)
        if super().peek(batch_size) is None:
            return None
        return self._numbers(self._taken, min(self._taken + size, self._n))

    def _draw(self) -> None:
        seeds = torch.randint(SEEDS, (self._window_count,), generator=self._generator)
        blocks = torch.randperm(self._block_count, generator=self._generator)
        self._set_order(torch.cat([seeds, blocks]))
        self._is_fresh = True

    def _set_order(self, order: Tensor | None) -> None:
        super()._set_order(order)
        self._orders.clear()
        self._windows, self._starts = [], []
        if order is not None:
            blocks = order[self._window_count :].tolist()
            begins = range(0, len(blocks), self._blocks)
            self._windows = [tuple(blocks[begin : begin + self._blocks]) for begin in begins]
            sizes = [sum(map(self._rows_of, window)) for window in self._windows]
            self._starts = [0, *accumulate(sizes)][:-1]

    def _rows_of(self, block: int) -> int:
        return min(self._size, self._n - block * self._size)

    def _numbers(self, start: int, stop: int) -> Tensor:
        parts, stop = [], min(stop, self._n)
        window = bisect_right(self._starts, start) - 1
        while start < stop:
            begin, order = self._starts[window], self._order_of(window)
            part = order[start - begin : stop - begin]
            parts.append(part)
            start += part.numel()
            window += 1
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def _order_of(self, window: int) -> Tensor:
        """Return the numbers of a window's rows in the order in which they are taken."""
        if window not in self._orders:
            assert self._order is not None
            blocks = self._windows[window]
            ahead = self._windows[window + 1] if window + 1 < len(self._windows) else ()
            self._bring(blocks, ahead)
            rows = [torch.arange(b * self._size, b * self._size + self._rows_of(b)) for b in blocks]
            numbers = torch.cat(rows)
            own = Generator().manual_seed(int(self._order[window]))
            if len(self._orders) == KEPT:
                del self._orders[min(self._orders)]
            self._orders[window] = numbers[torch.randperm(len(numbers), generator=own)]
        return self._orders[window]
