"""The algorithm: minibatch gradient descent, one `step` at a time, on the thread that calls it."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from core.config import TrainingConfig
from core.data.task import Task
from core.data.validation import Best
from core.errors import ConfigError, DataError, DeviceError
from core.train import batches, models
from core.train.batches import Shuffles
from core.train.checkpoints import NEVER, Edits, Frame, Keyframes, Rules, compact, first_stride
from core.train.cuda_graphs import Blocks
from core.train.device import HostCopy, Lag, queue_of
from core.train.health import Health
from core.train.history import Curves, History, Mark
from core.train.losses import HEADS
from core.train.metrics import Measurement
from core.train.optimisers import RULES, Moment, scheduled
from core.train.outcome import Epilogue
from core.train.second_order import Descent, Memory
from core.train.snapshot import Metrics, Params, Status

CONVERGENCE_EPOCHS = 5

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
BOLDEST = 10.0  # rate that is tried where no curvature is known
TRIAL_STRIDE = 8  # steps from one measurement of a trial to the next
SYMBOLS = {
    "learning_rate": "η",
    "batch_size": "batch",
    "weight_decay": "λ",
    "l1": "λ₁",
    "momentum": "μ",
}


@dataclass(frozen=True, eq=False)
class _Place:
    """A point of a run that it can return to.

    moments : what the rule of the update remembers for each parameter; updates : of how many.
    """

    step: int
    epoch: int
    parameters: tuple[Tensor, ...]
    moments: tuple[tuple[Tensor, ...], ...]
    memory: Memory
    updates: int
    shuffles: batches.Place

    def tensors(self) -> list[Tensor]:
        """Return all of it that is on the device."""
        return [*self.parameters, *(v for vs in (*self.moments, *self.memory) for v in vs)]

    def with_tensors(self, tensors: Iterable[Tensor]) -> _Place:
        """Return the same point with copies of `tensors()`, in the same order."""
        left = iter(tensors)

        def take(of: Sequence[Tensor]) -> tuple[Tensor, ...]:
            return tuple(next(left) for _ in of)

        return replace(
            self,
            parameters=take(self.parameters),
            moments=tuple(take(vs) for vs in self.moments),
            memory=tuple(take(vs) for vs in self.memory),
        )


@dataclass(frozen=True, eq=False)
class _Present:
    """The newest point of a run while an earlier one is looked at."""

    frame: Frame[_Place]
    rules: Rules
    outcome: Status | None
    message: str
    metrics: Metrics
    next_measurement: int
    next_frame: int


class Trainer:
    """Trains one task from its seed. The same config gives the same weights, bit for bit.

    Raises DataError where the task cannot be trained and DeviceError where its device is absent.
    """

    def __init__(self, task: Task) -> None:
        if task.obstacle:
            raise DataError(task.obstacle)
        # Two threads per operation made small batches 2 to 7 times slower on a worker thread,
        # and one thread always adds up in the same order.
        torch.set_num_threads(1)
        self.task = task
        self.metrics: Metrics
        self.settings = task.config.training
        self.device = find_device(self.settings.device)
        self._head = HEADS[task.config.model.kind]
        self._health = Health.of(task)
        self._train = batches.place(task, task.train_rows, self.device)
        self._measurement = Measurement(task, self.device)
        self._curvature = self._measurement.curvature()
        model = task.config.model
        # Written over, never replaced: graphs know them by their addresses.
        self._parameters = tuple(
            p.to(self.device) for p in models.start_of(model, task.outputs, task.m, Generator())
        )
        self._model = models.model_of(model, self._parameters, self._train.unit)
        self._rule = RULES.get(self.settings.optimiser)  # None: a method of second order
        self._moments = tuple(
            tuple(torch.zeros_like(p) for _ in range(self._rule.moments if self._rule else 0))
            for p in self._parameters
        )
        # What moves: parameter, gradient and its scale, moments, and whether penalties apply.
        gradients, scales = self._model.gradients, self._model.scales
        self._moving = [
            (p, g, scale, moments, p.ndim == 2)  # biases are spared
            for p, g, scale, moments in zip(
                self._parameters, gradients, scales, self._moments, strict=True
            )
            if p.ndim == 2 or model.has_bias
        ]
        self._far: Descent | None = None
        if self._rule is None:
            self._far = Descent(self.settings.optimiser, task, self._train, self._model)
        self._queue = queue_of(self.device)  # None: what is asked of the CPU is done at once
        if self._queue is not None:
            self._lag = Lag(self._queue)
            self._blocks = Blocks(self._queue, self._train)
        self._coming: tuple[_Place, HostCopy] | None = None
        self._start: Params | None = None  # where a person wants it to begin
        self._least_stride = 1  # steps between measurements
        self.reset()

    def reset(self) -> None:
        """Return to the start, the seed's or a chosen one; settings stay as they are tuned."""
        generator = Generator().manual_seed(self.settings.seed)
        model, outputs, m = self.task.config.model, self.task.outputs, self.task.m
        parameters = models.start_of(model, outputs, m, generator)
        if self._start is not None:
            parameters = _tensors(self._start)
        self._write(parameters)
        self._forget_moments()
        self._shuffles = Shuffles(len(self._train), generator, self.device)
        self._present: _Present | None = None  # while an earlier point is looked at
        self._update: Iterator[None] | None = None  # the one that is under way
        self.step_count = self.epoch = 0
        self.outcome: Status | None = None  # FINISHED, CONVERGED or DIVERGED once it is
        self.message = ""
        self.epilogue: Epilogue | None = None  # of the outcome; see `core.runs.rescue`
        self._last_epoch = self.settings.epochs
        self._epoch_losses: deque[float] = deque(maxlen=CONVERGENCE_EPOCHS + 1)
        self._best = Best()
        self._schedule()
        self.history = History()
        start = self._measured()
        if not (
            math.isfinite(start.train_loss) and self._curvature < torch.finfo(torch.float32).max
        ):
            raise DataError(
                f"{self.task.dataset.name} holds numbers that are too large to train on as they "
                "are; switch standardisation on."
            )
        self._level = self._health.level(start)
        self._healthy = self._place()
        self.copy_to_host()
        self._begin_recording()
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
        if self._update is None:
            self._update = self._updating()
        for _ in self._update:
            return False
        self._update = None
        return True

    @property
    def is_queued(self) -> bool:
        """Whether its device does later what it is told, and can make many updates at once."""
        return self._queue is not None

    def _updating(self) -> Iterator[None]:
        """One update with the mean gradient of one batch.

        It pauses between the slices of a large batch.
        """
        if self._far is not None:
            *_, ends_epoch = self._shuffles.next(None)
            yield from self._far.update(self._eta, self.settings.weight_decay)
            self._complete(1, ends_epoch)
            return
        rows, n, ends_epoch = self._shuffles.next(self.settings.batch_size)
        left = n
        for X, Y, Z in self._train.slices(rows):
            self._differentiate(X, Y, Z, add=left < n)
            left -= X.shape[0]
            if left:
                yield
        self._descend(n)
        self._complete(1, ends_epoch)

    def _update_with(self, X: Tensor, Y: Tensor, Z: Tensor) -> None:
        """One update with a batch in one piece."""
        self._differentiate(X, Y, Z)
        self._descend(len(X))

    def _differentiate(self, X: Tensor, Y: Tensor, Z: Tensor, *, add: bool = False) -> None:
        """Write the gradient, summed over the rows X (k, m), to the model's, or add it to them.

        X is as stored. The logits are written over Z.
        """
        model = self._model
        if not add:
            model.begin()
        dZ = self._head.gradient(model.forward(X, out=Z), Y, out=Z)
        model.backward(dZ, X, add=add)

    def _descend(self, n: int) -> None:
        """Move by the mean gradient of n examples and the penalties', as the rule says.

        Plain descent is θ ← θ − η (∇ + λ θ); it needs no gradient of its own.
        """
        if self._plain:
            for theta, g, rate, stays in self._plain:
                if stays is not None:
                    theta.mul_(stays)
                theta.sub_(g, alpha=rate / n)
            return
        settings, rule = self.settings, self._rule
        assert rule is not None
        decay, l1 = settings.weight_decay, settings.l1
        now = Moment(self._eta, settings.momentum, self._updates + 1)
        for theta, g, scale, moments, is_weight in self._moving:
            g.mul_(scale / n)
            if is_weight and decay:
                g.add_(theta, alpha=decay)
            if is_weight and l1:
                g.add_(theta.sign(), alpha=l1)
            rule.update(theta, g, moments, now)

    def _complete(self, updates: int, ends_epoch: bool) -> None:
        self.step_count += updates
        self._updates += updates
        if ends_epoch:
            self._end_epoch()
        if self.step_count >= self._next_measurement:
            self.measure()
        if self.step_count >= self._next_frame or (ends_epoch and self._has_long_epochs):
            self._keep_frame()

    def _replay(self, most: int) -> bool:
        """Make up to so many updates by a graph; return whether there is one for them."""
        if self._update is not None or self._queue is None:
            return False
        if self._rule is None or not self._rule.is_steady:
            return False
        now = self.settings
        settings = self.batch_size, self._eta, now.weight_decay, now.l1, now.momentum
        most = min(most, self._next_measurement - self.step_count)
        block = self._blocks.find(settings, self._shuffles.left, most)
        if block is None:
            return False
        self._keep_pace(block.count)
        rows, _, ends_epoch = self._shuffles.next(block.examples)
        self._blocks.run(block, rows, self._update_with)
        self._complete(block.count, ends_epoch)
        return True

    def _keep_pace(self, pieces: int) -> None:
        """Wait where the device is too far behind, and see whether a copy has come from it."""
        self._lag.add(pieces)
        if self._coming is not None and self._coming[1].is_there:
            place, copy = self._coming
            self._refuge, self._coming = place.with_tensors(copy.take()), None

    def _end_epoch(self) -> None:
        self.epoch += 1
        settings = self.settings
        if settings.schedule != "constant":
            self._schedule()
        if settings.tolerance > 0:
            losses = self._epoch_losses
            losses.append(self.measure().train_loss)
            fallen = losses[0] - losses[-1]
            if (
                self.outcome is None
                and len(losses) > CONVERGENCE_EPOCHS
                and abs(fallen) < settings.tolerance * CONVERGENCE_EPOCHS
            ):
                self.outcome = Status.CONVERGED
                self.message = (
                    f"Converged after {self.epoch:,} epochs: the loss changed by less than "
                    f"{settings.tolerance:g} per epoch over {CONVERGENCE_EPOCHS} epochs."
                )
        if settings.patience and self.outcome is not Status.DIVERGED:
            self._look_back()
        if self.outcome is None and self.epoch >= self._last_epoch:
            self.outcome = Status.FINISHED
            self.message = f"Finished {self.epoch:,} epochs."
        if settings.patience and self.outcome in (Status.FINISHED, Status.CONVERGED):
            self._return_to_best()

    def _look_back(self) -> None:
        """Stop early where the validation loss has not fallen for as many epochs as the patience.

        The epoch that has the least so far stays at hand.
        """
        if not len(self.task.validation_rows):
            return
        loss = self.measure().validation_loss
        if self.outcome is Status.DIVERGED:  # just now
            return
        if loss < self._best.loss:
            self._best = Best(loss, self.epoch, self.step_count)
            if self._present is None:
                self._frames.keep_between(self._frame())
        elif self.outcome is None and self.epoch - self._best.epoch >= self.settings.patience:
            self.outcome = Status.FINISHED
            self.message = f"Stopped early after {self.epoch:,} epochs."

    def _return_to_best(self) -> None:
        """Show the epoch with the least validation loss; what came later stays on record."""
        if self._present is not None:
            return
        if not len(self.task.validation_rows):
            self.message += " Early stopping watched nothing: there are no validation rows."
            return
        outcome, best = self.outcome, self._best
        if not best.is_known:  # the loss has not been a number
            return
        words = f"{self.message} {best.words}"
        self.message = f"{words}."
        if best.step >= self.step_count:
            return
        self._update = None  # it is complete
        self._keep_present()
        self.go_to(best.step)
        self.outcome, self.message = outcome, f"{words}: these are its weights."

    def _schedule(self) -> None:
        """Let η be what the schedule says in this epoch."""
        now = self.settings
        self._eta = eta = scheduled(now.schedule, now.learning_rate, self.epoch, now.epochs)
        # What plain descent multiplies with: parameter, gradient, η, and what of it λ leaves.
        self._plain: list[tuple[Tensor, Tensor, float, float | None]] = []
        if self._rule is not None and not self._rule.moments and not now.l1:
            self._plain = [
                (p, g, eta * scale, 1 - eta * now.weight_decay if decays else None)
                for p, g, scale, _, is_weight in self._moving
                for decays in (bool(is_weight and now.weight_decay),)
            ]

    def measure(self, *, exact: bool = False) -> Metrics:
        """Measure loss and accuracy now, add them to the curves, and see whether it diverged.

        Of the training rows a fixed sample of at most 10,000 is measured. All of them are if
        `exact`; the curves keep to the sample, so that they have no steps where it was paused.
        """
        metrics = self._measured()
        if self._present is not None:  # this has been on record for long
            self.metrics = metrics
        elif self._health.has_diverged(metrics.train_loss, self._level):
            self._diverge(metrics)
            return self.measure(exact=exact)
        else:
            self.metrics = metrics
            self.history.record(metrics.step, metrics.figures)
            if self._is_healthy:
                self._healthy = self._place()
            stride = self._measurement.stride(self.step_count, self.batch_size)
            self._next_measurement = self.step_count + max(stride, self._least_stride)
        if exact:
            for _ in self.measuring_all():
                pass
        return self.metrics

    def measuring_all(self) -> Iterator[None]:
        """Slice by slice, let the figures of this step be those of all training rows.

        What moves the weights meanwhile needs new figures; these are then dropped.
        """
        if self.metrics.step != self.step_count:
            self.measure()
        metrics, parameters = self.metrics, tuple(p.clone() for p in self._parameters)
        exact = yield from self._measurement.exactly(metrics, self._train, parameters)
        if self.metrics is metrics:
            self.metrics = exact

    def _measured(self) -> Metrics:
        return self._measurement(self._parameters, self.step_count, self.epoch)

    @property
    def _is_healthy(self) -> bool:
        least = self._health.least(self.history)
        return self._health.is_healthy(self._health.cost(self.metrics), least)

    def _diverge(self, metrics: Metrics) -> None:
        """Return to the last healthy place and say what happened; the curves keep the way there."""
        loss, rescued = metrics.train_loss, self._healthy.step
        found = "is no longer a number" if not math.isfinite(loss) else f"rose to {loss:,.3g}"
        self.message = (
            f"Diverged at step {self.step_count:,} with η = {self.settings.learning_rate:g}: the "
            f"loss {found} (it started at {self.history.first_loss:.3g}). These are the weights "
            f"of step {rescued:,}."
        )
        self.history.diverge(metrics.step, metrics.figures, rescued)
        self._return_to(self._healthy)
        self.history.mark(Mark(rescued, RESCUED))
        self.copy_to_host()  # the last copy may be of the way down
        self.outcome, self.epilogue = Status.DIVERGED, None

    @property
    def remedy(self) -> float:
        """The largest rate to try after divergence: a tenth of it, or less where it is unsafe."""
        return one_digit(min(self.settings.learning_rate / 10, self.safe_rate))

    @property
    def safe_rate(self) -> float:
        """A learning rate that most runs learn with.

        Below 1/(L + λ), L being the largest curvature of the loss, full-batch descent cannot rise.
        """
        bend = self._curvature + self.settings.weight_decay
        return 1 / bend if bend else BOLDEST

    def twin(self) -> Trainer:
        """Return another trainer of the same task and start, to try settings on.

        It is measured less often.
        """
        config = replace(self.task.config, training=self.settings)
        twin = Trainer(replace(self.task, config=config))
        twin._start, twin._least_stride = self._start, TRIAL_STRIDE
        return twin

    def stand_like(self, other: Trainer, settings: TrainingConfig, *, at_start: bool) -> None:
        """Begin where another trainer of the task is, or began, with these settings."""
        self.settings = settings
        self.reset()
        self._level = other._level
        self._restore(other._frames.oldest.place if at_start else other._place())
        self._last_epoch = self.epoch + settings.epochs
        self.history = History()
        self._healthy = self._place()
        self._begin_recording()
        self.measure()

    def recover(self) -> None:
        """Go on with the learning rate of its epilogue, where that has one."""
        offer = self.epilogue
        if offer is None or offer.rate is None:
            return
        if offer.is_from_start:
            start = self._frames.oldest.place
            if self.outcome is Status.DIVERGED:
                self.history.return_further(start.step)
            self._return_to(start)
            self.history.mark(Mark(start.step, RESCUED))
            self._healthy = start
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
        if self._present is not None:  # it is done when training goes on from there
            self._begin_again()
            self._schedule()
            return
        if "epochs" in changes:
            self._last_epoch = max(self.settings.epochs, 1)
            if self.outcome is Status.FINISHED and self.epoch < self._last_epoch:
                self.outcome, self.message = None, ""
        if self.settings.batch_size != before.batch_size:
            self._begin_again()
        for name, symbol in SYMBOLS.items():
            old, new = getattr(before, name), getattr(self.settings, name)
            if old != new:
                self.history.mark(Mark(self.step_count, f"{symbol} {_say(old)} → {_say(new)}"))
        self._schedule()
        self._edits.add(self.step_count, self._rules())
        self._next_measurement = min(self._next_measurement, self.step_count + 1)

    def _begin_again(self) -> None:
        """Forget the update that is under way; its rows come again."""
        if self._update is not None:
            self._update = None
            self._shuffles.take_back()

    def go_on(self) -> None:
        """Make it trainable again after an outcome: more epochs, or from the healthy place."""
        if self.outcome is Status.FINISHED or self.epoch >= self._last_epoch:
            self._last_epoch = self.epoch + self.settings.epochs
        self._epoch_losses.clear()
        self._best = Best(epoch=self.epoch)
        self.outcome, self.message, self.epilogue = None, "", None
        self._edits.add(self.step_count, replace(self._rules(), begins_anew=True))

    def take_over(self, other: Trainer) -> None:
        """Go on where another trainer was, on other rows of the same inputs and outputs.

        The weights say the same of every raw input as before, although the standardiser may be
        another one; classes that are new start from zero, counters and curves go on.
        """
        old, new = other.task.standardiser, self.task.standardiser
        outputs = other.task.outputs
        if len(old.mean) != len(new.mean) or outputs > self.task.outputs:
            return
        model = self.task.config.model
        if other.task.config.model != model:  # another question is asked
            return
        if outputs != self.task.outputs and model.kind == "ovo":  # pairs have other numbers now
            return
        parameters = [p.double().cpu() for p in other._parameters]
        into = 2 if model.hidden else 0  # the layer that takes the inputs
        raw = parameters[into] / torch.from_numpy(old.std)
        parameters[into] = raw * torch.from_numpy(new.std)
        parameters[into + 1] += raw @ torch.from_numpy(new.mean - old.mean)
        for mine, theirs in zip(self._parameters, parameters, strict=True):
            if mine.shape != theirs.shape:
                mine.zero_()
            mine[: len(theirs)] = theirs.to(mine)
        begun = self._measured()
        if not math.isfinite(begun.train_loss):
            self.reset()
            return
        # That others moved is no divergence.
        self._level = max(self._level, self._health.level(begun))
        self.settings = other.settings
        self.step_count, self.epoch = other.step_count, other.epoch
        self._schedule()
        self._last_epoch = self.epoch + self.settings.epochs
        self.history = other.history.copy()
        self.history.cut(other.step_count)  # what it has of later steps is of another future
        is_drawn = self.task.config.data.source == "drawn"
        self.history.mark(Mark(self.step_count, "points" if is_drawn else "example"))
        self._healthy = self._place()
        self._begin_recording()
        self.measure()

    def copy_to_host(self) -> None:
        """Remember this point of the run on the host, where no failing device can take it."""
        place = self._place()
        self._refuge = place.with_tensors(tensor.cpu() for tensor in place.tensors())
        self._coming = None

    def start_copy_to_host(self) -> None:
        """Remember this point as soon as it has come to the host; it is not waited for."""
        if self._queue is None:
            self.copy_to_host()
        elif self._coming is None:
            place = self._place()
            self._coming = place, HostCopy(self._queue, *place.tensors())

    def rescued(self) -> Trainer:
        """Return a trainer that goes on from the last copy on the host, on the CPU."""
        twin = Trainer(with_device(self.task, "cpu"))
        twin.settings = replace(self.settings, device="cpu")
        twin._level, twin._last_epoch = self._level, self._last_epoch
        twin.history = self.history.copy()
        twin._return_to(self._refuge)
        twin.history.mark(Mark(twin.step_count, "CPU"))
        twin._healthy = twin._place()
        twin._begin_recording()
        twin.measure()
        return twin

    @property
    def batch_size(self) -> int:
        """Examples of one update."""
        return min(self.settings.batch_size or len(self._train), len(self._train))

    def params(self) -> Params:
        """Copy the weights out, as NumPy."""
        return self.params_of(tuple(p.cpu().clone() for p in self._parameters))

    def params_of(self, parameters: tuple[Tensor, ...]) -> Params:
        """Return such parameters, on the host, as NumPy."""
        return Params.of(self.task.config.model, [p.numpy() for p in parameters])

    def moments(self) -> tuple[tuple[NDArray[np.float32], ...], ...]:
        """Copy out what the rule of the update remembers; nothing where it must be waited for."""
        if self._queue is not None:
            return ()
        return tuple(tuple(v.numpy().copy() for v in vs) for vs in self._moments)

    @property
    def eta(self) -> float:
        """η of the next update."""
        return self._eta

    @property
    def updates(self) -> int:
        """How many updates the moments are of."""
        return self._updates

    def start_copy(self) -> HostCopy | None:
        """Start to copy the weights out; None where `params` need not wait for them."""
        return None if self._queue is None else HostCopy(self._queue, *self._parameters)

    def curves(self) -> Curves:
        return self.history.curves()

    def start_from(self, params: Params) -> None:
        """Return to step 0 with these weights, now and at every reset, not with the seed's.

        Raises DataError where the data are too large for them.
        """
        before, self._start = self._start, params
        try:
            self.reset()
        except DataError:
            self._start = before
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
        self._begin_again()
        self._write(parameters)
        self._forget_moments()
        # To be sent far off is no divergence.
        self._level = max(self._level, self._health.level(there))
        self._healthy = self._place()
        self.history.cut(self.step_count - 1)  # what was measured here is no longer so
        self.history.mark(Mark(self.step_count, MOVED))
        self._edits.add(self.step_count, self._rules())
        self._frames.pin(self._frame())
        self.measure()

    def next_rows(self) -> NDArray[np.int64]:
        """Return the rows of the data set that the next update learns from."""
        # A method of second order takes all rows, whatever the batch is.
        rows = self._shuffles.peek(self.settings.batch_size if self._far is None else None)
        return self.task.train_rows if rows is None else self.task.train_rows[rows.numpy()]

    def _write(self, parameters: Sequence[Tensor]) -> None:
        for mine, value in zip(self._parameters, parameters, strict=True):
            mine.copy_(value)

    def _forget_moments(self) -> None:
        """What the rule remembers is of another place."""
        self._updates = 0
        for moments in self._moments:
            for v in moments:
                v.zero_()
        if self._far is not None:
            self._far.memory = ()

    def _place(self) -> _Place:
        return _Place(
            step=self.step_count,
            epoch=self.epoch,
            parameters=tuple(p.clone() for p in self._parameters),
            moments=tuple(tuple(v.clone() for v in vs) for vs in self._moments),
            memory=self._far.memory if self._far else (),
            updates=self._updates,
            shuffles=self._shuffles.place(),
        )

    def _return_to(self, place: _Place) -> None:
        """Go back to a place; what came after it is forgotten."""
        self._restore(place)
        self.history.cut(place.step)
        self._next_measurement = place.step + 1
        if place.step < self._frames.oldest.step:
            self._begin_recording()
            return
        self._frames.cut(place.step)
        self._edits.cut(place.step)
        self._edits.add(place.step, self._rules())
        self._next_frame = self._frames.newest.step + self._frames.stride

    def _restore(self, place: _Place) -> None:
        self.step_count, self.epoch = place.step, place.epoch
        self._update = None
        self._write(place.parameters)
        for moments, before in zip(self._moments, place.moments, strict=True):
            for v, value in zip(moments, before, strict=True):
                v.copy_(value)
        if self._far is not None:
            self._far.memory = place.memory
        self._updates = place.updates
        self._schedule()
        self._shuffles.restore(place.shuffles)

    # The past -----------------------------------------------------------------------------------

    @property
    def newest_step(self) -> int:
        """The furthest step of the run; `step_count` is before it while the past is looked at."""
        return self.step_count if self._present is None else self._present.frame.step

    @property
    def oldest_step(self) -> int:
        """The first step that it can go back to."""
        return self._frames.oldest.step

    @property
    def is_past(self) -> bool:
        return self._present is not None

    @property
    def newest_metrics(self) -> Metrics:
        """The last figures of the furthest step."""
        return self.metrics if self._present is None else self._present.metrics

    def go_to(self, step: int) -> None:
        """Be as it was after that step, bit for bit; what came later stays on record."""
        for _ in self.going_to(step):
            pass
        if self.metrics.step != self.step_count:
            self.measure()

    def going_to(self, step: int) -> Iterator[None]:
        """Do the same slice by slice; it may be left off, and measures nothing."""
        if self._present is None:
            if step >= self.step_count:
                return
            self._keep_present()
        assert self._present is not None
        self.forget_outcome()
        step = max(step, self.oldest_step)
        if step >= self.newest_step:
            self.go_live()
            return
        frame = self._frames.nearest(step)
        if not frame.step <= self.step_count <= step:
            self._take_frame(frame)
        while self.step_count < step:
            left = step - self.step_count
            power = (1 << (left - 1).bit_length()) // 2  # the greatest power of two that is less
            if self.relive(left - power):
                left = step - self.step_count
                if left & (left - 1) == 0:  # so going back further is quick
                    self._frames.keep_between(self._frame())
            yield
        self._follow_rules()

    def forget_outcome(self) -> None:
        """The past that is played again has no end here."""
        if self._present is not None:
            self.outcome, self.message = None, ""

    def relive(self, most: int = 1) -> bool:
        """Do a slice of the next update on record, as `advance` does; at the newest step it ends.

        Nothing is recorded twice.
        """
        if self._present is None:
            return True
        if self._update is None:
            self._follow_rules()
        ahead = min(self._edits.after(self.step_count), self.newest_step) - self.step_count
        is_complete = self.advance(min(most, ahead))
        self.outcome, self.message = None, ""  # whatever it was, it went on
        if self.step_count >= self.newest_step:
            self.go_live()
        return is_complete

    def go_live(self) -> None:
        """Return to the newest step."""
        present = self._present
        if present is None:
            return
        self._present = None
        self._set_rules(present.rules)
        self._take_frame(present.frame)
        self.outcome, self.message = present.outcome, present.message
        self.metrics = present.metrics
        self._next_measurement, self._next_frame = present.next_measurement, present.next_frame

    def leave_past(self) -> None:
        """Let this step be the newest: what is on record after it is dropped.

        Settings that were tuned here are marked. Without any, the future is the same again.
        """
        if self._present is None:
            return
        if self.metrics.step != self.step_count:
            self.measure()
        tuned = {
            name: value
            for name in LIVE
            if (value := getattr(self.settings, name))
            != getattr(self._edits.at(self.step_count).settings, name)
        }
        self._follow_rules(anew=False)
        self._present, self.epilogue = None, None
        steps = self.history.curves().step
        later = steps[np.searchsorted(steps, self.step_count, side="right") :]
        stride = self._measurement.stride(self.step_count, self.batch_size)
        self._next_measurement = int(later[0]) if len(later) else self.step_count + stride
        self.history.cut(self.step_count)
        self._frames.cut(self.step_count)
        self._edits.cut(self.step_count)
        self._next_frame = self._frames.newest.step + self._frames.stride
        if self._is_healthy:
            self._healthy = self._place()
        elif self._healthy.step > self.step_count:
            self._healthy = self._frames.oldest.place
        if self._queue is not None:
            self.copy_to_host()  # the last copy may be of what is dropped
        if self.outcome is not None:  # it had returned to its best epoch
            self.go_on()
        if tuned:
            self.tune(**tuned)

    def _begin_recording(self) -> None:
        """Let this be the first point that it can go back to."""
        size = sum(p.numel() for p in self._parameters)
        stride = 1 if self._far is not None else first_stride(self.batch_size * size)
        self._frames = Keyframes[_Place](stride)
        self._frames.pin(self._frame())
        self._edits = Edits(self.step_count, self._rules())
        self._next_frame = self.step_count + stride
        self._see_how_long_epochs_are()

    def _keep_present(self) -> None:
        if self.metrics.step != self.step_count:
            self.measure()
        self._begin_again()
        self._present = _Present(
            frame=Frame(self._place(), tuple(self._epoch_losses), self._best),
            rules=self._rules(),
            outcome=self.outcome,
            message=self.message,
            metrics=self.metrics,
            next_measurement=self._next_measurement,
            next_frame=self._next_frame,
        )
        self.outcome, self.message = None, ""
        self._next_measurement = self._next_frame = NEVER

    def _keep_frame(self) -> None:
        """Remember this point, if its epoch's permutation need not be remembered with it."""
        self._see_how_long_epochs_are()
        is_amid = self._shuffles.left < len(self._train)
        is_known = not is_amid or self._frames.newest.place.epoch == self.epoch
        if is_known and self._present is None:
            self._frames.add(self._frame())
            self._next_frame = self.step_count + self._frames.stride

    def _see_how_long_epochs_are(self) -> None:
        """Note whether each should begin with a frame, on which the others in it depend."""
        self._has_long_epochs = self._frames.stride * self.batch_size < len(self._train)

    def _frame(self) -> Frame[_Place]:
        mate = self._frames.nearest(self.step_count).place if len(self._frames) else None
        return Frame(compact(self._place(), mate), tuple(self._epoch_losses), self._best)

    def _take_frame(self, frame: Frame[_Place]) -> None:
        self._restore(frame.place)
        self._epoch_losses.clear()
        self._epoch_losses.extend(frame.losses)
        self._best = frame.best

    def _rules(self) -> Rules:
        return Rules(self.settings, self._last_epoch, self._level)

    def _set_rules(self, rules: Rules) -> None:
        self.settings, self._last_epoch = rules.settings, rules.last_epoch
        self._level = rules.level
        self._schedule()

    def _follow_rules(self, *, anew: bool = True) -> None:
        """Let the rules be those of this step, as they are on record."""
        self._set_rules(self._edits.at(self.step_count))
        if anew and self._edits.begins_anew(self.step_count):
            self._epoch_losses.clear()
            self._best = Best(epoch=self.epoch)


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


def one_digit(value: float) -> float:
    """Round down to one significant digit."""
    power = 10.0 ** math.floor(math.log10(value))
    return float(f"{math.floor(value / power) * power:.1g}")


def _say(value: float | int | None) -> str:
    return "full" if value is None else f"{value:g}"
