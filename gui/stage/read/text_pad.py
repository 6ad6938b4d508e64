"""The text that the model reads: typed, pasted or chosen; its words shaded by what they add."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QMimeData, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextLine,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip

from core.language import mark, tr
from core.number_format import format_integer
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.fields.menus import leave_menu
from gui.kit.plain_text import as_tip
from gui.kit.theme import Theme

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]

MOST_CHARACTERS = 20_000  # of a text on the pad: one that is read again on every key
MOST_SHADED = 2_000  # words
TYPE = 1.5  # times the application's type
LEVELS = 48  # of a shade, on either side of zero
CURVE = 0.75  # below 1, faint shades are stronger
PLACEHOLDER = mark(
    "Type or paste a text here. The model answers on every key, also while it trains."
)
CTRL = Qt.KeyboardModifier.ControlModifier
BEYOND_ASCII = 0xFFFF  # characters above it are two of Qt's


class TextPad(QPlainTextEdit):
    """Plain text of at most MOST_CHARACTERS; Tab and Escape leave it.

    edited : its text is another one. refused : why a text was not taken whole.
    """

    edited = Signal()
    refused = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._text = ""
        self._spans: Numbers = np.empty((0, 2), dtype=np.int64)
        self._offsets: Numbers | None = None
        self._levels: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._rectangles: list[QRectF] | None = None  # in coordinates of the text
        self._unknown_spans: Sequence[tuple[int, int]] = ()
        self._tell: Callable[[int], str] = lambda _: ""
        self.setAccessibleName(tr("text to read"))
        self.setPlaceholderText(tr(PLACEHOLDER))
        self.setTabChangesFocus(True)
        leave_menu(self)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty("pad", True)
        zoom.set_type(self, TYPE)
        self.document().setDocumentMargin(10)
        self.textChanged.connect(self._note_change)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._colours = shades(theme)
        self._unknown = QTextCharFormat()
        self._unknown.setForeground(QBrush(QColor(theme.muted)))
        self._mark_unknown()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.viewport().setFont(self.font())  # in which Qt paints the words of an empty pad

    @property
    def text(self) -> str:
        """The text, in whose characters all positions count."""
        return self._text

    @property
    def shades(self) -> list[tuple[str, QColor]]:
        """The shaded words, with their colour."""
        return [
            (self._text[start:end], self._colours[LEVELS + level])
            for (start, end), level in zip(self._spans.tolist(), self._levels.tolist(), strict=True)
        ]

    @property
    def unknown(self) -> list[str]:
        """The words that are marked as no features."""
        return [s.cursor.selectedText() for s in self.extraSelections()]

    def rectangles(self) -> list[QRectF]:
        """Return where the shaded words are, in the viewport; of a divided word its first line."""
        if self._rectangles is None:
            self._rectangles = [self._rectangle(*span) for span in self._spans.tolist()]
        offset = self.contentOffset()
        return [rectangle.translated(offset) for rectangle in self._rectangles]

    def put(self, text: str) -> None:
        """Put a text in the place of what is there; Ctrl+Z takes it back."""
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(self._bounded(writable(text), MOST_CHARACTERS))
        cursor.endEditBlock()
        cursor.movePosition(QTextCursor.MoveOperation.Start)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def shade(
        self,
        spans: Numbers,
        parts: Floats,
        scale: float,
        words: Sequence[tuple[int, int]],
        tell: Callable[[int], str],
    ) -> None:
        """Shade spans (s, 2) of the text by what each adds, parts (s,), on −scale … scale.

        words : where all words are; those without a span are marked as unknown. tell : returns what
        is said of a span under the pointer.
        """
        spans = spans[:MOST_SHADED]
        levels = look.signed_levels(parts[:MOST_SHADED], scale, LEVELS)
        self._tell = tell
        if not np.array_equal(spans, self._spans):
            self._spans, self._rectangles = spans, None
            known = set(spans[:, 0].tolist())
            self._unknown_spans = [w for w in words[:MOST_SHADED] if w[0] not in known]
            self._mark_unknown()
        elif np.array_equal(levels, self._levels):
            return
        self._levels = levels
        self.viewport().update()

    def clear_shades(self) -> None:
        self._spans, self._rectangles = np.empty((0, 2), dtype=np.int64), None
        self._levels = np.empty(0, dtype=np.intp)
        self._unknown_spans = []
        self._mark_unknown()

    def _mark_unknown(self) -> None:
        self.setExtraSelections([self._selection(*span) for span in self._unknown_spans])
        self.viewport().update()

    def _selection(self, start: int, end: int) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._to_qt(start))
        cursor.setPosition(self._to_qt(end), QTextCursor.MoveMode.KeepAnchor)
        selection.cursor, selection.format = cursor, self._unknown
        return selection

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the shades below the text: as formats of it, 200 of them took 20 ms."""
        painter = QPainter(self.viewport())
        for rectangle, level in zip(self.rectangles(), self._levels.tolist(), strict=True):
            if level and event.rect().intersects(rectangle.toAlignedRect()):
                painter.fillRect(rectangle, self._colours[LEVELS + level])
        painter.end()
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._rectangles = None

    def _rectangle(self, start: int, end: int) -> QRectF:
        """Return where text[start:end] is, in coordinates of the text."""
        first, last = self._to_qt(start), self._to_qt(end)
        block = self.document().findBlock(first)
        line = block.layout().lineForTextPosition(first - block.position())
        if not line.isValid():
            return QRectF()
        left, right = (
            _x(line, min(at - block.position(), line.textStart() + line.textLength()))
            for at in (first, last)
        )
        top = self.blockBoundingGeometry(block).top() + line.y()
        return QRectF(left, top, right - left, line.height())

    def _note_change(self) -> None:
        text = self.toPlainText()
        if text == self._text:
            return
        self._text, self._offsets = text, _offsets(text)
        self.clear_shades()
        self.edited.emit()

    def _to_qt(self, at: int) -> int:
        return at if self._offsets is None else int(self._offsets[at])

    def _from_qt(self, at: int) -> int:
        return at if self._offsets is None else int(np.searchsorted(self._offsets, at))

    # Typing -----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
            return
        is_writing = event.text().isprintable() and event.text() and not event.modifiers() & CTRL
        if is_writing and self._room() <= 0:
            self.refused.emit(
                tr(
                    "The pad holds {most} characters.",
                    most=format_integer(MOST_CHARACTERS),
                )
            )
            return
        super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.textCursor().insertText(self._bounded(writable(source.text()), self._room()))
        self.ensureCursorVisible()

    def _room(self) -> int:
        """Return how many more characters there is room for, in the place of the selection."""
        return MOST_CHARACTERS - len(self._text) + len(self.textCursor().selectedText())

    def _bounded(self, text: str, room: int) -> str:
        if len(text) <= room:
            return text
        self.refused.emit(
            tr(
                "The pad holds {most} characters: of {count} it takes the first {room}.",
                most=format_integer(MOST_CHARACTERS),
                count=format_integer(len(text)),
                room=format_integer(max(room, 0)),
            )
        )
        return text[: max(room, 0)]

    # What is said -----------------------------------------------------------------------------

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = self._from_qt(self.cursorForPosition(event.pos()).position())
            inside = np.flatnonzero((self._spans[:, 0] <= at) & (at <= self._spans[:, 1]))
            said = self._tell(int(inside[0])) if len(inside) else ""
            QToolTip.showText(event.globalPos(), as_tip(said), self)
            return True
        return super().viewportEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(zoom.px(320), 8 * self.fontMetrics().lineSpacing())

    def minimumSizeHint(self) -> QSize:
        return QSize(zoom.px(200), 4 * self.fontMetrics().lineSpacing())


def writable(text: str) -> str:
    """Return the text with the usual ends of lines, and stand-ins for what Qt cannot show."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if lines.isprintable():
        return lines
    return "".join(
        c if c.isprintable() or c in "\n\t" or not _is_unwritable(c) else "\ufffd" for c in lines
    )


def _is_unwritable(c: str) -> bool:
    return c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff" or c in "\ufdd0\ufdd1"


def _x(line: QTextLine, at: int) -> float:
    """Return where a character of a line begins; PySide6 gives the character, too."""
    found: Any = line.cursorToX(at)
    return float(found[0])


def _offsets(text: str) -> Numbers | None:
    """Return where each character begins for Qt, (n + 1,); None if all are one of Qt's."""
    if text.isascii():
        return None
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    if not (codes > BEYOND_ASCII).any():
        return None
    return np.concatenate([[0], np.cumsum(1 + (codes > BEYOND_ASCII))])


def shades(theme: Theme) -> list[QColor]:
    """Return the colours of −1 … +1 in 2 · LEVELS + 1 steps, on which ink can be read."""
    t = np.linspace(-1, 1, 2 * LEVELS + 1)
    ends = np.where(t[:, None] < 0, look.rgb(theme.counter_accent), look.rgb(theme.accent))
    mixed = look.mixed(look.rgb(theme.panel), ends, theme.tint * np.abs(t) ** CURVE)
    return [QColor(*colour) for colour in mixed.tolist()]
