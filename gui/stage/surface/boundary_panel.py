"""The plane of two features beside a loss surface: training points, and the model's boundary."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.data.task import Task
from core.explain.surface.direction import Reals
from core.explain.surface.loss_surface import Range
from core.language import tr
from gui.kit import plots
from gui.kit import theme as look
from gui.kit.labels import small_label
from gui.kit.theme import Theme

MOST_POINTS = 1_000  # of a class
POINT_PX = 7
MARGIN = 0.08  # of the range of a feature, on either side


class BoundaryPanel(QWidget):
    """A small plot of the training points; the boundary moves with the point on the surface."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.plot = plots.make_plot(theme, moves_below=False)
        self.plot.setAccessibleName(tr("Decision boundary of the point on the surface"))
        self.plot.getPlotItem().getViewBox().setMouseEnabled(False, False)
        self.lines = plots.Line(self.plot)
        self._scatters: list[pg.ScatterPlotItem] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(small_label(tr("the boundary there")))
        column.addWidget(self.plot, 1)

    def set_theme(self, theme: Theme) -> None:
        """Apply the theme; points take their colours the next time they are shown."""
        self._theme = theme
        plots.paint(self.plot, theme)
        self.lines.setPen(plots.pen(self.plot, theme.ink, 2))

    def ranges(self) -> tuple[Range, Range]:
        """Return the visible ranges of the two features."""
        (x0, x1), (y0, y1) = self.plot.getPlotItem().getViewBox().viewRange()
        return (x0, x1), (y0, y1)

    def show_points(self, task: Task) -> None:
        """Show the training points of a task with two features; set ranges that hold all rows."""
        for scatter in self._scatters:
            self.plot.removeItem(scatter)
        self._scatters = []
        values, dataset = task.dataset.values(), task.dataset
        for k, mark in enumerate(dataset.class_marks):
            rows = task.train_rows[dataset.y[task.train_rows] == k][:MOST_POINTS]
            scatter = pg.ScatterPlotItem(
                x=values[rows, 0],
                y=values[rows, 1],
                symbol=look.symbol(mark),
                size=plots.marker_px(POINT_PX, mark),
                pen=None,
                brush=pg.mkBrush(self._theme.class_colour(mark)),
            )
            self.plot.addItem(scatter)
            self._scatters.append(scatter)
        plots.name_plane(self.plot, self._theme, dataset, (0, 1))
        if len(values):
            low, high = (end(axis=0).astype(np.float64) for end in (values.min, values.max))
            margin = MARGIN * np.maximum(high - low, 1e-6)
            self.plot.setRange(
                xRange=(low[0] - margin[0], high[0] + margin[0]),
                yRange=(low[1] - margin[1], high[1] + margin[1]),
                padding=0,
            )

    def show_boundary(self, lines: list[Reals]) -> None:
        """Draw these lines, each (points, 2)."""
        gap = np.full((1, 2), np.nan)
        joined = np.concatenate([gap, *(part for line in lines for part in (line, gap))])
        self.lines.setData(joined[:, 0], joined[:, 1])

    def clear(self) -> None:
        """Remove the boundary, before another model is shown."""
        self.lines.setData([], [])
