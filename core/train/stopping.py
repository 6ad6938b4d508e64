"""When a run stops, and the message that says why."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import torch

from core.config import TrainingConfig
from core.data.task import Task
from core.data.validation import Best
from core.language import mark
from core.note import Note, Value, note_n
from core.train.health import Health
from core.train.history import History
from core.train.snapshot import Metrics, Status

CONVERGENCE_EPOCHS = 5
BOLDEST = 10.0  # rate to try if no curvature is known


class Stop(NamedTuple):
    """The end of a run, with a message for the user."""

    status: Status
    message: Note


class StoppingState(NamedTuple):
    """The state of the stopping rules; see `Stopping` for the members."""

    last_epoch: int
    level: float
    losses: tuple[float, ...]
    best: Best


class Stopping:
    """The stopping rules of a run, and their state.

    A run stops after its last epoch, when the loss comes to rest (tolerance), when the validation
    loss has not fallen for several epochs (patience), and when it diverges.

    last_epoch : the number of epochs after which it is finished. level : the reference cost for
    divergence; see `core.train.health`. best : the epoch with the least validation loss.
    curvature : an upper bound of the loss's curvature, without the penalty; 0 if none is known.
    """

    def __init__(self, task: Task, curvature: float) -> None:
        self.health = Health.of(task)
        self.has_validation = len(task.validation_rows) > 0
        self.last_epoch = task.config.training.epochs
        self.level = math.inf
        self.best = Best()
        self._curvature = curvature
        self._losses: deque[float] = deque(maxlen=CONVERGENCE_EPOCHS + 1)

    def begin(self, start: Metrics, epochs: int) -> bool:
        """Start from these metrics, for this many epochs; return whether training is possible."""
        largest = torch.finfo(torch.float32).max
        self.last_epoch, self.level = epochs, self.health.level(start)
        self.begin_anew(0)
        return math.isfinite(start.train_loss) and self._curvature < largest

    def state(self) -> StoppingState:
        """Return the state of the rules, as a value."""
        return StoppingState(self.last_epoch, self.level, self.losses, self.best)

    @property
    def losses(self) -> tuple[float, ...]:
        """The training losses at the ends of the last epochs."""
        return tuple(self._losses)

    def restore(self, losses: Sequence[float], best: Best) -> None:
        """Set the last losses and the best epoch."""
        self._losses.clear()
        self._losses.extend(losses)
        self.best = best

    def begin_anew(self, epoch: int) -> None:
        """Clear all losses before this epoch."""
        self.restore((), Best(epoch=epoch))

    def is_best(self, step: int, settings: TrainingConfig) -> bool:
        """Return whether a run that ends at this step stays there, and returns to no better one."""
        return not (settings.patience and self.best.is_known and self.best.step < step)

    def needs_figures(self, settings: TrainingConfig) -> bool:
        """Return whether the stopping rules need metrics at the end of each epoch."""
        return settings.tolerance > 0 or (settings.patience > 0 and self.has_validation)

    def judge(
        self, metrics: Metrics, epoch: int, settings: TrainingConfig, *, is_over: bool
    ) -> Stop | None:
        """Record the end of an epoch; return the Stop if the run stops there.

        metrics : measured at this step if `needs_figures`. is_over : the run has already stopped.
        """
        stop = None
        if settings.tolerance > 0:
            self._losses.append(metrics.train_loss)
            if not is_over and self._is_at_rest(settings.tolerance):
                stop = Stop(Status.CONVERGED, _converged(epoch, settings.tolerance))
        if settings.patience and self.has_validation:
            loss = metrics.validation_loss
            if loss < self.best.loss:
                self.best = Best(loss, epoch, metrics.step)
            elif not (stop or is_over) and epoch - self.best.epoch >= settings.patience:
                stop = Stop(Status.FINISHED, _stopped_early(epoch))
        if not (stop or is_over) and epoch >= self.last_epoch:
            stop = self.finished(epoch)
        return stop

    def _is_at_rest(self, tolerance: float) -> bool:
        losses = self._losses
        fallen = losses[0] - losses[-1]
        return len(losses) > CONVERGENCE_EPOCHS and abs(fallen) < tolerance * CONVERGENCE_EPOCHS

    def finished(self, epoch: int) -> Stop:
        """Return the Stop after the last epoch."""
        return Stop(Status.FINISHED, note_n("Finished {n} epoch.", "Finished {n} epochs.", epoch))

    def counted(self, rows: int) -> Stop:
        """Return the Stop of a model that has counted all its training rows."""
        told = Note(mark("Counted all {n} training rows: no more to learn."), {"n": rows})
        return Stop(Status.CONVERGED, told)

    def with_best(self, message: str | Note, *, is_back: bool) -> str | Note:
        """Return the message of a stop with the best epoch of early stopping added.

        is_back : whether the run returns to that epoch.
        """
        if not self.has_validation:
            told = Note(mark("Early stopping watched nothing: there are no validation rows."))
            return Note("{message} {told}", {"message": message, "told": told})
        if not self.best.is_known:  # the loss was never finite
            return message
        ends = mark("{message} {best}."), mark("{message} {best}: these are its weights.")
        return Note(ends[is_back], {"message": message, "best": self.best.note})

    def has_diverged(self, metrics: Metrics) -> bool:
        return self.health.has_diverged(metrics.train_loss, self.level)

    def is_healthy(self, metrics: Metrics, history: History) -> bool:
        """Return whether a run that diverges later may return to this step."""
        return self.health.is_healthy(self.health.cost(metrics), self.health.least(history))

    def diverged(self, metrics: Metrics, rate: float, first_loss: float, rescued: int) -> Stop:
        """Return the Stop of a run that diverged with this rate and returned to step `rescued`."""
        loss = metrics.train_loss
        text = (
            mark(
                "Diverged at step {step} with η = {rate}: the loss rose to {loss} (it started at "
                "{start}). These are the weights of step {rescued}."
            )
            if math.isfinite(loss)
            else mark(
                "Diverged at step {step} with η = {rate}: the loss is no longer a number (it "
                "started at {start}). These are the weights of step {rescued}."
            )
        )
        numbers = {"rate": f"{rate:g}", "start": f"{first_loss:.3g}", "loss": f"{loss:,.3g}"}
        values: dict[str, Value] = {**numbers, "step": metrics.step, "rescued": rescued}
        return Stop(Status.DIVERGED, Note(text, values, numbers=tuple(numbers)))

    def suggested_learning_rate(self, settings: TrainingConfig) -> float:
        """Return the largest rate to try after divergence: a tenth of it, at most the safe rate."""
        return one_digit(min(settings.learning_rate / 10, self.safe_rate(settings)))

    def safe_rate(self, settings: TrainingConfig) -> float:
        """Return a learning rate that works for most runs.

        Up to 1/(L + λ), where L bounds the curvature of the loss, full-batch descent cannot raise
        the loss.
        """
        curvature = self._curvature + settings.weight_decay
        return 1 / curvature if curvature else BOLDEST


def _converged(epoch: int, tolerance: float) -> Note:
    said = note_n(
        "Converged after {n} epoch: the loss changed by less than {tolerance} per epoch over "
        "{epochs} epochs.",
        "Converged after {n} epochs: the loss changed by less than {tolerance} per epoch over "
        "{epochs} epochs.",
        epoch,
        tolerance=f"{tolerance:g}",
        epochs=CONVERGENCE_EPOCHS,
    )
    return replace(said, numbers=("tolerance",))


def _stopped_early(epoch: int) -> Note:
    return note_n("Stopped early after {n} epoch.", "Stopped early after {n} epochs.", epoch)


def one_digit(value: float) -> float:
    """Round down to one significant digit."""
    power = 10.0 ** math.floor(math.log10(value))
    return float(f"{math.floor(value / power) * power:.1g}")
