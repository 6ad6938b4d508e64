"""Geometry of a sketch: its columns and rows in pixels, from widget size and font."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF

from gui.kit import zoom

# Pixels at 100 %:
TALLEST_NODE = 46.0
TALLEST_ROW = 120.0
WIDEST_SHARES = 0.34  # of the width, where names stand beside their bars
TWO_LINES = 2.3  # lines: the least height of a row that has its name above its bar
WIDE = 560  # width of the widget from which headings are in full


class Columns(NamedTuple):
    """Left edges, widths and gap in pixels, from the logits to the targets.

    logit : left edge of the logits, end of the left half. node : width of a logit. box, box_width :
    of the activation. shares, shares_width : of the probabilities. target : left edge of targets.
    """

    logit: float
    node: float
    box: float
    box_width: float
    shares: float
    shares_width: float
    target: float
    gap: float


class SketchGrid:
    """The rows between headings and foot, and the columns of the right half."""

    def __init__(self, width: float, height: float, plain: QFont, names: float = 0.0) -> None:
        """Divide width and height; names : width of the widest class's name in pixels."""
        self.width, self.height = width, height
        self._metrics, self._names = QFontMetricsF(plain), names

    def width_of(self, text: str) -> float:
        return self._metrics.horizontalAdvance(text)

    @cached_property
    def line(self) -> float:
        """The height of a line of text in pixels."""
        return self._metrics.height()

    @property
    def is_wide(self) -> bool:
        return self.width >= zoom.px(WIDE)

    @cached_property
    def body(self) -> QRectF:
        """The rectangle of the rows, between headings and foot."""
        area = QRectF(0, 0, self.width, self.height)
        return area.adjusted(1, self.line * 1.4, -1, -self.line * 1.9)

    @cached_property
    def foot(self) -> QRectF:
        return QRectF(1, self.height - self.line * 1.5, self.width - 2, self.line * 1.4)

    @cached_property
    def node_width(self) -> float:
        return self.width_of("−00.0") + zoom.px(16 if self.is_wide else 8)

    @cached_property
    def columns(self) -> Columns:
        gap = min(max(self.width * 0.026, 9.0), 26.0 * zoom.factor())
        target = self.width - 1 - self.line * 1.5
        number = self.width_of("0.000") + zoom.px(58)
        usual = min(max(self.width * 0.24, number), 260.0 * zoom.factor())
        shares_width = max(usual, min(self._names + number, self.width * WIDEST_SHARES))
        shares = target - gap * 0.6 - shares_width
        box_width = min(max(self.width * 0.05, self.line * 1.4), 40.0 * zoom.factor())
        box = shares - (gap + box_width)
        node = self.node_width
        logit = box - (gap + node)
        return Columns(logit, node, box, box_width, shares, shares_width, target, gap)

    def row_height(self, count: int) -> float:
        return min(self.body.height() / max(count, 1), TALLEST_ROW * zoom.factor())

    def row(self, i: int, count: int) -> float:
        """Return the y of the middle of row i of `count` rows."""
        return self.body.center().y() + (i - (count - 1) / 2) * self.row_height(count)

    def node_rect(self, left: float, middle: float, row: float, width: float) -> QRectF:
        """Return the rectangle of a number, centred on the middle of a row of height `row`."""
        height = min(row * 0.82, TALLEST_NODE * zoom.factor(), max(width, self.line * 1.5))
        return QRectF(left, middle - height / 2, width, height)

    def named_node_rect(self, left: float, middle: float, row: float, width: float) -> QRectF:
        """Return the rectangle of a number that has its name above."""
        line = self.line * 0.95
        height = min(row - line - 3, TALLEST_NODE * zoom.factor(), max(width, self.line * 1.5))
        return QRectF(left, middle - (height + line) / 2 + line, width, height)
