"""The mark around the point that was chosen, here or in another view."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gui.kit import plots
from gui.kit.theme import Theme

Values = NDArray[np.float32] | NDArray[np.float64] | NDArray[np.uint8]


class PointMark(plots.Spots):
    """A ring around the point of a row, kept when the plane changes.

    size : in pixels at a zoom of 100 %.
    """

    def __init__(self, plot: plots.Plot, size: float) -> None:
        super().__init__(symbol="o")
        self._plot, self._size = plot, size
        self._features: Values = np.empty(0, np.float32)  # of the row
        self.row: int | None = None
        self.setZValue(25)
        plot.addItem(self)

    def set_theme(self, theme: Theme) -> None:
        self.setSize(plots.marker_px(self._size))
        self.setPen(plots.pen(self._plot, theme.accent, 3))
        self.setBrush(None)

    def mark(self, values: Values, row: int, plane: tuple[int, int]) -> None:
        """Mark this row of the values (n, d) in a plane of two features."""
        x, y = plane
        self.row, self._features = row, values[row].copy()
        self.setData(x=values[row : row + 1, x], y=values[row : row + 1, y])

    def keep(self, values: Values, plane: tuple[int, int]) -> None:
        """Mark the same row of changed values; remove the mark if its point is gone."""
        row = self.row
        if row is None:
            return
        if row < len(values) and np.array_equal(values[row], self._features):
            self.mark(values, row, plane)
        else:
            self.forget()

    def forget(self) -> None:
        """Remove the mark."""
        self.row = None
        self.setData([], [])
