"""A confusion matrix whose cells can be pointed at and pressed; painted without Python."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainterPath,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsRectItem, QSizePolicy

from core.language import tr
from core.number_format import format_integer
from core.train.history import Floats
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.canvas import CENTRE, RIGHT, Canvas, CanvasHolder, Words
from gui.kit.covers.covering import Coverable
from gui.kit.described import point_out
from gui.kit.shortcuts import RETURN, direction
from gui.kit.theme import Theme

CELL_GAP = 3
MIN_TYPE = 0.85  # of the base font size: nothing below 8.5 pt
WIDEST_COUNT = "00000"  # that an enlarged font must fit; longer counts use a smaller font
MIN_CELL, MAX_CELL = 15, 44


class _Cell(NamedTuple):
    """The items that show one count."""

    box: QGraphicsPathItem
    words: Words


class _Type(NamedTuple):
    """The fonts of a count: `whole` if it is at most `available` px wide, else `smaller`."""

    whole: QFont
    smaller: QFont
    metrics: QFontMetricsF
    available: float


class ConfusionMatrix(Coverable, CanvasHolder):
    """Class names across and down, a count in each cell; a cell is at most `most` px high.

    Arrow keys move from cell to cell, and Return presses one. In high cells the font is larger, up
    to `largest` times the base size.
    """

    hovered = Signal(str)  # about the cell that mouse or keys point at, "" without one
    pressed = Signal(int, int)  # true and predicted class of a cell that is not empty

    def __init__(self, theme: Theme, most: float = MAX_CELL, largest: float = 1.0) -> None:
        super().__init__()
        self.theme = theme
        self.names: tuple[str, ...] = ()
        self.counts: NDArray[np.int64] | None = None
        self._most, self._largest = most, largest
        self._canvas = Canvas(self)
        self._labels: list[Words] = []
        self._cells: list[_Cell] = []
        self._type: list[_Type] = []  # of wrong and of right counts
        self._shown: NDArray[np.int64] | None = None
        self._pointed: tuple[int, int] | None = None  # the cell that is pointed at
        self._mark = self._canvas.add(QGraphicsRectItem())  # around it, if keys point at it
        self._mark.setZValue(1)
        self._mark.hide()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Confusion matrix"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_theme(self, theme: Theme) -> None:
        self.theme = theme
        self._lay_out()

    def show_names(self, names: tuple[str, ...]) -> None:
        if len(names) != len(self.names):
            for item in (*self._labels, *(part for cell in self._cells for part in cell)):
                self._canvas.scene().removeItem(item)
            # The items are in reading order: names across and down, then counts row by row.
            self._labels = [self._canvas.add(Words()) for _ in range(2 * len(names))]
            self._cells = [
                _Cell(self._canvas.add(QGraphicsPathItem()), self._canvas.add(Words()))
                for _ in range(len(names) ** 2)
            ]
        self.names, self.counts = names, None
        self.covering.set(self.covering.is_on)
        self._point_at(None)
        self._fit()
        self._lay_out()

    def _fit(self) -> None:
        self.setMinimumHeight((len(self.names) + 1) * zoom.px(MIN_CELL))

    def show_figures(self) -> None:
        self._shown = None
        if self.counts is not None:
            self._show_counts(self.counts)

    def show_counts(self, counts: NDArray[np.int64]) -> None:
        """Show counts (h, h), true class by row, predicted by column."""
        is_first = self.counts is None
        self.counts = counts
        if is_first:
            self._lay_out()
        else:
            self._show_counts(counts)

    def sizeHint(self) -> QSize:
        return QSize(240, 180)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()
            self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _enlarged(self) -> float:
        """Return the enlargement of the font at the current row height."""
        line = QFontMetricsF(self.font()).height()
        row = self.height() / (max(len(self.names), 1) + 1)
        return min(max(row / (2 * line), 1.0), self._largest)

    def _small(self) -> QFont:
        """Return the font of the names."""
        return zoom.font(max(look.SMALL, min(0.8 * self._enlarged(), 1.2)))

    def _geometry(self) -> tuple[float, float, float, float]:
        """Return left and top of the cells, and a cell's width and height."""
        metrics = QFontMetricsF(self._small())
        widest = max((metrics.horizontalAdvance(name) for name in self.names), default=0.0)
        left, top = min(widest + 10, self.width() * 0.3), metrics.height() + 3
        h = max(len(self.names), 1)
        cell_height = min((self.height() - top) / h, self._most)
        return left, top, (self.width() - left) / h, cell_height

    def _lay_out(self) -> None:
        """Position names and cells in the current colours and fonts."""
        self._canvas.cover(self.rect())
        self._canvas.setBackgroundBrush(QColor(self.theme.panel))
        self._mark.setPen(QPen(QColor(self.theme.ink), 2))
        self._place_mark()
        h = len(self.names)
        left, top, width, height = self._geometry()
        small = self._small()
        label, elide = QFontMetricsF(small), Qt.TextElideMode.ElideRight
        for words in self._labels:
            words.dress(small, self.theme.muted)
        for k, name in enumerate(self.names):
            across, down = self._labels[2 * k : 2 * k + 2]
            across.set_text(label.elidedText(name, elide, width - 2))
            across.place(QRectF(left + k * width, 0, width, top - 2), CENTRE)
            down.set_text(label.elidedText(name, elide, left - 8))
            down.place(QRectF(0, top + k * height, left - 8, height - CELL_GAP), RIGHT)
        gap = CELL_GAP if height > 16 else 1
        self._take_type(width - gap, height - gap)
        for n, cell in enumerate(self._cells):
            i, j = divmod(n, h)
            rect = QRectF(left + j * width, top + i * height, width - gap, height - gap)
            shape = QPainterPath()
            shape.addRoundedRect(rect, 4, 4)
            cell.box.setPath(shape)
            cell.box.setPen(QPen(Qt.PenStyle.NoPen))
            cell.box.setBrush(QColor(self.theme.chip))
            cell.words.setVisible(self.counts is not None)
            cell.words.place(rect, CENTRE)
        self._shown = None
        if self.counts is not None:
            self._show_counts(self.counts)

    def _take_type(self, width: float, height: float) -> None:
        """Choose the fonts for counts in cells of this size."""
        self._type = []
        for is_right in (False, True):
            base = QFontMetricsF(zoom.font(1.0, bold=is_right))
            fitting = max(width / base.horizontalAdvance(WIDEST_COUNT), 1.0)
            factor = min(self._enlarged(), fitting)
            whole = zoom.font(factor, bold=is_right)
            metrics = QFontMetricsF(whole)
            available = width - 1 if metrics.height() <= height else 0.0
            self._type.append(
                _Type(whole, zoom.scaled(whole, MIN_TYPE / factor), metrics, available)
            )

    def _show_counts(self, counts: NDArray[np.int64]) -> None:
        """Update the cells whose count, or whose row total, has changed."""
        totals = counts.sum(axis=1, keepdims=True)
        changed = np.ones(counts.shape, dtype=np.bool_)
        if self._shown is not None:
            changed = (counts != self._shown) | (totals != self._shown.sum(axis=1, keepdims=True))
            if not changed.any():
                return
        self._shown = counts
        colours, values = self._colours(counts / np.maximum(totals, 1)).tolist(), counts.tolist()
        for i, j in np.argwhere(changed).tolist():
            cell, is_covered = self._cells[i * len(values) + j], self.covering.hides((i, j))
            cell.box.setBrush(QColor(self.theme.line if is_covered else QColor(*colours[i][j])))
            self._set_text(cell.words, values[i][j], is_right=i == j)
            if is_covered:
                cell.words.set_text("")
            if self._pointed == (i, j):
                self._point_at((i, j))

    def _colours(self, shares: Floats) -> NDArray[np.uint8]:
        """Return the cells' colours (h, h, 3): the larger the share, the stronger."""
        is_right = np.eye(len(shares), dtype=np.bool_)[..., None]
        strong = np.where(
            is_right, look.rgb(self.theme.accent), look.rgb(self.theme.counter_accent)
        )
        chip = look.rgb(self.theme.chip)
        tints = np.where(shares > 0, self.theme.tint * (0.08 + 0.92 * shares**0.6), 0)
        return look.mixed(chip, strong, tints)

    def _set_text(self, words: Words, count: int, *, is_right: bool) -> None:
        """Write the count, in the smaller font if it would not fit."""
        text = format_integer(count) if len(self.names) < 6 else str(count)
        type_ = self._type[is_right]
        fits = type_.metrics.horizontalAdvance(text) <= type_.available
        font = type_.whole if fits else type_.smaller
        words.dress(font, self.theme.ink if count else self.theme.muted)
        words.set_text(text)

    def cell_rect(self, true: int, predicted: int) -> QRectF:
        """Return the rectangle of the cell of a true and a predicted class."""
        left, top, width, height = self._geometry()
        return QRectF(left + predicted * width, top + true * height, width, height)

    def _cell_at(self, position: QPointF) -> tuple[int, int] | None:
        left, top, width, height = self._geometry()
        j = int((position.x() - left) // width)
        i = int((position.y() - top) // height)
        h = len(self.names)
        return (i, j) if self.counts is not None and 0 <= i < h and 0 <= j < h else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mark.hide()
        self._point_at(self._cell_at(event.position()))

    def _point_at(self, cell: tuple[int, int] | None) -> None:
        """Emit a description of the cell that is pointed at, "" if there is none."""
        self._pointed, words = cell, ""
        if cell is None:
            self._mark.hide()
        elif self.counts is not None:
            true, predicted = (self.names[k] for k in cell)
            count = self.covering.number(format_integer(int(self.counts[cell])), cell)
            words = tr(
                "{count} × {true} taken for {predicted}",
                count=count,
                true=true,
                predicted=predicted,
            )
        self.hovered.emit(words)
        point_out(self, words)

    def _place_mark(self) -> None:
        if self._pointed is not None:
            rect = self.cell_rect(*self._pointed)
            self._mark.setRect(rect.adjusted(1, 1, 1 - CELL_GAP, 1 - CELL_GAP))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = direction(event)
        if by is not None and self.counts is not None:
            last = len(self.names) - 1
            i, j = self._pointed or (-by[1], -by[0])  # the first key points at the first cell
            self._point_at((min(max(i + by[1], 0), last), min(max(j + by[0], 0), last)))
            self._place_mark()
            self._mark.show()
        elif event.key() in RETURN and self._pointed is not None:
            self._press(self._pointed)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position())
        if cell is not None:
            self._press(cell)

    def _press(self, cell: tuple[int, int]) -> None:
        if self.counts is None:
            return
        if self.uncover(cell):
            self._point_at(cell)
        elif self.counts[cell]:
            self.pressed.emit(*cell)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point_at(None)

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)
