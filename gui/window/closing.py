"""Delayed closing: the window waits for pending file writes and says which."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from core.language import tr
from gui.control.captures import Captures
from gui.control.file_writes import Writes

LOOK_MS = 20
PATIENCE_MS = 1000  # no message for writes that finish sooner


class Closing(QObject):
    """Delays the closing of a window while files are being written.

    Once the message is shown, the user may close again and leave without the files. A failed write
    keeps the window open, unless the system ends the program: see `insist`.
    """

    told = Signal(str)  # message: which file the closing waits for

    def __init__(self, window: QWidget, writes: Writes, captures: Captures) -> None:
        super().__init__(window)
        self._window, self._writes, self._captures = window, writes, captures
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
        """Whether the window is waiting to close."""
        return self._look.isActive()

    @property
    def _is_busy(self) -> bool:
        """Whether a file is being written, or the run that will be in one is awaited."""
        return self._writes.is_busy or not self._captures.is_idle

    @property
    def is_insisted(self) -> bool:
        """Whether the system ends the program, so that nobody can be asked."""
        return self._is_insisted

    def is_allowed(self) -> bool:
        """Return whether the window may close now; if not, it is closed once files are written."""
        if not self._is_busy:
            return True
        if self.is_waiting:
            return self._has_told and not self._is_insisted
        self._failures = self._writes.failures
        self._look.start()
        self._patience.start()
        return False

    def insist(self) -> None:
        """Close because the system ends the program, even if a write fails."""
        self._is_insisted = True
        self._window.close()

    def _close_when_written(self) -> None:
        if self._is_busy:
            if self._has_told:
                self._tell()  # the file may be another one, or its message may have been replaced
            return
        self._look.stop()
        self._patience.stop()
        self._has_told = False
        if self._writes.failures == self._failures or self._is_insisted:
            self._window.close()

    def _tell(self) -> None:
        self._has_told = True
        what = self._writes.what or tr("the run")
        told = tr("Logit Lab closes once it has written {what}.", what=what)
        way_out = "" if self._is_insisted else tr("Close again to leave without.")
        self.told.emit(f"{told} {way_out}".strip())
