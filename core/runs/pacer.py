"""When the next step is due, at an adjustable speed."""

from __future__ import annotations

import time
from collections.abc import Callable

FRAME_SECONDS = 0.016
LONGEST_STALL = 0.1  # seconds; steps missed in a longer stall are not caught up


class Pacer:
    """Limits the steps per second; math.inf for no limit (flat out)."""

    def __init__(self) -> None:
        self._interval = 0.0
        self.due = 0.0  # in seconds of `time.perf_counter`

    @property
    def is_flat_out(self) -> bool:
        return not self._interval

    def set_speed(self, steps_per_second: float) -> None:
        """Set the speed; the next step is due at once."""
        self._interval = 1 / steps_per_second
        self.restart()

    @property
    def is_asleep_next(self) -> bool:
        """Whether the next step is due later than the next frame."""
        return self.due - time.perf_counter() > FRAME_SECONDS

    def restart(self) -> None:
        """Make the next step due now."""
        self.due = time.perf_counter()

    def run(self, advance: Callable[[], bool], is_over: Callable[[], bool], until: float) -> None:
        """Advance until this time, until the next step is not yet due, or until it is over.

        advance : does a slice of a step and returns whether that completes the step.
        """
        interval, now = self._interval, time.perf_counter()
        self.due = max(self.due, now - LONGEST_STALL)
        while now < until and not is_over():
            if interval and now < self.due:
                break
            if advance():
                self.due += interval
            now = time.perf_counter()
