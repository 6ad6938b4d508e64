"""Rings around the misclassified points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gui.kit import plots
from gui.kit.theme import Theme
from gui.stage.boundary.section import Section

RING_PX = 19  # at a zoom of 100 %


class MistakeRings(plots.Spots):
    """A ring around the point of each given row."""

    def __init__(self, plot: plots.Plot) -> None:
        super().__init__(symbol="o", pxMode=True)
        self._plot = plot
        self.setZValue(20)
        plot.addItem(self)

    def set_theme(self, theme: Theme) -> None:
        self.setSize(plots.marker_px(RING_PX))
        self.setPen(plots.pen(self._plot, theme.ink, 1.5))
        self.setBrush(None)

    def show_rows(self, section: Section, rows: NDArray[np.int64]) -> bool:
        """Show rings around these rows; return whether they have changed."""
        x, y = section.columns(rows)
        before = self.getData()
        if np.array_equal(x, before[0]) and np.array_equal(y, before[1]):
            return False
        self.setData(x=x, y=y)
        return True
