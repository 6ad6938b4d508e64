"""One run of a sweep, in whichever process and on whichever machine."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.config import RunConfig
from core.data.task import prepare
from core.errors import DataError, LogitLabError
from core.library.loop import Loop
from core.library.sweeps.kept import DataSets, Outcome, key_of, packed
from core.out_of_memory import describe_shortage, is_shortage

if TYPE_CHECKING:
    from core.projects.project import Packed

OTHER_DATA = "the worker has other data, or another version of the program."


@dataclass(frozen=True)
class Job:
    """A run that is to be made: its place in the sweep, its digest, its config."""

    number: int
    key: str
    config: RunConfig


@dataclass(frozen=True)
class Made:
    """What came of a run, and the run itself, ready to be written; None where it could not be.

    Whoever asked for it writes it: a worker may have another disk, and may be killed at any time.
    """

    outcome: Outcome
    run: Packed | None = None


_datasets = DataSets()
_parent = 0  # the process that started this one for its runs


def begin() -> None:
    """Prepare a process of this machine: Ctrl+C is the business of the one that started it."""
    global _parent  # noqa: PLW0603 - a process has one
    _parent = os.getppid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def work(job: Job) -> Made:
    """Make a run in a process that another one has started for it; end with that one."""
    made = make(job, _datasets, lambda: os.getppid() != _parent)
    if made is None:
        os._exit(1)  # nobody waits for it
    return made


def work_in_cluster(job: Job) -> Made | None:
    """Make a run in a worker of Dask; None if it was cancelled meanwhile."""
    from distributed import get_worker

    its = get_worker()
    key, tasks = its.get_current_task(), its.state.tasks
    return make(job, _datasets, lambda: key not in tasks or tasks[key].state == "cancelled")


def make(job: Job, datasets: DataSets, is_stopped: Callable[[], bool]) -> Made | None:
    """Make a run; None if it was stopped before its end."""
    from core.train.trainer import Trainer

    try:
        if is_stopped():
            return None
        dataset = datasets.load(job.config.data)
        if key_of(job.config, dataset) != job.key:
            raise DataError(OTHER_DATA)
        run = Loop(Trainer(prepare(dataset, job.config)))
        result = run.advance_until(lambda _, is_whole: is_whole and is_stopped())
        if run.trainer.outcome is None:
            return None
        return Made(Outcome.of(result), packed(run.trainer))
    except LogitLabError as error:
        return Made(Outcome(error=str(error)))
    except Exception as error:
        if is_shortage(error):
            return Made(Outcome(error=describe_shortage(error)))
        return Made(Outcome(error=f"{type(error).__name__}: {error}"))
