"""The window closes when all that is being written is on disk, and says what it waits for."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from gui.control.file_writes import Writes

LOOK_MS = 20
PATIENCE_MS = 1000  # what is written sooner needs no words


class Closing(QObject):
    """Holds back the closing of a window while something is being written.

    A person who has read what it waits for may close again, and leave without it. What could not
    be written keeps the window open, unless nobody is there: see `insist`.
    """

    told = Signal(str)  # what the closing waits for

    def __init__(self, window: QWidget, writes: Writes) -> None:
        super().__init__(window)
        self._window, self._writes = window, writes
        self._is_insisted = False
        self._has_told = False
        self._failures = 0
        self._look, self._patience = QTimer(self), QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._close_when_written)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._tell)

    @property
    def is_waiting(self) -> bool:
        """Whether the window is to close and does not yet."""
        return self._look.isActive()

    def is_allowed(self) -> bool:
        """Whether the window may close now; if not, it is closed as soon as it may."""
        if not self._writes.is_busy:
            return True
        if self.is_waiting:
            return self._has_told and not self._is_insisted
        self._failures = self._writes.failures
        self._look.start()
        self._patience.start()
        return False

    def insist(self) -> None:
        """Close for a system that wants the program to end, whatever comes of the writing."""
        self._is_insisted = True
        self._window.close()

    def _close_when_written(self) -> None:
        if self._writes.is_busy:
            if self._has_told:
                self._tell()  # it may be another file by now, and other words in its place
            return
        self._look.stop()
        self._patience.stop()
        self._has_told = False
        if self._writes.failures == self._failures or self._is_insisted:
            self._window.close()

    def _tell(self) -> None:
        self._has_told = True
        way_out = "" if self._is_insisted else " Close again to leave without."
        self.told.emit(f"Logit Lab closes once it has written {self._writes.what}.{way_out}")
