"""The drawing board's items above the points: a ghost, a circle, a lasso, a selection."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from gui.kit import plots, zoom
from gui.kit import theme as look
from gui.kit.theme import Theme
from gui.stage.boundary.geometry import Coords

GHOST_OPACITY = 0.45
SELECTION_PX = 16
CIRCLE = np.linspace(0, 2 * np.pi, 61)


class DrawingOverlay:
    """Items above the points; a ghost or a circle is a faint preview of a press."""

    def __init__(self, plot: plots.Plot, theme: Theme) -> None:
        self._plot, self._theme = plot, theme
        self._ghost_style: tuple[int, float, float] | None = None  # class, zoom, pixel ratio
        self._ghost = plots.Spots()
        self._ghost.setZValue(30)
        self._ghost.setOpacity(GHOST_OPACITY)
        self._circle = pg.PlotCurveItem()
        self._selection = plots.Spots(symbol="s")
        self._lasso = pg.PlotCurveItem()
        for item in (self._circle, self._selection, self._lasso):
            item.setZValue(29)
        for item in (self._ghost, self._circle, self._selection, self._lasso):
            plot.addItem(item, ignoreBounds=True)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme, self._ghost_style = theme, None
        dashed = Qt.PenStyle.DashLine
        self._circle.setPen(plots.pen(self._plot, theme.ink, 1, dashed))
        self._lasso.setPen(plots.pen(self._plot, theme.accent, 1.5, dashed))
        self._selection.setSize(plots.marker_px(SELECTION_PX))
        self._selection.setPen(plots.pen(self._plot, theme.accent, 1.5))
        self._selection.setBrush(None)

    def show_ghost(self, coords: Coords, k: int) -> None:
        """Show a faint preview of the point of class k that a press here would add."""
        style = k, zoom.factor(), self._plot.devicePixelRatioF()
        if style != self._ghost_style:
            self._ghost_style = style
            self._ghost.clear()
            self._ghost.setSymbol(look.symbol(k))
            self._ghost.setSize(plots.marker_px(plots.POINT_PX, k))
            self._ghost.setBrush(pg.mkBrush(self._theme.class_colour(k)))
            self._ghost.setPen(plots.pen(self._plot, self._theme.panel, 1))
        self._ghost.setData(x=[coords[0]], y=[coords[1]])

    def hide_ghost(self) -> None:
        self._ghost.setData([], [])

    def show_circle(self, coords: Coords, radius: tuple[float, float]) -> None:
        """Show the reach of a tool. radius : along x and along y, in the axes' units."""
        (x, y), (rx, ry) = coords, radius
        self._circle.setData(x + rx * np.cos(CIRCLE), y + ry * np.sin(CIRCLE))

    def hide_preview(self) -> None:
        """Hide the preview of a press."""
        self.hide_ghost()
        self._circle.setData([], [])

    def show_lasso(self, corners: list[Coords]) -> None:
        """Show the lasso so far, closed; without corners, none."""
        closed = np.array([*corners, *corners[:1]]).reshape(-1, 2)
        self._lasso.setData(closed[:, 0], closed[:, 1])

    def show_selection(self, xy: NDArray[np.float64]) -> None:
        """Mark the points at xy, (n, 2)."""
        self._selection.setData(x=xy[:, 0], y=xy[:, 1])
