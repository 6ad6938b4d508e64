"""Training by several processes that torchrun has started: who speaks, and what they agree on.

Only the first of them speaks and writes. Each reads the data itself, from its own disk.
"""

from __future__ import annotations

import json
import signal
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.cli.parser import Parser
from core.cli.processes.place import Place
from core.cli.signals import Wish
from core.cli.training import Checkpoints, Run
from core.cli.values import number
from core.config import RunConfig
from core.data.task import Task
from core.errors import ConfigError, DataError, LogitLabError, PeerError
from core.runs.failure import first_line

if TYPE_CHECKING:
    from core.projects.project import Project
    from core.projects.stored_data import Load
    from core.train.shares.group import Group
    from core.train.trainer import Trainer

SECONDS = 300.0  # after which a process that does not answer is given up
STDIN = "-"


class Team:
    """The processes of a run; `group` connects them, and is None for one that is alone."""

    def __init__(self, place: Place, group: Group | None = None) -> None:
        self.place, self.group = place, group
        # The agent of each machine counts those that it began itself.
        self.has_restarted = group is not None and group.largest(place.restarts)[0] > 0

    @property
    def leads(self) -> bool:
        """Whether this process speaks and writes."""
        return self.place.rank == 0

    def shared(self, config: RunConfig) -> RunConfig:
        """Return the config with the shares and the device of this process.

        Raises ConfigError where the shares cannot be divided.
        """
        training = config.training
        if self.group is None:
            return config
        if config.data.path == STDIN:
            raise ConfigError("Several processes cannot share standard input; name a file.")
        shares = self.group.size if training.shares == 1 else training.shares
        self.group.divide(shares)
        return replace(config, training=replace(training, shares=shares))

    def placed(self, task: Task) -> Task:
        """Return the task on this process's own GPU. Raises DataError unless all have the same.

        Of several GPUs of a machine each process takes the one of its number.
        """
        if self.group is None:
            return task
        if not self.group.are_alike(_digest(task)):
            raise DataError(
                "The processes of the run do not have the same data or settings; give each "
                "machine the same files."
            )
        if task.config.training.device == "cuda":
            return _with_device(task, f"cuda:{self.place.local}")
        return task

    def load(self, path: Path, load_data: Load) -> Project:
        """Return the project that lies where the first process is. Raises DataError."""
        from core.projects import project

        if self.group is None:
            return project.load(path, load_data)
        contents = path.read_bytes() if self.leads and path.is_file() else None
        contents = self.group.from_first(contents)
        if contents is None or self.leads:
            return project.load(path, load_data)
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / path.name
            copy.write_bytes(contents)
            return project.load(copy, load_data)

    def begin(self, task: Task, checkpoints: Checkpoints | None, load_data: Load) -> Run:
        """Return a new run of the task; after a restart, one that goes on from its checkpoint."""
        from core.library.projects import trainer_of
        from core.train.trainer import Trainer

        kept = self._kept(task, checkpoints, load_data)
        if kept is None:
            return self.run(Trainer(task, shares=self.group), None, checkpoints)
        trainer = trainer_of(replace(kept, task=task), shares=self.group)
        return self.run(trainer, kept, checkpoints)

    def run(self, trainer: Trainer, kept: Project | None, checkpoints: Checkpoints | None) -> Run:
        """Return the run of a trainer; one of several processes has a checkpoint at once.

        With it, a restart never goes on from what another run has left in the file.
        """
        run = Run(
            trainer, None if kept is None else kept.epochs, checkpoints, is_watched=self.leads
        )
        if self.group is not None:
            run.keep_now()
        return run

    def _kept(self, task: Task, checkpoints: Checkpoints | None, load_data: Load) -> Project | None:
        """Return this run as it was kept before a restart; None if there is nothing of it."""
        if self.group is None or not self.has_restarted:
            return None
        is_there = self.leads and checkpoints is not None and checkpoints.path.is_file()
        if not self.group.largest(float(is_there))[0]:
            return None
        path = checkpoints.path if checkpoints is not None else Path("checkpoint.logitlab")
        kept = self.load(path, load_data)
        return kept if _plain(kept.task) == _plain(task) else None

    def wish(self, own: Wish) -> Wish:
        """Return the wish to stop that all processes follow after the same update."""
        if self.group is None:
            return own
        self.group.wants_stop = lambda: own.number > 0
        return _Agreed(own, self.group)

    def pace(self, trainer: Trainer) -> str | None:
        """Return whether more processes pay, as measured; None for one that is alone."""
        if self.group is None or trainer.update.shared is None:
            return None
        from core.train.shares import pace

        return pace.measure(trainer.update, self.group, trainer.batch_size).words


class _Agreed(Wish):
    """A wish that is one as soon as all processes have learnt of it."""

    def __init__(self, own: Wish, group: Group) -> None:
        super().__init__()
        self._own, self._group = own, group

    def poll(self) -> int:
        """Return the number of the signal to stop at, 0 for none."""
        if self._group.is_stopping:
            self.number = self._own.number or signal.SIGTERM
        return self.number


def _with_device(task: Task, device: str) -> Task:
    from core.train.device import with_device  # PyTorch: a second that --help saves

    return with_device(task, device)


def _plain(task: Task) -> RunConfig:
    return _with_device(task, "cpu").config


def _digest(task: Task) -> int:
    """Return a number of what the task is made of, which another one hardly has."""
    data = task.dataset
    digest = zlib.crc32(json.dumps(_plain(task).to_dict(), sort_keys=True).encode())
    stored = [data.X] if data.bag is None else [data.bag.data, data.bag.indices]
    for array in (data.y, task.train_rows, *stored):
        if isinstance(array, np.ndarray):  # what is streamed would take as long as an epoch
            digest = zlib.crc32(array.tobytes(), digest)
    return digest


ALONE = Team(Place())


def add_options(parser: Parser) -> None:
    """Add the options of runs of several processes."""
    parser.add_argument(
        "--peer-timeout",
        type=number,
        default=SECONDS,
        metavar="S",
        help="of several processes: seconds to wait for another one before the run ends (default: "
        "%(default)g)",
    )


@contextmanager
def joined(timeout: float) -> Iterator[Team]:
    """Join the other processes, if torchrun has started any. Raises PeerError.

    What ends this process is left as a word for the others.
    """
    place = Place.here()
    if place.size == 1:
        yield Team(place)
        return
    from core.train.shares.group import Group

    group = Group(place.rank, place.size, timeout)
    try:
        yield Team(place, group)
    except PeerError:
        raise
    except LogitLabError as error:
        group.leave_word(str(error))
        raise
    except Exception as error:
        group.leave_word(f"{type(error).__name__}: {first_line(error)}")
        raise
    finally:
        group.close()
