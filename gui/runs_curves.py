"""The curves of several runs in one plot: the loss or the accuracy of each, in its colour."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.records import Record
from gui import plots
from gui.fields import Segments
from gui.look import Theme
from gui.runs_kept import colour_of

COLUMNS = 300
FIRST_STEPS = 16
FLOOR = 1e-6
PX = 2.0
QUANTITIES = (
    ("loss", "train_loss", "The training loss of each, in the unit of its own model"),
    ("log loss", "log", "The same on a logarithmic axis: equal factors take equal heights"),
    ("test accuracy", "test_accuracy", "The share of the test rows that each gets right"),
)


class RunCurves(QWidget):
    """One line for each run against the step; the axes grow by leaps."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._records: list[Record] = []
        self._lines: list[plots.Line] = []
        self._quantity = "train_loss"
        self._axes: object = None
        self.quantity = Segments(QUANTITIES)
        self.quantity.choose(self._quantity)
        self.quantity.chosen.connect(self._choose)
        self._title = QLabel("against the step")
        self._title.setProperty("small", True)
        self.plot = plots.make_plot(theme, moves_below=False)
        self.plot.setAccessibleName("Curves of the race")
        self.plot.getPlotItem().getViewBox().setMouseEnabled(False, False)
        self.plot.getPlotItem().showGrid(y=True, alpha=0.35)
        head = QHBoxLayout()
        head.addWidget(self.quantity)
        head.addWidget(self._title)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
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
        """The line of each run."""
        return self._lines[: len(self._records)]

    def _choose(self, quantity: object) -> None:
        self._quantity, self._axes = str(quantity), None
        self._draw()

    def _draw(self) -> None:
        is_log = self._quantity == "log"
        name = "train_loss" if is_log else self._quantity
        x_max = FIRST_STEPS
        while x_max < max((r.curves.last_step for r in self._records), default=0):
            x_max *= 2
        while len(self._lines) < len(self._records):
            self._lines.append(plots.Line(self.plot))
        for line in self._lines[len(self._records) :]:
            line.setData([], [])
        lows, highs = [], []
        for line, record in zip(self._lines, self._records, strict=False):
            line.setPen(plots.pen(self.plot, colour_of(self._theme, record.colour), PX))
            (strip,) = record.curves.strips((name,), 0, x_max, COLUMNS)
            y = np.log10(np.maximum(strip.mean, FLOOR)) if is_log else strip.mean
            is_figure = np.isfinite(y)
            line.setData(strip.step[is_figure], y[is_figure])
            if is_figure.any():
                lows.append(float(y[is_figure].min()))
                highs.append(float(y[is_figure].max()))
        self._fit(x_max, min(lows, default=0.0), max(highs, default=1.0))

    def _fit(self, x_max: int, low: float, high: float) -> None:
        if self._quantity == "log":
            bottom = math.floor(low)
            y_range = bottom - 0.05, max(math.ceil(high * 2) / 2, bottom + 1) + 0.05
        elif self._quantity == "train_loss":
            power = 10.0 ** math.floor(math.log10(max(high, 0.1)))
            top = next(k * power for k in (1.2, 2, 3, 5, 8, 12) if k * power >= high)
            y_range = -0.04 * top, top * 1.02
        else:
            y_range = (0.46 if low >= 0.5 else -0.06), 1.04
        axes = x_max, y_range, self._quantity
        if axes == self._axes:
            return
        self._axes = axes
        self.plot.setRange(xRange=(0, x_max), yRange=y_range, padding=0)
        item = self.plot.getPlotItem()
        ticks = [(x_max * k / 4, f"{x_max * k / 4:,.0f}") for k in range(4)]
        ticks[-1] = ticks[-1][0], f"{ticks[-1][1]} steps"
        item.getAxis("bottom").setTicks([ticks, []])
        item.getAxis("left").setTicks([self._value_ticks(*y_range), []])

    def _value_ticks(self, low: float, high: float) -> list[tuple[float, str]]:
        if self._quantity == "log":
            powers = range(math.ceil(low), math.floor(high) + 1)
            return [(power, f"{10.0**power:g}") for power in powers]
        if self._quantity == "train_loss":
            top = high / 1.02
            return [(top * k / 4, f"{top * k / 4:g}") for k in range(5)]
        return [(share, f"{share:.0%}") for share in np.linspace(round(low + 0.05, 1), 1.0, 3)]
