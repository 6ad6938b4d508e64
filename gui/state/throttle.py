"""Numbers that change with every frame are written as often as they can be read."""

from __future__ import annotations

import math
import time

from core.train.snapshot import Snapshot, Status

READING_SECONDS = 0.1  # from one number to the next in its place: nobody reads faster


class Reading:
    """Says when numbers are to be written anew, with so many seconds between."""

    def __init__(self, seconds: float = READING_SECONDS) -> None:
        self._seconds = seconds
        self.forget()

    def forget(self) -> None:
        """Let the next numbers be written at once."""
        self._written_at = -math.inf

    def is_due(self, *, is_live: bool) -> bool:
        """Return whether to write these numbers; others follow at once where they are live."""
        now = time.monotonic()
        if is_live and now - self._written_at < self._seconds:
            return False
        self._written_at = now
        return True


def outruns_reading(snapshot: Snapshot) -> bool:
    """Return whether steps come faster than their numbers could be read."""
    return snapshot.status is Status.TRAINING and snapshot.pace.steps * READING_SECONDS > 1
