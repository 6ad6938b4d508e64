"""Snapshots of the shown run, made on request."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.data.shown_task import shown
from core.runs.activity import LoadedRun, Training
from core.runs.mailbox import Mailbox
from core.train.snapshot import Pace, Snapshot, Status

if TYPE_CHECKING:
    from core.train.device import HostCopy
    from core.train.trainer import Trainer

LEAD_SECONDS = 0.003  # flat out: delay from a request to its snapshot


class Publisher:
    """Puts snapshots into a mailbox.

    While a device trains flat out, a snapshot's weights are copied asynchronously: `deliver` puts
    it into the mailbox once they have arrived.
    """

    def __init__(self, mailbox: Mailbox[Snapshot]) -> None:
        self._mailbox = mailbox
        # Weights being copied from the device, their run, and a function to make the snapshot.
        self._arriving: tuple[HostCopy, LoadedRun, Callable[..., Snapshot]] | None = None
        self._measured_at = 0.0

    def is_due(self, training: Training | None) -> bool:
        """Return whether to make a requested snapshot now.

        Flat out, it is delayed: made at once, it would be a frame old when it is taken. After the
        delay the window has drawn the last one and no longer holds the GIL.
        """
        if not self._mailbox.is_asked or self._arriving is not None:
            return False
        is_flat_out = training is not None and training.is_flat_out
        return not is_flat_out or time.perf_counter() - self._mailbox.asked_at > LEAD_SECONDS

    def publish(self, run: LoadedRun, training: Training | None) -> None:
        """Make a snapshot now.

        training : the activity that trains or replays the run; None while it is at rest.
        """
        is_flat_out = training is not None and training.is_flat_out
        if self._arriving is not None and is_flat_out:
            self._mailbox.ask_again()  # one at a time
            return
        self._mailbox.answer()
        self._arriving = None
        trainer = run.trainer
        now = time.perf_counter()
        oldest = training.snapshot_metrics_seconds if training is not None else 0.0
        if trainer.metrics.step != trainer.step_count and now - self._measured_at >= oldest:
            trainer.measure()  # unless flat out, the metrics are of this step
            self._measured_at = time.perf_counter()
        copy = trainer.update.start_copy() if is_flat_out else None
        snapshot = partial(
            Snapshot,
            run=run.number,
            task=shown(run.task),
            made_at=time.perf_counter(),
            status=_status(trainer, training),
            step=trainer.step_count,
            epoch=trainer.epoch,
            metrics=trainer.metrics,
            curves=trainer.history.curves(),
            trajectory=trainer.history.trajectory(),
            pace=training.pace if training is not None else Pace(),
            settings=trainer.settings,
            batch=_batch(trainer),
            scheduled_rate=trainer.update.eta,
            moments=trainer.update.moments(),
            updates=trainer.update.count,
            newest_step=trainer.timeline.newest_step,
            oldest_step=trainer.timeline.oldest_step,
            has_one_plan=trainer.timeline.changes.has_one_plan,
            is_best=trainer.stopping.is_best(trainer.step_count, trainer.settings),
            message=str(trainer.message),
            epilogue=trainer.epilogue if trainer.outcome is not None else None,
        )
        if copy is None:
            self._mailbox.put(snapshot(params=trainer.params()))
        else:
            self._arriving = copy, run, snapshot

    def deliver(self) -> None:
        """Put the pending snapshot into the mailbox if its weights have arrived."""
        if self._arriving is None:
            return
        copy, run, snapshot = self._arriving
        if copy.is_there:
            self._mailbox.put(snapshot(params=run.trainer.params(copy.take())))
            self._arriving = None

    def drop(self) -> None:
        """Discard a pending snapshot: it is out of date."""
        self._arriving = None


def _batch(trainer: Trainer) -> NDArray[np.int64]:
    """Return the rows of the next update; none where only a sample of all rows is shown."""
    if trainer.task.dataset.is_streamed:
        return np.empty(0, dtype=np.int64)
    return trainer.next_rows()


def _status(trainer: Trainer, training: Training | None) -> Status:
    if training is not None:
        return Status.TRAINING
    if trainer.outcome is not None:
        return trainer.outcome
    return Status.PAUSED if trainer.step_count else Status.READY
