"""Snapshots of the run that is shown, made when they are asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from core.runs.activity import LoadedRun, Training
from core.runs.mailbox import Mailbox
from core.train.snapshot import Pace, Snapshot, Status

if TYPE_CHECKING:
    from core.train.device import HostCopy
    from core.train.trainer import Trainer

LEAD_SECONDS = 0.003  # after a request, flat out, before a snapshot is made for the next one


class Publisher:
    """Puts snapshots into a mailbox.

    While a device trains flat out, a snapshot's weights are not waited for: `deliver` puts it into
    the mailbox once they have come.
    """

    def __init__(self, mailbox: Mailbox[Snapshot]) -> None:
        self._mailbox = mailbox
        # Weights on their way from the device, of which run, and what makes the snapshot.
        self._arriving: tuple[HostCopy, LoadedRun, Callable[..., Snapshot]] | None = None
        self._measured_at = 0.0

    def is_due(self, training: Training | None) -> bool:
        """Whether a snapshot is asked for, and the next request is near.

        Flat out, one that is made at once would be a frame old by then. By then the window has
        drawn the last one, too, and leaves Python's lock alone.
        """
        if not self._mailbox.is_asked or self._arriving is not None:
            return False
        is_flat_out = training is not None and training.is_flat_out
        return not is_flat_out or time.perf_counter() - self._mailbox.asked_at > LEAD_SECONDS

    def publish(self, run: LoadedRun, training: Training | None) -> None:
        """Make a snapshot now.

        training : what trains the run, or replays it; None while it is at rest.
        """
        is_flat_out = training is not None and training.is_flat_out
        if self._arriving is not None and is_flat_out:
            self._mailbox.ask_again()  # one after the other
            return
        self._mailbox.answer()
        self._arriving = None
        trainer = run.trainer
        now = time.perf_counter()
        oldest = training.snapshot_metrics_seconds if training is not None else 0.0
        if trainer.metrics.step != trainer.step_count and now - self._measured_at >= oldest:
            trainer.measure()  # when it is watched step by step, the figures are of this step
            self._measured_at = time.perf_counter()
        copy = trainer.update.start_copy() if is_flat_out else None
        snapshot = partial(
            Snapshot,
            run=run.number,
            task=run.task,
            made_at=time.perf_counter(),
            status=_status(trainer, training),
            step=trainer.step_count,
            epoch=trainer.epoch,
            metrics=trainer.metrics,
            curves=trainer.history.curves(),
            trajectory=trainer.history.trajectory(),
            pace=training.pace if training is not None else Pace(),
            settings=trainer.settings,
            batch=trainer.next_rows(),
            scheduled_rate=trainer.update.eta,
            moments=trainer.update.moments(),
            updates=trainer.update.count,
            newest_step=trainer.timeline.newest_step,
            oldest_step=trainer.timeline.oldest_step,
            message=trainer.message,
            epilogue=trainer.epilogue if trainer.outcome is not None else None,
        )
        if copy is None:
            self._mailbox.put(snapshot(params=trainer.params()))
        else:
            self._arriving = copy, run, snapshot

    def deliver(self) -> None:
        """Put a snapshot into the mailbox once its weights have come from the device."""
        if self._arriving is None:
            return
        copy, run, snapshot = self._arriving
        if copy.is_there:
            self._mailbox.put(snapshot(params=run.trainer.params_of(copy.take())))
            self._arriving = None

    def drop(self) -> None:
        """Forget weights that are on their way: they are no longer to be seen."""
        self._arriving = None


def _status(trainer: Trainer, training: Training | None) -> Status:
    if training is not None:
        return Status.TRAINING
    if trainer.outcome is not None:
        return trainer.outcome
    return Status.PAUSED if trainer.step_count else Status.READY
