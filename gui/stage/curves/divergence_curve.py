"""The divergence of a run as a curve, up to the failed step, which is marked by a cross."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from core.train.outcome import Fall
from gui.kit import plots, zoom
from gui.kit import theme as look
from gui.kit.broken_axis import Break
from gui.kit.theme import Theme

Floats = NDArray[np.float64]

ALPHA = 170
MARK_PX = 9


class FallCurve:
    """Lines of the training and the test rows on a plot, with a labelled cross at their end.

    A zigzag shows a break of the axis.
    """

    def __init__(self, plot: plots.Plot) -> None:
        self._plot = plot
        self.train, self.test = plots.Line(plot), plots.Line(plot)
        self.cross = pg.ScatterPlotItem(symbol="x", brush=None)
        self.words = pg.TextItem()
        self.break_line = pg.PlotCurveItem(antialias=True)
        # What was shown last: pyqtgraph repaints whatever is set, and `show` is called each frame.
        self._shown: tuple[object, ...] | None = ()
        self._break: tuple[Floats, Floats] | None = None
        for item in (self.cross, self.words, self.break_line):
            plot.addItem(item, ignoreBounds=True)
        self.clear()

    def set_theme(self, theme: Theme) -> None:
        styles = (
            (self.train, theme.accent, Qt.PenStyle.SolidLine),
            (
                self.test,
                theme.counter_accent,
                Qt.PenStyle.DashLine,
            ),
        )
        for line, colour, style in styles:
            faint = QColor(colour)
            faint.setAlpha(ALPHA)
            line.setPen(plots.pen(self._plot, faint, 1.2, style))
        self.cross.setSize(plots.marker_px(MARK_PX))
        self.cross.setPen(plots.pen(self._plot, theme.ink, 1.6))
        self.words.setColor(theme.ink)
        self.words.fill = pg.mkBrush(theme.panel)  # it may be on lines
        self.words.setFont(zoom.font(look.SMALL))
        self.break_line.setPen(plots.pen(self._plot, theme.muted, 1.2))

    def show(
        self,
        fall: Fall,
        train: Floats,
        test: Floats,
        y: Callable[[Floats], Floats],
        x_range: tuple[float, float],
        text: str,
    ) -> None:
        """Draw the divergence with these values, (k,) each, at heights `y`; NaN is left out.

        text : label of the cross, "" for none.
        """
        steps = fall.steps.astype(np.float64)
        shown = (*x_range, text, steps.tobytes(), y(train).tobytes(), y(test).tobytes())
        if shown == self._shown:
            return
        self._shown = shown
        for line, values in ((self.train, train), (self.test, test)):
            is_there = ~np.isnan(values)
            line.setData(steps[is_there], y(values[is_there]))
        low, high = x_range
        end = y(train[-1:])
        is_in_sight = bool(low <= steps[-1] <= high and np.isfinite(end).all())
        self.cross.setData(steps[-1:], end)
        self.cross.setVisible(is_in_sight)
        self.words.setVisible(is_in_sight and bool(text))
        self.words.setText(text)
        is_right = steps[-1] > (low + high) / 2
        self.words.setAnchor((1.08 if is_right else -0.08, 0.5))
        self.words.setPos(steps[-1], float(end[0]))

    def show_break(self, at: Break | None, x_range: tuple[float, float]) -> None:
        x, y = at.teeth(*x_range) if at is not None else (np.empty(0), np.empty(0))
        if self._break is None or not all(map(np.array_equal, self._break, (x, y))):
            self._break = x, y
            self.break_line.setData(x, y)

    def clear(self) -> None:
        self.show_break(None, (0.0, 0.0))
        if self._shown is None:
            return
        self._shown = None
        for line in (self.train, self.test):
            line.setData([], [])
        self.cross.setVisible(False)
        self.words.setVisible(False)
