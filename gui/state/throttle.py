"""Throttling of numbers that change with every frame to a rate at which they can be read."""

from __future__ import annotations

import math
import time

from core.train.snapshot import Snapshot, Status

READING_SECONDS = 0.1  # between two updates of a number: nobody reads faster


class Reading:
    """Decides when displayed numbers are updated: at most once every `seconds`."""

    def __init__(self, seconds: float = READING_SECONDS) -> None:
        self._seconds = seconds
        self.forget()

    def forget(self) -> None:
        """Allow the next update at once."""
        self._written_at = -math.inf

    def is_due(self, *, is_live: bool) -> bool:
        """Return whether to update now; numbers that are not live are always updated.

        is_live : further numbers follow at once.
        """
        now = time.monotonic()
        if is_live and now - self._written_at < self._seconds:
            return False
        self._written_at = now
        return True


def outruns_reading(snapshot: Snapshot) -> bool:
    """Return whether steps are made faster than their numbers can be read."""
    return snapshot.status is Status.TRAINING and snapshot.pace.steps * READING_SECONDS > 1
