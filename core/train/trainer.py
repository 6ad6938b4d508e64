"""The algorithm: minibatch gradient descent, one `step` at a time, on the thread that calls it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from core.data.task import Task
from core.errors import ConfigError, DataError, DeviceError
from core.train import batches, models
from core.train.batches import Shuffles
from core.train.checkpoints import Checkpoint, Rules
from core.train.device import Lag, queue_of
from core.train.history import Curves, History, Mark
from core.train.host_backup import HostBackup
from core.train.metrics import Measurement
from core.train.outcome import Epilogue
from core.train.snapshot import Metrics, Params, Status
from core.train.stopping import Stopping
from core.train.timeline import Timeline
from core.train.update import Update

LIVE = (
    "learning_rate",
    "batch_size",
    "weight_decay",
    "l1",
    "momentum",
    "epochs",
    "tolerance",
    "patience",
)
MOVED = "moved"  # the mark where a person has put the weights elsewhere
RESCUED = "rescued"  # the mark of the step that a run was returned to when it had diverged
SYMBOLS = {
    "learning_rate": "η",
    "batch_size": "batch",
    "weight_decay": "λ",
    "l1": "λ₁",
    "momentum": "μ",
}


class Trainer:
    """Trains one task from its seed. The same config gives the same weights, bit for bit.

    Raises DataError where the task cannot be trained and DeviceError where its device is absent.
    """

    def __init__(self, task: Task, *, start: Params | None = None, least_stride: int = 1) -> None:
        if task.obstacle:
            raise DataError(task.obstacle)
        # Two threads per operation made small batches 2 to 7 times slower on a worker thread,
        # and one thread always adds up in the same order.
        torch.set_num_threads(1)
        self.task = task
        self.metrics: Metrics
        self.settings = task.config.training
        self.device = find_device(self.settings.device)
        self._train = batches.place(task, task.train_rows, self.device)
        self._measurement = Measurement(task, self.device)
        self.stopping = Stopping(task, self._measurement.curvature())
        self._queue = queue_of(self.device)  # None: what is asked of the CPU is done at once
        if self._queue is not None:
            self._lag = Lag(self._queue)
        self.update = Update(task, self._train, self.settings, self._queue)
        self.backup = HostBackup(self._queue)
        self.timeline = Timeline(self, len(self._train))
        self.start = start  # where a person wants it to begin
        self._least_stride = least_stride  # steps between measurements
        self.reset()

    def reset(self) -> None:
        """Return to the start, the seed's or a chosen one; settings stay as they are tuned."""
        generator = Generator().manual_seed(self.settings.seed)
        model, outputs, m = self.task.config.model, self.task.outputs, self.task.m
        parameters = models.start_of(model, outputs, m, generator)
        if self.start is not None:
            parameters = _tensors(self.start)
        self.update.begin(parameters)
        self._shuffles = Shuffles(len(self._train), generator, self.device)
        self._slices: Iterator[None] | None = None  # those to come of an update under way
        self._ends_epoch = False  # whether that update does
        self.step_count = self.epoch = 0
        self.outcome: Status | None = None  # FINISHED, CONVERGED or DIVERGED once it is
        self.message = ""
        self.epilogue: Epilogue | None = None  # of the outcome; see `core.runs.rescue`
        self._schedule()
        self.history = History()
        start = self.measured()
        if not self.stopping.begin(start, self.settings.epochs):
            raise DataError(
                f"{self.task.dataset.name} holds numbers that are too large to train on as they "
                "are; switch standardisation on."
            )
        self._last_stable = self.checkpoint()
        self.backup.take(self._last_stable)
        self.timeline.begin()
        self.measure()

    def step(self) -> None:
        """Make one update, or complete the one that is under way."""
        self.leave_past()
        while not self.advance():
            pass

    def advance(self, most: int = 1) -> bool:
        """Do a slice of an update, a millisecond's work; return whether the update is complete.

        Where the device can, up to `most` updates are made at once. Before the last of them no
        epoch ends and nothing is measured.
        """
        if self._queue is not None:
            if self._replay(most):
                return True
            self._keep_pace(1)
        slices = self._slices
        if slices is None:
            update, size = self.update, self.settings.batch_size
            if update.second_order is not None:  # it takes all rows, whatever the batch is
                size = None
            rows, n, self._ends_epoch = self._shuffles.next(size)
            slices = update.slices(rows, n)
        else:
            self._slices = None  # until it pauses again: what fails is not gone on with
        for _ in slices:
            self._slices = slices
            return False
        self._complete(1, self._ends_epoch)
        return True

    @property
    def is_amid_update(self) -> bool:
        """Whether slices of the update that is under way are still to come."""
        return self._slices is not None

    @property
    def is_queued(self) -> bool:
        """Whether its device does later what it is told, and can make many updates at once."""
        return self._queue is not None

    def _complete(self, updates: int, ends_epoch: bool) -> None:
        self.step_count += updates
        if ends_epoch:
            self._end_epoch()
        if self.step_count >= self.next_measurement:
            self.measure()
        timeline = self.timeline
        if self.step_count >= timeline.next_frame or (ends_epoch and timeline.has_long_epochs):
            timeline.keep_frame(is_amid_epoch=self._shuffles.left < len(self._train))

    def _replay(self, most: int) -> bool:
        """Make up to so many updates by a graph; return whether there is one for them."""
        if self._slices is not None:
            return False
        most = min(most, self.next_measurement - self.step_count)
        block = self.update.block(self._shuffles.left, most)
        if block is None:
            return False
        self._keep_pace(block.count)
        rows, _, ends_epoch = self._shuffles.next(block.examples)
        self.update.replay(block, rows)
        self._complete(block.count, ends_epoch)
        return True

    def _keep_pace(self, pieces: int) -> None:
        """Wait where the device is too far behind, and see whether a copy has come from it."""
        self._lag.add(pieces)
        self.backup.poll()

    def _end_epoch(self) -> None:
        self.epoch += 1
        settings = self.settings
        if settings.schedule != "constant":
            self._schedule()
        if settings.tolerance > 0 or settings.patience:
            self._judge_epoch()
        elif self.outcome is None and self.epoch >= self.stopping.last_epoch:
            self.outcome, self.message = self.stopping.finished(self.epoch)

    def _judge_epoch(self) -> None:
        """Stop where the losses at the ends of epochs say so."""
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
        """Show the epoch with the least validation loss; what came later stays on record."""
        outcome, best = self.outcome, self.stopping.best
        self.message = self.stopping.with_best(self.message)
        if not best.is_known or best.step >= self.step_count:
            return
        words = self.message.removesuffix(".")
        self.timeline.go_to(best.step)
        self.outcome, self.message = outcome, f"{words}: these are its weights."

    def _schedule(self) -> None:
        self.update.schedule(self.settings, self.epoch)

    def measure(self, *, exact: bool = False) -> Metrics:
        """Measure loss and accuracy now, add them to the curves, and see whether it diverged.

        Of the training rows a fixed sample of at most 10,000 is measured. All of them are if
        `exact`; the curves keep to the sample, so that they have no steps where it was paused.
        """
        metrics = self.measured()
        if self.timeline.is_past:  # this has been on record for long
            self.metrics = metrics
        elif self.stopping.has_diverged(metrics):
            self._diverge(metrics)
            return self.measure(exact=exact)
        else:
            self.metrics = metrics
            self.history.record(metrics.step, metrics.figures, self.update.parameters)
            if self._is_stable:
                self._last_stable = self.checkpoint()
            stride = self._measurement.stride(self.step_count, self.batch_size)
            self.next_measurement = self.step_count + max(stride, self._least_stride)
        if exact:
            for _ in self.measuring_all():
                pass
        return self.metrics

    def measuring_all(self) -> Iterator[None]:
        """Slice by slice, let the figures of this step be those of all training rows.

        What moves the weights meanwhile needs new figures; these are then dropped.
        """
        self.measure_now()
        metrics, parameters = self.metrics, self.update.copies()
        exact = yield from self._measurement.exactly(metrics, self._train, parameters)
        if self.metrics is metrics:
            self.metrics = exact

    def measure_now(self) -> None:
        """Measure unless the figures are of this step."""
        if self.metrics.step != self.step_count:
            self.measure()

    def measured(self) -> Metrics:
        return self._measurement(self.update.parameters, self.step_count, self.epoch)

    @property
    def _is_stable(self) -> bool:
        return self.stopping.is_healthy(self.metrics, self.history)

    def _diverge(self, metrics: Metrics) -> None:
        """Return to the last stable point and say what happened; the curves keep the way there."""
        rescued = self._last_stable.step
        rate, first_loss = self.settings.learning_rate, self.history.first_loss
        stop = self.stopping.diverged(metrics, rate, first_loss, rescued)
        self.history.diverge(metrics.step, metrics.figures, rescued)
        self._return_to(self._last_stable)
        self.history.mark(Mark(rescued, RESCUED))
        self.backup.take(self.checkpoint())  # the last copy may be of the way down
        (self.outcome, self.message), self.epilogue = stop, None

    def recover(self) -> None:
        """Go on with the learning rate of its epilogue, where that has one."""
        offer = self.epilogue
        if offer is None or offer.rate is None:
            return
        if offer.is_from_start:
            start = self.timeline.oldest
            if self.outcome is Status.DIVERGED:
                self.history.return_further(start.step)
            self._return_to(start)
            self.history.mark(Mark(start.step, RESCUED))
            self._last_stable = start
            self.measure()
        self.tune(learning_rate=offer.rate)
        self.go_on()

    def tune(self, **changes: float | int | None) -> None:
        """Change live settings between two steps; each change is marked on the curves.

        Raises ConfigError for a value that the config would refuse.
        """
        unknown = set(changes) - set(LIVE)
        if unknown:
            raise ConfigError(f"{', '.join(sorted(unknown))} cannot change while a model trains.")
        before, self.epilogue = self.settings, None
        self.settings = replace(before, **changes)  # type: ignore[arg-type]  # it checks them itself
        if self.timeline.is_past:  # it is done when training goes on from there
            self.begin_again()
            self._schedule()
            return
        if "epochs" in changes:
            self.stopping.last_epoch = max(self.settings.epochs, 1)
            if self.outcome is Status.FINISHED and self.epoch < self.stopping.last_epoch:
                self.outcome, self.message = None, ""
        if self.settings.batch_size != before.batch_size:
            self.begin_again()
        for name, symbol in SYMBOLS.items():
            old, new = getattr(before, name), getattr(self.settings, name)
            if old != new:
                self.history.mark(Mark(self.step_count, f"{symbol} {_say(old)} → {_say(new)}"))
        self._schedule()
        self.timeline.note_rules()
        self.next_measurement = min(self.next_measurement, self.step_count + 1)

    def begin_again(self) -> None:
        """Forget the update that is under way; its rows come again."""
        if self._slices is not None:
            self._slices = None
            self._shuffles.take_back()

    def go_on(self) -> None:
        """Make it trainable again after an outcome: more epochs, or from the healthy place."""
        if self.outcome is Status.FINISHED or self.epoch >= self.stopping.last_epoch:
            self.stopping.last_epoch = self.epoch + self.settings.epochs
        self.stopping.begin_anew(self.epoch)
        self.outcome, self.message, self.epilogue = None, "", None
        self.timeline.note_rules(begins_anew=True)

    def record_anew(self, rules: Rules, history: History) -> None:
        """Let this be the first point that it can go back to, with these rules and curves."""
        self.set_rules(rules)
        self.history = history
        self._last_stable = self.checkpoint()
        self.timeline.begin()
        self.measure()

    @property
    def batch_size(self) -> int:
        """Examples of one update."""
        return min(self.settings.batch_size or len(self._train), len(self._train))

    def params(self) -> Params:
        """Copy the weights out, as NumPy."""
        return self.params_of(tuple(p.cpu().clone() for p in self.update.parameters))

    def params_of(self, parameters: tuple[Tensor, ...]) -> Params:
        """Return such parameters, on the host, as NumPy."""
        return Params.of(self.task.config.model, [p.numpy() for p in parameters])

    def curves(self) -> Curves:
        return self.history.curves()

    def start_from(self, params: Params) -> None:
        """Return to step 0 with these weights, now and at every reset, not with the seed's.

        Raises DataError where the data are too large for them.
        """
        before, self.start = self.start, params
        try:
            self.reset()
        except DataError:
            self.start = before
            self.reset()
            raise DataError(
                f"{self.task.dataset.name} holds numbers that are too large for the model's "
                "weights; train a new one."
            ) from None

    def move_to(self, params: Params) -> None:
        """Go on from other weights, chosen by a person; the curves are marked.

        Raises DataError where the loss there is not a number; nothing has changed then.
        """
        parameters = tuple(p.to(self.device) for p in _tensors(params))
        there = self._measurement(parameters, self.step_count, self.epoch)
        if not math.isfinite(there.train_loss):
            raise DataError("The loss has no value at these weights; choose smaller ones.")
        self.leave_past()
        if self.outcome is not None:
            self.go_on()
        self.begin_again()
        self.update.begin(parameters)
        # To be sent far off is no divergence.
        stopping = self.stopping
        stopping.level = max(stopping.level, stopping.health.level(there))
        self._last_stable = self.checkpoint()
        self.history.cut(self.step_count - 1)  # what was measured here is no longer so
        self.history.mark(Mark(self.step_count, MOVED))
        self.timeline.pin()
        self.measure()

    def next_rows(self) -> NDArray[np.int64]:
        """Return the rows of the data set that the next update learns from."""
        is_full = self.update.second_order is not None
        rows = self._shuffles.peek(None if is_full else self.settings.batch_size)
        return self.task.train_rows if rows is None else self.task.train_rows[rows.numpy()]

    def checkpoint(self) -> Checkpoint:
        """Return this point of the run, to `restore` it later."""
        return Checkpoint(
            step=self.step_count,
            epoch=self.epoch,
            parameters=self.update.copies(),
            moments=self.update.copies_of_moments(),
            memory=self.update.memory,
            updates=self.update.count,
            shuffles=self._shuffles.place(),
        )

    def _return_to(self, place: Checkpoint) -> None:
        """Go back to a checkpoint; what came after it is forgotten."""
        self.restore(place)
        self.history.cut(place.step)
        self.next_measurement = place.step + 1
        self.timeline.return_to(place.step)

    def restore(self, place: Checkpoint) -> None:
        """Let parameters, moments and shuffles be as they were there."""
        self.step_count, self.epoch = place.step, place.epoch
        self._slices = None
        self.update.restore(place)
        self._schedule()
        self._shuffles.restore(place.shuffles)

    def leave_past(self) -> None:
        """Let this step be the newest: what is on record after it is dropped.

        Settings that were tuned here are marked. Without any, the future is the same again.
        """
        if not self.timeline.is_past:
            return
        self.measure_now()
        before = self.timeline.rules_here()
        tuned = {
            name: value
            for name in LIVE
            if (value := getattr(self.settings, name)) != getattr(before.settings, name)
        }
        self.set_rules(before)
        self.epilogue = None
        self.timeline.end_past()
        steps = self.history.curves().step
        later = steps[np.searchsorted(steps, self.step_count, side="right") :]
        stride = self._measurement.stride(self.step_count, self.batch_size)
        self.next_measurement = int(later[0]) if len(later) else self.step_count + stride
        self.history.cut(self.step_count)
        if self._is_stable:
            self._last_stable = self.checkpoint()
        elif self._last_stable.step > self.step_count:
            self._last_stable = self.timeline.oldest
        if self._queue is not None:
            self.backup.take(self.checkpoint())  # the last copy may be of what is dropped
        if self.outcome is not None:  # it had returned to its best epoch
            self.go_on()
        if tuned:
            self.tune(**tuned)

    def rules(self) -> Rules:
        """Return what decides the updates from here on, besides the weights."""
        return Rules(self.settings, self.stopping.last_epoch, self.stopping.level)

    def set_rules(self, rules: Rules) -> None:
        """Let the updates be decided by these rules."""
        self.settings = rules.settings
        self.stopping.last_epoch, self.stopping.level = rules.last_epoch, rules.level
        self._schedule()


def _tensors(params: Params) -> tuple[Tensor, ...]:
    return tuple(torch.tensor(array) for array in params.arrays)


def find_device(name: str) -> torch.device:
    """Return the device of that name; raise DeviceError where this machine has none."""
    is_any_cuda = name == "cuda" and len(devices()) > 1
    if name not in devices() and not is_any_cuda:
        raise DeviceError(f"There is no device “{name}” here; choose from {', '.join(devices())}.")
    return torch.device(name)


def devices() -> tuple[str, ...]:
    """Return the names of the devices that can train here, "cpu" first."""
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return ("cpu", *(("cuda",) if count == 1 else (f"cuda:{k}" for k in range(count))))


def with_device(task: Task, device: str) -> Task:
    """Return the same task for another device."""
    config = task.config
    return replace(task, config=replace(config, training=replace(config.training, device=device)))


def is_device_failure(error: Exception, device: str) -> bool:
    """Return whether it is the device that has failed or is full, and not the program."""
    if device == "cpu":
        return False
    kinds = (torch.OutOfMemoryError, torch.AcceleratorError)
    return isinstance(error, kinds) or (isinstance(error, RuntimeError) and "CUDA" in str(error))


def _say(value: float | int | None) -> str:
    return "full" if value is None else f"{value:g}"
