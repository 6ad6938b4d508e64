"""The long vector of a picture: row after row, and a part of it written out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPen, QTransform
from PySide6.QtWidgets import QGraphicsLineItem, QGraphicsPixmapItem, QGraphicsRectItem

from core.teach.pixels import PixelOrder
from gui.kit.canvas import CENTRE, Canvas, Words
from gui.kit.canvas_widgets import Table, pixmap_of
from gui.kit.theme import Theme
from gui.stage.demos.pictures.matrix import Mark, ink_on

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
NARROWEST = 3.0  # px of the mark of a place
FLIGHT = 2.5  # rows that are on their way at once


def place_name(k: int, vector: str = "x") -> str:
    """Return the name of a place of a vector, as in x₂₈."""
    return f"{vector}{str(k).translate(SUBSCRIPTS)}"


class Strip:
    """The whole vector as a strip of pixels, into which the rows of the picture fly."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._ground = canvas.add(QGraphicsRectItem())
        self._rows: list[QGraphicsPixmapItem] = []
        self._row, self._mark = Mark(canvas, 3.0), Mark(canvas, 4.0)
        self._order = PixelOrder(1, 1, 1)
        self._from: list[QRectF] = []
        self.rect = QRectF()

    @property
    def shown(self) -> int:
        """How many rows of the picture are in the vector, or on their way."""
        return sum(row.isVisible() for row in self._rows)

    def show(
        self, rect: QRectF, order: PixelOrder, colours: Table, sources: list[QRectF], theme: Theme
    ) -> None:
        """Show the vector (m,) of colours; `sources` is where each row of the picture stands."""
        self.rect, self._order, self._from = rect, order, sources
        self._ground.setRect(rect)
        self._ground.setPen(QPen(QColor(theme.edge), 1))
        self._ground.setBrush(QColor(theme.chip))
        self._row.dress(theme.panel, theme.accent)
        self._mark.dress(theme.panel, theme.counter_accent)
        count = order.C * order.H
        while len(self._rows) < count:
            item = self._canvas.add(QGraphicsPixmapItem())
            item.setZValue(2)
            self._rows.append(item)
        is_fine = rect.width() / order.m < 1
        mode = Qt.TransformationMode
        for r, item in enumerate(self._rows[:count]):
            item.setTransformationMode(
                mode.SmoothTransformation if is_fine else mode.FastTransformation
            )
            row = colours[r * order.W : (r + 1) * order.W]
            item.setPixmap(pixmap_of(np.ascontiguousarray(row[None])))

    def unfold(self, rows: int, way: float) -> None:
        """Let the first `rows` rows of the picture be in the vector, or on their way.

        Row r sets out when `way` is r, and arrives when it is r + FLIGHT.
        """
        for r, item in enumerate(self._rows):
            share = min(max((way - r) / FLIGHT, 0.0), 1.0)
            item.setVisible(r < min(rows, len(self._from)) and share > 0)
            if item.isVisible():
                self._place(item, self._between(r, share * share * (3 - 2 * share)))

    def _between(self, r: int, share: float) -> QRectF:
        start, end = self._from[r], self.rect_of(r * self._order.W, self._order.W)
        corners = [
            QPointF(a.x() + share * (b.x() - a.x()), a.y() + share * (b.y() - a.y()))
            for a, b in ((start.topLeft(), end.topLeft()), (start.bottomRight(), end.bottomRight()))
        ]
        return QRectF(*corners)

    def _place(self, item: QGraphicsPixmapItem, rect: QRectF) -> None:
        move = QTransform.fromTranslate(rect.left(), rect.top())
        item.setTransform(move.scale(rect.width() / self._order.W, rect.height()))

    def point(self, k: int) -> None:
        """Mark place k, and the row of the picture that it belongs to."""
        self._row.place(self.rect_of(k - k % self._order.W, self._order.W))
        rect = self.rect_of(k, 1)
        wider = max(NARROWEST - rect.width(), 0) / 2
        self._mark.place(rect.adjusted(-wider, 0, wider, 0))

    def rect_of(self, k: int, count: int) -> QRectF:
        """Return where `count` places from place k on are."""
        step = self.rect.width() / self._order.m
        left = self.rect.left() + k * step
        return QRectF(left, self.rect.top(), count * step, self.rect.height())

    def under(self, position: QPointF) -> int | None:
        """Return which place is at a position, if one is."""
        if not self.rect.contains(position):
            return None
        share = (position.x() - self.rect.left()) / self.rect.width()
        return min(int(share * self._order.m), self._order.m - 1)


class Places:
    """A part of the vector written out: numbers, and their places below them."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._cells: list[tuple[QGraphicsRectItem, Words, Words]] = []
        self._fan = [canvas.add(QGraphicsLineItem()) for _ in range(2)]
        self._mark = Mark(canvas)
        self.rect, self.first, self.count = QRectF(), 0, 1

    @property
    def texts(self) -> list[str]:
        """What is written: place and number of each."""
        shown = self._cells[: self.count]
        return [f"{name.text()} = {number.text()}" for _, number, name in shown]

    def show(
        self,
        rect: QRectF,
        count: int,
        k: int,
        colours: Table,
        number_of: Callable[[int], str],
        below: float,
        theme: Theme,
        font: QFont,
    ) -> None:
        """Write out `count` numbers around place k; their places are below it, `below` high."""
        self.rect, self.count = rect, count
        self.first = min(max(k - count // 2, 0), len(colours) - count)
        while len(self._cells) < count:
            cell = self._canvas.add(QGraphicsRectItem())
            self._cells.append((cell, self._canvas.add(Words()), self._canvas.add(Words())))
        width = rect.width() / count
        for place, (cell, number, name) in enumerate(self._cells):
            for item in (cell, number, name):
                item.setVisible(place < count)
            if place >= count:
                continue
            at = QRectF(rect.left() + place * width, rect.top(), width, rect.height())
            colour = int(colours[self.first + place])
            cell.setRect(at)
            cell.setPen(QPen(QColor(theme.edge), 1))
            cell.setBrush(QColor.fromRgb(colour))
            number.dress(font, ink_on(colour, theme))
            number.place(at, CENTRE)
            number.set_text(number_of(self.first + place))
            is_chosen = self.first + place == k
            name.dress(font, theme.ink if is_chosen else theme.muted)
            name.place(QRectF(at.left(), at.bottom(), width, below), CENTRE)
            name.set_text(place_name(self.first + place))
            if is_chosen:
                self._mark.place(at)
        self._mark.dress(theme.panel, theme.counter_accent)

    def fan_from(self, part: QRectF, theme: Theme) -> None:
        """Lead from the part of the strip that is written out to where it is."""
        ends = ((part.left(), self.rect.left()), (part.right(), self.rect.right()))
        for line, (above, here) in zip(self._fan, ends, strict=True):
            line.setPen(QPen(QColor(theme.muted), 1))
            line.setLine(above, part.bottom() + 1, here, self.rect.top() - 1)

    def under(self, position: QPointF) -> int | None:
        """Return which place of the vector is at a position, if one is."""
        if not self.rect.contains(position):
            return None
        share = (position.x() - self.rect.left()) / self.rect.width()
        return self.first + min(int(share * self.count), self.count - 1)
