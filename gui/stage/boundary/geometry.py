"""Conversions on a plot, between pixels of its viewport and coordinates of its axes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF

from gui.kit import plots, zoom

Coords = tuple[float, float]
REACH_PX = 10  # of a press or of the pointer: the nearest point within it is hit


class PlotGeometry:
    """Converts positions on a plot's viewport, in pixels, to the units of its axes."""

    def __init__(self, plot: plots.Plot) -> None:
        self._plot = plot
        self._box = plot.getPlotItem().getViewBox()

    def to_data_coords(self, position: QPointF) -> Coords:
        """Return the coordinates under this position of the viewport."""
        point = self._box.mapSceneToView(self._plot.mapToScene(position.toPoint()))
        return point.x(), point.y()

    def coords_between_axes(self, position: QPointF) -> Coords | None:
        """Return the coordinates under this position, None if it is outside the axes."""
        scene = self._plot.mapToScene(position.toPoint())
        if not self._box.sceneBoundingRect().contains(scene):
            return None
        point = self._box.mapSceneToView(scene)
        return point.x(), point.y()

    def to_data_size(self, pixels: float) -> tuple[float, float]:
        """Return the length of this many pixels along x and along y, in the axes' units."""
        width, height = self._box.viewPixelSize()
        return pixels * width, pixels * height

    def distances(
        self, x: NDArray[Any], y: NDArray[Any], coords: Coords
    ) -> NDArray[np.floating[Any]]:
        """Return the distance in pixels of the points x, y, (n,) each, from these coordinates.

        It is infinite where the plot has no room, as in a stage that is folded up.
        """
        width, height = self._box.viewPixelSize()
        if not (width and height):
            return np.full(len(x), np.inf)
        across, up = (x - coords[0]) / width, (y - coords[1]) / height
        return np.asarray(np.hypot(across, up))

    def nearest(self, x: NDArray[Any], y: NDArray[Any], coords: Coords) -> int | None:
        """Return the index of the nearest of the points x, y, (n,) each, within reach, if any."""
        if not len(x):
            return None
        distance = self.distances(x, y, coords)
        index = int(distance.argmin())
        return index if distance[index] <= REACH_PX * zoom.factor() else None
