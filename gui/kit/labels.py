"""Labels that adapt to little space."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QTextLayout
from PySide6.QtWidgets import QLabel, QSizePolicy

from core.language import current
from gui.kit import described, zoom
from gui.kit import theme as look
from gui.kit.plain_text import Plain, as_tip

_HEIGHTS: dict[tuple[str, str], int] = {}  # by the key of the font and a text
DOT = "●"  # marks what is not at its default
PLACE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def line_height(font: QFont) -> int:
    """Return the height of a line in the window's language, px: Chinese is of a taller font."""
    sample = current().name
    if sample.isascii():
        return QFontMetrics(font).lineSpacing()
    known = (font.key(), sample)
    if known not in _HEIGHTS:
        layout = QTextLayout(sample, font)
        layout.beginLayout()
        line = layout.createLine()
        layout.endLayout()
        _HEIGHTS[known] = max(QFontMetrics(font).lineSpacing(), math.ceil(line.height()))
    return _HEIGHTS[known]


class Elided(Plain):
    """A label that elides its text to fit; the tool tip then shows the full text."""

    def __init__(self, mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle) -> None:
        super().__init__()
        self._mode = mode

    def sizeHint(self) -> QSize:
        """Return the height of one line, also without text or with glyphs of a taller font."""
        return QSize(super().sizeHint().width(), self.fontMetrics().lineSpacing())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        text = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        painter.drawText(self.rect(), PLACE, text)
        painter.end()
        self.setToolTip(as_tip(self.text()) if text != self.text() else "")


class Readout(Plain):
    """Changing text in a fixed number of reserved lines: nothing beside it moves.

    are_all_covered : whether all its numbers are covered with those of its view.
    """

    are_all_covered, _words = True, ""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self._lines = lines
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        self._words = text
        super().setText(described.said(self, text) if self.are_all_covered else text)

    def text(self) -> str:
        """Return what it says, also while its numbers are covered."""
        return self._words

    def say_again(self) -> None:
        """Show the text anew, since numbers are covered or revealed."""
        self.setText(self._words)

    def set_lines(self, lines: int) -> None:
        if lines != self._lines:
            self._lines = lines
            self.updateGeometry()

    def heightForWidth(self, _width: int) -> int:
        return self._lines * line_height(self.font())

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.heightForWidth(0))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.heightForWidth(0))


def muted_label(text: str) -> QLabel:
    """Return a muted label for the field beside it."""
    label = QLabel(text)
    label.setProperty("muted", True)
    return label


def small_label(text: str = "", *, wraps: bool = False) -> QLabel:
    """Return a muted label in small type."""
    label = QLabel(text)
    zoom.set_type(label, look.SMALL)
    label.setProperty("small", True)
    label.setWordWrap(wraps)
    return label


def change_dot() -> QLabel:
    """Return the sign of a setting that is not at its default, hidden; its room is kept."""
    dot = QLabel(DOT)
    dot.setProperty("changed", True)
    zoom.set_type(dot, look.SMALL)
    policy = dot.sizePolicy()
    policy.setRetainSizeWhenHidden(True)  # so that nothing moves when it appears
    dot.setSizePolicy(policy)
    dot.hide()
    return dot
