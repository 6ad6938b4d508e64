"""When a run is over, and why, in words."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import torch

from core.config import TrainingConfig
from core.data.task import Task
from core.data.validation import Best
from core.train.health import Health
from core.train.history import History
from core.train.snapshot import Metrics, Status

CONVERGENCE_EPOCHS = 5
BOLDEST = 10.0  # rate that is tried where no curvature is known


class Stop(NamedTuple):
    """The end of a run, and what a person should know of it."""

    status: Status
    message: str


class Stopping:
    """What is known of a run that decides when it stops.

    It stops at its last epoch, where the loss has come to rest (tolerance), where the validation
    loss has not fallen for long (patience), and where it has diverged.

    last_epoch : the epochs after which it is finished. level : the cost that divergence is
    measured by; see `core.train.health`. best : the epoch with the least validation loss.
    curvature : the largest of the loss, without the penalty.
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
        """Begin with these figures, for so many epochs; return whether they can be trained on."""
        largest = torch.finfo(torch.float32).max
        self.last_epoch, self.level = epochs, self.health.level(start)
        self.begin_anew(0)
        return math.isfinite(start.train_loss) and self._curvature < largest

    @property
    def losses(self) -> tuple[float, ...]:
        """The training losses at the ends of the last epochs."""
        return tuple(self._losses)

    def restore(self, losses: Sequence[float], best: Best) -> None:
        """Let the last losses and the best epoch be these."""
        self._losses.clear()
        self._losses.extend(losses)
        self.best = best

    def begin_anew(self, epoch: int) -> None:
        """Forget the losses before this epoch."""
        self.restore((), Best(epoch=epoch))

    def needs_figures(self, settings: TrainingConfig) -> bool:
        """Whether the ends of epochs are judged by what is measured there."""
        return settings.tolerance > 0 or (settings.patience > 0 and self.has_validation)

    def judge(
        self, metrics: Metrics, epoch: int, settings: TrainingConfig, *, is_over: bool
    ) -> Stop | None:
        """Take note of an epoch that has ended; return whether the run stops there.

        metrics : of this point, where figures are needed. is_over : the run has stopped before.
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
                stop = Stop(Status.FINISHED, f"Stopped early after {epoch:,} epochs.")
        if not (stop or is_over) and epoch >= self.last_epoch:
            stop = self.finished(epoch)
        return stop

    def _is_at_rest(self, tolerance: float) -> bool:
        losses = self._losses
        fallen = losses[0] - losses[-1]
        return len(losses) > CONVERGENCE_EPOCHS and abs(fallen) < tolerance * CONVERGENCE_EPOCHS

    def finished(self, epoch: int) -> Stop:
        """Return the stop after the last epoch."""
        return Stop(Status.FINISHED, f"Finished {epoch:,} epochs.")

    def with_best(self, message: str) -> str:
        """Return why a run stopped that has watched for its best epoch, and which that is."""
        if not self.has_validation:
            return f"{message} Early stopping watched nothing: there are no validation rows."
        if not self.best.is_known:  # the loss has not been a number
            return message
        return f"{message} {self.best.words}."

    def has_diverged(self, metrics: Metrics) -> bool:
        return self.health.has_diverged(metrics.train_loss, self.level)

    def is_healthy(self, metrics: Metrics, history: History) -> bool:
        """Return whether a run that diverges later may return to this point."""
        return self.health.is_healthy(self.health.cost(metrics), self.health.least(history))

    def diverged(self, metrics: Metrics, rate: float, first_loss: float, rescued: int) -> Stop:
        """Return the stop of a run that diverged with this rate and returned to step `rescued`."""
        loss = metrics.train_loss
        found = "is no longer a number" if not math.isfinite(loss) else f"rose to {loss:,.3g}"
        return Stop(
            Status.DIVERGED,
            f"Diverged at step {metrics.step:,} with η = {rate:g}: the "
            f"loss {found} (it started at {first_loss:.3g}). These are the weights "
            f"of step {rescued:,}.",
        )

    def suggested_learning_rate(self, settings: TrainingConfig) -> float:
        """The largest rate to try after divergence: a tenth of it, or less where it is unsafe."""
        return one_digit(min(settings.learning_rate / 10, self.safe_rate(settings)))

    def safe_rate(self, settings: TrainingConfig) -> float:
        """A learning rate that most runs learn with.

        Below 1/(L + λ), L being the largest curvature of the loss, full-batch descent cannot rise.
        """
        curvature = self._curvature + settings.weight_decay
        return 1 / curvature if curvature else BOLDEST


def _converged(epoch: int, tolerance: float) -> str:
    return (
        f"Converged after {epoch:,} epochs: the loss changed by less than "
        f"{tolerance:g} per epoch over {CONVERGENCE_EPOCHS} epochs."
    )


def one_digit(value: float) -> float:
    """Round down to one significant digit."""
    power = 10.0 ** math.floor(math.log10(value))
    return float(f"{math.floor(value / power) * power:.1g}")
