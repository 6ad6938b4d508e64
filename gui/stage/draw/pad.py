"""The pad: drawn and erased on by mouse, finger, pen or keys; keys undo, redo and clear."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPointingDevice,
    QResizeEvent,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.language import tr
from gui.kit.described import PICTURE, describe, point_out
from gui.kit.theme import Theme
from gui.stage.draw.drawing import ERASER, Drawing
from gui.stage.draw.ink_surface import Box, InkSurface
from gui.stage.draw.key_pen import KeyPen
from gui.stage.draw.photo_reader import DROPPED, PASTED, has_picture
from gui.stage.draw.strokes import Point, Stroke

SMALLEST = 160  # px


class Pad(QWidget):
    """A square to draw on, on which pictures can be dropped and pasted."""

    heard_as = PICTURE
    picture_given = Signal(object, str)  # QMimeData that holds a picture; how it came

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.drawing = Drawing(self)
        self._surface = InkSurface(self, theme)
        self.drawing.replaced.connect(self._paint_all)
        self.drawing.started.connect(self._surface.start)
        self.drawing.extended.connect(self._surface.extend)
        self.drawing.finished.connect(self._surface.finish)
        self._erases = False
        self._key_pen = KeyPen(self.drawing)
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Drawing pad"))
        self.setToolTip(
            tr(
                "Draw with mouse, finger or pen, or drop or paste (Ctrl+V) any picture of a digit. "
                "Ctrl+Z takes the last stroke back, Delete clears. By keys: arrows move the pen, "
                "Return puts it down and lifts it."
            )
        )
        self.set_eraser(False)

    @property
    def strokes(self) -> list[Stroke]:
        """The strokes, including the current one, (k, 2) or (k, 3), in pixels of the pad."""
        growing = [np.array(self.drawing.growing)] if self.drawing.growing else []
        side = self._surface.square.width()
        found = [stroke.copy() for stroke in (*self.drawing.content.strokes, *growing)]
        for stroke in found:
            stroke[:, :2] *= side
        return found

    @property
    def frame(self) -> tuple[float, float]:
        """Width and height of the pad, in the unit of `strokes`."""
        side = self._surface.square.width()
        return side, side

    def set_pen(self, share: float) -> None:
        """Set the pen width as a share of the side, also for what is already drawn."""
        self._surface.pen_share = share
        self._paint_all()

    def set_least(self, width: int) -> None:
        """Set the least width, in pixels."""
        self.setMinimumWidth(max(width, SMALLEST))

    def set_eraser(self, is_on: bool) -> None:
        self._erases = is_on
        self._set_cursor()

    def set_theme(self, theme: Theme) -> None:
        self._surface.theme = theme
        self._set_cursor()
        self._paint_all()

    def show_reading(self, box: Box | None, remark: str) -> None:
        """Mark what was read of a photo, a box in shares of its sides, with a remark on it."""
        if (box, remark) != (self._surface.box, self._surface.remark):
            self._surface.box, self._surface.remark = box, remark
            describe(self, remark)
            self._paint_all()

    # Pictures from outside ----------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept a picture; whatever else is dropped is the window's."""
        if has_picture(event.mimeData()):
            event.acceptProposedAction()
        else:
            self.window().dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if has_picture(event.mimeData()):
            event.acceptProposedAction()
            self.picture_given.emit(event.mimeData(), DROPPED)
        else:
            self.window().dropEvent(event)

    def _paste(self) -> None:
        self.picture_given.emit(QGuiApplication.clipboard().mimeData(), PASTED)

    # Pen ----------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._key_pen.take_away()
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(self._point(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.drawing.go_on(self._point(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.drawing.end()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Draw with a pen; accepted, so that Qt makes no mouse events of the pen's events."""
        self._key_pen.take_away()
        position, pressure = event.position(), event.pressure()
        if event.type() == QEvent.Type.TabletPress:
            is_eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
            self._begin(self._point(position, pressure), is_eraser=is_eraser)
        elif event.type() == QEvent.Type.TabletMove:
            self.drawing.go_on(self._point(position, pressure))
        else:
            self.drawing.end()
        event.accept()

    def _touch(self, event: QTouchEvent) -> None:
        """Follow the first finger; a second touch is the ball of the hand."""
        self._key_pen.take_away()
        if event.type() == QEvent.Type.TouchBegin:
            self._begin(self._point(event.points()[0].position()))
        elif event.type() == QEvent.Type.TouchUpdate:
            self.drawing.go_on(self._point(event.points()[0].position()))
        elif event.type() == QEvent.Type.TouchEnd:
            self.drawing.end()
        else:
            self.drawing.abandon()
        event.accept()

    def _begin(self, point: Point, *, is_eraser: bool = False) -> None:
        if not self.drawing.is_under_way:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.drawing.begin(point, erases=is_eraser or self._erases)

    def _point(self, position: QPointF, pressure: float | None = None) -> Point:
        x, y = self._surface.to_shares(position)
        return (x, y) if pressure is None else (x, y, pressure)

    # Keys ---------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self._touch(event)
            return True
        # While the pad has the focus, undo applies to its strokes, not to the run.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self._handler_of(event):
                event.accept()
                return True
        elif event.type() == QEvent.Type.DevicePixelRatioChange:
            self._paint_all()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        handler = self._handler_of(event)
        if handler:
            handler()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._key_pen.take_away()
        point_out(self, "")
        super().focusOutEvent(event)

    def _press_pen(self, event: QKeyEvent) -> None:
        self._key_pen.press(event, erases=self._erases)
        point_out(self, self._key_pen.words)
        self.update()

    def _handler_of(self, event: QKeyEvent) -> Callable[[], None] | None:
        """Return the action of the key on the pad, if any."""
        keys = QKeySequence(event.keyCombination())
        if keys == QKeySequence("Ctrl+Z"):
            return self.drawing.undo
        if keys in (QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")):
            return self.drawing.redo
        if keys == QKeySequence("Ctrl+V") and has_picture(QGuiApplication.clipboard().mimeData()):
            return self._paste
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            return self.drawing.clear
        if self._key_pen.uses(event):
            return partial(self._press_pen, event)
        return None

    # Painting -----------------------------------------------------------------------------------

    def _paint_all(self) -> None:
        self._surface.paint_all(self.drawing.content, self.drawing.growing)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._surface.show(painter, self._key_pen.place, ERASER if self._erases else 0.0)
        painter.end()

    def _set_cursor(self) -> None:
        """Show the reach of the eraser as a circle; the pen's cursor is a cross."""
        if not self._erases:
            self.setCursor(Qt.CursorShape.CrossCursor)
            return
        reach = max(round(ERASER * self._surface.square.width()), 3)
        circle = QPixmap(2 * reach + 3, 2 * reach + 3)
        circle.fill(Qt.GlobalColor.transparent)
        painter = QPainter(circle)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._surface.theme.counter_accent), 1.5))
        painter.drawEllipse(QPointF(reach + 1.5, reach + 1.5), reach, reach)
        painter.end()
        self.setCursor(QCursor(circle))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setMaximumWidth(max(self.height(), SMALLEST))  # the parts beside it get the rest
        self._set_cursor()
        self._paint_all()

    def sizeHint(self) -> QSize:
        return QSize(SMALLEST, SMALLEST)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
