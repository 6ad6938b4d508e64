"""The pad: strokes of mouse, finger or pen, with eraser and undo; or a picture in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QPointingDevice,
    QResizeEvent,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.kit import theme as look
from gui.kit.canvas_widgets import ink_pixmap, ink_table
from gui.kit.theme import Theme

Stroke = NDArray[np.float64]
Floats = NDArray[np.float32]

ERASER = 0.045  # of the side: how near a stroke must be
NEAR = 0.002  # of the side: a point nearer to the one before says nothing new
KEPT = 200  # edits back that can be undone
LIGHTEST, HEAVIEST = 0.5, 1.3  # times the pen's width, by pressure
MARGIN = 1.5  # px around the square: its border
EMPTY = "draw a digit"


class Content(NamedTuple):
    """What lies on the pad: strokes, or a picture.

    strokes : (k, 2) points x, y in shares of the side, y down; (k, 3) with the pen's pressure.
    picture : (size, size) in 0 … 1, where there are no strokes.
    note : what the picture is.
    """

    strokes: tuple[Stroke, ...] = ()
    picture: Floats | None = None
    note: str = ""


class Pad(QWidget):
    """A square to draw on.

    What is finished is kept as a picture: a movement paints its own piece and no more.
    """

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.content = Content()
        self._erases = False
        self._pen_share = 0.09  # width of the pen as a share of the side
        self._past: list[Content] = []
        self._future: list[Content] = []
        self._growing: list[tuple[float, ...]] | None = None
        self._before: Content | None = None  # the gesture under way
        self._is_erasing = False
        self._surface = QPixmap()
        self._tail = QPainterPath()  # the newest piece, which the next point will bend
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Drawing pad")
        self.setToolTip(
            "Draw with mouse, finger or pen. Ctrl+Z takes the last stroke back, Delete clears."
        )
        self.set_eraser(False)

    # What is on it ------------------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        return not self.content.strokes and self.content.picture is None and not self._growing

    @property
    def is_drawing(self) -> bool:
        """Whether the pen is down."""
        return self._before is not None

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    @property
    def strokes(self) -> list[Stroke]:
        """The strokes, the one under way included, (k, 2) or (k, 3), in pixels of the pad."""
        growing = [np.array(self._growing)] if self._growing else []
        side = self._square().width()
        found = [stroke.copy() for stroke in (*self.content.strokes, *growing)]
        for stroke in found:
            stroke[:, :2] *= side
        return found

    @property
    def frame(self) -> tuple[float, float]:
        """Width and height of the pad, in the unit of `strokes`."""
        side = self._square().width()
        return side, side

    def put_picture(self, picture: Floats, note: str) -> None:
        """Lay a picture on the pad in place of what is there; that can be undone."""
        self._abandon()
        self._remember(self.content)
        self._set(Content((), picture, note))

    def clear(self) -> None:
        if not self.is_empty:
            self._abandon()
            self._remember(self.content)
            self._set(Content())

    def forget(self) -> None:
        """Clear the pad for other data, for good."""
        self._abandon()
        self._past, self._future = [], []
        self._set(Content())

    def undo(self) -> None:
        self._travel(self._past, self._future)

    def redo(self) -> None:
        self._travel(self._future, self._past)

    def set_pen(self, share: float) -> None:
        """Draw with a pen of this share of the side; what is drawn takes it on, too."""
        self._pen_share = share
        self._paint_surface()

    def set_eraser(self, is_on: bool) -> None:
        self._erases = is_on
        self._set_cursor()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._set_cursor()
        self._paint_surface()

    def _travel(self, source: list[Content], target: list[Content]) -> None:
        if source and not self.is_drawing:
            target.append(self.content)
            self._set(source.pop())

    def _remember(self, content: Content) -> None:
        self._past = [*self._past[-KEPT + 1 :], content]
        self._future = []

    def _set(self, content: Content) -> None:
        self.content = content
        self._paint_surface()
        self.changed.emit()

    # Pen ----------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go_on(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._end()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Accept the pen's own events: then Qt makes no mouse events of them."""
        place, pressure = event.position(), event.pressure()
        if event.type() == QEvent.Type.TabletPress:
            is_eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
            self._begin(place, pressure, erases=is_eraser or self._erases)
        elif event.type() == QEvent.Type.TabletMove:
            self._go_on(place, pressure)
        else:
            self._end()
        event.accept()

    def _touch(self, event: QTouchEvent) -> None:
        """Follow the first finger; a second one is the ball of the hand."""
        if event.type() == QEvent.Type.TouchBegin:
            self._begin(event.points()[0].position())
        elif event.type() == QEvent.Type.TouchUpdate:
            self._go_on(event.points()[0].position())
        elif event.type() == QEvent.Type.TouchEnd:
            self._end()
        else:
            self._abandon()
        event.accept()

    def _begin(
        self, position: QPointF, pressure: float | None = None, *, erases: bool | None = None
    ) -> None:
        if self.is_drawing:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._before = self.content
        self._is_erasing = self._erases if erases is None else erases
        if self._is_erasing:
            self._erase(position)
            return
        was_empty = self.is_empty
        if self.content.picture is not None:  # a new drawing begins
            self.content = Content()
        self._growing = [self._point(position, pressure)]
        if was_empty or self._before.picture is not None:
            self._paint_surface()
        self._tail = self._piece(self._growing, 0)
        self._show(self._tail)
        self.changed.emit()

    def _go_on(self, position: QPointF, pressure: float | None = None) -> None:
        if self._before is None:
            return
        if self._is_erasing:
            self._erase(position)
            return
        assert self._growing is not None
        points = self._growing
        point = self._point(position, pressure)
        if np.hypot(point[0] - points[-1][0], point[1] - points[-1][1]) < NEAR:
            return
        points.append(point)
        old = self._tail
        if len(points) > 2:  # by this point the piece before it has its final form
            self._settle(len(points) - 3)
        self._tail = self._piece(points, len(points) - 2)
        self._show(old, self._tail)
        self.changed.emit()

    def _end(self) -> None:
        if self._before is None:
            return
        before, self._before = self._before, None
        if self._growing is not None:
            points, self._growing = self._growing, None
            self._settle(max(len(points) - 2, 0), points)
            self._tail = QPainterPath()
            width = 3 if all(len(point) == 3 for point in points) else 2
            stroke = np.array([point[:width] for point in points])
            self.content = Content((*self.content.strokes, stroke))
        if self.content is not before:
            self._remember(before)
            self.changed.emit()

    def _abandon(self) -> None:
        """Forget the gesture under way."""
        if self._before is not None:
            before, self._before, self._growing = self._before, None, None
            self._tail = QPainterPath()
            self._set(before)

    def _erase(self, position: QPointF) -> None:
        """Take away the strokes that come near; a picture goes as a whole."""
        place = np.array(self._point(position, None))
        left = tuple(s for s in self.content.strokes if _distance(s[:, :2], place) > ERASER)
        if len(left) < len(self.content.strokes) or self.content.picture is not None:
            self._set(Content(left))

    def _point(self, position: QPointF, pressure: float | None) -> tuple[float, ...]:
        square = self._square()
        x = (position.x() - square.left()) / square.width()
        y = (position.y() - square.top()) / square.width()
        return (x, y) if pressure is None else (x, y, pressure)

    # Keys ---------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self._touch(event)
            return True
        # While the pad has the focus, undo is of its strokes and not of the run.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self._deed(event):
                event.accept()
                return True
        elif event.type() == QEvent.Type.DevicePixelRatioChange:
            self._paint_surface()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        deed = self._deed(event)
        if deed:
            deed()
        else:
            super().keyPressEvent(event)

    def _deed(self, event: QKeyEvent) -> Callable[[], None] | None:
        """Return what the key does here, if anything."""
        keys = QKeySequence(event.keyCombination())
        if keys == QKeySequence("Ctrl+Z"):
            return self.undo
        if keys in (QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")):
            return self.redo
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            return self.clear
        return None

    # Painting -----------------------------------------------------------------------------------

    def _square(self) -> QRectF:
        side = max(min(self.width(), self.height()) - 2 * MARGIN, 1.0)
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def _pen_px(self) -> float:
        return max(self._pen_share * self._square().width(), 1.5)

    def _pen(self, *pressures: float) -> QPen:
        share = sum(pressures) / len(pressures) if pressures else None
        factor = 1.0 if share is None else LIGHTEST + (HEAVIEST - LIGHTEST) * share
        return QPen(
            QColor(self._theme.ink),
            self._pen_px() * factor,
            Qt.PenStyle.SolidLine,
            Qt.PenCapStyle.RoundCap,
            Qt.PenJoinStyle.RoundJoin,
        )

    def _piece(self, points: list[tuple[float, ...]], i: int) -> QPainterPath:
        """Return the curve from point i to the next, as `core.data.digit_image` bends it; or a dot.

        Catmull and Rom's in its centripetal form, here as Bézier's.
        """
        square = self._square()

        def place(k: int) -> complex:
            x, y = points[k][:2]
            return complex(square.left() + x * square.width(), square.top() + y * square.width())

        path = QPainterPath()
        start = place(i)
        path.moveTo(start.real, start.imag)
        if len(points) == 1:
            path.lineTo(start.real + 0.01, start.imag)  # Qt draws no path without length
            return path
        end = place(i + 1)
        chord = end - start
        before = start - place(i - 1) if i > 0 else chord
        after = place(i + 2) - end if i + 2 < len(points) else chord
        d0, d1, d2 = (max(abs(way), 1e-9) ** 0.5 for way in (before, chord, after))
        leaving = chord + d1 * (before / d0 - (before + chord) / (d0 + d1))
        arriving = chord + d1 * (after / d2 - (chord + after) / (d1 + d2))
        c1, c2 = start + leaving / 3, end - arriving / 3
        path.cubicTo(c1.real, c1.imag, c2.real, c2.imag, end.real, end.imag)
        return path

    def _pen_at(self, points: list[tuple[float, ...]], i: int) -> QPen:
        return self._pen(*(point[2] for point in points[i : i + 2] if len(point) == 3))

    def _settle(self, i: int, points: list[tuple[float, ...]] | None = None) -> None:
        """Paint piece i of the growing stroke where it stays."""
        points = points or self._growing
        assert points
        piece = self._piece(points, i)
        painter = QPainter(self._surface)
        self._stroke(painter, [(piece, self._pen_at(points, i))])
        painter.end()
        self._show(piece)

    def _show(self, *paths: QPainterPath) -> None:
        """Let Qt paint the places of these paths again."""
        margin = HEAVIEST * self._pen_px() / 2 + 2
        for path in paths:
            if not path.isEmpty():
                area = path.boundingRect().adjusted(-margin, -margin, margin, margin)
                self.update(area.toAlignedRect())

    def _stroke(self, painter: QPainter, pieces: list[tuple[QPainterPath, QPen]]) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self._square(), Qt.ClipOperation.IntersectClip)
        for path, pen in pieces:
            painter.strokePath(path, pen)

    def _pieces(self) -> Iterator[tuple[QPainterPath, QPen]]:
        for stroke in self.content.strokes:
            points = [tuple(point) for point in stroke.tolist()]
            for i in range(max(len(points) - 1, 1)):
                yield self._piece(points, i), self._pen_at(points, i)

    def _paint_surface(self) -> None:
        """Paint everything anew but the stroke under way's newest piece."""
        ratio, square = self.devicePixelRatioF(), self._square()
        self._surface = QPixmap(self.size() * ratio)
        self._surface.setDevicePixelRatio(ratio)
        self._surface.fill(QColor(self._theme.panel))
        painter = QPainter(self._surface)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        content = self.content
        if content.picture is not None:
            painter.drawPixmap(square.toRect(), ink_pixmap(content.picture, ink_table(self._theme)))
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.drawRoundedRect(square, 6, 6)
        painter.setPen(QColor(self._theme.muted))
        if self.is_empty:
            painter.setFont(look.scaled(self.font(), look.LARGE))
            painter.drawText(square, Qt.AlignmentFlag.AlignCenter, EMPTY)
        elif content.note:
            painter.setFont(look.scaled(self.font(), look.SMALL))
            inner = square.adjusted(8, 5, -8, -5)
            painter.drawText(
                inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, content.note
            )
        self._stroke(painter, [*self._pieces()])
        painter.end()
        for i in range(len(self._growing or ()) - 2):
            self._settle(i)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._surface)
        if self._growing:
            points = self._growing
            pen = self._pen_at(points, max(len(points) - 2, 0))
            self._stroke(painter, [(self._tail, pen)])
        if self.hasFocus():
            painter.setClipping(False)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._theme.accent), 2))
            painter.drawRoundedRect(self._square(), 6, 6)
        painter.end()

    def _set_cursor(self) -> None:
        """Show how far the eraser reaches; the pen is a cross."""
        if not self._erases:
            self.setCursor(Qt.CursorShape.CrossCursor)
            return
        reach = max(round(ERASER * self._square().width()), 3)
        circle = QPixmap(2 * reach + 3, 2 * reach + 3)
        circle.fill(Qt.GlobalColor.transparent)
        painter = QPainter(circle)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.counter_accent), 1.5))
        painter.drawEllipse(QPointF(reach + 1.5, reach + 1.5), reach, reach)
        painter.end()
        self.setCursor(QCursor(circle))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_cursor()
        if self._growing:
            self._tail = self._piece(self._growing, max(len(self._growing) - 2, 0))
        self._paint_surface()

    def sizeHint(self) -> QSize:
        return QSize(300, 300)


def _distance(points: Stroke, place: Stroke) -> float:
    """Return how near the line through points (k, 2) comes to a place (2,)."""
    start, way = points[: max(len(points) - 1, 1)], np.diff(points, axis=0)
    if not len(way):
        way = np.zeros((1, 2))
    square = (way**2).sum(axis=1)
    t = ((place - start) * way).sum(axis=1) / np.where(square > 0, square, 1.0)
    away = start + t.clip(0, 1)[:, None] * way - place
    return float(np.hypot(away[:, 0], away[:, 1]).min())
