"""A run in the terminal: trained to its end, measured after each epoch, kept as a project."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.progress import Progress
from core.cli.terminal import PROGRAM
from core.data.task import Task
from core.errors import SaveError
from core.train.history import SERIES
from core.train.outcome import Epilogue, Fall
from core.train.snapshot import Metrics, Params, Status

if TYPE_CHECKING:
    from core.cli.signals import Wish
    from core.projects.project import Project
    from core.train.trainer import Trainer

MANY = 1_000  # most updates that a device makes at once; measurements and epochs end them
SECONDS = 30.0  # from one checkpoint to the next


@dataclass(frozen=True)
class Result:
    """A finished run: `history` has one value per epoch.

    seconds : of training and measuring, without the time for the epilogue.
    """

    task: Task
    metrics: Metrics
    history: dict[str, list[float]]
    status: Status
    message: str
    params: Params
    seconds: float
    epilogue: Epilogue
    fall: Fall | None = None  # None unless it diverged

    @property
    def notes(self) -> list[str]:
        """Sentences for the user about how the run ended."""
        failed = [self.message] if self.status is Status.DIVERGED else []
        return [*failed, *self.epilogue.notes]


@dataclass(frozen=True)
class Checkpoints:
    """Where a run is kept as a project, and how many seconds lie between two checkpoints."""

    path: Path
    every: float = SECONDS


class Run:
    """A run and what was measured at the end of each epoch.

    trainer : new, or one that was brought to where another run was kept; epochs : of that run.
    """

    def __init__(
        self,
        trainer: Trainer,
        epochs: Mapping[str, tuple[float, ...]] | None = None,
        checkpoints: Checkpoints | None = None,
    ) -> None:
        self.trainer = trainer
        before = epochs or {}
        self.history = {name: list(before.get(name, ())) for name in measured(trainer.task)}
        self._noted = trainer.epoch  # the window keeps no figures by epochs
        self._checkpoints = checkpoints
        self._kept_at = time.perf_counter()
        self._end: Project | None = None  # where training ended

    def train(self, progress: Progress | None = None, wish: Wish | None = None) -> Result:
        """Train until the run ends or `wish` asks for a stop, measuring after each epoch."""
        from core.runs.rescue import epilogue_of  # PyTorch: a second that --help saves

        trainer, started = self.trainer, time.perf_counter()
        while trainer.outcome is None:
            is_whole = trainer.advance(MANY)
            if progress:
                progress.show(trainer.epoch, trainer.step_count, trainer.metrics)
            self._note_epoch()
            if is_whole:
                self._keep_if_due()
                if wish is not None and wish.number:
                    break
        seconds = time.perf_counter() - started
        if progress and trainer.outcome is not None:
            progress.show_message("looking into how it ended …")
        if trainer.outcome is not None and trainer.epilogue is None:
            trainer.epilogue = epilogue_of(trainer)
        epilogue = trainer.epilogue or Epilogue()
        if wish is not None:
            wish.is_saving = True
        if progress:
            progress.close()
        if self._checkpoints is not None:
            self._end = self._project()  # before it is measured where it would not have been
        return Result(
            task=trainer.task,
            metrics=trainer.measure(exact=True),
            history=self.history,
            status=trainer.outcome or Status.PAUSED,
            message=trainer.message if trainer.outcome else _describe_stop(trainer),
            params=trainer.params(),
            seconds=seconds,
            epilogue=epilogue,
            fall=trainer.history.curves().fall if trainer.outcome is Status.DIVERGED else None,
        )

    def keep(self) -> Path | None:
        """Write the project as training ended, if the run is kept as one, and return its path.

        Raises SaveError.
        """
        if self._checkpoints is None or self._end is None:
            return None
        self._save(self._end)
        return self._checkpoints.path

    def _save(self, kept: Project) -> None:
        from core.projects import project

        assert self._checkpoints is not None
        project.save(kept, self._checkpoints.path)

    def _project(self) -> Project:
        from core.projects.project import Project
        from core.runs.run_state import state_of

        epochs = {name: tuple(values) for name, values in self.history.items()}
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return Project(self.trainer.task, state_of(self.trainer), epochs=epochs, saved=now)

    def _keep_if_due(self) -> None:
        """Write a checkpoint if it is time; if that fails, say so, and try again next time."""
        checkpoints = self._checkpoints
        if not checkpoints or time.perf_counter() - self._kept_at < checkpoints.every:
            return
        try:
            self._save(self._project())
        except SaveError as error:
            print(f"\n{PROGRAM}: {error} Training goes on.", file=sys.stderr)
        self._kept_at = time.perf_counter()

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


def train(task: Task, progress: Progress | None = None, wish: Wish | None = None) -> Result:
    """Train a new run until it ends or `wish` asks for a stop, measuring after each epoch."""
    from core.train.trainer import Trainer  # PyTorch: a second that --help saves

    return Run(Trainer(task)).train(progress, wish)


def measured(task: Task) -> tuple[str, ...]:
    """Return the names of the measured series; validation only if there are such rows."""
    return SERIES if len(task.validation_rows) else SERIES[:4]


def _describe_stop(trainer: Trainer) -> str:
    return f"Stopped in epoch {trainer.epoch + 1:,} of {trainer.settings.epochs:,}."
