"""Parts of the sketches: the numbers of one forward pass, and graphics items that show them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsLineItem, QGraphicsPathItem

from core.data.task import Task
from core.explain.prediction import Answer, Reading, ask, loss_of, read
from core.train.snapshot import Params
from gui.kit import zoom
from gui.kit.canvas import CENTRE, Canvas, Words
from gui.kit.picture_grid import SHRINK, nice_above
from gui.state.selected_example import Example

WIRE = 1.2  # px at 100 %: width of a line without a weight
FAINT = 0.13  # opacity of items that are not marked


@dataclass(frozen=True, eq=False)
class Signals:
    """The forward pass of one example; label and loss are None if its class is unknown."""

    params: Params
    answer: Answer
    reading: Reading
    label: int | None
    loss: float | None


def signals(task: Task, params: Params, example: Example) -> Signals | None:
    """Evaluate the model for the example; None if parameters or logits are not finite."""
    if not all(np.isfinite(array).all() for array in params.arrays):
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        answer = ask(task, params, example.values)
    if not np.isfinite(answer.logits).all():
        return None
    label = example.label
    loss = None if label is None else loss_of(task, answer, label)
    return Signals(params, answer, read(task.config.model.kind, answer), label, loss)


def scale_for(largest: float, scale: float) -> float:
    """Return the end of a symmetric scale: the old one while it fits, else a round number."""
    if SHRINK * scale < largest <= scale:
        return scale
    return nice_above(largest)


class Node:
    """A number in a rounded frame: a circle if its rectangle is square, else a capsule."""

    def __init__(self, canvas: Canvas) -> None:
        self._shape = canvas.add(QGraphicsPathItem())
        self._words = canvas.add(Words())
        self._shape.setZValue(3)
        self._words.setZValue(4)
        self.rect = QRectF()

    def place(self, rect: QRectF, font: QFont, *, ink: str, line: str, fill: str) -> None:
        self.rect = rect
        path = QPainterPath()
        radius = rect.height() / 2
        path.addRoundedRect(rect, radius, radius)
        self._shape.setPath(path)
        self._shape.setPen(QPen(QColor(line), 1.4 * zoom.factor()))
        self._shape.setBrush(QColor(fill))
        self._words.dress(font, ink)
        self._words.place(rect, CENTRE)

    @property
    def text(self) -> str:
        return self._words.text()

    @property
    def colour(self) -> str:
        """The colour of the frame."""
        return self._shape.pen().color().name()

    def set_text(self, text: str) -> None:
        if text != self._words.text():
            self._words.set_text(text)

    def set_opacity(self, opacity: float) -> None:
        for item in (self._shape, self._words):
            item.setOpacity(opacity)

    def set_visible(self, is_visible: bool) -> None:
        for item in (self._shape, self._words):
            item.setVisible(is_visible)


class Chip:
    """A text on a small plate above all other items."""

    def __init__(self, canvas: Canvas) -> None:
        self._plate = canvas.add(QGraphicsPathItem())
        self._words = canvas.add(Words())
        self._plate.setZValue(8)
        self._words.setZValue(9)
        self._metrics: QFontMetricsF | None = None
        self.hide()

    def dress(self, font: QFont, *, ink: str, line: str, fill: str) -> None:
        self._metrics = QFontMetricsF(font)
        self._words.dress(font, ink)
        self._plate.setPen(QPen(QColor(line), zoom.factor()))
        self._plate.setBrush(QColor(fill))

    @property
    def text(self) -> str:
        """The text, "" while hidden."""
        return self._words.text() if self._words.isVisible() else ""

    def show(self, text: str, at: QPointF, within: QRectF) -> None:
        """Show the text centred at a position, moved so that it stays within the rectangle."""
        assert self._metrics
        width, height = (
            self._metrics.horizontalAdvance(text) + zoom.px(10),
            self._metrics.height() + 2,
        )
        x = min(max(at.x() - width / 2, within.left()), max(within.right() - width, 0))
        y = min(max(at.y() - height / 2, within.top()), within.bottom() - height)
        rect = QRectF(x, y, width, height)
        path = QPainterPath()
        path.addRoundedRect(rect, 4, 4)
        self._plate.setPath(path)
        self._words.place(rect, CENTRE)
        self._words.set_text(text)
        for item in (self._plate, self._words):
            item.setVisible(True)

    def hide(self) -> None:
        for item in (self._plate, self._words):
            item.setVisible(False)


class Strand(QGraphicsLineItem):
    """A line whose width and colour show a signed number."""

    THINNEST = 0.7

    def __init__(self, canvas: Canvas) -> None:
        super().__init__()
        self.width = 0.0
        self._pen = QPen()
        canvas.add(self)

    def join(self, start: QPointF, end: QPointF) -> None:
        self.setLine(QLineF(start, end))

    def show_value(self, width: float, colour: str) -> None:
        """Set the width in logical pixels, at least THINNEST at 100 %, and the colour."""
        self.width = max(width, self.THINNEST * zoom.factor())
        self._pen = QPen(QColor(colour), self.width)
        self._pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self.setPen(self._pen)

    def distance(self, position: QPointF) -> float:
        """Return the distance of a position from the centre line in pixels, ∞ beyond its ends."""
        line = self.line()
        dx, dy = line.dx(), line.dy()
        length = dx * dx + dy * dy
        if not length:
            return math.inf
        t = ((position.x() - line.x1()) * dx + (position.y() - line.y1()) * dy) / length
        if not 0 <= t <= 1:
            return math.inf
        return math.hypot(position.x() - line.x1() - t * dx, position.y() - line.y1() - t * dy)
