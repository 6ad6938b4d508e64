"""The probability simplex of three classes as a triangle; of two classes, a segment."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainterPath,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QGraphicsEllipseItem,
    QGraphicsPathItem,
    QGraphicsPolygonItem,
    QGraphicsRectItem,
    QWidget,
)

from core.language import tr
from core.teach import illustrations
from core.teach.illustrations import Reals
from gui.kit import zoom
from gui.kit.canvas import CENTRE, Canvas, Words
from gui.kit.theme import Theme
from gui.stage.demos.markers import markers

POINT_PX = 8.0
NEAR_PX = 14.0
RING_PX = 9.0
SPREAD_PX = 60.0  # largest vertical jitter of points on a segment
LONGEST = 1000  # points of a trajectory; when exceeded, every other one is dropped
TINT = 0.10


class Triangle(QWidget):
    """Points at their probabilities, each with the marker of its class; test points hollow.

    A click or the arrow keys choose a point. `pointed` carries the index of the point, −1 for
    none, and the probabilities at its position, (classes,), or None outside.
    """

    pointed = Signal(int, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._A: Reals = np.empty((0, 3))
        self._kinds: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._jitter: Reals = np.empty(0)
        self._marks: tuple[int, ...] = (0, 1, 2)
        self._names: tuple[str, ...] = ("", "", "")
        self._trail: list[Reals] = []  # past probabilities of the chosen point
        self.chosen = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Probabilities as places in a triangle"))
        self._canvas = Canvas(self)
        self._canvas.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        add = self._canvas.add
        self._regions = [add(QGraphicsPolygonItem()) for _ in range(3)]
        self._borders = add(QGraphicsPathItem())
        self._edge = add(QGraphicsPolygonItem())
        self.path = add(QGraphicsPathItem())
        # Two items per class, hollow markers below filled ones.
        self._points = [add(QGraphicsPathItem()) for _ in range(6)]
        self._ring = add(QGraphicsEllipseItem())
        self._ring.setRect(-RING_PX, -RING_PX, 2 * RING_PX, 2 * RING_PX)
        self._ring.hide()
        self._corner_points = [add(QGraphicsPathItem()) for _ in range(3)]
        self._corner_words = [add(Words()) for _ in range(3)]
        self._focus = add(QGraphicsRectItem())
        self._focus.hide()
        self.set_theme(theme)

    # Content --------------------------------------------------------------------------------

    @property
    def classes(self) -> int:
        return len(self._marks)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._canvas.setBackgroundBrush(QColor(theme.panel))
        self._edge.setPen(QPen(QColor(theme.muted), 1.5))
        self._borders.setPen(QPen(QColor(theme.ink), 1.5, Qt.PenStyle.DashLine))
        self._ring.setPen(QPen(QColor(theme.ink), 2))
        self.path.setPen(QPen(QColor(theme.ink), 1.5))
        self._focus.setPen(QPen(QColor(theme.accent), 2))
        for k, mark in enumerate(self._marks):
            colour = theme.class_colour(mark)
            tint = QColor(colour)
            tint.setAlphaF(TINT * (1.6 if theme.is_dark else 1.0))
            self._regions[k].setBrush(QBrush(tint))
            self._regions[k].setPen(Qt.PenStyle.NoPen)
            hollow, filled = self._points[k], self._points[3 + k]
            hollow.setPen(Qt.PenStyle.NoPen)
            hollow.setBrush(colour)
            filled.setPen(Qt.PenStyle.NoPen)
            filled.setBrush(colour)
            self._corner_points[k].setBrush(colour)
            self._corner_points[k].setPen(Qt.PenStyle.NoPen)
        self._dress()

    def show_classes(self, names: tuple[str, ...], marks: tuple[int, ...]) -> None:
        """Name the two or three corners and clear the points."""
        self._names, self._marks = names, marks
        self.show_points(np.empty((0, len(marks))), np.empty(0, np.int64), np.empty(0, np.bool_))
        for k in range(3):
            for item in (self._regions[k], self._corner_points[k], self._corner_words[k]):
                item.setVisible(k < len(marks))
        self.set_theme(self._theme)
        self._lay_out()

    def show_points(self, A: Reals, y: NDArray[np.int64], is_test: NDArray[np.bool_]) -> None:
        """Replace the points: probabilities (n, classes), class numbers (n,), test flags (n,)."""
        self._kinds = np.where(is_test, 0, 3) + y
        self._jitter = np.random.default_rng(0).uniform(-1, 1, len(y))
        self._trail = []
        self.chosen = -1
        self.move_points(A)

    def move_points(self, A: Reals) -> None:
        """Move the same points to other probabilities, (n, classes)."""
        self._A = A
        if 0 <= self.chosen < len(A):
            self._trail.append(A[self.chosen])
            if len(self._trail) > LONGEST:
                del self._trail[1::2]
        self._draw()

    def choose(self, i: int) -> None:
        """Mark point i and draw its trajectory from now on; −1 for none."""
        self.chosen = i
        self._trail = [self._A[i]] if i >= 0 else []
        self._draw_chosen()
        self.pointed.emit(i, self._A[i] if i >= 0 else None)

    # Geometry -------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(420, 380)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._canvas.cover(self.rect())
        self._focus.setRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._lay_out()

    def positions(self, A: Reals) -> Reals:
        """Return pixel positions (n, 2) of probabilities (n, classes), without jitter."""
        xy = illustrations.on_simplex(A)
        return np.stack(
            [self._left + xy[:, 0] * self._side, self._bottom - xy[:, 1] * self._side], axis=1
        )

    def place(self, i: int) -> QPointF:
        """Return the pixel position of point i."""
        x, y = self._at[i]
        return QPointF(x, y)

    def _measure(self) -> None:
        line = QFontMetricsF(self.font()).height() * 1.5
        height = np.sqrt(0.75)
        available = self.height() - 2 * line - 8
        tallest = available / height if self.classes == 3 else np.inf
        self._side = float(max(min(self.width() - 40.0, tallest), 40.0))
        self._left = (self.width() - self._side) / 2
        tall = self._side * height if self.classes == 3 else 0.0
        self._bottom = line + (available + tall) / 2 + 4
        self._line = line

    def _lay_out(self) -> None:
        self._measure()
        h = self.classes
        corners = self.positions(np.eye(h))
        centre = corners.mean(axis=0)
        middles = (corners + np.roll(corners, -1, axis=0)) / 2  # of the edge after each corner
        borders = QPainterPath()
        if h == 3:
            self._edge.setPolygon(_polygon(corners))
            for k in range(3):
                self._regions[k].setPolygon(
                    _polygon(np.array([corners[k], middles[k], centre, middles[k - 1]]))
                )
                borders.moveTo(*centre)
                borders.lineTo(*middles[k])
        else:
            for k in range(2):
                x0, x1 = sorted((corners[k][0], centre[0]))
                box = QRectF(x0, centre[1] - SPREAD_PX - 8, x1 - x0, 2 * SPREAD_PX + 16)
                self._regions[k].setPolygon(QPolygonF(box))
            self._edge.setPolygon(_polygon(corners))
            borders.moveTo(centre[0], centre[1] - SPREAD_PX - 8)
            borders.lineTo(centre[0], centre[1] + SPREAD_PX + 8)
        self._borders.setPath(borders)
        self._dress()
        self._draw()

    def _dress(self) -> None:
        """Place marker and name at each corner."""
        if not hasattr(self, "_line"):
            return
        font = zoom.font(1.0, bold=True)
        metrics = QFontMetricsF(font)
        corners = self.positions(np.eye(self.classes))
        for k, name in enumerate(self._names):
            x, y = corners[k]
            above = self.classes == 3 and k == 0
            y += -self._line / 2 - 4 if above else self._line / 2 + 4
            if self.classes == 2:
                y += SPREAD_PX + 8
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, self.width() / 2 - 40)
            wide = metrics.horizontalAdvance(shown) + 16
            middle = min(max(x, wide / 2 + 4), self.width() - wide / 2 - 4)
            words = self._corner_words[k]
            words.dress(font, self._theme.ink)
            words.place(QRectF(middle - wide / 2 + 16, y - 10, wide - 16, 20), CENTRE)
            words.set_text(shown)
            self._corner_points[k].setPath(
                markers(np.array([[middle - wide / 2 + 6, y]]), self._marks[k], 10.0)
            )

    def _draw(self) -> None:
        if not hasattr(self, "_line"):
            return
        self._at = self.positions(self._A)
        if self.classes == 2:
            self._at[:, 1] += self._jitter * SPREAD_PX
        for kind, item in enumerate(self._points):
            k = kind % 3
            mine = self._at[self._kinds == kind]
            if k < self.classes and len(mine):
                item.setPath(markers(mine, self._marks[k], POINT_PX, is_hollow=kind == k))
            elif not item.path().isEmpty():
                item.setPath(QPainterPath())
        self._draw_chosen()

    def _draw_chosen(self) -> None:
        has_one = 0 <= self.chosen < len(self._A)
        self._ring.setVisible(has_one)
        way = QPainterPath()
        if has_one:
            self._ring.setPos(self.place(self.chosen))
            if len(self._trail) > 1:
                at = self.positions(np.array(self._trail))
                if self.classes == 2:
                    at[:, 1] += self._jitter[self.chosen] * SPREAD_PX
                way = pg.arrayToQPath(at[:, 0], at[:, 1])
        self.path.setPath(way)

    # Pointer and keys -----------------------------------------------------------------------

    def _nearest(self, at: QPointF) -> int:
        if not len(self._A):
            return -1
        gaps = np.hypot(self._at[:, 0] - at.x(), self._at[:, 1] - at.y())
        i = int(gaps.argmin())
        return i if gaps[i] <= NEAR_PX else -1

    def _shares(self, at: QPointF) -> Reals | None:
        """Return the probabilities at a pixel position, (classes,), or None outside."""
        corners = self.positions(np.eye(self.classes))
        if self.classes == 2:
            a = (at.x() - corners[0, 0]) / self._side
            A = np.array([1 - a, a])
        else:
            system = np.vstack([corners.T, np.ones(3)])
            A = np.linalg.solve(system, np.array([at.x(), at.y(), 1.0]))
        return A if A.min() >= 0 else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        i = self._nearest(event.position())
        self.pointed.emit(i, self._A[i] if i >= 0 else self._shares(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.choose(self._nearest(event.position()))

    def leaveEvent(self, event: object) -> None:
        has_one = self.chosen >= 0
        self.pointed.emit(self.chosen, self._A[self.chosen] if has_one else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
        step = by.get(Qt.Key(event.key()))
        if step is None or not len(self._A):
            super().keyPressEvent(event)
        else:
            first = 0 if step > 0 else len(self._A) - 1
            self.choose((self.chosen + step) % len(self._A) if self.chosen >= 0 else first)

    def focusInEvent(self, event: object) -> None:
        self._focus.show()

    def focusOutEvent(self, event: object) -> None:
        self._focus.hide()


def _polygon(at: Reals) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in at])
