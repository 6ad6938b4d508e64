"""The curves of several runs in one plot: loss or accuracy, each run in its colour."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.language import mark, tr
from core.runs.run_record import Record
from core.train.snapshot import Status
from gui.kit import plots, zoom
from gui.kit import theme as look
from gui.kit.axes import StepAxis, ValueAxis
from gui.kit.broken_axis import Break, find_break
from gui.kit.fields.choices import Segments
from gui.kit.layouts import add_layout
from gui.kit.theme import Theme
from gui.state.kept_runs import colour_of

Floats = NDArray[np.float64]

COLUMNS = 300
FIRST_STEPS = 16
FLOOR = 1e-6
PX = 2.0
QUANTITIES = (
    (mark("loss"), "train_loss", mark("The training loss of each, in the unit of its own model")),
    (
        mark("log loss"),
        "log",
        mark("The same on a logarithmic axis: equal factors take equal heights"),
    ),
    (
        mark("test accuracy"),
        "test_accuracy",
        mark("The share of the test rows that each gets right"),
    ),
)


class RunCurves(QWidget):
    """One line per run over the steps; the axes grow in discrete steps, not continuously.

    The line of a diverged run ends with its divergence, above an axis break if beyond the axis.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._records: list[Record] = []
        self._lines: list[plots.Line] = []
        self._quantity = "train_loss"
        self._axes: object = None
        self._break: Break | None = None
        self.quantity = Segments([(tr(words), key, tr(tip)) for words, key, tip in QUANTITIES])
        self.quantity.choose(self._quantity)
        self.quantity.chosen.connect(self._choose)
        self._title = QLabel(tr("against the step"))
        zoom.set_type(self._title, look.SMALL)
        self._title.setProperty("small", True)
        axes = {"left": ValueAxis(), "bottom": StepAxis()}
        self.plot = plots.make_plot(theme, moves_below=False, axes=axes)
        self.plot.setAccessibleName(tr("Curves of the race"))
        self.plot.getPlotItem().getViewBox().setMouseEnabled(False, False)
        self.plot.getPlotItem().showGrid(y=True, alpha=0.35)
        self._break_line = pg.PlotCurveItem()
        self.plot.addItem(self._break_line, ignoreBounds=True)
        head = QHBoxLayout()
        head.addWidget(self.quantity)
        head.addWidget(self._title)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        add_layout(column, head)
        column.addWidget(self.plot, 1)

    def set_theme(self, theme: Theme) -> None:
        self._theme, self._axes = theme, None
        plots.paint(self.plot, theme)
        self._draw()

    def show_records(self, records: Sequence[Record]) -> None:
        self._records = list(records)
        self._draw()

    @property
    def lines(self) -> list[plots.Line]:
        """The lines of the runs, in their order."""
        return self._lines[: len(self._records)]

    def _choose(self, quantity: object) -> None:
        self._quantity, self._axes = str(quantity), None
        self._draw()

    def _draw(self) -> None:
        is_log = self._quantity == "log"
        name = "train_loss" if is_log else self._quantity
        x_max = FIRST_STEPS
        while x_max < max((r.curves.furthest_step for r in self._records), default=0):
            x_max *= 2
        while len(self._lines) < len(self._records):
            self._lines.append(plots.Line(self.plot))
        for line in self._lines[len(self._records) :]:
            line.setData([], [])
        curves = [self._points(record, name, x_max) for record in self._records]
        fallen = np.concatenate([fall for *_, fall in curves] or [np.array([])])
        seen = np.concatenate([y for _, y, _ in curves] or [np.array([])])
        endless = 10 * float(np.append(seen, fallen[np.isfinite(fallen)]).max(initial=1.0))
        self._break = None
        if self._quantity == "train_loss" and len(fallen):
            held, self._break = find_break(_round_up(float(seen.max(initial=0.0))), fallen)
            seen = np.append(seen, held)
        else:
            seen = np.append(seen, np.where(np.isinf(fallen), endless, fallen))
        for line, record, (steps, values, fall) in zip(
            self._lines, self._records, curves, strict=False
        ):
            line.setPen(plots.pen(self.plot, colour_of(self._theme, record.colour), PX))
            y = np.append(values, fall)
            if is_log:
                y = np.log10(np.maximum(np.where(np.isinf(y), endless, y), FLOOR))
            line.setData(steps, self._break.place(y) if self._break else y)
        ends = seen if len(seen) else np.array([0.0, 1.0])
        if is_log:
            ends = np.log10(np.maximum(ends, FLOOR))
        self._fit(x_max, float(ends.min()), float(ends.max()))

    def _points(self, record: Record, name: str, x_max: int) -> tuple[Floats, Floats, Floats]:
        """Return steps, finite values, and the values of the divergence if the run has diverged.

        The steps are those of the values followed by those of the divergence.
        """
        (strip,) = record.curves.strips((name,), 0, x_max, COLUMNS)
        is_figure = np.isfinite(strip.mean)
        steps, values, fall = strip.step[is_figure], strip.mean[is_figure], record.curves.fall
        if fall is None or record.status is not Status.DIVERGED:
            return steps, values, np.array([])
        fallen = fall.series[name][1:]
        is_there = ~np.isnan(fallen)
        return np.append(steps, fall.steps[1:][is_there]), values, fallen[is_there]

    def _fit(self, x_max: int, low: float, high: float) -> None:
        if self._quantity == "log":
            bottom = math.floor(low)
            y_range = bottom - 0.05, max(math.ceil(high * 2) / 2, bottom + 1) + 0.05
        elif self._break is not None:
            y_range = -0.04 * self._break.start, self._break.top
        elif self._quantity == "train_loss":
            top = _round_up(high)
            y_range = -0.04 * top, top * 1.02
        else:
            y_range = (0.46 if low >= 0.5 else -0.06), 1.04
        axes = x_max, y_range, self._quantity, self._break
        if axes == self._axes:
            return
        self._axes = axes
        self.plot.setRange(xRange=(0, x_max), yRange=y_range, padding=0)
        teeth = self._break.teeth(0, x_max) if self._break else ([], [])
        self._break_line.setData(*teeth)
        self._break_line.setPen(plots.pen(self.plot, self._theme.muted, 1.2))
        self._set_ticks(*y_range)

    def _set_ticks(self, low: float, high: float) -> None:
        """Set four divisions for a loss, two for an accuracy; a log axis has its own ticks."""
        axis = self.plot.getPlotItem().getAxis("left")
        axis.set_break(self._break)
        axis.setLogMode(self._quantity == "log")
        axis.is_share = self._quantity == "test_accuracy"
        levels = None
        if axis.is_share:
            first = round(low + 0.05, 1)
            levels = [((1 - first) / 2, first)]
        elif self._quantity == "train_loss":
            top = self._break.start if self._break else high / 1.02
            levels = [(top / 4, 0.0)]
        axis.setTickSpacing(levels=levels)


def _round_up(high: float) -> float:
    """Return a round value of at least `high` and 0.1, for the end of an axis."""
    power = 10.0 ** math.floor(math.log10(max(high, 0.1)))
    return next(k * power for k in (1.2, 2, 3, 5, 8, 12) if k * power >= high)
