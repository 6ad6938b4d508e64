"""Plots as this program draws them: few ticks, a light grid, our colours and type.

What moves at display rate is painted by Qt's own items. A paint method in Python, even one that
only calls Qt's, holds Python's lock while it paints, and the training thread, which needs the lock
for each of its short operations, stands still: on Iris the plots held it for 36 % of the time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap, QTransform
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsPixmapItem,
    QGraphicsView,
    QWidget,
)

from gui import look
from gui.look import Theme

POINT_PX = 9

pg.setConfigOptions(antialias=True, imageAxisOrder="row-major")


class Plot(pg.PlotWidget):  # type: ignore[misc]
    """A plot that paints itself without Python; see above.

    What pyqtgraph does before each paint, to lay out what has changed, happens when it changes.
    """

    paintEvent = QGraphicsView.paintEvent  # noqa: N815 it is Qt's

    def __init__(self) -> None:
        super().__init__()
        box = self.getPlotItem().getViewBox()
        box.disableAutoRange()
        for changed in (box.sigRangeChanged, box.sigResized):
            changed.connect(lambda *_: self.scene().prepareForPaint())
        for side in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(side)
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)


class Line(QGraphicsPathItem):
    """Points joined by a line, with gaps where one is NaN."""

    def __init__(self, plot: Plot) -> None:
        super().__init__()
        self._x = self._y = np.empty(0)
        plot.getPlotItem().getViewBox().addItem(self, ignoreBounds=True)

    def setData(self, x: Any, y: Any) -> None:
        """Join the points x, y, (n,) each, in the plot's units."""
        self._x, self._y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        self.setPath(pg.arrayToQPath(self._x, self._y, connect="finite"))

    def getData(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return self._x, self._y


class Picture(QGraphicsPixmapItem):
    """An image (rows, columns, 3) of bytes, smoothly scaled to a rectangle of the plot."""

    def __init__(self, plot: Plot) -> None:
        super().__init__()
        self.image: NDArray[np.uint8] | None = None
        self.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        plot.getPlotItem().getViewBox().addItem(self, ignoreBounds=True)

    def show_image(self, image: NDArray[np.uint8], rect: QRectF) -> None:
        """Show the image, its first row along the lower edge of the rectangle."""
        rows, columns = image.shape[:2]
        to_rect = QTransform.fromTranslate(rect.left(), rect.top())
        to_rect.scale(rect.width() / columns, rect.height() / rows)
        if to_rect != self.transform():
            self.setTransform(to_rect)
        if self.image is None or not np.array_equal(image, self.image):
            self.image = image
            pixels = np.ascontiguousarray(image)
            self.setPixmap(
                QPixmap.fromImage(
                    QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
                )
            )

    def clear(self) -> None:
        self.image = None
        self.setPixmap(QPixmap())


def make_plot(theme: Theme) -> Plot:
    """Return an empty plot without menu and buttons, in the theme's colours."""
    plot = Plot()
    plot.setFrameShape(plot.Shape.NoFrame)
    plot.setRenderHints(
        QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
    )
    plot.setMenuEnabled(False)
    plot.hideButtons()
    item = plot.getPlotItem()
    item.getViewBox().setDefaultPadding(0.0)
    item.layout.setContentsMargins(1, 8, 8, 1)  # room for a label at the end of an axis
    for side in ("left", "bottom"):
        item.getAxis(side).setStyle(tickLength=4, autoExpandTextSpace=True)
    paint(plot, theme)
    return plot


def paint(plot: Plot, theme: Theme) -> None:
    """Give the plot the theme's colours and the font of its widget."""
    plot.setBackground(theme.panel)
    for side in ("left", "bottom"):
        axis = plot.getPlotItem().getAxis(side)
        axis.setPen(pg.mkPen(theme.line))
        axis.setTextPen(pg.mkPen(theme.muted))
        axis.setTickFont(look.scaled(plot.font(), look.SMALL))
        axis.label.setFont(plot.font())
        axis.label.setDefaultTextColor(QColor(theme.ink))


def pen(
    plot: QWidget, colour: str | QColor, width: float, style: Any = Qt.PenStyle.SolidLine
) -> Any:
    """Return a pen of this width in logical pixels: pyqtgraph's own widths are in screen pixels."""
    return pg.mkPen(colour, width=width * plot.devicePixelRatioF(), style=style)
