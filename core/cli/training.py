"""A run in the terminal: trained to its end, with its progress shown; what it leaves behind."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from core import files
from core.cli import terminal
from core.cli.parser import Parser
from core.cli.progress import Progress
from core.cli.terminal import PROGRAM
from core.cli.values import number
from core.data.task import Task
from core.errors import SaveError
from core.exports import kinds
from core.library.loop import Loop, Result
from core.projects import archive
from core.runs import model_file

if TYPE_CHECKING:
    from core.cli.signals import Wish
    from core.projects.project import Project
    from core.train.trainer import Trainer

RESUME = "--resume"
SECONDS = 30.0  # from one checkpoint to the next


@dataclass(frozen=True)
class Checkpoints:
    """Where a run is kept as a project, and how many seconds lie between two checkpoints."""

    path: Path
    every: float = SECONDS


class Run(Loop):
    """A run that can be kept as a project while it trains.

    trainer, epochs : as of `Loop`. is_watched : its end is examined.
    """

    def __init__(
        self,
        trainer: Trainer,
        epochs: Mapping[str, tuple[float, ...]] | None = None,
        checkpoints: Checkpoints | None = None,
        *,
        is_watched: bool = True,
    ) -> None:
        super().__init__(trainer, epochs)
        self._checkpoints, self.is_watched = checkpoints, is_watched
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
            return wish is not None and bool(wish.poll())

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

    def keep_now(self, *, has_failed: bool = False) -> None:
        """Write the project after the last whole update, which may be before one that has failed.

        Raises SaveError.
        """
        if has_failed:
            self.trainer.stepper.sampler.take_back()
        if self._checkpoints is not None:
            self._save(self.project())
            self._kept_at = time.perf_counter()

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


def add_outputs(parser: Parser) -> None:
    """Add the options for what a run leaves behind."""
    parser.add_argument(
        "--json", metavar="FILE", help="write config, history, figures and weights; - for stdout"
    )
    parser.add_argument(
        "--save", metavar="FILE", help="keep the model, for “predict” and for the window"
    )
    parser.add_argument(
        "--card",
        metavar="FILE",
        help="write what is to be known of the model: data, figures with intervals, limits",
    )
    parser.add_argument(
        "--project",
        metavar="FILE",
        help="keep the run with its data and all of its state, also while it trains; "
        f"{RESUME} and the window go on with it",
    )
    parser.add_argument(
        "--every",
        type=number,
        default=SECONDS,
        metavar="S",
        help="seconds from one checkpoint of --project to the next (default: %(default)g)",
    )


def project_path(options: argparse.Namespace) -> Path | None:
    """Return where the run is to be kept as a project, if anywhere."""
    return None if options.project is None else archive.with_ending(Path(options.project))


@dataclass(frozen=True)
class Outputs:
    """What a run leaves behind: paths of JSON (“-” for stdout), model, project, and card."""

    json: str | None = None
    model: Path | None = None
    checkpoints: Checkpoints | None = None
    card: Path | None = None

    @classmethod
    def of(cls, options: argparse.Namespace, project: Path | None) -> Outputs:
        """Return those that the options ask for, if they can be written. Raises SaveError."""
        model = None if options.save is None else model_file.with_ending(Path(options.save))
        terminal.check_writable(options.json)
        card = None if options.card is None else kinds.card_path(Path(options.card))
        for path in (model, project, card):
            if path is not None:
                files.check_writable(path)
        kept = None if project is None else Checkpoints(project, options.every)
        return cls(options.json, model, kept, card)

    @property
    def words(self) -> TextIO:
        """Where text goes."""
        return terminal.stream_for_words(self.json)
