"""Who makes the runs of a sweep: what all of them do, and this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import islice
from typing import Protocol

from core.library.sweeps import worker
from core.library.sweeps.kept import DataSets
from core.library.sweeps.worker import Job, Made

SECONDS = 0.2  # from one look at whether to stop to the next

Note = Callable[[Job, Made], object]


class Engine(Protocol):
    """Makes runs."""

    def run_all(self, jobs: Sequence[Job], note: Note, is_stopped: Callable[[], bool]) -> None:
        """Make these runs and note each as it ends, until `is_stopped`.

        What `note` raises ends it. Raises PeerError where those who work are gone.
        """

    def close(self) -> None:
        """End whatever is still made."""


class Here:
    """Makes one run after the other in this process."""

    def __init__(self) -> None:
        self._datasets = DataSets()

    def run_all(self, jobs: Sequence[Job], note: Note, is_stopped: Callable[[], bool]) -> None:
        for job in jobs:
            made = worker.make(job, self._datasets, is_stopped)
            if made is None:
                return
            note(job, made)

    def close(self) -> None:
        """Nothing is left."""


def follow(
    jobs: Sequence[Job],
    submit: Callable[[Job], Future[Made]],
    most: int,
    note: Note,
    is_stopped: Callable[[], bool],
    made_of: Callable[[Future[Made]], Made] = Future.result,
) -> None:
    """Have at most this many jobs made at a time, and note each as it ends, until `is_stopped`.

    made_of : returns what a future that ended has. Raises what that or `note` raises. What has not
    ended is cancelled.
    """
    waiting = iter(jobs)
    going: dict[Future[Made], Job] = {}
    try:
        while not is_stopped():
            going |= {submit(job): job for job in islice(waiting, most - len(going))}
            if not going:
                return
            done, _ = wait(going, SECONDS, FIRST_COMPLETED)
            for future in done:
                note(going.pop(future), made_of(future))
    finally:
        for future in going:
            future.cancel()
