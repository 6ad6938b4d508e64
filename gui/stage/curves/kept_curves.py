"""The curves of kept runs, as thin lines beside those of the shown run."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from core.language import tr
from core.runs.run_record import Record
from core.train.history import SAMPLE, Floats, Strip
from gui.kit import plots, zoom
from gui.kit.theme import Theme
from gui.kit.training_sample import sign_of
from gui.stage.curves.quantity import Quantity
from gui.state.kept_runs import colour_of

COLUMNS = 300
KEPT_PX = 1.0  # wider or antialiased lines cost ten times as much on noisy curves
READ_RUNS = 6  # whose values are shown at the pointer

Sight = tuple[float, float]  # first and last visible step


class KeptCurves:
    """Two lines for each kept run: solid of its training rows, dotted of its test rows."""

    def __init__(self, plot: plots.Plot, quantity: Quantity) -> None:
        self._plot, self._quantity = plot, quantity
        self.records: tuple[Record, ...] = ()
        self.lines: list[pg.PlotCurveItem] = []
        self._drawn: object = None  # what the current drawing depends on
        self._styled: object = None  # what the pens depend on
        self._seen: tuple[object, list[Floats]] = (None, [])

    def set_records(self, records: Sequence[Record]) -> None:
        self.records, self._drawn = tuple(records), None

    @property
    def last_step(self) -> int:
        """The last step of the longest run."""
        return max((record.curves.last_step for record in self.records), default=0)

    def values(self, sight: Sight) -> list[Floats]:
        """Return the visible values."""
        about = self.records, sight
        if about != self._seen[0]:
            values = [
                strip.mean for record in self.records for strip in self._strips(record, sight)
            ]
            self._seen = about, values
        return self._seen[1]

    def draw(
        self, theme: Theme, sight: Sight, y: Callable[[Floats], Floats], scale: object
    ) -> None:
        """Draw the visible part at heights `y`, once; these lines are among the static items.

        scale : what `y` depends on.
        """
        about = sight, scale, self.records, theme, zoom.factor()
        if about == self._drawn:
            return
        self._drawn = about
        while len(self.lines) < 2 * len(self.records):
            item = pg.PlotCurveItem(antialias=False, connect="finite")
            item.setZValue(-5)
            self._plot.addItem(item, ignoreBounds=True)
            self.lines.append(item)
        for item in self.lines[2 * len(self.records) :]:
            item.setData([], [])
        self._style(theme)
        for k, record in enumerate(self.records):
            for i, strip in enumerate(self._strips(record, sight)):
                is_figure = np.isfinite(strip.mean)
                self.lines[2 * k + i].setData(strip.step[is_figure], y(strip.mean[is_figure]))

    def _style(self, theme: Theme) -> None:
        """Give the lines their pens, if these are others than before."""
        look = self.records, theme, zoom.factor()
        if look == self._styled:
            return
        self._styled = look
        for k, record in enumerate(self.records):
            colour = colour_of(theme, record.colour)
            for i, style in enumerate((Qt.PenStyle.SolidLine, Qt.PenStyle.DotLine)):
                self.lines[2 * k + i].setPen(plots.pen(self._plot, colour, KEPT_PX, style))

    def _strips(self, record: Record, sight: Sight) -> list[Strip]:
        names = self._quantity.train, self._quantity.test
        return record.curves.strips(names, *sight, COLUMNS)

    def readings(self, theme: Theme, step: float) -> list[str]:
        """Return lines of HTML with each run's values at its measured step nearest to this one."""
        lines = []
        for record in self.records[:READ_RUNS]:
            dash = f'<span style="color:{colour_of(theme, record.colour)}">━━</span>'
            lines.append(f"{dash} {html.escape(record.name)}: {self._reading(record, step)}")
        if len(self.records) > READ_RUNS:
            lines.append(tr("and {n} more", n=len(self.records) - READ_RUNS))
        return lines

    def _reading(self, record: Record, step: float) -> str:
        names = self._quantity.train, self._quantity.test
        here = record.curves.strips(names, step, step, 8)
        i = int(np.abs(here[0].step - step).argmin())
        figures = [float(strip.mean[i]) for strip in here]
        sign = "≈" if len(record.task.train_rows) > SAMPLE else ""
        metrics = record.metrics
        if here[0].first[i] == here[0].last[i] == metrics.step:
            figures = [getattr(metrics, name) for name in names]
            sign = sign and sign_of(metrics)
        return sign + " / ".join(self._quantity.format(v) for v in figures if math.isfinite(v))
