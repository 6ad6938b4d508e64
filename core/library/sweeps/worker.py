"""One run of a sweep, in whichever process."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path

from core.config import RunConfig
from core.data.task import prepare
from core.errors import LogitLabError
from core.library.loop import Loop
from core.library.sweeps.kept import DataSets, Outcome, write
from core.out_of_memory import describe_shortage, is_shortage


@dataclass(frozen=True)
class Job:
    """A run that is to be made: its place in the sweep, its digest, its config."""

    number: int
    key: str
    config: RunConfig
    folder: Path


_datasets = DataSets()
_stop: Event | None = None


def begin(stop: Event) -> None:
    """Prepare a process: Ctrl+C is the business of the one that started it."""
    global _stop  # noqa: PLW0603 - a process has one
    _stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def work(job: Job) -> Outcome | None:
    """Make a run and keep it; None if it was stopped."""
    return make(job, _datasets, lambda: _stop is not None and _stop.is_set())


def make(job: Job, datasets: DataSets, is_stopped: Callable[[], bool]) -> Outcome | None:
    """Make a run and keep it; None if it was stopped before its end."""
    from core.train.trainer import Trainer

    try:
        if is_stopped():
            return None
        run = Loop(Trainer(prepare(datasets.load(job.config.data), job.config)))
        result = run.advance_until(lambda _, is_whole: is_whole and is_stopped())
        if run.trainer.outcome is None:
            return None
        outcome = Outcome.of(result)
        write(job.folder, job.key, run.trainer, outcome)
    except LogitLabError as error:
        return Outcome(error=str(error))
    except Exception as error:
        if is_shortage(error):
            return Outcome(error=describe_shortage(error))
        return Outcome(error=f"{type(error).__name__}: {error}")
    return outcome
