"""What sketches of the model are made of: numbers that flow, and native items to show them."""

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

WIRE = 1.2  # px of a line without a weight, at a zoom of 100 %
FAINT = 0.13  # opacity of what is not pointed at


@dataclass(frozen=True, eq=False)
class Signals:
    """What flows through the model for one example; label and loss are None where it has none."""

    params: Params
    answer: Answer
    reading: Reading
    label: int | None
    loss: float | None


def signals(task: Task, params: Params, example: Example) -> Signals | None:
    """Ask the model about the example; None where its numbers are not finite any more."""
    if not (np.isfinite(params.W).all() and np.isfinite(params.b).all()):
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        answer = ask(task, params, example.values)
    if not np.isfinite(answer.logits).all():
        return None
    label = example.label
    loss = None if label is None else loss_of(task, answer, label)
    return Signals(params, answer, read(task.config.model.kind, answer), label, loss)


def scale_for(largest: float, scale: float) -> float:
    """Return the end of a symmetric scale: the one that was, while it fits, else a round one."""
    if SHRINK * scale < largest <= scale:
        return scale
    return nice_above(largest)


class Node:
    """A number in a rounded frame: a circle where there is room, else a capsule."""

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
        """The colour of its frame."""
        return self._shape.pen().color().name()

    def say(self, text: str) -> None:
        if text != self._words.text():
            self._words.say(text)

    def set_opacity(self, opacity: float) -> None:
        for item in (self._shape, self._words):
            item.setOpacity(opacity)

    def set_visible(self, is_visible: bool) -> None:
        for item in (self._shape, self._words):
            item.setVisible(is_visible)


class Chip:
    """Words on a small plate above everything else."""

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
        """What it says, "" while it is hidden."""
        return self._words.text() if self._words.isVisible() else ""

    def show(self, text: str, at: QPointF, within: QRectF) -> None:
        """Say this around a place, moved so that it stays within the rectangle."""
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
        self._words.say(text)
        for item in (self._plate, self._words):
            item.setVisible(True)

    def hide(self) -> None:
        for item in (self._plate, self._words):
            item.setVisible(False)


class Strand(QGraphicsLineItem):
    """A line whose thickness and colour say a signed number."""

    THINNEST = 0.7

    def __init__(self, canvas: Canvas) -> None:
        super().__init__()
        self.width = 0.0
        self._pen = QPen()
        canvas.add(self)

    def join(self, start: QPointF, end: QPointF) -> None:
        self.setLine(QLineF(start, end))

    def show_value(self, width: float, colour: str) -> None:
        """Be so thick, in logical pixels; a hair where that is nothing."""
        self.width = max(width, self.THINNEST * zoom.factor())
        self._pen = QPen(QColor(colour), self.width)
        self._pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self.setPen(self._pen)

    def distance(self, position: QPointF) -> float:
        """Return how far a position is from the line’s middle in pixels, ∞ beyond its ends."""
        line = self.line()
        dx, dy = line.dx(), line.dy()
        length = dx * dx + dy * dy
        if not length:
            return math.inf
        t = ((position.x() - line.x1()) * dx + (position.y() - line.y1()) * dy) / length
        if not 0 <= t <= 1:
            return math.inf
        return math.hypot(position.x() - line.x1() - t * dx, position.y() - line.y1() - t * dy)
