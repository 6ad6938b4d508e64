"""One loss surface: shading, contour lines, trajectory, current model, lowest point."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import (
    QGraphicsEllipseItem,
    QGraphicsItem,
    QGraphicsSimpleTextItem,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from core.explain.surface.loss_surface import Range, Surface
from core.language import tr
from core.model_kind import LossName
from core.number_format import format_plain
from gui.kit import plots, zoom
from gui.kit import theme as look
from gui.kit.covers.covering import Coverable
from gui.kit.shortcuts import RETURN, direction
from gui.kit.theme import Theme

HANDLE_PX = 15.0
GRAB_PX = 16.0
NUDGE = 0.02  # of the range, per press of an arrow key
ZOOM = 1.25
STRENGTH = 0.62  # of the colour where the loss is highest
LABELS = 5

Coords = tuple[float, float]

Item = TypeVar("Item", bound=QGraphicsItem)


class SurfacePanel(Coverable, QWidget):
    """A plot of the loss over two parameters; its point can be dragged.

    surface : the one shown. point : coordinates of the model along the two directions.
    path : line of the trajectory up to the model.
    """

    dragged = Signal(float, float)  # x, y that the point was moved to
    clicked = Signal(float, float)  # x, y of a click beside the point
    hovered = Signal(object)  # (x, y) under the pointer; None when it leaves
    ranged = Signal(object, object)  # x and y ranges after a zoom
    fit_wanted = Signal()

    def __init__(self, theme: Theme, loss_name: LossName, text: str) -> None:
        super().__init__()
        self.loss_name: LossName = loss_name
        self.surface: Surface | None = None
        self.point: tuple[float, float] | None = None
        self.is_dragging = False
        self._theme = theme
        self._names: tuple[str, str] | None = None  # axis labels
        self._levels: list[tuple[float, float, float]] = []  # loss, x, y of each label
        self._pressed: QPointF | None = None
        self.title = QLabel(text)
        zoom.set_type(self.title, look.SMALL)
        self.title.setProperty("small", True)
        self.plot = plots.make_plot(theme, moves_below=True)
        self.plot.setAccessibleName(tr("Loss surface, {text}", text=text))
        self.plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.plot.getPlotItem().getViewBox().setMouseEnabled(False, False)
        self.plot.viewport().installEventFilter(self)
        self.plot.installEventFilter(self)
        self.plot.setMouseTracking(True)
        self._image = plots.Picture(self.plot)
        self._contours, self.path = plots.Line(self.plot), plots.Line(self.plot)
        self._labels = [_upright(QGraphicsSimpleTextItem(self.plot.moving)) for _ in range(LABELS)]
        self._lowest = _upright(QGraphicsSimpleTextItem("★", self.plot.moving))
        self._lowest_here = _upright(QGraphicsSimpleTextItem("☆", self.plot.moving))
        self._handle = _upright(QGraphicsEllipseItem())
        self._handle.setParentItem(self.plot.moving)
        for z, item in enumerate((self._image, self._contours, self.path, *self._labels)):
            item.setZValue(z)
        for z, item in enumerate((self._lowest_here, self._lowest, self._handle), start=20):
            item.setZValue(z)
            item.hide()
        self.plot.getPlotItem().getViewBox().sigRangeChanged.connect(lambda *_: self._show_labels())
        self.plot.getPlotItem().getViewBox().sigResized.connect(lambda *_: self._show_labels())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.title)
        layout.addWidget(self.plot, 1)
        self.set_theme(theme)

    # What is shown --------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        plots.paint(self.plot, theme)
        self._contours.setPen(plots.pen(self.plot, theme.muted, 1))
        self.path.setPen(plots.pen(self.plot, theme.ink, 1.6))
        font = zoom.font(look.SMALL)
        for label in self._labels:
            label.setFont(font)
            label.setBrush(QColor(theme.ink))
        for star in (self._lowest, self._lowest_here):
            star.setFont(zoom.font(1.7))
            star.setBrush(QColor(theme.counter_accent))
        handle = HANDLE_PX * zoom.factor()
        self._handle.setRect(-handle / 2, -handle / 2, handle, handle)
        self._handle.setPen(plots.pen(self.plot, theme.panel, 2))
        self._handle.setBrush(QColor(theme.accent))
        if self.surface is not None:
            self.show_surface(self.surface)

    def name_axes(self, x: str, y: str) -> None:
        """Label the axes; unchanged names cause no new layout."""
        if (x, y) == self._names:
            return
        self._names = x, y
        plots.name_axis(self.plot, "bottom", x)
        plots.name_axis(self.plot, "left", y)
        plots.paint(self.plot, self._theme)

    def set_range(self, x_range: Range, y_range: Range) -> None:
        self.plot.setRange(xRange=x_range, yRange=y_range, padding=0)

    def ranges(self) -> tuple[Range, Range]:
        (x0, x1), (y0, y1) = self.plot.getPlotItem().getViewBox().viewRange()
        return (x0, x1), (y0, y1)

    def show_surface(self, surface: Surface) -> None:
        """Shade the losses, low ones pale, and draw their contour lines."""
        self.surface = surface
        losses = surface.losses[self.loss_name]
        low, high = float(losses.min()), float(losses.max())
        share = ((losses - low) / ((high - low) or 1.0)) ** 0.5 * STRENGTH
        ground, top = look.rgb(self._theme.panel), look.rgb(self._theme.accent)
        image = look.mixed(ground, top, share)
        dx = (surface.xs[-1] - surface.xs[0]) / (len(surface.xs) - 1)
        dy = (surface.ys[-1] - surface.ys[0]) / (len(surface.ys) - 1)
        width, height = dx * len(surface.xs), dy * len(surface.ys)
        corner = surface.xs[0] - dx / 2, surface.ys[0] - dy / 2
        self._image.show_image(image, QRectF(*corner, width, height))
        gap = np.full((1, 2), np.nan)
        lines: list[NDArray[np.float64]] = [gap]
        labelled: list[tuple[float, float, float]] = []
        for level, parts in surface.contours(self.loss_name):
            for part in parts:
                lines += [part, gap]
            if parts:
                longest = max(parts, key=len)
                x, y = longest[len(longest) // 2]
                labelled.append((level, float(x), float(y)))
        joined = np.concatenate(lines)
        self._contours.setData(joined[:, 0], joined[:, 1])
        every = max(1, len(labelled) // LABELS)
        self._levels = labelled[every // 2 :: every][:LABELS]
        self._show_labels()

    def _show_labels(self) -> None:
        """Label some contours with their losses, leaving out labels that would overlap."""
        width, height = self.plot.getPlotItem().getViewBox().viewPixelSize()
        if not (width and height):
            return  # the plot has no size yet
        (_, right), (bottom, _) = self.ranges()
        taken: list[QRectF] = []
        if self.point is not None:
            x, y = self.point
            taken.append(self._handle.rect().translated(x / width, -y / height))
        for label, (level, x, y) in zip(self._labels, self._levels, strict=False):
            label.setText(self.covering.number(format_plain(level, 3)))
            size = label.boundingRect()
            x, y = min(x, right - size.width() * width), max(y, bottom + size.height() * height)
            label.setPos(x, y)
            bounds = label.boundingRect().translated(x / width, -y / height)
            is_free = not any(bounds.intersects(other) for other in taken)
            label.setVisible(is_free)
            if is_free:
                taken.append(bounds)
        for label in self._labels[len(self._levels) :]:
            label.hide()

    def show_figures(self) -> None:
        self._show_labels()

    def clear(self, x: str, y: str) -> None:
        """Clear the plot before a surface of another model, over directions of these names."""
        self.surface = self.point = None
        self._levels = []
        self.name_axes(x, y)
        self.set_range((0.0, 1.0), (0.0, 1.0))
        self._image.clear()
        self._contours.setData([], [])
        self.path.setData([], [])
        for item in (*self._labels, self._lowest, self._lowest_here, self._handle):
            item.hide()

    def show_path(self, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> None:
        self.path.setData(xs, ys)

    def show_point(self, x: float, y: float) -> None:
        self.point = x, y
        self._handle.setPos(x, y)
        self._handle.show()

    def show_lowest(self, everywhere: tuple[float, float] | None) -> None:
        """Mark the optimum, if any, and the lowest node unless it is on the surface's edge."""
        self._lowest.setVisible(everywhere is not None)
        if everywhere is not None:
            self._place_star(self._lowest, *everywhere)
        surface = self.surface
        self._lowest_here.setVisible(False)
        if surface is not None:
            i, j = np.unravel_index(
                surface.losses[self.loss_name].argmin(), surface.losses[self.loss_name].shape
            )
            is_inside = 0 < i < len(surface.ys) - 1 and 0 < j < len(surface.xs) - 1
            self._lowest_here.setVisible(bool(is_inside))
            self._place_star(self._lowest_here, float(surface.xs[j]), float(surface.ys[i]))

    @property
    def optimum(self) -> tuple[float, float] | None:
        """Coordinates of the optimum's mark; None if it is not shown."""
        star = self._lowest
        return (star.x(), star.y()) if star.isVisible() else None

    @staticmethod
    def _place_star(star: QGraphicsSimpleTextItem, x: float, y: float) -> None:
        # The item's origin is the corner of its text: centre the text on (x, y).
        box = star.boundingRect()
        star.setTransformOriginPoint(0, 0)
        star.setPos(x, y)
        star.setTransform(star.transform().fromTranslate(-box.width() / 2, -box.height() / 2))

    # Pointer and keys -----------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return bool(watched is self.plot and self._press_key(event))
        if watched is not self.plot.viewport():
            return False
        if isinstance(event, QWheelEvent):
            at = self._to_data(event.position())
            self._zoom(ZOOM ** (-event.angleDelta().y() / 120), (at.x(), at.y()))
            return True
        if event.type() == QEvent.Type.Leave:
            self.hovered.emit(None)
        if not isinstance(event, QMouseEvent):
            return False
        at = self._to_data(event.position())
        if event.type() == QEvent.Type.MouseButtonPress:
            self.plot.setFocus()
            self._pressed = event.position()
            self.is_dragging = self._is_on_handle(event.position())
        elif event.type() == QEvent.Type.MouseMove:
            self.hovered.emit((at.x(), at.y()))
            near = self.is_dragging or self._is_on_handle(event.position())
            self.plot.setCursor(
                Qt.CursorShape.SizeAllCursor if near else Qt.CursorShape.CrossCursor
            )
            if self.is_dragging:
                self.show_point(at.x(), at.y())
                self.dragged.emit(at.x(), at.y())
        elif event.type() == QEvent.Type.MouseButtonRelease and self._pressed is not None:
            is_still = (event.position() - self._pressed).manhattanLength() < 4
            if self.is_dragging:
                self.is_dragging = False
                if not is_still:
                    self.dragged.emit(at.x(), at.y())
            elif is_still and event.button() == Qt.MouseButton.LeftButton:
                self.clicked.emit(at.x(), at.y())
            self._pressed = None
        elif event.type() == QEvent.Type.MouseButtonDblClick:
            self._pressed = None
            self.fit_wanted.emit()
        return True

    def _to_data(self, position: QPointF) -> QPointF:
        box = self.plot.getPlotItem().getViewBox()
        point: QPointF = box.mapSceneToView(self.plot.mapToScene(position.toPoint()))
        return point

    def _is_on_handle(self, position: QPointF) -> bool:
        if self.point is None:
            return False
        scene = self.plot.getPlotItem().getViewBox().mapViewToScene(QPointF(*self.point))
        away = QPointF(self.plot.mapFromScene(scene)) - position
        return bool(away.x() ** 2 + away.y() ** 2 <= (GRAB_PX * zoom.factor()) ** 2)

    def _zoom(self, factor: float, at: Coords) -> None:
        """Show more (factor > 1) or less around a place, which stays where it is."""
        self.ranged.emit(
            *(
                (c + (low - c) * factor, c + (high - c) * factor)
                for c, (low, high) in zip(at, self.ranges(), strict=True)
            )
        )

    def _press_key(self, event: QKeyEvent) -> bool:
        """Move the point, zoom, or go on from the point; return whether the key does so."""
        by, key = direction(event), event.key()
        if key == Qt.Key.Key_Home:
            self.fit_wanted.emit()
            return True
        if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            (x0, x1), (y0, y1) = self.ranges()
            at = self.point or ((x0 + x1) / 2, (y0 + y1) / 2)
            self._zoom(ZOOM if key == Qt.Key.Key_PageDown else 1 / ZOOM, at)
            return True
        if key in RETURN and self.point is not None:
            self.clicked.emit(*self.point)
            return True
        if by is None or self.point is None:
            return False
        (x0, x1), (y0, y1) = self.ranges()
        x = self.point[0] + by[0] * NUDGE * (x1 - x0)
        y = self.point[1] - by[1] * NUDGE * (y1 - y0)
        self.show_point(x, y)
        self.dragged.emit(x, y)
        self.hovered.emit((x, y))
        return True


def _upright(item: Item) -> Item:
    item.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
    return item
