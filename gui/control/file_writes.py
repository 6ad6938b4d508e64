"""Files written in the background: all of them, in order, each with a message."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from core.errors import LogitLabError
from core.language import tr
from gui.state.background_tasks import Background


class Writes(QObject):
    """Writes files on a background thread and reports the results.

    failures : number of failed writes so far. complaint : message about the last failure.
    """

    began = Signal(str)  # message while writing
    ended = Signal()  # no write is pending any more
    done = Signal(str)  # message for the user
    failed = Signal(str)  # message for the user

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
        """Names of the pending files, as text: “a.csv”, “a.csv and 2 more”."""
        first, more = self._names[0] if self._names else "", len(self._names) - 1
        return tr("{first} and {n} more", first=first, n=more) if more > 0 else first

    def write(
        self, name: str, work: Callable[[], str], then: Callable[[], None] | None = None
    ) -> None:
        """Run `work` in the background: it writes the file `name` and returns a message.

        then : called once it is written.
        """
        self._names.append(name)
        self.began.emit(tr("Writing {name} …", name=self.what))

        def end(text: str) -> None:
            self._step()
            if then is not None:
                then()
            self.done.emit(text)

        self._background.write(work, end, lambda error: self._fail(name, error))

    def _fail(self, name: str, error: BaseException) -> None:
        self._step()
        self.failures += 1
        if isinstance(error, LogitLabError):
            self.complaint = str(error)
        elif isinstance(error, MemoryError):
            self.complaint = tr(
                "{name} was not written: there is not enough free memory.", name=name
            )
        else:
            self.complaint = tr(
                "{name} was not written ({error}).",
                name=name,
                error=f"{type(error).__name__}: {error}",
            )
        self.failed.emit(self.complaint)

    def _step(self) -> None:
        self._names.popleft()
        if not self._names:
            self.ended.emit()
