"""The curve that a person expects, dashed beside the measured one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from core.train.history import Floats
from gui.kit import plots
from gui.kit.theme import Theme

LINE_PX = 3


class ExpectedCurve:
    """A dashed line through steps and values.

    last_step : up to which the axis has room; 0 if nothing is expected.
    """

    def __init__(self, plot: plots.Plot) -> None:
        self._plot = plot
        self.last_step = 0
        self._drawn: Floats | None = None
        self.line = plots.Line(plot)

    def set_theme(self, theme: Theme) -> None:
        self.line.setPen(plots.pen(self._plot, theme.ink, LINE_PX, Qt.PenStyle.DashLine))

    def set(self, last_step: int, drawn: Floats | None) -> None:
        """Expect this curve (n, 2) of steps and values, or none yet."""
        self.last_step, self._drawn = last_step, drawn
        if drawn is None:
            self.line.setData([], [])

    def draw(self, y: Callable[[Floats], Floats]) -> None:
        """Draw it at heights `y`."""
        if self._drawn is not None:
            self.line.setData(self._drawn[:, 0], y(self._drawn[:, 1]))
