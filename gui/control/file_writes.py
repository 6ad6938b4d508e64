"""What is written to files while the window goes on: each of it, in order, and told of."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from core.errors import LogitLabError
from gui.state.background_tasks import Background


class Writes(QObject):
    """Writes on the background, and says what came of it.

    failures : how many have failed so far. complaint : what was said of the last of them.
    """

    began = Signal(str)  # words while it lasts
    ended = Signal()  # nothing is being written any more
    done = Signal(str)  # words for the person
    failed = Signal(str)  # words for the person

    def __init__(self, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self.failures = 0
        self.complaint = ""
        self._background = background
        self._names: deque[str] = deque()

    @property
    def is_busy(self) -> bool:
        return bool(self._names)

    @property
    def what(self) -> str:
        """What is being written, in words: “a.csv”, “a.csv and 2 more”."""
        first, more = self._names[0] if self._names else "", len(self._names) - 1
        return f"{first} and {more} more" if more > 0 else first

    def write(self, name: str, work: Callable[[], str]) -> None:
        """Do `work`, which writes the file of this name and returns the words when it is done."""
        self._names.append(name)
        self.began.emit(f"Writing {self.what} …")
        self._background.write(work, self._end, lambda error: self._fail(name, error))

    def _end(self, words: str) -> None:
        self._step()
        self.done.emit(words)

    def _fail(self, name: str, error: BaseException) -> None:
        self._step()
        self.failures += 1
        if isinstance(error, LogitLabError):
            self.complaint = str(error)
        elif isinstance(error, MemoryError):
            self.complaint = f"{name} was not written: there is not enough free memory."
        else:
            self.complaint = f"{name} was not written ({type(error).__name__}: {error})."
        self.failed.emit(self.complaint)

    def _step(self) -> None:
        self._names.popleft()
        if not self._names:
            self.ended.emit()
