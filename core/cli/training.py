"""A run in the terminal: trained to its end, with its progress shown, kept as a project."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.progress import Progress
from core.cli.terminal import PROGRAM
from core.data.task import Task
from core.errors import SaveError
from core.library.loop import Loop, Result

if TYPE_CHECKING:
    from core.cli.signals import Wish
    from core.projects.project import Project
    from core.train.trainer import Trainer

SECONDS = 30.0  # from one checkpoint to the next


@dataclass(frozen=True)
class Checkpoints:
    """Where a run is kept as a project, and how many seconds lie between two checkpoints."""

    path: Path
    every: float = SECONDS


class Run(Loop):
    """A run that can be kept as a project while it trains.

    trainer, epochs : as of `Loop`.
    """

    def __init__(
        self,
        trainer: Trainer,
        epochs: Mapping[str, tuple[float, ...]] | None = None,
        checkpoints: Checkpoints | None = None,
    ) -> None:
        super().__init__(trainer, epochs)
        self._checkpoints = checkpoints
        self._kept_at = time.perf_counter()
        self._end: Project | None = None  # where training ended
        self._progress: Progress | None = None
        self._wish: Wish | None = None

    def train(self, progress: Progress | None = None, wish: Wish | None = None) -> Result:
        """Train until the run ends or `wish` asks for a stop, measuring after each epoch."""
        self._progress, self._wish = progress, wish

        def wants_end(run: Loop, is_whole: bool) -> bool:
            trainer = run.trainer
            if progress:
                progress.show(trainer.epoch, trainer.step_count, trainer.metrics)
            if is_whole:
                self._keep_if_due()
            return wish is not None and bool(wish.number)

        def looks_back() -> None:
            if progress:
                progress.show_message("looking into how it ended …")

        return self.advance_until(wants_end, looks_back)

    def before_measuring(self) -> None:
        if self._wish is not None:
            self._wish.is_saving = True
        if self._progress:
            self._progress.close()
        if self._checkpoints is not None:
            self._end = self.project()

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

    def _keep_if_due(self) -> None:
        """Write a checkpoint if it is time; if that fails, say so, and try again next time."""
        checkpoints = self._checkpoints
        if not checkpoints or time.perf_counter() - self._kept_at < checkpoints.every:
            return
        try:
            self._save(self.project())
        except SaveError as error:
            print(f"\n{PROGRAM}: {error} Training goes on.", file=sys.stderr)
        self._kept_at = time.perf_counter()


def train(task: Task, progress: Progress | None = None, wish: Wish | None = None) -> Result:
    """Train a new run until it ends or `wish` asks for a stop, measuring after each epoch."""
    from core.train.trainer import Trainer  # PyTorch: a second that --help saves

    return Run(Trainer(task)).train(progress, wish)
