"""Share of time that a thread is busy."""

from __future__ import annotations

import time

from core.runs.throughput import RATE_SECONDS


class ThreadShare:
    """CPU time per wall time, 0 … 1, of the thread that calls `measure`, over the last interval."""

    def __init__(self) -> None:
        self.value = 0.0
        self._since, self._worked = time.perf_counter(), time.thread_time()

    def measure(self) -> None:
        """Update the share if RATE_SECONDS have passed since the last update."""
        now, worked = time.perf_counter(), time.thread_time()
        if now - self._since >= RATE_SECONDS:
            self.value = min((worked - self._worked) / (now - self._since), 1.0)
            self._since, self._worked = now, worked
