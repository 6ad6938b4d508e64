"""A trainer that is advanced to the end of its run, measured after each epoch."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from core.data.task import Task
from core.train.history import SERIES
from core.train.outcome import Epilogue, Fall
from core.train.snapshot import Metrics, Params, Status

if TYPE_CHECKING:
    from core.projects.project import Project
    from core.train.trainer import Trainer

MANY = 1_000  # most updates that a device makes at once; measurements and epochs end them


@dataclass(frozen=True)
class Result:
    """A finished run, or one that was stopped.

    metrics : of all rows, at the last step. history : one value per epoch, by the names of
    `core.train.history.SERIES`. params : W (outputs, m) and b (outputs,), float32; with a hidden
    layer also V and c. status : FINISHED, CONVERGED, DIVERGED, or PAUSED if it was stopped.
    seconds : of training and measuring, without the time for the epilogue.
    epilogue : whether it came to rest, and what is to be said of its end.
    fall : what was measured on the way to its divergence; None unless it diverged.
    """

    task: Task
    metrics: Metrics
    history: dict[str, list[float]]
    status: Status
    message: str
    params: Params
    seconds: float
    epilogue: Epilogue
    fall: Fall | None = None

    @property
    def notes(self) -> list[str]:
        """Sentences for the user about how the run ended."""
        failed = [self.message] if self.status is Status.DIVERGED else []
        return [*failed, *self.epilogue.notes]


class Loop:
    """A run and what was measured at the end of each epoch.

    trainer : new, or one that was brought to where another run was kept; epochs : of that run.
    is_watched : its end is examined.
    """

    is_watched = True

    def __init__(
        self, trainer: Trainer, epochs: Mapping[str, tuple[float, ...]] | None = None
    ) -> None:
        self.trainer = trainer
        before = epochs or {}
        self.history = {name: list(before.get(name, ())) for name in measured(trainer.task)}
        self._noted = trainer.epoch  # the window keeps no figures by epochs

    def advance_until(
        self,
        wants_end: Callable[[Self, bool], bool],
        looks_back: Callable[[], object] = lambda: None,
    ) -> Result:
        """Train until the run ends or `wants_end` says so, measuring after each epoch.

        wants_end : asked after each slice of work, with whether the update is complete; a run is
            only stopped between two updates.
        looks_back : called where the run is over and its end is about to be examined.
        """
        from core.runs.rescue import epilogue_of  # PyTorch: a second that --help saves

        trainer, started = self.trainer, time.perf_counter()
        while trainer.outcome is None:
            is_whole = trainer.advance(MANY)
            self._note_epoch()
            if wants_end(self, is_whole) and is_whole:
                break
        seconds = time.perf_counter() - started
        if self.is_watched and trainer.outcome is not None and trainer.epilogue is None:
            looks_back()
            trainer.epilogue = epilogue_of(trainer)
        return self._result(seconds)

    def _result(self, seconds: float) -> Result:
        trainer = self.trainer
        self.before_measuring()
        return Result(
            task=trainer.task,
            metrics=trainer.measure(exact=True),
            history=self.history,
            status=trainer.outcome or Status.PAUSED,
            message=str(trainer.message) if trainer.outcome else _describe_stop(trainer),
            params=trainer.params(),
            seconds=seconds,
            epilogue=trainer.epilogue or Epilogue(),
            fall=trainer.history.curves().fall if trainer.outcome is Status.DIVERGED else None,
        )

    def before_measuring(self) -> None:
        """Called where training has ended, before it is measured where it would not have been."""

    def project(self) -> Project:
        """Return the run as a project, from which it can go on to the bit."""
        from core.projects.project import Project
        from core.runs.run_state import state_of

        epochs = {name: tuple(values) for name, values in self.history.items()}
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return Project(self.trainer.task, state_of(self.trainer), epochs=epochs, saved=now)

    def _note_epoch(self) -> None:
        """Measure if an epoch has ended."""
        trainer = self.trainer
        has_returned = trainer.timeline.is_past  # to its best epoch; the last is measured
        ended_epoch = has_returned or trainer.epoch > self._noted
        if not ended_epoch or trainer.outcome is Status.DIVERGED:
            return
        is_over = trainer.outcome is not None
        newest = trainer.timeline.newest_metrics
        metrics = newest if has_returned else trainer.measure(exact=is_over)
        self._noted = trainer.epoch
        for name, values in self.history.items():
            values.append(getattr(metrics, name))


def measured(task: Task) -> tuple[str, ...]:
    """Return the names of the measured series; validation only if there are such rows."""
    return SERIES if len(task.validation_rows) else SERIES[:4]


def _describe_stop(trainer: Trainer) -> str:
    return f"Stopped in epoch {trainer.epoch + 1:,} of {trainer.settings.epochs:,}."
