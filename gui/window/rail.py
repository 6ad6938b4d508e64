"""The rail at the left: choice of data and lessons."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.data.task import Task
from core.language import tr
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.fields.menus import leave_menu
from gui.kit.layouts import add_layout
from gui.kit.plain_text import as_tip
from gui.setup.source_picker import SourcePicker

if TYPE_CHECKING:
    from core.teach.headings import Heading

NAMES_PX = 182  # for the longest title of a lesson, its mark and the scroll bar
KEY = Qt.ItemDataRole.UserRole  # of a lesson's row; a group's has none
SEEN, SHOWN, OTHER = "✓ ", "▸ ", "   "


class Rail(QFrame):
    """Lists the sources of data and the lessons; folded, only the sources' glyphs."""

    lesson_chosen = Signal(str)  # its key

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Data and lessons"))
        self.setProperty("card", True)
        self._headings: tuple[Heading, ...] = ()
        self._rows: dict[str, QListWidgetItem] = {}  # by key
        self._done: frozenset[str] = frozenset()
        self._shown: str | None = None
        self.is_folded = False
        self.source = SourcePicker()
        self._data = QLabel(tr("Data"))
        self._data.setProperty("title", True)
        self.fold_button = QToolButton()
        self.fold_button.setProperty("quiet", True)
        self._heading = QLabel(tr("Lessons"))
        self._heading.setProperty("title", True)
        self._count = QLabel()
        self._count.setProperty("small", True)
        zoom.set_type(self._count, look.SMALL)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search the lessons"))
        self.search.setToolTip(tr("Show only lessons with these words in their title or group"))
        self.search.textChanged.connect(self._filter)
        leave_menu(self.search)
        zoom.set_type(self.search, look.SMALL)
        self.lessons = QListWidget()
        self.lessons.setAccessibleName(tr("Lessons"))
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
        below.addWidget(self.search)
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
        words = tr("Show names and lessons") if is_folded else tr("Fold this column")
        self.fold_button.setText("›" if is_folded else "‹")
        self.fold_button.setToolTip(tr("{words} (Ctrl+B)", words=words))
        self.fold_button.setAccessibleName(words)

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

    def fill(self, headings: Sequence[Heading]) -> None:
        """List the lessons, each group below its name."""
        self._headings = tuple(headings)
        self.lessons.clear()
        self._rows = {}
        group = ""
        for heading in self._headings:
            if heading.group != group:
                group = heading.group
                self._add(group).setFlags(Qt.ItemFlag.NoItemFlags)
            item = self._rows[heading.key] = self._add(heading.title)
            item.setData(KEY, heading.key)
        self._filter(self.search.text())
        self._tell()

    def _add(self, text: str) -> QListWidgetItem:
        item = QListWidgetItem(text)
        item.setToolTip(as_tip(text))
        self.lessons.addItem(item)
        return item

    def _filter(self, text: str) -> None:
        """Show only the lessons with these words in their title or group, and their groups."""
        words = text.casefold().split()
        header: QListWidgetItem | None = None
        for row in range(self.lessons.count()):
            item = self.lessons.item(row)
            key = item.data(KEY)
            if key is None:
                header = item
                item.setHidden(True)
                continue
            heading = next(each for each in self._headings if each.key == key)
            told = f"{heading.title} {heading.group}".casefold()
            is_hit = all(word in told for word in words)
            item.setHidden(not is_hit)
            if is_hit and header is not None:
                header.setHidden(False)

    def show_lessons(self, shown: str | None, done: Collection[str]) -> None:
        """Mark the shown lesson and those that were seen to their end, given by key."""
        if (shown, frozenset(done)) != (self._shown, self._done):
            self._shown, self._done = shown, frozenset(done)
            self._tell()

    def _tell(self) -> None:
        for row in range(self.lessons.count()):
            item = self.lessons.item(row)
            item.setFont(zoom.font(look.SMALL, bold=item.data(KEY) in (None, self._shown)))
        for heading in self._headings:
            sign = SEEN if heading.key in self._done else OTHER
            sign = SHOWN if heading.key == self._shown else sign
            self._rows[heading.key].setText(sign + heading.title)
        current = self._rows.get(self._shown or "")
        self.lessons.setCurrentRow(-1 if current is None else self.lessons.row(current))
        count = sum(heading.key in self._done for heading in self._headings)
        self._count.setText(tr("{count} of {all} seen", count=count, all=len(self._headings)))

    def _choose(self, item: QListWidgetItem) -> None:
        key = item.data(KEY)
        if key is not None:
            self.lesson_chosen.emit(key)
