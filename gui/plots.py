"""Plots as this program draws them: few ticks, a light grid, our colours and type."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from gui import look
from gui.look import Theme

POINT_PX = 9

pg.setConfigOptions(antialias=True, imageAxisOrder="row-major")


def make_plot(theme: Theme) -> pg.PlotWidget:
    """Return an empty plot without menu and buttons, in the theme's colours."""
    plot = pg.PlotWidget()
    plot.setFrameShape(plot.Shape.NoFrame)
    plot.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    item = plot.getPlotItem()
    item.getViewBox().setDefaultPadding(0.0)
    item.layout.setContentsMargins(1, 8, 8, 1)  # room for a label at the end of an axis
    for side in ("left", "bottom"):
        item.getAxis(side).setStyle(tickLength=4, autoExpandTextSpace=True)
    paint(plot, theme)
    return plot


def paint(plot: pg.PlotWidget, theme: Theme) -> None:
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
