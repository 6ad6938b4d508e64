"""Detection of a run that has just ended: a press meant to pause it must not start training."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer

from core.train.snapshot import Status

REST_MS = 500  # after the end of a run
OVER = (Status.FINISHED, Status.CONVERGED, Status.DIVERGED)


class RecentEnd:
    """Records when the shown run ended by itself."""

    def __init__(self) -> None:
        self._since = QElapsedTimer()

    def note(self, before: Status | None, now: Status, *, is_playing: bool) -> None:
        """Record the time if this change of status is the end of a run that was playing."""
        if before not in OVER and now in OVER and is_playing:
            self._since.start()

    def forget(self) -> None:
        self._since.invalidate()

    def is_recent(self, status: Status | None) -> bool:
        """Return whether a run with this status ended less than REST_MS ago."""
        return status in OVER and self._since.isValid() and not self._since.hasExpired(REST_MS)
