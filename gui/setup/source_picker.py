"""The choice of what is trained on: a row for each source of data."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.config import Source
from core.data.task import Task
from gui.kit.plain_text import Plain

LONGEST_NAME = 20  # letters of a file's name
OPEN_CSV, OPEN_CSV_DETAIL = "Open CSV…", "a table of your own"
CSV_TIP = "Open a CSV file, also by dropping it on the window (Ctrl+O)"
SOURCES: tuple[tuple[Source, str, str, str], ...] = (  # glyph, name, detail
    ("iris", "❀", "Iris", "150 × 4 · 3 classes"),
    ("digits", "8", "Digits 8×8", "1,797 × 64 · 10 classes"),
    ("mnist", "3", "MNIST", "70,000 × 784 · 10 classes"),
    ("drawn", "✎", "Draw points", ""),
    ("csv", "▤", OPEN_CSV, OPEN_CSV_DETAIL),
)


class SourcePicker(QWidget):
    """Shows the source of a task, and says which one is wanted instead, also the same again."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        group = QButtonGroup(self)
        self._buttons: dict[str, SourceButton] = {}
        for source, glyph, name, detail in SOURCES:
            button = SourceButton(glyph, name, detail)
            button.clicked.connect(lambda _=False, s=source: self.chosen.emit(s))
            group.addButton(button)
            column.addWidget(button)
            self._buttons[source] = button
        self._buttons["csv"].setToolTip(CSV_TIP)

    def button(self, source: str) -> QPushButton:
        return self._buttons[source]

    def show_task(self, task: Task) -> None:
        """Mark the source of the task; the row of tables names the open one, and opens another."""
        name, detail = OPEN_CSV, OPEN_CSV_DETAIL
        if task.config.data.source == "csv":
            source = task.source
            classes = f"{source.h:,} class{'es' if source.h != 1 else ''}"
            name, detail = source.name, f"{source.n:,} × {source.m:,} · {classes}"
        self._buttons["csv"].set_words(name, detail)
        self._buttons[task.config.data.source].setChecked(True)


class SourceButton(QPushButton):
    """A row with a glyph, a name and a detail below it."""

    def __init__(self, glyph: str, name: str, detail: str) -> None:
        super().__init__()
        self.setProperty("row", True)
        self.setCheckable(True)
        self.setToolTip(f"Train on {name}")
        sign, self._name, self._detail = Plain(glyph), Plain(), Plain()
        sign.setFixedWidth(sign.fontMetrics().horizontalAdvance("MM"))
        sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._detail.setProperty("small", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 2, 4, 2)
        row.setSpacing(8)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self._name)
        column.addWidget(self._detail)
        row.addWidget(sign)
        row.addLayout(column, 1)
        self.set_words(name, detail)
        self._detail.setVisible(bool(detail))  # of the button by now: before, it would be a window
        for label in (sign, self._name, self._detail):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setMinimumHeight(row.sizeHint().height() + 2)

    def set_words(self, name: str, detail: str) -> None:
        """Show the name, its middle left out where it is long, and the detail."""
        metrics = self._name.fontMetrics()
        space = metrics.averageCharWidth() * LONGEST_NAME
        self._name.setText(metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, space))
        self._detail.setText(detail)
        self.setAccessibleName(f"{name}, {detail}" if detail else name)
