"""Runs in several processes of this machine, of which none takes the others with it.

joblib's loky starts them: it needs no `if __name__ == "__main__":` of the script that asks for
them, and sets the threads of its processes without touching those of this one.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from core.errors import ConfigError
from core.library.sweeps import worker
from core.library.sweeps.engine import Note, follow
from core.library.sweeps.kept import Outcome
from core.library.sweeps.worker import Job, Made

if TYPE_CHECKING:
    from joblib.externals.loky import ProcessPoolExecutor

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
IDLE = 60  # seconds; then a process ends, also where this one was killed
LOST = "its process ended, perhaps for want of memory; fewer --jobs leave more for each."


class Processes:
    """Makes runs in `count` processes of one thread each, which begin with the first of them.

    Raises ConfigError in a program that was packed without Python, which can start none.
    """

    def __init__(self, count: int) -> None:
        if getattr(sys, "frozen", False):
            raise ConfigError("This packed program makes one run at a time; leave out --jobs.")
        self._count = count
        self._pool: ProcessPoolExecutor | None = None

    def run_all(self, jobs: Sequence[Job], note: Note, is_stopped: Callable[[], bool]) -> None:
        left = {job.number: job for job in jobs}

        def noted(job: Job, made: Made) -> None:
            del left[job.number]
            note(job, made)

        while left and not is_stopped():
            if self._are_made(list(left.values()), self._count, noted, is_stopped):
                return
            self._find_fatal(list(left.values()), noted, is_stopped)

    def _are_made(
        self, jobs: Sequence[Job], count: int, note: Note, is_stopped: Callable[[], bool]
    ) -> bool:
        """Make runs; return False if a process ended, which takes all others along."""
        try:  # one waits for its turn
            follow(jobs, lambda job: self._submit(job, count), count + 1, note, is_stopped)
        except BrokenProcessPool:
            self.close()
            return False
        if is_stopped():
            self.close()
        return True

    def _find_fatal(self, jobs: Sequence[Job], note: Note, is_stopped: Callable[[], bool]) -> None:
        """Make runs one by one until that is found which ends its process."""
        for job in jobs:
            if is_stopped() or not self._are_made([job], 1, note, is_stopped):
                break
        else:
            return
        if not is_stopped():
            note(job, Made(Outcome(error=LOST)))
        self.close()

    def _submit(self, job: Job, count: int) -> Future[Made]:
        from joblib.externals.loky import ProcessPoolExecutor

        with _unheard():
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    count, timeout=IDLE, initializer=worker.begin, env=ONE_THREAD
                )
            return cast("Future[Made]", self._pool.submit(worker.work, job))

    def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(kill_workers=True)  # what they have made was handed over


@contextmanager
def _unheard() -> Iterator[None]:
    """Keep Ctrl+C from processes that are started meanwhile, also before they can ignore it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
