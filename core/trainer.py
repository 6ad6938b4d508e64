"""The algorithm: minibatch gradient descent, one `step` at a time, on the thread that calls it."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Generator, Tensor

from core import models
from core.batches import Rows, Shuffles, place
from core.errors import ConfigError, DataError, DeviceError
from core.losses import HEADS
from core.snapshot import Curves, History, Mark, Metrics, Params, Status
from core.task import Task

DIVERGED_FACTOR = 40  # a mean loss this many times the start is far beyond any useful zigzag
SAMPLE = 10_000  # training rows that are measured along the way; as many as MNIST's test rows
CHEAP = 200_000  # numbers (rows × features) that may be measured after every step at first
SHARE = 4  # above that: rows trained on for each row that is measured
CONVERGENCE_EPOCHS = 5

LIVE = ("learning_rate", "batch_size", "weight_decay", "epochs", "tolerance")
SYMBOLS = {"learning_rate": "η", "batch_size": "batch", "weight_decay": "λ"}


@dataclass(frozen=True, eq=False)
class _Place:
    """A point of a run that it can return to."""

    step: int
    epoch: int
    W: Tensor
    b: Tensor
    shuffles: tuple[Tensor, Tensor | None, int]


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
        self._train = place(task, task.train_rows, self._head, self.device)
        self._test = place(task, task.test_rows, self._head, self.device)
        self._sample = self._choose_sample()
        self._curvature = self._bound_curvature()
        self.reset()

    def reset(self) -> None:
        """Return to the start that the seed decides; settings stay as they are tuned."""
        generator = Generator().manual_seed(self.settings.seed)
        W, b = models.start(self.task.config.model.init, self.task.outputs, self.task.m, generator)
        self._W, self._b = W.to(self.device), b.to(self.device)
        self._shuffles = Shuffles(len(self._train), generator, self.device)
        self.step_count = self.epoch = 0
        self.outcome: Status | None = None  # FINISHED, CONVERGED or DIVERGED once it is
        self.message = ""
        self._last_epoch = self.settings.epochs
        self._epoch_losses: deque[float] = deque(maxlen=CONVERGENCE_EPOCHS + 1)
        self.history = History()
        start_loss, _, _ = self._evaluate(self._train, self._sample)
        if not math.isfinite(start_loss):
            raise DataError(
                f"{self.task.dataset.name} holds numbers that are too large to train on as they "
                "are; switch standardisation on."
            )
        self._start_loss = max(start_loss, math.log(self.task.dataset.h))
        self._healthy = self._place()
        self.measure()

    @torch.no_grad()
    def step(self) -> None:
        """One update with the mean gradient of one batch: W ← W − η (∇W + λ W), b ← b − η ∇b."""
        rows, n, ends_epoch = self._shuffles.next(self.settings.batch_size)
        dW, db = self._gradient(rows)
        eta, decay = self.settings.learning_rate, self.settings.weight_decay
        if decay:
            self._W.mul_(1 - eta * decay)
        self._W.sub_(dW, alpha=eta / n)
        self._b.sub_(db, alpha=eta / n)  # biases are spared the penalty
        self.step_count += 1
        if ends_epoch:
            self._end_epoch()
        if self.step_count >= self._next_measurement:
            self.measure()

    def _gradient(self, rows: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return ∇W and ∇b of the data loss, summed over the rows."""
        dW = db = None
        for X, Y, _ in self._train.slices(rows):
            dZ = self._head.gradient(models.logits(X, self._W, self._b), Y)
            part_W, part_b = models.gradients(dZ, X)
            dW, db = (part_W, part_b) if dW is None or db is None else (dW + part_W, db + part_b)
        assert dW is not None and db is not None
        return dW, db

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

    @torch.no_grad()
    def measure(self, *, exact: bool = False) -> Metrics:
        """Measure loss and accuracy now, add them to the curves, and see whether it diverged.

        Of the training rows a fixed sample of at most 10,000 is measured, all of them if `exact`.
        """
        loss, accuracy, confusion = self._evaluate(self._train, None if exact else self._sample)
        test_loss = test_accuracy = math.nan
        if len(self._test):
            test_loss, test_accuracy, confusion = self._evaluate(self._test, None)
        metrics = Metrics(
            self.step_count, self.epoch, loss, test_loss, accuracy, test_accuracy, confusion
        )
        if not math.isfinite(loss) or loss > DIVERGED_FACTOR * self._start_loss:
            self._diverge(loss)
            return self.measure(exact=exact)
        if loss <= self._start_loss:  # from a place that is worse than the start few runs recover
            self._healthy = self._place()
        self.metrics = metrics
        self.history.record(metrics)
        self._next_measurement = self.step_count + self._stride()
        return metrics

    def _evaluate(self, rows: Rows, order: Tensor | None) -> tuple[float, float, np.ndarray]:
        h = self.task.dataset.h
        total, counts = 0.0, torch.zeros(h * h, dtype=torch.int64, device=self.device)
        for X, Y, y in rows.slices(order):
            Z = models.logits(X, self._W, self._b)
            total += float(self._head.loss(Z, Y).sum())
            counts += torch.bincount(y * h + self._head.decide(Z), minlength=h * h)
        confusion = counts.view(h, h).cpu().numpy()
        n = int(confusion.sum())
        return total / n, float(np.trace(confusion)) / n, confusion

    def _stride(self) -> int:
        """Return the number of steps until the next measurement; it depends on counts alone.

        Small data are measured after every step; large data after steps 1, 2, 3, 4, 6, 8, 12, …
        until measuring costs a small share of training. The longer the run, the rarer.
        """
        measured = (len(self._train) if self._sample is None else SAMPLE) + len(self._test)
        if measured * self.task.m <= CHEAP:
            return self.history.stride
        batch = min(self.settings.batch_size or len(self._train), len(self._train))
        affordable = max(1, SHARE * measured // batch)
        early = max(1, 2 ** (self.step_count.bit_length() - 2)) if self.step_count > 1 else 1
        return max(min(early, affordable), self.history.stride)

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
        for name, symbol in SYMBOLS.items():
            old, new = getattr(before, name), getattr(self.settings, name)
            if old != new:
                self.history.mark(Mark(self.step_count, f"{symbol} {_say(old)} → {_say(new)}"))
        self._next_measurement = min(self._next_measurement, self.step_count + 1)

    def go_on(self) -> None:
        """Make it trainable again after an outcome: more epochs, or from the healthy place."""
        if self.outcome is Status.FINISHED or self.epoch >= self._last_epoch:
            self._last_epoch = self.epoch + self.settings.epochs
        self._epoch_losses.clear()
        self.outcome, self.message = None, ""

    @torch.no_grad()
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
        self._W, self._b = W, b
        loss, _, _ = self._evaluate(self._train, self._sample)
        if not math.isfinite(loss):
            self.reset()
            return
        self._start_loss = max(self._start_loss, loss)  # that others moved is no divergence
        self.settings = other.settings
        self.step_count, self.epoch = other.step_count, other.epoch
        self._last_epoch = self.epoch + self.settings.epochs
        self.history = other.history.copy()
        self.history.mark(Mark(self.step_count, "points"))
        self._healthy = self._place()
        self.measure()

    def params(self) -> Params:
        """Copy the weights out, as NumPy."""
        W, b = self._W.cpu().numpy().copy(), self._b.cpu().numpy().copy()
        return Params(W, b)

    def curves(self) -> Curves:
        return self.history.curves()

    def _place(self) -> _Place:
        return _Place(
            self.step_count, self.epoch, self._W.clone(), self._b.clone(), self._shuffles.state()
        )

    def _return_to(self, place: _Place) -> None:
        self.step_count, self.epoch = place.step, place.epoch
        self._W, self._b = place.W.clone(), place.b.clone()
        self._shuffles.restore(place.shuffles)
        self.history.cut(place.step)
        self._next_measurement = place.step + 1

    @torch.no_grad()
    def _bound_curvature(self) -> float:
        """Return an upper bound of the loss's largest second derivative.

        The Hessian is the mean of (diag(a) − aaᵀ) ⊗ xxᵀ, x with a 1 for the bias. The first
        factor is at most ½ (softmax; ¼ for a sigmoid), the second at most the mean of ‖x‖².
        """
        total = sum(
            float(X.double().square().sum()) for X, _, _ in self._train.slices(self._sample)
        )
        n = len(self._train) if self._sample is None else len(self._sample)
        return 0.5 * (total / n + 1)

    def _choose_sample(self) -> Tensor | None:
        if len(self._train) <= SAMPLE:
            return None
        rows = torch.randperm(len(self._train), generator=Generator().manual_seed(0))[:SAMPLE]
        return rows.sort().values.to(self.device)


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


def _one_digit(value: float) -> float:
    """Round down to one significant digit."""
    power = 10.0 ** math.floor(math.log10(value))
    return float(f"{math.floor(value / power) * power:.1g}")


def _say(value: float | int | None) -> str:
    return "full" if value is None else f"{value:g}"
