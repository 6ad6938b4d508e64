"""One curve of a plot: the mean line, and a band from the lowest to the highest value."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from core.train.history import Floats, Strip
from gui.kit import plots

BAND_ALPHA = 56
LINE_PX = 2.0  # at a zoom of 100 %, so that a lecture hall sees 4


class Series:
    """A curve: the mean line, and behind it a band from the lowest to the highest value."""

    def __init__(self, plot: plots.Plot) -> None:
        self._plot = plot
        self.band = plots.Band(plot)
        self.line = plots.Line(plot)

    def set_colour(self, colour: str, style: Qt.PenStyle) -> None:
        self.line.setPen(plots.pen(self._plot, colour, LINE_PX, style))
        faint = QColor(colour)
        faint.setAlpha(BAND_ALPHA)
        self.band.setBrush(faint)

    def show(self, strip: Strip, y: Callable[[Floats], Floats]) -> None:
        """Draw the strip at heights `y`; values that are not finite are left out."""
        has_figures = np.isfinite(strip.mean)
        if not has_figures.any():
            self.clear()
            return
        self.line.setData(strip.step, y(strip.mean))
        step, low, high = (a[has_figures] for a in (strip.step, y(strip.low), y(strip.high)))
        if np.array_equal(low, high):
            self.band.clear()
        else:
            self.band.show_between(step, low, high)

    def clear(self) -> None:
        self.line.setData([], [])
        self.band.clear()
