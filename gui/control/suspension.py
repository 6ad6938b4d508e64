"""Training waits while the window is laid out and painted anew."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Suspension(QObject):
    """Suspends the training thread for changes that take the window up to 0.1 s of its own time.

    Such a change calls Qt thousands of times, and each call gives Python's lock away: while a run
    trains flat out, the window would not respond for two to three times as long.

    suspend, resume : of the session.
    """

    def __init__(
        self, suspend: Callable[[], None], resume: Callable[[], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._suspend = suspend
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.timeout.connect(resume)

    def begin(self) -> None:
        """Suspend the thread until the event loop has laid out and painted what changes now."""
        self._suspend()
        self._end.start(0)  # events that are posted until then come first
