"""Whether a run has just ended: a press that was meant to pause it starts no other."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer

from core.train.snapshot import Status

REST_MS = 500  # after the end of a run
OVER = (Status.FINISHED, Status.CONVERGED, Status.DIVERGED)


class RecentEnd:
    """Takes note of when the shown run came to its end by itself."""

    def __init__(self) -> None:
        self._since = QElapsedTimer()

    def note(self, before: Status | None, now: Status, *, is_playing: bool) -> None:
        """Take note of a run that has gone from one status to another."""
        if before not in OVER and now in OVER and is_playing:
            self._since.start()

    def forget(self) -> None:
        self._since.invalidate()

    def is_recent(self, status: Status | None) -> bool:
        """Whether a run of this status ended less than REST_MS ago."""
        return status in OVER and self._since.isValid() and not self._since.hasExpired(REST_MS)
