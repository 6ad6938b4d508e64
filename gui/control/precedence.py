"""The window comes before all other threads while it is laid out and painted anew."""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

URGENT_SECONDS = 0.00005  # switch interval; the system's timers are no finer


class Precedence(QObject):
    """Gives the window precedence for a change that takes up to 0.1 s of its own time.

    Such a change calls Qt thousands of times, and each call gives Python's lock away. Beside a run
    that trains flat out, or formulae that are typeset, the window would not respond for two to
    three times as long. So the training thread is suspended, and any other thread has to return the
    lock almost at once.

    suspend, resume : of the session.
    """

    def __init__(
        self, suspend: Callable[[], None], resume: Callable[[], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._suspend, self._resume = suspend, resume
        self._is_taken, self._usual = False, sys.getswitchinterval()
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.timeout.connect(self.give_back)

    def take(self) -> None:
        """Take precedence until the event loop has laid out and painted what changes now."""
        if not self._is_taken:
            self._is_taken, self._usual = True, sys.getswitchinterval()
            sys.setswitchinterval(URGENT_SECONDS)
        self._suspend()
        self._end.start(0)  # events that are posted until then come first

    def give_back(self) -> None:
        """End the precedence, if it has been taken."""
        if self._is_taken:
            self._is_taken = False
            sys.setswitchinterval(self._usual)
            self._resume()
