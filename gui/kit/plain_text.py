"""Text from files and people on the screen: never read as HTML, as a shortcut or as a command.

Qt takes a label or a tip for HTML when it looks like HTML, and a class can be called “<b>”. What
names classes, features, files or runs goes through this module: into a `Plain` label, through
`html` into rich text, through `tip` into a tip, through `unmarked` onto buttons and menus.
"""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import Qt as Guess  # the half of the namespace that knows of rich text
from PySide6.QtWidgets import QLabel, QTableView, QWidget

from core.invisible_characters import visible

BREAKS = "\n"
COLUMN_LETTERS = 30
WIDEST = 60  # letters that a label insists on
MOST_PX = 16_777_215  # as Qt has it


class Plain(QLabel):
    """A label whose words are what they are."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(visible(text, keep=BREAKS))

    def minimumSizeHint(self) -> QSize:
        """Let no long word widen the window."""
        widest = WIDEST * self.fontMetrics().averageCharWidth()
        return super().minimumSizeHint().boundedTo(QSize(widest, MOST_PX))


def fit_columns(table: QTableView) -> None:
    """Make each column as wide as what it shows, up to a limit: names can be of any length."""
    table.resizeColumnsToContents()
    widest = widest_column(table)
    for column in range(table.model().columnCount()):
        if table.columnWidth(column) > widest:
            table.setColumnWidth(column, widest)


def widest_column(table: QTableView) -> int:
    """Return the width in px that no column exceeds by itself."""
    return COLUMN_LETTERS * table.fontMetrics().averageCharWidth()


def short(text: str, letters: int = 40) -> str:
    """Return the text, its middle left out where it is longer than so many letters."""
    if len(text) <= letters:
        return text
    half = (letters - 1) // 2
    return f"{text[: letters - 1 - half]}…{text[len(text) - half :]}"


def html(text: str) -> str:
    """Return the text as it stands in HTML."""
    return escape(visible(text))


def as_tip(text: str) -> str:
    """Return the text as a tip that shows it as it is."""
    seen = visible(text, keep=BREAKS)
    return Guess.convertFromPlainText(seen) if Guess.mightBeRichText(seen) else seen


def unmarked(text: str) -> str:
    """Return the text for a button, a tab or a menu, where & would mark the key that presses it."""
    return visible(text).replace("&", "&&")
