"""The hot loop of a run: batch after batch becomes update after update."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Generator, Tensor

from core.train.batches import BatchSampler, Rows, SamplerState
from core.train.device import Lag, Queue
from core.train.update import Update


class Stepper:
    """Makes updates with the batches of a sampler, slice by slice.

    batch_size : examples of an update, None for all rows; it may change between two updates.
    ends_epoch : whether the update that was made last, or is under way, ends an epoch.
    is_queued : whether the device does later what it is told, and can make many updates at once.
    queue : the device's; None where the device is the host.
    """

    batch_size: int | None
    sampler: BatchSampler

    def __init__(self, update: Update, rows: Rows, queue: Queue | None) -> None:
        self._update, self._rows = update, rows
        self._lag = None if queue is None else Lag(queue)
        self.is_queued = queue is not None
        self.ends_epoch = False
        self._slices: Iterator[None] | None = None  # those to come of an update under way

    def begin(self, generator: Generator) -> None:
        """Begin with an epoch whose order the generator gives."""
        self.sampler = BatchSampler(len(self._rows), generator, self._rows.y.device)
        self._slices = None

    def advance(self, most: int) -> int:
        """Do a slice of an update, a millisecond's work; return how many updates are then complete.

        Where the device can, up to `most` updates are made at once, within an epoch.
        """
        if self._lag is not None:
            count = self._replay(most)
            if count:
                return count
            self._lag.add(1)
        slices = self._slices
        if slices is None:
            rows, n, self.ends_epoch = self.sampler.next(self.batch_size)
            slices = self._update.slices(rows, n)
        else:
            self._slices = None  # until it pauses again: what fails is not gone on with
        for _ in slices:
            self._slices = slices
            return 0
        return 1

    def _replay(self, most: int) -> int:
        """Make up to so many updates by a graph; return how many: 0 where there is none."""
        block = None
        if self._slices is None:
            block = self._update.block(self.sampler.left, most)
        if block is None or self._lag is None:
            return 0
        self._lag.add(block.count)
        rows, _, self.ends_epoch = self.sampler.next(block.examples)
        self._update.replay(block, rows)
        return block.count

    @property
    def is_amid_update(self) -> bool:
        """Whether slices of the update that is under way are still to come."""
        return self._slices is not None

    @property
    def is_amid_epoch(self) -> bool:
        """Whether some of the rows of the epoch are taken."""
        return self.sampler.left < len(self._rows)

    def begin_again(self) -> None:
        """Forget the update that is under way; its rows come again."""
        if self._slices is not None:
            self._slices = None
            self.sampler.take_back()

    def next_rows(self) -> Tensor | None:
        """Return the numbers of the rows that the next update learns from, on the host."""
        return self.sampler.peek(self.batch_size)

    def restore(self, state: SamplerState) -> None:
        """Go on from where the sampler was."""
        self._slices = None
        self.sampler.restore(state)
