"""How much of its time a thread works."""

from __future__ import annotations

import time

from core.runs.throughput import RATE_SECONDS


class ThreadShare:
    """The share of its time, 0 … 1, that the thread which calls `measure` has worked lately."""

    def __init__(self) -> None:
        self.value = 0.0
        self._since, self._worked = time.perf_counter(), time.thread_time()

    def measure(self) -> None:
        """Renew the share, once half a second or so is over."""
        now, worked = time.perf_counter(), time.thread_time()
        if now - self._since >= RATE_SECONDS:
            self.value = min((worked - self._worked) / (now - self._since), 1.0)
            self._since, self._worked = now, worked
