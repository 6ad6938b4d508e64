"""The hot loop of a run: one update per batch."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Generator, Tensor

from core.train.batches import BatchSampler, Rows, SamplerState
from core.train.device import Lag, Queue
from core.train.update import Update


class Stepper:
    """Makes updates with the batches of a sampler, slice by slice.

    batch_size : examples per update, None for all rows; may change between two updates.
    ends_epoch : whether the last update, or the one in progress, ends an epoch.
    is_queued : whether the device works asynchronously and can make many updates at once.
    queue : the device's queue; None if the device is the host.
    """

    batch_size: int | None
    sampler: BatchSampler

    def __init__(self, update: Update, rows: Rows, queue: Queue | None) -> None:
        self._update, self._rows = update, rows
        self._lag = None if queue is None else Lag(queue)
        self.is_queued = queue is not None
        self.ends_epoch = False
        self._slices: Iterator[None] | None = None  # remaining slices of an update in progress

    def begin(self, generator: Generator) -> None:
        """Start a first epoch, whose order is drawn from the generator."""
        self.sampler = self._rows.sampler(generator)
        self._slices = None

    def advance(self, most: int) -> int:
        """Do one slice of an update, about 1 ms of work; return how many updates it completed.

        A device with CUDA graphs makes up to `most` updates at once, within an epoch.
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
            self._slices = None  # until it pauses again: an update that raised is not resumed
        for _ in slices:
            self._slices = slices
            return 0
        return 1

    def _replay(self, most: int) -> int:
        """Make up to `most` updates by a graph; return how many, 0 if there is no graph."""
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
        """Whether an update is in progress, with slices remaining."""
        return self._slices is not None

    @property
    def is_amid_epoch(self) -> bool:
        """Whether some rows of the epoch have been taken."""
        return self.sampler.left < len(self._rows)

    def begin_again(self) -> None:
        """Discard the update in progress; its rows are taken again."""
        if self._slices is not None:
            self._slices = None
            self.sampler.take_back()

    def next_rows(self) -> Tensor | None:
        """Return the row numbers of the next update's batch, on the host; None for all rows."""
        return self.sampler.peek(self.batch_size)

    def restore(self, state: SamplerState) -> None:
        """Restore the sampler and discard any update in progress."""
        self._slices = None
        self.sampler.restore(state)
