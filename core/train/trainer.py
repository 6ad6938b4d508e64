"""The algorithm: minibatch gradient descent, one `step` at a time, on the calling thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from core.data.task import Task
from core.errors import DataError
from core.language import mark, tr
from core.model_family import FAMILY
from core.note import Note
from core.train import device, models
from core.train.checkpoints import Checkpoint, HostBackup
from core.train.history import RESCUED, History, Mark
from core.train.metrics import Measurement
from core.train.outcome import Epilogue
from core.train.settings_history import (
    ActiveSettings,
    changes_between,
    marks_between,
    tuned,
)
from core.train.shares.sums import Shares
from core.train.snapshot import Metrics, Params, Status
from core.train.stepper import Stepper
from core.train.stopping import Stopping
from core.train.streamed.rows import kept_bytes, place_rows
from core.train.timeline import Timeline
from core.train.update import Update

TOO_LARGE = mark(
    "{data} holds numbers that are too large to train on as they are; switch standardisation on."
)


class Trainer:
    """Trains one task from its seed. The same config gives the same weights, bit for bit.

    shares : who computes those of a batch; None for this process. Raises DataError if the task
    cannot be trained and DeviceError if its device is absent.
    """

    def __init__(
        self, task: Task, *, start: Params | None = None, shares: Shares | None = None
    ) -> None:
        if task.obstacle:
            raise DataError(task.obstacle)
        # Two threads per operation made small batches 2 to 7 times slower on a worker thread,
        # and one thread always adds up in the same order.
        torch.set_num_threads(1)
        self.task = task
        self.metrics: Metrics
        self.settings = task.config.training
        self.device = device.device_of(task)
        self._train = place_rows(task, task.train_rows, self.device, is_kept=kept_bytes(task) > 0)
        self._measurement = Measurement(task, self.device)
        self.stopping = Stopping(task, self._measurement.curvature())
        queue = device.queue_of(self.device)  # None: the CPU works synchronously
        self.update = Update(task, self._train, self.settings, queue, shares)
        self.stepper = Stepper(self.update, self._train, queue)
        self.backup = HostBackup(queue)
        self.timeline = Timeline(self, len(self._train))
        self.start = start  # initial weights chosen by the user
        self.least_stride = 1  # least steps between measurements
        self.reset()

    def reset(self) -> None:
        """Return to the initial weights, the seed's or the user's; tuned settings are kept."""
        generator = Generator().manual_seed(self.settings.seed)
        model, outputs, m = self.task.config.model, self.task.outputs, self.task.m
        parameters = models.start_of(model, outputs, m, generator)
        if self.start is not None:
            parameters = models.tensors_of(self.start)
        self.update.begin(parameters)
        self.stepper.begin(generator)
        self.step_count = self.epoch = 0
        self.outcome: Status | None = None  # FINISHED, CONVERGED or DIVERGED once it has ended
        self.message: str | Note = ""  # texts are of older projects
        self.epilogue: Epilogue | None = None  # analysis of the outcome; see `core.runs.rescue`
        self._schedule()
        self.history = History()
        if not self.stopping.begin(self.measured(), self.settings.epochs):
            raise DataError(tr(TOO_LARGE, data=self.task.dataset.name))
        self.last_stable = self.checkpoint()
        self.backup.take(self.last_stable)
        self.timeline.begin()
        self.measure()

    def step(self) -> None:
        """Make one update, or complete the one in progress."""
        self.branch_here()
        while not self.advance():
            pass

    def advance(self, most: int = 1) -> bool:
        """Do one slice of an update, about 1 ms of work; return whether the update is complete.

        A device with CUDA graphs makes up to `most` updates at once; only the last of them may end
        an epoch or be measured.
        """
        stepper = self.stepper
        if stepper.is_queued:
            self.backup.poll()
            most = min(most, self.next_measurement - self.step_count)
        count = stepper.advance(most)
        if not count:
            return False
        self.step_count += count
        ends_epoch = stepper.ends_epoch
        if ends_epoch:
            self._end_epoch()
        if self.step_count >= self.next_measurement:
            self.measure()
        timeline = self.timeline
        if self.step_count >= timeline.next_frame or (ends_epoch and timeline.has_long_epochs):
            timeline.keep_frame(is_amid_epoch=stepper.is_amid_epoch)
        return True

    def _end_epoch(self) -> None:
        self.epoch += 1
        settings = self.settings
        if settings.schedule != "constant":
            self._schedule()
        if FAMILY[self.task.config.model.kind].is_counted:
            self.outcome, self.message = self.stopping.counted(len(self._train))
        elif settings.tolerance > 0 or settings.patience:
            self._judge_epoch()
        elif self.outcome is None and self.epoch >= self.stopping.last_epoch:
            self.outcome, self.message = self.stopping.finished(self.epoch)

    def _judge_epoch(self) -> None:
        """Apply the stopping rules at the end of an epoch."""
        settings, stopping, best = self.settings, self.stopping, self.stopping.best
        metrics = self.measure() if stopping.needs_figures(settings) else self.metrics
        if self.outcome is Status.DIVERGED:
            return
        is_over = self.outcome is not None
        stop = stopping.judge(metrics, self.epoch, settings, is_over=is_over)
        if stopping.best is not best:
            self.timeline.keep_at_hand()
        if stop is not None:
            self.outcome, self.message = stop
        if settings.patience and self.outcome is not None and not self.timeline.is_past:
            self._return_to_best()

    def _return_to_best(self) -> None:
        """Go to the epoch with the least validation loss; later steps stay on record."""
        outcome, best = self.outcome, self.stopping.best
        told = self.stopping.with_best(self.message, is_back=True)
        self.message = self.stopping.with_best(self.message, is_back=False)
        if best.is_known and best.step < self.step_count:
            self.timeline.go_to(best.step)
            self.outcome, self.message = outcome, told

    def _schedule(self) -> None:
        """Apply the settings, and the scheduled η of the current epoch, to the next updates."""
        takes_all = self.update.second_order is not None
        self.stepper.batch_size = None if takes_all else self.settings.batch_size
        self.update.schedule(self.settings, self.epoch)

    def measure(self, *, exact: bool = False) -> Metrics:
        """Measure loss and accuracy, add them to the curves, and check for divergence.

        A fixed sample of at most 10,000 training rows is measured, or all of them if `exact`; the
        curves always show the sample, so that they have no jumps where the run was paused.
        """
        metrics = self.measured()
        if self.timeline.is_past:  # this step is already on record
            self.metrics = metrics
        elif self.stopping.has_diverged(metrics):
            self._diverge(metrics)
            return self.measure(exact=exact)
        else:
            self.metrics = metrics
            self.history.record(metrics.step, metrics.figures, self.update.parameters)
            if self._is_stable:
                self.last_stable = self.checkpoint()
            self.next_measurement = self._next_measurement()
        if exact:
            for _ in self.measuring_all():
                pass
        return self.metrics

    def measuring_all(self) -> Iterator[None]:
        """Replace this step's metrics by those of all training rows, yielding after each slice.

        If other metrics are measured meanwhile, as after an update, the result is discarded.
        """
        self.measure_now()
        metrics, parameters = self.metrics, self.update.copies()
        exact = yield from self._measurement.exactly(metrics, self._train, parameters)
        if self.metrics is metrics:
            self.metrics = exact

    def measure_now(self) -> None:
        """Measure unless the metrics are of the current step."""
        if self.metrics.step != self.step_count:
            self.measure()

    def measured(self, parameters: tuple[Tensor, ...] | None = None) -> Metrics:
        """Measure the current weights, or those given, without recording anything."""
        return self._measurement(parameters or self.update.parameters, self.step_count, self.epoch)

    def _next_measurement(self) -> int:
        stride = self._measurement.stride(self.step_count, self.batch_size)
        return self.step_count + max(stride, self.least_stride)

    @property
    def _is_stable(self) -> bool:
        return self.stopping.is_healthy(self.metrics, self.history)

    def _diverge(self, metrics: Metrics) -> None:
        """Return to the last stable point and set the message; the curves keep the divergence."""
        rescued = self.last_stable.step
        rate, first_loss = self.settings.learning_rate, self.history.first_loss
        stop = self.stopping.diverged(metrics, rate, first_loss, rescued)
        self.history.diverge(metrics.step, metrics.figures, rescued)
        self.return_to(self.last_stable)
        self.history.mark(Mark(rescued, RESCUED))
        self.backup.take(self.checkpoint())  # the last copy may be of a later step
        (self.outcome, self.message), self.epilogue = stop, None

    def set_hyperparameters(self, **changes: float | int | None) -> None:
        """Change TUNABLE settings between two steps, and mark the curves.

        Raises ConfigError for a setting that is not tunable and for a value the config rejects.
        """
        before = self.settings
        self.settings = tuned(replace(self.task.config, training=before), **changes).training
        self.epilogue = None
        self._schedule()
        if self.timeline.is_past:  # `branch_here` applies them when training resumes
            self.stepper.begin_again()
            return
        if "epochs" in changes:
            self.stopping.last_epoch = max(self.settings.epochs, 1)
            if self.outcome is Status.FINISHED and self.epoch < self.stopping.last_epoch:
                self.outcome, self.message = None, ""
        if self.settings.batch_size != before.batch_size:
            self.stepper.begin_again()
        for change in marks_between(before, self.settings, self.step_count):
            self.history.mark(change)
        self.timeline.note_settings()
        self.next_measurement = min(self.next_measurement, self.step_count + 1)

    def go_on(self) -> None:
        """Clear the outcome so that training can continue, with more epochs if they are used up."""
        if self.outcome is Status.FINISHED or self.epoch >= self.stopping.last_epoch:
            self.stopping.last_epoch = self.epoch + self.settings.epochs
        self.stopping.begin_anew(self.epoch)
        self.outcome, self.message, self.epilogue = None, "", None
        self.timeline.note_settings(begins_anew=True)

    @property
    def batch_size(self) -> int:
        """Examples of one update."""
        return min(self.settings.batch_size or len(self._train), len(self._train))

    def params(self, parameters: tuple[Tensor, ...] | None = None) -> Params:
        """Return a copy of the weights, or those given, which must be on the host, as NumPy."""
        if parameters is None:
            parameters = tuple(p.cpu().clone() for p in self.update.parameters)
        return Params.of(self.task.config.model, [p.numpy() for p in parameters])

    def next_rows(self) -> NDArray[np.int64]:
        """Return the numbers of the data set's rows in the next update's batch."""
        rows = self.stepper.next_rows()
        return self.task.train_rows if rows is None else self.task.train_rows[rows.numpy()]

    def checkpoint(self) -> Checkpoint:
        """Return the current state of the run, for `restore`."""
        return Checkpoint(
            step=self.step_count,
            epoch=self.epoch,
            parameters=self.update.copies(),
            moments=self.update.copies_of_moments(),
            memory=self.update.memory,
            updates=self.update.count,
            sampler=self.stepper.sampler.state(),
        )

    def return_to(self, checkpoint: Checkpoint) -> None:
        """Go back to a checkpoint and drop everything after it."""
        self.restore(checkpoint)
        self.history.cut(checkpoint.step)
        self.next_measurement = checkpoint.step + 1
        self.timeline.return_to(checkpoint.step)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Restore parameters, optimiser state and sampler from a checkpoint."""
        self.step_count, self.epoch = checkpoint.step, checkpoint.epoch
        self.update.restore(checkpoint)
        self._schedule()
        self.stepper.restore(checkpoint.sampler)

    def branch_here(self) -> None:
        """Make the current step the newest: drop everything recorded after it.

        Settings tuned at this step are applied and marked. Without any, training repeats the same
        steps.
        """
        if not self.timeline.is_past:
            return
        self.measure_now()
        before = self.timeline.settings_here()
        tuned_here = changes_between(before.settings, self.settings)
        self.set_active(before)
        self.epilogue = None
        self.timeline.end_past()
        later = self.history.step_after(self.step_count)
        self.next_measurement = self._next_measurement() if later is None else later
        self.history.cut(self.step_count)
        if self._is_stable:
            self.last_stable = self.checkpoint()
        elif self.last_stable.step > self.step_count:
            self.last_stable = self.timeline.oldest
        if self.stepper.is_queued:
            self.backup.take(self.checkpoint())  # the last copy may be of a dropped step
        if self.outcome is not None:  # the run had returned to its best epoch
            self.go_on()
        if tuned_here:
            self.set_hyperparameters(**tuned_here)

    def active_settings(self) -> ActiveSettings:
        """Return what determines the updates from here on, besides the weights."""
        return ActiveSettings(self.settings, self.stopping.last_epoch, self.stopping.level)

    def set_active(self, active: ActiveSettings) -> None:
        """Apply these settings to the next updates."""
        self.settings = active.settings
        self.stopping.last_epoch, self.stopping.level = active.last_epoch, active.level
        self._schedule()
