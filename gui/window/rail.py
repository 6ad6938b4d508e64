"""The rail at the left: choice of data and lessons."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.data.task import Task
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.layouts import add_layout
from gui.setup.source_picker import SourcePicker

NAMES_PX = 182  # for the longest title of a lesson, its mark and the scroll bar
SEEN, SHOWN, OTHER = "✓ ", "▸ ", "   "


class Rail(QFrame):
    """Lists the sources of data and the lessons; folded, only the sources' glyphs."""

    lesson_chosen = Signal(int)  # its index among all

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._titles: tuple[str, ...] = ()
        self._seen: frozenset[int] = frozenset()
        self._shown: int | None = None
        self.is_folded = False
        self.source = SourcePicker()
        self._data = QLabel("Data")
        self._data.setProperty("title", True)
        self.fold_button = QToolButton()
        self.fold_button.setProperty("quiet", True)
        self._heading = QLabel("Lessons")
        self._heading.setProperty("title", True)
        self._count = QLabel()
        self._count.setProperty("small", True)
        zoom.set_type(self._count, look.SMALL)
        self.lessons = QListWidget()
        self.lessons.setAccessibleName("Lessons")
        self.lessons.setProperty("plain", True)
        self.lessons.setFrameShape(QFrame.Shape.NoFrame)
        self.lessons.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.lessons.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.lessons.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.lessons.itemActivated.connect(self._choose)
        self.lessons.itemClicked.connect(self._choose)
        zoom.set_type(self.lessons, look.SMALL)
        self._of_lessons = QWidget()
        self._lay_out()
        self.fold(False)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._data, 1)
        head.addWidget(self.fold_button)
        above = QHBoxLayout()
        above.addWidget(self._heading, 1)
        above.addWidget(self._count)
        below = QVBoxLayout(self._of_lessons)
        below.setContentsMargins(0, 8, 0, 0)
        below.setSpacing(4)
        add_layout(below, above)
        below.addWidget(self.lessons, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 6, 8)
        column.setSpacing(2)
        add_layout(column, head)
        column.addWidget(self.source)
        column.addWidget(self._of_lessons, 1)
        column.addStretch(0)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def fold(self, is_folded: bool) -> None:
        """Show only the sources' glyphs, or names and lessons too."""
        self.is_folded = is_folded
        self._data.setVisible(not is_folded)
        self._of_lessons.setVisible(not is_folded)
        self.source.fold(is_folded)
        self._fit()
        text = "Show names and lessons" if is_folded else "Fold this column"
        self.fold_button.setText("›" if is_folded else "‹")
        self.fold_button.setToolTip(f"{text} (Ctrl+B)")
        self.fold_button.setAccessibleName(text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()
            self._tell()  # the items have fonts of their own

    def _fit(self) -> None:
        """Set a minimum width in which most lessons' titles fit."""
        self.source.setMinimumWidth(0 if self.is_folded else zoom.px(NAMES_PX))

    def show_task(self, task: Task) -> None:
        """Mark the source of the task."""
        self.source.show_task(task)

    def fill(self, titles: Sequence[str]) -> None:
        """List the lessons."""
        self._titles = tuple(titles)
        self.lessons.addItems(self._titles)
        self._tell()

    def show_lessons(self, shown: int | None, seen: Collection[int]) -> None:
        """Mark the shown lesson and those whose end was seen, given by index."""
        if (shown, frozenset(seen)) != (self._shown, self._seen):
            self._shown, self._seen = shown, frozenset(seen)
            self._tell()

    def _tell(self) -> None:
        for position, title in enumerate(self._titles):
            sign = SEEN if position in self._seen else OTHER
            item = self.lessons.item(position)
            item.setText((SHOWN if position == self._shown else sign) + title)
            item.setFont(zoom.font(look.SMALL, bold=position == self._shown))
            item.setToolTip(title)
        self.lessons.setCurrentRow(-1 if self._shown is None else self._shown)
        self._count.setText(f"{len(self._seen)} of {len(self._titles)} seen")

    def _choose(self) -> None:
        self.lesson_chosen.emit(self.lessons.currentRow())
