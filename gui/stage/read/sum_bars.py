"""A score as a sum: each bar begins where the last one ended, and the last is the score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPen
from PySide6.QtWidgets import QGraphicsLineItem, QGraphicsRectItem

from core.language import tr
from core.number_format import format_signed
from gui.kit import zoom
from gui.kit.canvas import RIGHT, Words
from gui.kit.canvas_widgets import CanvasWidget
from gui.kit.covers.covering import Coverable
from gui.kit.described import tell
from gui.kit.picture_grid import nice_above
from gui.kit.theme import Theme

ROW = 1.45  # height of a row, in line heights
LEAST_ROWS, MOST_ROWS = 4, 16
NAME_SHARE = 0.42  # of the width, at most
WIDEST_NUMBER = "−00.00"
SHRINK = 0.5  # the axis shrinks once the sums take less than this share of it


class Term(NamedTuple):
    """One term of a sum."""

    name: str
    value: float


class _Row(NamedTuple):
    name: Words
    bar: QGraphicsRectItem
    number: Words


class SumBars(Coverable, CanvasWidget):
    """Terms from top to bottom, blue to the right, orange to the left; below them their sum."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("the score as a sum of words"))
        self._zero = self._canvas.add(QGraphicsLineItem())
        self._rows: list[_Row] = []
        self._terms: tuple[Term, ...] = ()
        self._low = self._high = 0.0
        self.rows = LEAST_ROWS  # how many there is room for, with that of the sum

    def show_terms(self, terms: Sequence[Term]) -> None:
        """Show these terms, the last of which is the sum of all others; none at all clears it."""
        self._terms = tuple(terms)
        sums = list(accumulate(term.value for term in terms[:-1]))
        self._fit_axis(min(sums, default=0.0), max(sums, default=0.0))
        said = ", ".join(f"{term.name} {format_signed(term.value, 2)}" for term in terms)
        tell(self, said or tr("There is no text, or no model yet."))
        self._show_rows()

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Names and numbers as shown."""
        return [(r.name.text(), r.number.text()) for r in self._rows[: len(self._terms)]]

    @property
    def ends(self) -> list[tuple[float, float]]:
        """Where each bar begins and ends, in px."""
        rects = [row.bar.rect() for row in self._rows[: len(self._terms)]]
        return [(rect.left(), rect.right()) for rect in rects]

    def show_figures(self) -> None:
        self._show_rows()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = int(event.position().y() // self._row_height())
        if row < len(self._terms):
            self.uncover(self._terms[row].name)

    def sizeHint(self) -> QSize:
        return QSize(zoom.px(200), math.ceil(LEAST_ROWS * self._row_height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(zoom.px(130), self.sizeHint().height())

    def _row_height(self) -> float:
        return ROW * QFontMetricsF(self._plain).height()

    def _fit_axis(self, low: float, high: float) -> None:
        if not all(map(math.isfinite, (low, high))):
            low = high = 0.0
        if not SHRINK * self._high < high <= self._high:
            self._high = nice_above(high) if high > 0 else 0.0
        if not SHRINK * -self._low < -low <= -self._low:
            self._low = -nice_above(-low) if low < 0 else 0.0

    def _lay_out(self) -> None:
        self.rows = max(LEAST_ROWS, min(int(self.height() // self._row_height()), MOST_ROWS))
        self._zero.setPen(QPen(QColor(self._theme.muted), 1))
        for i, row in enumerate(self._rows):
            self._dress_row(i, row)
        self._show_rows()

    def _dress_row(self, i: int, row: _Row) -> None:
        top, height = i * self._row_height(), self._row_height()
        left = self._name_width()
        row.name.place(QRectF(0, top, left - 8, height), RIGHT)
        row.number.place(QRectF(0, top, self.width(), height), RIGHT)

    def _name_width(self) -> float:
        metrics = QFontMetricsF(self._bold)
        widest = max((metrics.horizontalAdvance(t.name) for t in self._terms), default=0.0)
        return min(max(widest, metrics.horizontalAdvance("m" * 9)), NAME_SHARE * self.width()) + 8

    def _show_rows(self) -> None:
        while len(self._rows) < len(self._terms):
            bar = self._canvas.add(QGraphicsRectItem())
            bar.setPen(Qt.PenStyle.NoPen)
            self._rows.append(_Row(self._words(), bar, self._words()))
        left, height = self._name_width(), self._row_height()
        metrics = QFontMetricsF(self._plain)
        width = self.width() - left - metrics.horizontalAdvance(WIDEST_NUMBER) - 8
        unit = max(width, 1.0) / ((self._high - self._low) or 1.0)
        zero, at = left - self._low * unit, 0.0
        for i, row in enumerate(self._rows):
            is_there = i < len(self._terms)
            for item in row:
                item.setVisible(is_there)
            if is_there:
                is_sum = i == len(self._terms) - 1
                self._show_row(row, i, is_sum=is_sum)
                term = self._terms[i]
                begin = 0.0 if is_sum else at
                length = term.value if math.isfinite(term.value) else 0.0
                at = begin + length
                x = zero + begin * unit
                drawn = QRectF(x, i * height + 0.2 * height, length * unit, 0.6 * height)
                row.bar.setRect(drawn.normalized())
        bottom = len(self._terms) * height
        self._zero.setLine(QLineF(zero, 0, zero, bottom))
        self._zero.setVisible(bool(self._terms))

    def _show_row(self, row: _Row, i: int, *, is_sum: bool) -> None:
        theme, term = self._theme, self._terms[i]
        font = self._bold if is_sum else self._plain
        row.name.dress(font, theme.ink if is_sum else theme.muted)
        row.number.dress(font, theme.ink)
        self._dress_row(i, row)
        name = QFontMetricsF(font).elidedText(
            term.name, Qt.TextElideMode.ElideRight, self._name_width() - 8
        )
        row.name.set_text(name)
        row.number.set_text(self.covering.number(format_signed(term.value, 2), term.name))
        colour = theme.accent if term.value >= 0 else theme.counter_accent
        row.bar.setBrush(QColor(colour))
        row.bar.setOpacity(1.0 if is_sum else 0.75)
