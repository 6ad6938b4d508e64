"""The glossary: a search, the list of terms, and the page of the chosen one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.language import tr
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.layouts import add_layout
from gui.kit.theme import Theme
from gui.window.glossary.page import Page

if TYPE_CHECKING:
    from core.teach.glossary import Entry

SIZE = 780, 560  # px at 100 %
LIST_LETTERS = 26
TITLE_ROLE = Qt.ItemDataRole.UserRole


class Glossary(QDialog):
    """Shows one page beside the list of all that fit the search; training goes on."""

    help_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._past: list[str] = []  # titles of the pages before
        self.setWindowTitle(tr("Glossary"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("search the glossary"))
        self.search.setClearButtonEnabled(True)
        self.search.setToolTip(tr("Words of a term or of its page; arrow keys choose, Esc closes"))
        self.titles = QListWidget()
        self.titles.setAccessibleName(tr("terms"))
        self.page = Page(theme)
        self.back_button = QPushButton(tr("&Back"))
        self.back_button.setToolTip(tr("The page before (Alt+Left)"))
        self.help_button = QPushButton(tr("&All keys"))
        self.help_button.setToolTip(tr("What can be done, and all keys (F1)"))
        self.close_button = QPushButton(tr("&Close"))
        for button in (self.back_button, self.help_button, self.close_button):
            button.setAutoDefault(False)
        self._lay_out()
        self.search.textChanged.connect(lambda _: self._fill())
        self.titles.currentItemChanged.connect(lambda item, _: self._choose(item))
        self.page.chosen.connect(self.show_title)
        self.back_button.clicked.connect(self.go_back)
        self.help_button.clicked.connect(self.help_wanted)
        self.close_button.clicked.connect(self.reject)
        for key, slot in (("F1", self.help_wanted.emit), ("Alt+Left", self.go_back)):
            QShortcut(QKeySequence(key), self).activated.connect(slot)
        self._fill()

    def _lay_out(self) -> None:
        left, row, foot = QVBoxLayout(), QHBoxLayout(), QHBoxLayout()
        left.addWidget(self.search)
        left.addWidget(self.titles, 1)
        add_layout(row, left)
        row.addWidget(self.page, 1)
        foot.addWidget(self.back_button)
        foot.addWidget(self.help_button)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        add_layout(column, row, 1)
        add_layout(column, foot)
        self._fit()

    def _fit(self) -> None:
        width = LIST_LETTERS * self.fontMetrics().averageCharWidth()
        for widget in (self.search, self.titles):
            widget.setFixedWidth(width)

    def open_at(self, entry: Entry | None, within: QSize) -> None:
        """Show the page of an entry, of the last one for None; within : the window's size."""
        if not self.isVisible():
            self.resize(QSize(zoom.px(SIZE[0]), zoom.px(SIZE[1])).boundedTo(within))
            self.search.clear()
        if entry is not None:
            self.show_title(entry.title)
        elif self.page.entry is None:
            self.titles.setCurrentRow(1)
        self.show()
        self.raise_()
        self.activateWindow()
        self.search.setFocus()

    @property
    def shown(self) -> list[str]:
        """The titles in the list."""
        found = (self.titles.item(k).data(TITLE_ROLE) for k in range(self.titles.count()))
        return [title for title in found if title]

    def show_title(self, title: str) -> None:
        """Show the page of this title, whatever is searched for."""
        if title not in self.shown:
            self.search.clear()
        for k in range(self.titles.count()):
            if self.titles.item(k).data(TITLE_ROLE) == title:
                self.titles.setCurrentRow(k)

    def go_back(self) -> None:
        """Show the page before."""
        if self._past:
            title = self._past.pop()
            self.show_title(title)
            if self._past and self._past[-1] != title:
                self._past.pop()  # the page that was left
            self._tell_back()

    def _fill(self) -> None:
        """List what fits the search: all, by groups, where nothing is searched for."""
        from core.teach import glossary

        words = self.search.text()
        found = glossary.matching(words) if words.strip() else glossary.entries()
        self.titles.blockSignals(True)
        self.titles.clear()
        group = ""
        for entry in found:
            if not words.strip() and entry.group != group:
                group = entry.group
                self._add_heading(group)
            item = QListWidgetItem(tr(entry.title))
            item.setData(TITLE_ROLE, entry.title)
            self.titles.addItem(item)
        self.titles.blockSignals(False)
        if words.strip() and found:
            self.titles.setCurrentRow(0)

    def _add_heading(self, group: str) -> None:
        heading = QListWidgetItem(tr(group))
        heading.setFlags(Qt.ItemFlag.NoItemFlags)
        heading.setFont(zoom.font(look.SMALL, bold=True))
        heading.setForeground(QColor(self._theme.muted))
        self.titles.addItem(heading)

    def _choose(self, item: QListWidgetItem | None) -> None:
        from core.teach import glossary

        title = item.data(TITLE_ROLE) if item is not None else None
        before = self.page.entry
        if not title or (before is not None and before.title == title):
            return
        if before is not None:
            self._past.append(before.title)
        self.page.show_entry(glossary.entry_of(title))
        self._tell_back()

    def _tell_back(self) -> None:
        self.back_button.setEnabled(bool(self._past))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let arrow keys choose in the list while a term is typed; page keys go through it."""
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: 1,
            Qt.Key.Key_PageUp: -1,
        }
        if event.key() in steps:
            self._move(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _move(self, by: int) -> None:
        row = self.titles.currentRow() + by
        while 0 <= row < self.titles.count():
            if self.titles.item(row).data(TITLE_ROLE):
                self.titles.setCurrentRow(row)
                return
            row += by

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        theme = look.new_theme(self, event)
        is_font = event.type() == QEvent.Type.FontChange
        if (theme is not None and theme is not self._theme) or is_font:
            self._theme = theme or self._theme
            if hasattr(self, "close_button"):  # not while it is made
                self._fit()
                self._fill()
                self.page.set_theme(self._theme)
