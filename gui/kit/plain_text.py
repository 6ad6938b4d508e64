"""Text from files and users, shown literally: never read as HTML, as a shortcut or as a command.

Qt treats a label or a tool tip as HTML if it looks like HTML, and a class can be called “<b>”.
Names of classes, features, files and runs go through this module: into a `Plain` label, through
`html` into rich text, `as_tip` into a tool tip, `unmarked` onto buttons and menus.
"""

from __future__ import annotations

import textwrap
from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import Qt as Guess  # the part of the namespace with the rich text functions
from PySide6.QtWidgets import QLabel, QSizePolicy, QTableView, QWidget

from core.invisible_characters import visible
from core.language import tr
from core.number_format import format_integer
from gui.kit import described

BREAKS = "\n"
COLUMN_LETTERS = 30
WIDEST = 60  # characters: the limit of a label's minimum width
BEGINNING = 160  # characters of a document's beginning in a list
READ_FOR_IT = 4  # times as many are read: blanks and line breaks are joined
TIP_LETTERS, LINE = 800, 90  # characters of a document's beginning in a tool tip, and of a line
MOST_LETTERS = 20_000  # characters of a whole document: Qt lays out each of them
MOST_PX = 16_777_215  # QWIDGETSIZE_MAX


class Plain(QLabel):
    """A label that shows its text literally."""

    heard_as = described.TEXT

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(visible(text, keep=BREAKS))

    def minimumSizeHint(self) -> QSize:
        """Return a bounded width, so that no long word widens the window."""
        widest = WIDEST * self.fontMetrics().averageCharWidth()
        return super().minimumSizeHint().boundedTo(QSize(widest, MOST_PX))


def paragraph() -> Plain:
    """Return an empty label for muted sentences, which wrap at whatever width there is."""
    label = Plain()
    label.setWordWrap(True)
    label.setProperty("muted", True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def fit_columns(table: QTableView) -> None:
    """Fit each column to its content, up to a limit: names can be of any length."""
    table.resizeColumnsToContents()
    widest = widest_column(table)
    for column in range(table.model().columnCount()):
        if table.columnWidth(column) > widest:
            table.setColumnWidth(column, widest)


def widest_column(table: QTableView) -> int:
    """Return the limit of a fitted column's width, in px."""
    return COLUMN_LETTERS * table.fontMetrics().averageCharWidth()


def short(text: str, letters: int = 40) -> str:
    """Return the text, its middle elided if it is longer than `letters` characters."""
    if len(text) <= letters:
        return text
    half = (letters - 1) // 2
    return f"{text[: letters - 1 - half]}…{text[len(text) - half :]}"


def beginning(text: str, letters: int = BEGINNING) -> str:
    """Return the beginning of a document in one line, which ends with “…” if there is more."""
    start = text[: READ_FOR_IT * letters]
    line = " ".join(start.split())
    if len(line) <= letters and len(start) == len(text):
        return visible(line)
    return visible(line[:letters].rstrip()) + "…"


def paragraphs(text: str) -> str:
    """Return a whole document with its lines, up to MOST_LETTERS characters."""
    more = len(text) - MOST_LETTERS
    rest = "\n" + tr("… and {n} more characters", n=format_integer(more)) if more > 0 else ""
    return visible(text[:MOST_LETTERS], keep="\n\t") + rest


def wrapped(text: str, letters: int = TIP_LETTERS) -> str:
    """Return the beginning of a document in short lines, as for a tool tip."""
    return "\n".join(textwrap.wrap(beginning(text, letters), LINE))


def html(text: str) -> str:
    """Return the text escaped for HTML."""
    return escape(visible(text))


def as_tip(text: str) -> str:
    """Return the text as a tool tip that shows it literally."""
    seen = visible(text, keep=BREAKS)
    return Guess.convertFromPlainText(seen) if Guess.mightBeRichText(seen) else seen


def unmarked(text: str) -> str:
    """Return the text for a button, a tab or a menu, where a single & would mark a mnemonic."""
    return visible(text).replace("&", "&&")


def first_sentence(text: str) -> str:
    """Return the first sentence of a text; a point within a number or a name ends none."""
    ends = [text.find(end) for end in (". ", "。") if end in text]
    return text[: min(ends) + 1] if ends else text


def sentence_case(text: str) -> str:
    """Return the text with a capital first letter; nouns within it keep theirs."""
    return text[:1].upper() + text[1:]
