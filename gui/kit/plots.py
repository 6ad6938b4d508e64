"""Plots in the style of this program: few ticks, a light grid, the theme's colours and fonts.

Items that move at display rate are painted by Qt's own classes, without Python. Each call from Qt
into Python during painting waits for the GIL, up to a whole switch interval, and then keeps it
from the training thread, which needs it for each of its short operations. With pyqtgraph's items
painted each frame, a frame took 15 ms and training on Iris lost three quarters of its speed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsPixmapItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsView,
    QSizePolicy,
    QWidget,
)

from core.data.dataset import Dataset
from core.data.shown_names import shown_features
from gui.kit import described, zoom
from gui.kit import theme as look
from gui.kit.axes import Axis, PlotArea
from gui.kit.plain_text import as_tip, html, short
from gui.kit.theme import Theme

# Pixels at a zoom of 100 %:
POINT_PX = 9
TICK_LETTERS = 16  # of a word at a tick
END_PX = 8  # beyond the ends of the axes, for half a label

pg.setConfigOptions(antialias=True, imageAxisOrder="row-major")


class Plot(pg.GraphicsView):  # type: ignore[misc]
    """A pyqtgraph plot covered by its face, a QGraphicsView, which is all that is visible.

    The face holds the moving items, such as `Line` and `Picture`, and a pixmap of all others,
    above or below the moving ones, which pyqtgraph paints when one of them changes.
    """

    heard_as = described.PICTURE

    def __init__(self, *, moves_below: bool, left: pg.AxisItem, bottom: pg.AxisItem) -> None:
        super().__init__()
        both = QSizePolicy.Policy.Expanding
        self.setSizePolicy(both, both)
        self._area = PlotArea(left, bottom)
        self.setCentralItem(self._area)
        viewport = self.viewport()
        self._face = QGraphicsView(QGraphicsScene(self), viewport)
        self._face.setFrameShape(QFrame.Shape.NoFrame)
        self._face.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        for bar in (self._face.setHorizontalScrollBarPolicy, self._face.setVerticalScrollBarPolicy):
            bar(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._face.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        self._face.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._face.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for widget in (self._face, self._face.viewport()):
            widget.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        scene = self._face.scene()
        scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._rest = scene.addPixmap(QPixmap())
        self._rest.setZValue(1 if moves_below else -1)
        self._ring = scene.addRect(QRectF())  # around the whole plot while it has the focus
        self._ring.setZValue(2)
        self._ring.hide()
        # The clip confines moving items to the axes; `moving` has the units of the plot.
        self._clip = scene.addRect(QRectF(), Qt.PenStyle.NoPen)
        self._clip.setFlag(QGraphicsItem.GraphicsItemFlag.ItemClipsChildrenToShape)
        self.moving = QGraphicsRectItem(self._clip)
        self.moving.setPen(Qt.PenStyle.NoPen)
        self.plane: tuple[object, ...] = ()  # what `name_plane` has made of the axes
        self._paint_rest = QTimer(self)
        self._paint_rest.setSingleShot(True)
        self._paint_rest.timeout.connect(self._show_rest)
        box = self.getViewBox()
        box.disableAutoRange()
        for changed in (box.sigRangeChanged, box.sigResized, self.scene().changed):
            changed.connect(lambda *_: self._paint_rest.start(0))

    def getPlotItem(self) -> PlotArea:
        return self._area

    def getViewBox(self) -> pg.ViewBox:
        return self._area.getViewBox()

    def addItem(self, item: QGraphicsItem, **options: Any) -> None:
        """Add an item that does not move, in the units of the axes; options as of ViewBox."""
        self._area.addItem(item, **options)

    def removeItem(self, item: QGraphicsItem) -> None:
        self._area.removeItem(item)

    def setRange(self, *arguments: Any, **options: Any) -> None:
        """Set the ranges of the axes, as ViewBox takes them."""
        self.getViewBox().setRange(*arguments, **options)

    def setMouseEnabled(self, x: bool, y: bool) -> None:
        """Whether the mouse moves and zooms along each axis."""
        self.getViewBox().setMouseEnabled(x=x, y=y)

    def setLabel(self, side: str, text: str) -> None:
        """Set the words beside an axis, as HTML."""
        self._area.setLabel(side, text)

    def set_panel(self, colour: str) -> None:
        """Set the colour behind everything."""
        self.setBackground(None)
        self._face.setBackgroundBrush(QColor(colour))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ring.setPen(QPen(self.palette().highlight(), 2))
        self._ring.show()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring.hide()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint nothing: all that is seen is on the face, which is soon as large as the plot."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cover the new area at once, though its picture is rendered a turn later."""
        super().resizeEvent(event)
        if hasattr(self, "_face") and not self.closed:  # the base class calls it as it is made
            self._face.setGeometry(self.viewport().rect())

    def finish(self) -> None:
        """Show at once, not a frame later, what has changed of items that do not move."""
        self._paint_rest.stop()
        self._show_rest()

    def _show_rest(self) -> None:
        """Fit the face to the plot and render everything that does not move into its pixmap."""
        if self.closed:  # by pyqtgraph, which has deleted the viewport, and the face with it
            return
        area, ratio = self.viewport().rect(), self.devicePixelRatioF()
        if area.isEmpty():
            return
        self._face.setGeometry(area)
        self._face.setSceneRect(QRectF(area))
        self._ring.setRect(QRectF(area).adjusted(1, 1, -1, -1))
        rest = QPixmap(area.size() * ratio)
        rest.setDevicePixelRatio(ratio)
        rest.fill(Qt.GlobalColor.transparent)
        painter = QPainter(rest)
        painter.setRenderHints(self._face.renderHints())
        self.scene().render(painter, QRectF(area), self.mapToScene(area).boundingRect())
        painter.end()
        self._rest.setPixmap(rest)
        self._place_moving()

    def _place_moving(self) -> None:
        box = self.getPlotItem().getViewBox()
        to_pixels = self.viewportTransform()
        self._clip.setRect(to_pixels.mapRect(box.sceneBoundingRect()))
        self.moving.setTransform(box.childGroup.sceneTransform() * to_pixels)

    @property
    def faces(self) -> tuple[QWidget, ...]:
        """The widgets that `paint_shapes` paints, besides this one."""
        return self.viewport(), self._face, self._face.viewport()

    def paint_shapes(self, painter: QPainter) -> None:
        """Paint everything as shapes, without the pixmap and without the mark of the focus."""
        area = self.viewport().rect()
        painter.fillRect(area, self._face.backgroundBrush())
        painter.setRenderHints(self._face.renderHints())
        shown = [item for item in (self._rest, self._ring) if item.isVisible()]
        items = [item for item in self.scene().items() if hasattr(item, "setExportMode")]
        for item in shown:
            item.hide()
        for item in items:  # else markers are painted from a pixmap of theirs
            item.setExportMode(True, {"antialias": True, "resolutionScale": 1.0})
        self.scene().prepareForPaint()  # ranges that are set take effect
        self._place_moving()
        try:
            below = self._rest.zValue() > 0
            for moves in (below, not below):
                if moves:
                    self._face.scene().render(painter, QRectF(area), QRectF(area))
                else:
                    whole = self.mapToScene(area).boundingRect()
                    self.scene().render(painter, QRectF(area), whole)
        finally:
            for item in items:
                item.setExportMode(False)
            for item in shown:
                item.show()


def finish_within(part: QWidget) -> None:
    """Have all pictures of this part in the window's next frame: their scenes tell it later."""
    if not part.isVisible():
        return
    for plot in part.findChildren(Plot):
        plot.finish()
    for picture in part.findChildren(QGraphicsView):
        picture.viewport().update()


class Spots(pg.ScatterPlotItem):  # type: ignore[misc]
    """Markers, hidden while there are none: painting no marker takes as long as painting fifty."""

    def setData(self, *arguments: Any, **options: Any) -> None:
        super().setData(*arguments, **options)
        self.setVisible(len(self.data) > 0)


class Line(QGraphicsPathItem):
    """A line through points, with gaps where one is NaN."""

    def __init__(self, plot: Plot) -> None:
        super().__init__()
        self._x = self._y = np.empty(0)
        self.setParentItem(plot.moving)

    def setData(self, x: Any, y: Any) -> None:
        """Set the points x, y, (n,) each, in the plot's units."""
        self._x, self._y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        self.setPath(pg.arrayToQPath(self._x, self._y, connect="finite"))

    def getData(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return self._x, self._y


class Band(QGraphicsPathItem):
    """The area between two lines."""

    def __init__(self, plot: Plot) -> None:
        super().__init__()
        self.setPen(Qt.PenStyle.NoPen)
        self.setParentItem(plot.moving)

    def show_between(self, x: Any, low: Any, high: Any) -> None:
        """Fill the area between low and high, (n,) each, over x."""
        around = np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]])
        self.setPath(pg.arrayToQPath(*around, connect="all"))

    def clear(self) -> None:
        self.setPath(QPainterPath())


class Picture(QGraphicsPixmapItem):
    """An image (rows, columns, 3) of bytes, smoothly scaled to a rectangle of the plot."""

    def __init__(self, plot: Plot) -> None:
        super().__init__()
        self.image: NDArray[np.uint8] | None = None
        self.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self.setParentItem(plot.moving)

    def show_image(self, image: NDArray[np.uint8], rect: QRectF, hair: int = 0) -> bool:
        """Show the image, its first row along the lower edge of the rectangle.

        If no colour differs from the shown image by more than `hair` (of 255), that image stays.
        Return whether it is painted again.
        """
        rows, columns = image.shape[:2]
        to_rect = QTransform.fromTranslate(rect.left(), rect.top())
        to_rect.scale(rect.width() / columns, rect.height() / rows)
        is_moved = to_rect != self.transform()
        if is_moved:
            self.setTransform(to_rect)
        shown = self.image
        if shown is not None and shown.shape == image.shape:
            darker, lighter = np.minimum(image, shown), np.maximum(image, shown)
            if (lighter - darker).max(initial=0) <= hair:
                return is_moved
        self.image = image
        pixels = np.ascontiguousarray(image)
        self.setPixmap(
            QPixmap.fromImage(
                QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
            )
        )
        return True

    def clear(self) -> None:
        self.image = None
        self.setPixmap(QPixmap())


def make_plot(
    theme: Theme, *, moves_below: bool, axes: dict[str, pg.AxisItem] | None = None
) -> Plot:
    """Return an empty plot without menu and buttons, in the theme's colours.

    moves_below : whether moving items are below the others, such as points, or above them.
    axes : by side, those that replace pyqtgraph's own.
    """
    axes = axes or {}
    left, bottom = (axes.get(side) or Axis(side) for side in ("left", "bottom"))
    plot = Plot(moves_below=moves_below, left=left, bottom=bottom)
    plot.getViewBox().setDefaultPadding(0.0)
    for axis in (left, bottom):
        axis.setStyle(tickLength=4, autoExpandTextSpace=True)
    paint(plot, theme)
    return plot


def paint(plot: Plot, theme: Theme) -> None:
    """Apply the theme's colours, and the application's font at the current zoom."""
    plot.set_panel(theme.panel)
    small = zoom.font(look.SMALL)
    margin, tails = zoom.px(END_PX), math.ceil(QFontMetricsF(small).descent())
    plot.getPlotItem().set_margins(1, margin, margin, 1 + tails)
    for side in ("left", "bottom"):
        axis = plot.getPlotItem().getAxis(side)
        axis.setPen(pen(plot, theme.line, 1))
        axis.setTextPen(pg.mkPen(theme.muted))
        axis.setTickFont(small)
        axis.label.setFont(zoom.font())
        axis.label.setDefaultTextColor(QColor(theme.ink))


def name_axis(plot: Plot, side: str, name: str) -> None:
    """Label an axis with a name, literally; pyqtgraph would read it as HTML."""
    axis = plot.getPlotItem().getAxis(side)
    plot.getPlotItem().setLabel(side, html(short(name)))
    axis.resizeEvent()  # else a new name stands where the old one was centred
    axis.label.setToolTip(as_tip(name) if short(name) != name else "")


def name_feature(plot: Plot, side: str, dataset: Dataset, feature: int) -> None:
    """Label an axis with a feature; where it stands for words, these are at 0 and 1."""
    indicator = dataset.indicators[feature]
    axis = plot.getPlotItem().getAxis(side)
    if indicator is None:
        axis.setTicks(None)
        unit = f" ({own})" if (own := dataset.unit_of(feature)) else ""
        name_axis(plot, side, shown_features(dataset)[feature] + unit)
        return
    words = (indicator.opposite, indicator.word)
    axis.setTicks([[(value, short(word, TICK_LETTERS)) for value, word in enumerate(words)]])
    name_axis(plot, side, indicator.column)


def name_plane(plot: Plot, theme: Theme, dataset: Dataset, features: tuple[int, int]) -> None:
    """Label the axes with two features; axes that look so already are not laid out again."""
    named = tuple(
        (shown_features(dataset)[j], dataset.unit_of(j), dataset.indicators[j]) for j in features
    )
    plane = named, theme, zoom.factor(), plot.devicePixelRatioF()
    if plane == plot.plane:
        return
    plot.plane = plane
    for side, feature in zip(("bottom", "left"), features, strict=True):
        name_feature(plot, side, dataset, feature)
    paint(plot, theme)


def pen(
    plot: QWidget, colour: str | QColor, width: float, style: Any = Qt.PenStyle.SolidLine
) -> Any:
    """Return a pen; `width` is in logical pixels at a zoom of 100 % and scales with the zoom.

    pyqtgraph's own widths are in screen pixels.
    """
    ratio = plot.devicePixelRatioF()
    return pg.mkPen(colour, width=width * zoom.factor() * ratio, style=style)


def marker_px(size: float, mark: int = 0) -> float:
    """Return a class marker's size at the current zoom; `size` is in pixels at 100 %."""
    return size * look.symbol_scale(mark) * zoom.factor()
