"""Runs in several processes, of which none takes the others with it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context

from core.library.sweeps import worker
from core.library.sweeps.kept import DataSets, Outcome
from core.library.sweeps.worker import Job

SECONDS = 0.2  # from one look at whether to stop to the next
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
LOST = "its process ended, perhaps for want of memory; fewer --jobs leave more for each."

Note = Callable[[Job, Outcome], object]


def run_all(jobs: Sequence[Job], count: int, note: Note, is_stopped: Callable[[], bool]) -> None:
    """Make these runs in `count` processes, and note each as it ends, until `is_stopped`."""
    if count == 1:
        datasets = DataSets()
        for job in jobs:
            outcome = worker.make(job, datasets, is_stopped)
            if outcome is None:
                return
            note(job, outcome)
        return
    left = list(jobs)
    with _one_thread():
        while left and not is_stopped():
            size = min(count, len(left))
            lost = _in_a_pool(left, size, note, is_stopped)
            if lost is None:
                return
            left = _alone(lost, note, is_stopped)


def _in_a_pool(
    jobs: Sequence[Job], count: int, note: Note, is_stopped: Callable[[], bool]
) -> list[Job] | None:
    """Make runs in a pool; return those that are left if a process ended, else None."""
    context = get_context("spawn")  # a fork of a process with threads may stand still
    stop = context.Event()
    left = {job.number: job for job in jobs}
    with ProcessPoolExecutor(
        count, mp_context=context, initializer=worker.begin, initargs=(stop,)
    ) as pool:
        waiting = iter(jobs)
        going: dict[Future[Outcome | None], Job] = {}
        try:
            while True:
                most = 0 if is_stopped() else count + 1 - len(going)  # one waits for its turn
                with _unheard():
                    going |= {pool.submit(worker.work, job): job for job in islice(waiting, most)}
                if not going:
                    return None
                if is_stopped():
                    stop.set()
                done, _ = wait(going, SECONDS, FIRST_COMPLETED)
                for future in done:
                    job = going.pop(future)
                    outcome = future.result()
                    if outcome is not None:
                        del left[job.number]
                        note(job, outcome)
        except BrokenProcessPool:
            return list(left.values())
        finally:
            stop.set()


def _alone(jobs: Sequence[Job], note: Note, is_stopped: Callable[[], bool]) -> list[Job]:
    """Find the run that ends its process, by itself in one; return those that are left."""
    for k, job in enumerate(jobs):
        if is_stopped():
            return []
        if _in_a_pool([job], 1, note, is_stopped) is not None:
            note(job, Outcome(error=LOST))
            return list(jobs[k + 1 :])
    return []


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


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let processes that are started meanwhile compute on one thread each."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
