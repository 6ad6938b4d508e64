"""The decision regions as a picture below the points, and the boundaries between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from gui.kit import plots
from gui.kit.plane_shading import Shading
from gui.kit.theme import Theme

HAIR_PX = 0.1  # a smaller movement of a line is invisible


class Regions:
    """Regions and boundaries, painted by Qt's own items, and only if they look different."""

    def __init__(self, plot: plots.Plot) -> None:
        self._plot = plot
        self._box = plot.getPlotItem().getViewBox()
        self.picture = plots.Picture(plot)
        self.picture.setZValue(-10)
        self.lines = plots.Line(plot)
        self.lines.setZValue(5)

    def set_theme(self, theme: Theme) -> None:
        self.lines.setPen(plots.pen(self._plot, theme.ink, 2))

    def clear(self) -> None:
        self.picture.clear()
        self.lines.setData([], [])

    def show(self, shading: Shading, hair: int) -> bool:
        """Show the shading; return whether it looks different.

        hair : colours that differ by at most this, of 255, look the same.
        """
        rows, columns = shading.image.shape[:2]
        (x0, x1), (y0, y1) = shading.plane.x_range, shading.plane.y_range
        half_x, half_y = (x1 - x0) / (columns - 1) / 2, (y1 - y0) / (rows - 1) / 2
        looks_different = self.picture.show_image(  # nodes are the centres of the image's pixels
            shading.image,
            QRectF(x0 - half_x, y0 - half_y, x1 - x0 + 2 * half_x, y1 - y0 + 2 * half_y),
            hair,
        )
        gap = np.full((1, 2), np.nan)
        joined = np.concatenate([gap, *(part for line in shading.lines for part in (line, gap))])
        if not self._are_shown(joined, HAIR_PX if hair else 0.0):
            self.lines.setData(joined[:, 0], joined[:, 1])
            looks_different = True
        return looks_different

    def _are_shown(self, points: NDArray[np.float64], hair_px: float) -> bool:
        """Return whether these points (n, 2) are at most this far from those of the lines shown."""
        shown = np.stack(self.lines.getData(), axis=1)
        if shown.shape != points.shape:
            return False
        hair = hair_px * np.array(self._box.viewPixelSize())
        return bool((np.isnan(points) | (np.abs(points - shown) <= hair)).all())
