"""The points of a task on the plane, in the colours and shapes of their classes."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from core.language import mark
from gui.kit import plots, zoom
from gui.kit import theme as look
from gui.kit.theme import Theme
from gui.stage.boundary.section import Section

MAX_POINTS = 10_000  # drawn in all; training uses all. 100,000 took 170 ms a frame
TRAINING, TEST = mark("training"), mark("test")


class PointItems:
    """Two items for each class: training points are filled, held-out ones hollow.

    Their style is set when classes or colours change; otherwise only their data are set.

    is_shown : (n,) for each row of the data set, whether its point is drawn.
    thinning : one point in this many is drawn.
    """

    def __init__(self, plot: plots.Plot) -> None:
        self._plot = plot
        self._items: list[plots.Spots] = []
        self._style: tuple[object, ...] = ()
        self.is_shown: NDArray[np.bool_] = np.empty(0, dtype=np.bool_)
        self.thinning = 1

    def show(self, section: Section, theme: Theme, which: object) -> None:
        """Show the points of a section: "all", or only those of TRAINING or of TEST."""
        task, dataset = section.task, section.task.dataset
        self._apply_style(dataset.class_marks, theme)
        self.thinning = max(1, -(-dataset.n // MAX_POINTS))
        self.is_shown = np.zeros(dataset.n, dtype=np.bool_)
        for rows, part in ((task.train_rows, TRAINING), (task.held_out_rows, TEST)):
            rows = rows if which in ("all", part) else rows[:0]
            labels = dataset.y[rows]
            for k in range(dataset.h):
                drawn = rows[labels == k][:: self.thinning]
                self.is_shown[drawn] = True
                x, y = section.columns(drawn)
                self.item(k, part).setData(x=x, y=y)

    def item(self, k: int, part: str) -> plots.Spots:
        """Return the item for the points of class k, those of TRAINING or of TEST."""
        return self._items[2 * k + (part == TEST)]

    def _apply_style(self, marks: tuple[int, ...], theme: Theme) -> None:
        """Create the items of each class and set its colour and shape."""
        style = marks, theme, zoom.factor(), self._plot.devicePixelRatioF()
        if style == self._style:
            return
        self._style = style
        while len(self._items) < 2 * len(marks):
            item = plots.Spots()
            item.setZValue(10)
            self._plot.addItem(item)
            self._items.append(item)
        for item in self._items:
            item.clear()
        for k, own in enumerate(marks):
            colour = theme.class_colour(own)
            size = plots.marker_px(plots.POINT_PX, own)
            filled, hollow = self.item(k, TRAINING), self.item(k, TEST)
            for item in (filled, hollow):
                item.setSymbol(look.symbol(own))
            filled.setSize(size)
            filled.setPen(plots.pen(self._plot, theme.panel, 1))
            filled.setBrush(pg.mkBrush(colour))
            hollow.setSize(size - zoom.factor())
            hollow.setPen(plots.pen(self._plot, colour, 1.6))
            hollow.setBrush(pg.mkBrush(theme.panel))
