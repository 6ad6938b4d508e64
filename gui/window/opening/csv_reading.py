"""Reading of files and folders on a background thread, with a progress bar beside the notice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from core.config import CsvOptions, DataConfig
from core.errors import Cancelled, LogitLabError
from core.language import tr
from core.number_format import format_fixed, format_integer
from gui.kit.plain_text import Plain
from gui.state.background_tasks import Background, Queue

if TYPE_CHECKING:
    from core.data.csv.table import Table
    from core.data.dataset import Dataset

LOOK_MS = 50
PATIENCE_MS = 200  # no bar for files that are read sooner
STEPS = 1000
BAR_PX = 96
MB = 1e6

Tell = Callable[[str, float], None]
Work = Callable[[Tell, Callable[[], bool]], object]


class FileReader(QObject):
    """Reads one file or folder at a time; a new request cancels the previous one."""

    opened = Signal(object)  # what was read
    failed = Signal(str)  # message for the user
    progressed = Signal(str, float)  # message, "" when it is over; share read, 0 … 1

    def __init__(self, background: Background, key: str, parent: QObject) -> None:
        """key : of the requests to the background."""
        super().__init__(parent)
        self._background, self._key = background, key
        self._stop: threading.Event | None = None
        self._told: tuple[str, float] | None = None
        self._name = ""
        self._look = QTimer(self)
        self._look.timeout.connect(self._tell)

    @property
    def is_busy(self) -> bool:
        return self._stop is not None

    def start(self, name: str, work: Work) -> None:
        """Read what is called `name`; `opened` or `failed` follows, unless it is cancelled."""
        self.cancel()
        stop = self._stop = threading.Event()
        self._name, self._told = name, None

        def tell(words: str, share: float) -> None:
            self._told = words, share

        def read() -> object:
            return work(tell, stop.is_set)

        self._background.ask(self._key, read, self._end, self._fail, Queue.TABLES)
        self._look.start(PATIENCE_MS)

    def cancel(self) -> bool:
        """Cancel reading; return whether something was being read."""
        if self._stop is None:
            return False
        self._stop.set()
        self._background.forget(self._key)
        self._finish()
        return True

    def _finish(self) -> None:
        self._stop = None
        self._look.stop()
        self.progressed.emit("", 0.0)

    def _end(self, found: object) -> None:
        self._finish()
        self.opened.emit(found)

    def _fail(self, error: BaseException) -> None:
        self._finish()
        if isinstance(error, Cancelled):
            return
        if isinstance(error, LogitLabError):
            self.failed.emit(str(error))
        elif isinstance(error, MemoryError):
            self.failed.emit(
                tr("{file} does not fit into the memory that is free.", file=self._name)
            )
        else:
            text = f"{type(error).__name__}: {error}"
            self.failed.emit(tr("{file} could not be opened ({why}).", file=self._name, why=text))

    def _tell(self) -> None:
        self._look.setInterval(LOOK_MS)
        words, share = self._told or (tr("Opening {file} …", file=self._name), 0.0)
        self.progressed.emit(words, share)


class CsvReader(FileReader):
    """Reads CSV files, as `Table`.

    load : imports what shows it; called on the background thread.
    """

    def __init__(self, background: Background, parent: QObject, load: Callable[[], object]) -> None:
        super().__init__(background, "open", parent)
        self._load = load

    def open(self, path: Path, reading: CsvOptions) -> None:
        """Read the file; `opened` or `failed` follows, unless it is cancelled."""

        def work(tell: Tell, is_stopped: Callable[[], bool]) -> Table:
            from core.data.csv import reader  # not at the top: the start need not wait for it

            def watch(done: int, size: int) -> None:
                read, whole = format_fixed(done / MB, 1), format_fixed(size / MB, 1)
                amount = tr("{done} of {size} MB", done=read, size=whole)
                tell(f"{path.name}  {amount}", done / max(size, 1))

            self._load()
            return reader.read(path, reading, watch, is_stopped)

        self.start(path.name, work)


class StreamReader(FileReader):
    """Opens data whose rows stay on disk, as `Dataset`; a table is converted first."""

    def __init__(self, background: Background, parent: QObject) -> None:
        super().__init__(background, "stream", parent)

    def open(self, data: DataConfig) -> None:
        """Open the data; `opened` or `failed` follows, unless it is cancelled."""
        name = Path(data.path or "").name

        def work(tell: Tell, is_stopped: Callable[[], bool]) -> Dataset:
            from core.data.streamed.opening import open_streamed

            def watch(done: int, size: int) -> None:
                read, whole = format_integer(done / MB), format_integer(size / MB)
                amount = tr("{done} of {size} MB", done=read, size=whole)
                tell(f"{name}  {amount}", done / max(size, 1))

            return open_streamed(data, watch, is_stopped)

        self.start(name, work)


class OpeningBar(QWidget):
    """Progress of reading a file, with a Cancel button.

    name : accessible name of the message, tip : of the button; "" for those of opening a file.
    """

    cancelled = Signal()

    def __init__(self, name: str = "", tip: str = "") -> None:
        super().__init__()
        self.words = Plain()
        self.words.setAccessibleName(name or tr("opening"))
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.bar = QProgressBar()
        self.bar.setRange(0, STEPS)
        self.bar.setFixedSize(BAR_PX, 6)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("share of the file"))
        self.cancel_button = QPushButton(tr("Cancel"))
        whole = tr("Stop opening the file; everything stays as it is")
        self.cancel_button.setToolTip(tip or whole)
        self.cancel_button.clicked.connect(self.cancelled)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 2, 0)
        row.setSpacing(8)
        for widget in (self.words, self.bar, self.cancel_button):
            row.addWidget(widget)
        self.hide()

    def show_progress(self, text: str, share: float) -> None:
        """Show the message and the share read, 0 … 1; hide the bar if the message is ""."""
        self.words.setText(text)
        self.words.setMinimumWidth(self.words.fontMetrics().horizontalAdvance(text))
        self.bar.setValue(round(STEPS * share))
        self.setVisible(bool(text))
