"""Training speed, measured on the training thread."""

from __future__ import annotations

import time

from core.train.snapshot import Pace

RATE_SECONDS = 0.5


class Throughput:
    """Steps and examples per second over about half a second, and the share of time working."""

    def __init__(self) -> None:
        self.pace = Pace()
        self._begin()

    def add(self, steps: int, examples: int) -> None:
        """Count the work of a slice; call on the training thread only."""
        self._steps += steps
        self._examples += examples
        elapsed = max(time.perf_counter() - self._since, 1e-9)
        if elapsed < RATE_SECONDS and self.pace.steps:
            return
        # The thread's own CPU time does not advance while it waits.
        working = min((time.thread_time() - self._worked) / elapsed, 1.0)
        self.pace = Pace(self._steps / elapsed, self._examples / elapsed, working, 1 - working)
        if elapsed >= RATE_SECONDS:
            self._begin()

    def _begin(self) -> None:
        self._since, self._worked = time.perf_counter(), time.thread_time()
        self._steps = self._examples = 0
