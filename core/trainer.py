"""The algorithm: minibatch gradient descent, one `step` at a time, on the thread that calls it."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from core import batches, models
from core.batches import Shuffles
from core.device import HostCopy, Lag, queue_of
from core.errors import ConfigError, DataError, DeviceError
from core.graphs import Blocks
from core.history import Curves, History, Mark
from core.losses import HEADS
from core.measure import SAMPLE, Measurement
from core.snapshot import Metrics, Params, Status
from core.task import Task

DIVERGED_FACTOR = 40  # a mean loss this many times the start is far beyond any useful zigzag
CONVERGENCE_EPOCHS = 5

LIVE = ("learning_rate", "batch_size", "weight_decay", "epochs", "tolerance")
MOVED = "moved"  # the mark where a person has put the weights elsewhere
SYMBOLS = {"learning_rate": "η", "batch_size": "batch", "weight_decay": "λ"}


@dataclass(frozen=True, eq=False)
class _Place:
    """A point of a run that it can return to."""

    step: int
    epoch: int
    W: Tensor
    b: Tensor
    shuffles: batches.Place

    def on_host(self) -> _Place:
        return replace(self, W=self.W.cpu(), b=self.b.cpu())


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
        self._train = batches.place(task, task.train_rows, self.device)
        self._measurement = Measurement(task, self.device)
        self._curvature = self._measurement.curvature()
        # Written over, never replaced: graphs know them by their addresses.
        self._W = torch.zeros(task.outputs, task.m, device=self.device)
        self._b = torch.zeros(task.outputs, device=self.device)
        self._dW, self._db = torch.empty_like(self._W), torch.empty_like(self._b)
        # The weights in the units of the stored rows.
        self._V = self._W if self._train.unit == 1 else torch.empty_like(self._W)
        self._queue = queue_of(self.device)  # None: what is asked of the CPU is done at once
        if self._queue is not None:
            self._lag = Lag(self._queue)
            self._blocks = Blocks(self._queue, self._train)
        self._coming: tuple[_Place, HostCopy] | None = None
        self._start: Params | None = None  # where a person wants it to begin
        self.reset()

    def reset(self) -> None:
        """Return to the start, the seed's or a chosen one; settings stay as they are tuned."""
        generator = Generator().manual_seed(self.settings.seed)
        W, b = models.start(self.task.config.model.init, self.task.outputs, self.task.m, generator)
        if self._start is not None:
            W, b = torch.tensor(self._start.W), torch.tensor(self._start.b)
        self._W.copy_(W)
        self._b.copy_(b)
        self._shuffles = Shuffles(len(self._train), generator, self.device)
        self._update: Iterator[None] | None = None  # the one that is under way
        self.step_count = self.epoch = 0
        self.outcome: Status | None = None  # FINISHED, CONVERGED or DIVERGED once it is
        self.message = ""
        self._last_epoch = self.settings.epochs
        self._epoch_losses: deque[float] = deque(maxlen=CONVERGENCE_EPOCHS + 1)
        self.history = History()
        start_loss = self._measured().train_loss
        if not (math.isfinite(start_loss) and self._curvature < torch.finfo(torch.float32).max):
            raise DataError(
                f"{self.task.dataset.name} holds numbers that are too large to train on as they "
                "are; switch standardisation on."
            )
        self._start_loss = max(start_loss, math.log(self.task.dataset.h))
        self._healthy = self._place()
        self.copy_to_host()
        self.measure()

    def step(self) -> None:
        """Make one update, or complete the one that is under way."""
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
        rows, n, ends_epoch = self._shuffles.next(self.settings.batch_size)
        left = n
        for X, Y, Z in self._train.slices(rows):
            self._differentiate(X, Y, Z, add=left < n)
            left -= len(X)
            if left:
                yield
        self._descend(n)
        self._complete(1, ends_epoch)

    def _update_with(self, X: Tensor, Y: Tensor, Z: Tensor) -> None:
        """One update with a batch in one piece."""
        self._differentiate(X, Y, Z)
        self._descend(len(X))

    def _differentiate(self, X: Tensor, Y: Tensor, Z: Tensor, *, add: bool = False) -> None:
        """Write the gradient, summed over the rows X (k, m), over dW and db, or add it to them.

        X is as stored: X · unit is the model's input. The logits are written over Z.
        """
        W, b, V, unit = self._W, self._b, self._V, self._train.unit
        if unit != 1 and not add:
            torch.mul(W, unit, out=V)
        dZ = self._head.gradient(models.logits(X, V, b, out=Z), Y, out=Z)
        models.gradients(dZ, X, self._dW, self._db, add=add)

    def _descend(self, n: int) -> None:
        """W ← W − η (∇W + λ W), b ← b − η ∇b, with the mean gradient of n examples."""
        eta, decay = self.settings.learning_rate, self.settings.weight_decay
        if decay:
            self._W.mul_(1 - eta * decay)
        self._W.sub_(self._dW, alpha=eta * self._train.unit / n)
        self._b.sub_(self._db, alpha=eta / n)  # biases are spared the penalty

    def _complete(self, updates: int, ends_epoch: bool) -> None:
        self.step_count += updates
        if ends_epoch:
            self._end_epoch()
        if self.step_count >= self._next_measurement:
            self.measure()

    def _replay(self, most: int) -> bool:
        """Make up to so many updates by a graph; return whether there is one for them."""
        if self._update is not None or self._queue is None:
            return False
        settings = self.batch_size, self.settings.learning_rate, self.settings.weight_decay
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
            W, b = copy.take()
            self._refuge, self._coming = replace(place, W=W, b=b), None

    def _end_epoch(self) -> None:
        self.epoch += 1
        if self.settings.tolerance > 0:
            losses = self._epoch_losses
            losses.append(self.measure().train_loss)
            fallen = losses[0] - losses[-1]
            if (
                self.outcome is None
                and len(losses) > CONVERGENCE_EPOCHS
                and abs(fallen) < self.settings.tolerance * CONVERGENCE_EPOCHS
            ):
                self.outcome = Status.CONVERGED
                self.message = (
                    f"Converged after {self.epoch:,} epochs: the loss changed by less than "
                    f"{self.settings.tolerance:g} per epoch over {CONVERGENCE_EPOCHS} epochs."
                )
        if self.outcome is None and self.epoch >= self._last_epoch:
            self.outcome = Status.FINISHED
            self.message = f"Finished {self.epoch:,} epochs."

    def measure(self, *, exact: bool = False) -> Metrics:
        """Measure loss and accuracy now, add them to the curves, and see whether it diverged.

        Of the training rows a fixed sample of at most 10,000 is measured, all of them if `exact`.
        """
        metrics = self._measured(exact=exact)
        loss = metrics.train_loss
        if not math.isfinite(loss) or loss > DIVERGED_FACTOR * self._start_loss:
            self._diverge(loss)
            return self.measure(exact=exact)
        if loss <= self._start_loss:  # from a place that is worse than the start few runs recover
            self._healthy = self._place()
        self.metrics = metrics
        self.history.record(metrics.step, metrics.figures)
        stride = self._measurement.stride(self.step_count, self.batch_size)
        self._next_measurement = self.step_count + stride
        return metrics

    def _measured(self, *, exact: bool = False) -> Metrics:
        train = self._train if exact and len(self._train) > SAMPLE else None
        return self._measurement(self._W, self._b, self.step_count, self.epoch, train=train)

    def _diverge(self, loss: float) -> None:
        """Return to the last healthy place and say what happened."""
        found = "is no longer a number" if not math.isfinite(loss) else f"rose to {loss:,.3g}"
        self.message = (
            f"Diverged at step {self.step_count:,}: the loss {found} (it started at "
            f"{self._start_loss:.3g}). The learning rate η = {self.settings.learning_rate:g} is "
            f"too large: these are the weights of step {self._healthy.step:,}. "
            f"Try η = {self.remedy:g} from there."
        )
        self._return_to(self._healthy)
        self.copy_to_host()  # the last copy may be of the way down
        self.outcome = Status.DIVERGED

    @property
    def remedy(self) -> float:
        """The learning rate to try after divergence: a tenth, or less where that is still unsafe.

        Below 1/(L + λ), L being the largest curvature of the loss, full-batch descent cannot rise.
        """
        safe = 1 / (self._curvature + self.settings.weight_decay)
        return _one_digit(min(self.settings.learning_rate / 10, safe))

    def tune(self, **changes: float | int | None) -> None:
        """Change live settings between two steps; each change is marked on the curves.

        Raises ConfigError for a value that the config would refuse.
        """
        unknown = set(changes) - set(LIVE)
        if unknown:
            raise ConfigError(f"{', '.join(sorted(unknown))} cannot change while a model trains.")
        before = self.settings
        self.settings = replace(before, **changes)  # type: ignore[arg-type]  # it checks them itself
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
        self.outcome, self.message = None, ""

    def take_over(self, other: Trainer) -> None:
        """Go on where another trainer was, on other rows of the same inputs and outputs.

        The weights say the same of every raw input as before, although the standardiser may be
        another one; classes that are new start from zero, counters and curves go on.
        """
        old, new = other.task.standardiser, self.task.standardiser
        if len(old.mean) != len(new.mean) or other._W.shape[0] > self._W.shape[0]:
            return
        if other.task.config.model != self.task.config.model:  # another question is asked
            return
        raw = other._W.double().cpu() / torch.from_numpy(old.std)
        h = len(raw)
        W, b = torch.zeros_like(self._W), torch.zeros_like(self._b)
        W[:h] = (raw * torch.from_numpy(new.std)).to(W)
        b[:h] = other._b + (raw @ torch.from_numpy(new.mean - old.mean)).to(b)
        self._W.copy_(W)
        self._b.copy_(b)
        loss = self._measured().train_loss
        if not math.isfinite(loss):
            self.reset()
            return
        self._start_loss = max(self._start_loss, loss)  # that others moved is no divergence
        self.settings = other.settings
        self.step_count, self.epoch = other.step_count, other.epoch
        self._last_epoch = self.epoch + self.settings.epochs
        self.history = other.history.copy()
        is_drawn = self.task.config.data.source == "drawn"
        self.history.mark(Mark(self.step_count, "points" if is_drawn else "example"))
        self._healthy = self._place()
        self.measure()

    def copy_to_host(self) -> None:
        """Remember this point of the run on the host, where no failing device can take it."""
        self._refuge, self._coming = self._place().on_host(), None

    def start_copy_to_host(self) -> None:
        """Remember this point as soon as it has come to the host; it is not waited for."""
        if self._queue is None:
            self.copy_to_host()
        elif self._coming is None:
            place = self._place()
            self._coming = place, HostCopy(self._queue, place.W, place.b)

    def rescued(self) -> Trainer:
        """Return a trainer that goes on from the last copy on the host, on the CPU."""
        twin = Trainer(with_device(self.task, "cpu"))
        twin.settings = replace(self.settings, device="cpu")
        twin._start_loss, twin._last_epoch = self._start_loss, self._last_epoch
        twin.history = self.history.copy()
        twin._return_to(self._refuge)
        twin.history.mark(Mark(twin.step_count, "CPU"))
        twin._healthy = twin._place()
        twin.measure()
        return twin

    @property
    def batch_size(self) -> int:
        """Examples of one update."""
        return min(self.settings.batch_size or len(self._train), len(self._train))

    def params(self) -> Params:
        """Copy the weights out, as NumPy."""
        W, b = self._W.cpu().numpy().copy(), self._b.cpu().numpy().copy()
        return Params(W, b)

    def start_copy(self) -> HostCopy | None:
        """Start to copy the weights out; None where `params` need not wait for them."""
        return None if self._queue is None else HostCopy(self._queue, self._W, self._b)

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
        W, b = torch.tensor(params.W).to(self.device), torch.tensor(params.b).to(self.device)
        loss = self._measurement(W, b, self.step_count, self.epoch).train_loss
        if not math.isfinite(loss):
            raise DataError("The loss has no value at these weights; choose smaller ones.")
        if self.outcome is not None:
            self.go_on()
        self._begin_again()
        self._W.copy_(W)
        self._b.copy_(b)
        self._start_loss = max(self._start_loss, loss)  # to be sent far off is no divergence
        self._healthy = self._place()
        self.history.cut(self.step_count - 1)  # what was measured here is no longer so
        self.history.mark(Mark(self.step_count, MOVED))
        self.measure()

    def next_rows(self) -> NDArray[np.int64]:
        """Return the rows of the data set that the next update learns from."""
        rows = self._shuffles.peek(self.settings.batch_size)
        return self.task.train_rows if rows is None else self.task.train_rows[rows.numpy()]

    def _place(self) -> _Place:
        return _Place(
            self.step_count, self.epoch, self._W.clone(), self._b.clone(), self._shuffles.place()
        )

    def _return_to(self, place: _Place) -> None:
        self.step_count, self.epoch = place.step, place.epoch
        self._update = None
        self._W.copy_(place.W)
        self._b.copy_(place.b)
        self._shuffles.restore(place.shuffles)
        self.history.cut(place.step)
        self._next_measurement = place.step + 1


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


def _one_digit(value: float) -> float:
    """Round down to one significant digit."""
    power = 10.0 ** math.floor(math.log10(value))
    return float(f"{math.floor(value / power) * power:.1g}")


def _say(value: float | int | None) -> str:
    return "full" if value is None else f"{value:g}"
