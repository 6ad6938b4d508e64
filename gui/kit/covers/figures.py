"""Labels of figures, which a press or Return reveals where they are covered."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLabel

from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.covers.covering import Coverable
from gui.kit.described import covered, covered_html
from gui.kit.plain_text import Plain
from gui.kit.shortcuts import RETURN


class FigureLabel(Coverable, QLabel):
    """A label whose numbers a press or Return reveals; so are those of its tool tip."""

    _words = _tip = ""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.setText(text)

    def setText(self, text: str) -> None:
        self._words = text
        self.show_figures()

    def text(self) -> str:
        """Return what it says, also while its numbers are covered."""
        return self._words

    def clear(self) -> None:
        self.setText("")

    def setToolTip(self, tip: str) -> None:
        self._tip = tip
        super().setToolTip(self.covering.words(tip))

    def cover(self, is_on: bool) -> None:
        super().cover(is_on)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if is_on else Qt.FocusPolicy.NoFocus)
        shape = Qt.CursorShape.PointingHandCursor if is_on else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def show_figures(self) -> None:
        is_plain = self.textFormat() is Qt.TextFormat.PlainText
        hide = covered if is_plain else covered_html
        super().setText(hide(self._words) if self.covering.hides() else self._words)
        self.setToolTip(self._tip)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.uncover():
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in RETURN or not self.uncover():
            super().keyPressEvent(event)


class PlainFigures(FigureLabel, Plain):
    """The same, of text that is shown literally."""


def small_figures(*, wraps: bool = False) -> PlainFigures:
    """Return a muted label of figures in small type."""
    label = PlainFigures()
    zoom.set_type(label, look.SMALL)
    label.setProperty("small", True)
    label.setWordWrap(wraps)
    return label
