"""Choice of the source of data: one row each."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QPushButton, QVBoxLayout, QWidget

from core.config import Source
from core.data.dataset import Dataset
from core.data.shown_names import shown_name
from core.data.task import Task
from core.language import mark, tr, tr_n
from core.number_format import format_count, format_integer
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.buttons import RowButton
from gui.kit.labels import Elided
from gui.kit.plain_text import Plain, as_tip

SIGN_SCALE = 1.2
OPEN_CSV, OPEN_CSV_DETAIL = mark("Open a table…"), mark("CSV, Excel, …")
OPEN_FOLDER, OPEN_FOLDER_DETAIL = mark("Open a folder…"), mark("of pictures or texts")
FOLDER_TIP = mark(
    "Open a folder with a folder of pictures, or of texts, for each class, also by dropping it on "
    "the window"
)
CSV_TIP = mark("Open a table of your own, also by dropping its file on the window (Ctrl+O)")
DRAWN_TIP = mark("Draw points of your own, and train on them")
TIPS = {"csv": CSV_TIP, "pictures": FOLDER_TIP, "drawn": DRAWN_TIP}  # of what is no data set yet
SOURCES: tuple[tuple[Source, str, str, str], ...] = (  # glyph, name, detail
    ("iris", "❀", mark("Iris"), mark("150 × 4 · 3 classes")),
    ("digits", "8", mark("Digits 8×8"), mark("1,797 × 64")),
    ("mnist", "3", "MNIST", mark("70,000 × 784")),
    ("genres", "¶", mark("Genres"), mark("960 texts · 4 classes")),
    ("drawn", "✎", mark("Draw points"), ""),
    ("csv", "▤", OPEN_CSV, OPEN_CSV_DETAIL),
    ("pictures", "▦", OPEN_FOLDER, OPEN_FOLDER_DETAIL),
)
# Sources without a row of their own.
ROW_OF: dict[Source, Source] = {"documents": "pictures", "installed": "csv"}


class SourcePicker(QWidget):
    """Shows the source of a task, and emits the one that the user presses, even if unchanged."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        group = QButtonGroup(self)
        self._buttons: dict[str, SourceButton] = {}
        for source, glyph, name, detail in SOURCES:
            button = SourceButton(glyph, tr(name), tr(detail), tr(TIPS.get(source, "")))
            button.clicked.connect(lambda _=False, s=source: self.chosen.emit(s))
            group.addButton(button)
            column.addWidget(button)
            self._buttons[source] = button

    def fold(self, is_folded: bool) -> None:
        """Show only the glyphs, or names and details too."""
        for button in self._buttons.values():
            button.fold(is_folded)
        self.updateGeometry()

    def button(self, source: str) -> QPushButton:
        return self._buttons[source]

    def show_task(self, task: Task) -> None:
        """Mark the source of the task; the rows for files and folders name the open one, if any."""
        shown = ROW_OF.get(task.config.data.source, task.config.data.source)
        for kind, name, detail in (
            ("csv", OPEN_CSV, OPEN_CSV_DETAIL),
            ("pictures", OPEN_FOLDER, OPEN_FOLDER_DETAIL),
        ):
            words = tr(name), tr(detail), tr(TIPS[kind])
            if shown == kind:
                words = shown_name(task.source), _size(task.source), ""
            self._buttons[kind].set_words(*words)
        self._buttons[shown].setChecked(True)


def _size(source: Dataset) -> str:
    """Return the size of a data set, as in “150 × 4 · 3 classes”."""
    classes = tr_n("{n} class", "{n} classes", source.h)
    if source.is_text:
        return f"{format_count(source.n, 'text')} · {classes}"
    return f"{format_integer(source.n)} × {format_integer(source.m)} · {classes}"


class SourceButton(RowButton):
    """A row with a glyph, a name and, below the name, a detail."""

    def __init__(self, glyph: str, name: str, detail: str, tip: str = "") -> None:
        super().__init__()
        self.setProperty("row", True)
        self.setCheckable(True)
        self.setAutoExclusive(True)  # its group is; this tells a screen reader
        self._sign, self._name, self._detail = Plain(glyph), Elided(), Elided()
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        zoom.set_type(self._sign, SIGN_SCALE)
        zoom.set_type(self._detail, look.SMALL)
        self._detail.setProperty("small", True)
        self._texts = QWidget()
        column = QVBoxLayout(self._texts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._name)
        column.addWidget(self._detail)
        self.row.setContentsMargins(6, 4, 4, 4)
        self.row.setSpacing(8)
        self.add(self._sign, self._texts)
        self.row.setStretch(1, 1)
        self.set_words(name, detail, tip)
        self._detail.setVisible(bool(detail))
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        """Make all glyphs as wide as the widest, so that the names are aligned."""
        # Not by the label's own hint, which is never less than the width that was set before.
        metrics = QFontMetrics(zoom.font(SIGN_SCALE))
        signs = (*(sign for _, sign, _, _ in SOURCES), self._sign.text())
        self._sign.setFixedWidth(max(metrics.size(0, sign).width() for sign in signs))

    def fold(self, is_folded: bool) -> None:
        self._texts.setVisible(not is_folded)
        self.updateGeometry()  # at once: the caller asks for the new width next

    def set_words(self, name: str, detail: str, tip: str = "") -> None:
        """Show the name, elided in the middle if it is long, and the detail.

        tip : what a press does, if it is not to train on what has this name.
        """
        self._name.setText(name)
        self._detail.setText(detail)
        told = tip or f"{tr('Train on {name}', name=name)}\n{detail}".strip()
        self.setToolTip(as_tip(told))
        self.setAccessibleName(f"{name}, {detail}" if detail else name)
