"""The reason for one class rather than another: a signed picture and its sentences."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QFontMetrics, QFontMetricsF, QMouseEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.language import in_a_row
from gui.kit import theme as look
from gui.kit.canvas import LEFT, Words
from gui.kit.canvas_widgets import CanvasWidget, FramedPicture, pixmap_of, signed_table
from gui.kit.covers.covering import Coverable
from gui.kit.described import tell
from gui.kit.layouts import add_layout
from gui.kit.theme import Theme
from gui.stage.draw.signed_levels import LEVELS, VISIBLE

Floats = NDArray[np.float32]

GAP = 6.0
UNBOUNDED = 2**24 - 1  # Qt's QWIDGETSIZE_MAX
BELOW_PX = 100  # height of the widget below the sentences
WIDTH_BELOW, WIDTH_LEFT = 3, 2  # parts of the width: that widget, empty


class Reason(Coverable, CanvasWidget):
    """One signed picture with its sentences to the right.

    `head` is above the sentences, and below them a widget can be added. The height depends on the
    font: four lines, or three if compact.
    """

    def __init__(self, theme: Theme, name: str, head: QWidget) -> None:
        super().__init__(theme, name)
        self._head, self._is_compact = head, False
        self._above: Callable[[int], int] | None = None
        policy = self.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._beside = QWidget(self)  # beside the picture, on top of the sentences
        first = QHBoxLayout()
        first.addWidget(head, 1)
        first.addStretch(0)
        self._below = QHBoxLayout()
        column = QVBoxLayout(self._beside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        add_layout(column, first)
        column.addStretch(1)
        add_layout(column, self._below)
        self._picture = FramedPicture(self._canvas)
        self._lines: list[Words] = []
        self._texts: tuple[str, ...] = ()
        self._panel: NDArray[np.intp] | None = None  # levels
        self._table = signed_table(theme)

    def set_theme(self, theme: Theme) -> None:
        self._table = signed_table(theme)
        super().set_theme(theme)

    @property
    def texts(self) -> tuple[str, ...]:
        return self._texts

    @property
    def text_left(self) -> float:
        """The x of the sentences, right of the picture."""
        return self.height() + GAP + 2

    def set_compact(self, is_compact: bool) -> None:
        """Set the height to three lines, or else four."""
        self._is_compact = is_compact
        self.updateGeometry()

    def set_above(self, above: Callable[[int], int] | None) -> None:
        """Take the space above it too, whose height depends on the width; None: do not."""
        self._above = above
        self._head.setVisible(above is None)
        self.updateGeometry()
        self._dress()

    def put_below(self, widget: QWidget) -> None:
        """Place the widget below the sentences."""
        widget.setMaximumWidth(UNBOUNDED)
        widget.setFixedHeight(BELOW_PX)
        self._below.insertWidget(0, widget, WIDTH_BELOW)
        if self._below.count() == 1:
            self._below.addStretch(WIDTH_LEFT)

    def sizeHint(self) -> QSize:
        line, small = QFontMetrics(self._plain).height(), QFontMetrics(self._small).height()
        height = line + (2 * small + 12 if self._is_compact else 3 * small + 22)
        return QSize(2 * height, height)

    def heightForWidth(self, width: int) -> int:
        return self.sizeHint().height() + (self._above(width) if self._above else 0)

    def show_reason(self, part: Floats | None, scale: float, texts: tuple[str, ...]) -> None:
        """Show a signed picture (m,) with full colour at ±scale, and sentences; or nothing."""
        if texts != self._texts:
            is_more = len(texts) != len(self._texts)
            self._texts = texts
            tell(self, in_a_row(*texts))
            if is_more:
                self._lay_out_lines()
            else:
                self.show_figures()
        if part is None:
            self._panel = None
            self._picture.clear()
            return
        size = math.isqrt(len(part))
        levels = look.signed_levels(part, scale, LEVELS) + LEVELS
        panel = levels.reshape(size, size)
        old = self._panel
        is_same = old is not None and old.shape == panel.shape
        if old is not None and is_same and np.abs(panel - old).max() < VISIBLE:
            return
        self._panel = panel
        self._picture.show(pixmap_of(self._table[panel]))

    def show_figures(self) -> None:
        for words, text in zip(self._lines, self._texts, strict=True):
            self._set_text(words, self.covering.words(text))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.uncover()

    def _lay_out(self) -> None:
        self._beside.setGeometry(self.rect().adjusted(round(self.text_left), 0, 0, 0))
        side = max(self.height() - 3.0, 1.0)
        self._picture.place(QRectF(1.5, 1.5, side, side), QPen(QColor(self._theme.line), 1))
        if self._panel is not None:
            self._picture.show(pixmap_of(self._table[self._panel]))
        self._lay_out_lines()

    def _lay_out_lines(self) -> None:
        for words in self._lines:
            self._canvas.scene().removeItem(words)
        self._lines = [self._words() for _ in self._texts]
        line, left = QFontMetricsF(self._small).height(), self.text_left
        head = 0 if self._above else QFontMetrics(self._plain).height() + 8
        for i, (words, text) in enumerate(zip(self._lines, self._texts, strict=True)):
            is_last = i == len(self._lines) - 1
            words.dress(self._small, self._theme.ink if is_last else self._theme.muted)
            words.place(QRectF(left, head + i * line, self.width(), line), LEFT)
            words.set_text(self.covering.words(text))
