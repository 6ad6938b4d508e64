"""What a class has answered, as a picture on the wall: numbers in columns, places on the plane."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.classroom.messages import Answer, Number, Spot
from core.classroom.spread import round_step, spread
from core.language import mark, tr
from core.number_format import format_count, format_general, format_integer
from core.teach.class_question import ClassQuestion
from core.teach.predicted.place import Target
from gui.kit import plots, zoom
from gui.kit import theme as look
from gui.kit.described import describe
from gui.kit.plain_text import Plain
from gui.kit.theme import Theme

LEAST_PX = 150  # height of a plot
SPOT_PX, TRUTH_PX, LINE_PX = 13, 22, 3
FAINT = 110  # of 255: points below the answers
TICKS = 5
HEADROOM = 1.1  # above the highest column
ANSWERS = mark("answers")


class AnswerPlot(QWidget):
    """Counts answers in words and shows each; the right one, once it is revealed."""

    def __init__(self, theme: Theme, asked: ClassQuestion, name: str) -> None:
        super().__init__()
        self._theme, self._asked = theme, asked
        self._answers: tuple[Answer, ...] = ()
        self._target: Target | None = None
        self.is_revealed = False
        self.words = Plain()
        self.words.setWordWrap(True)
        self.words.setAccessibleName(tr("answers in words"))
        zoom.set_type(self.words, look.LARGE)
        self.plot = plots.make_plot(theme, moves_below=True)
        self.plot.setMouseEnabled(False, False)
        self.plot.setAccessibleName(name)
        self.plot.setMinimumHeight(zoom.px(LEAST_PX))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.words)
        column.addWidget(self.plot, 1)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        plots.paint(self.plot, theme)
        self._draw()

    def show_answers(self, answers: tuple[Answer, ...]) -> None:
        """Show these answers, if they are others than before."""
        if answers != self._answers:
            self._answers = answers
            self._draw()

    def reveal(self, target: Target | None) -> None:
        """Mark what is right; target : where a place had to be touched."""
        self.is_revealed, self._target = True, target
        self._draw()

    def _draw(self) -> None:
        count = format_count(len(self._answers), "answer")
        told = [count, *self._draw_answers()]
        if self.is_revealed:
            right = sum(self._asked.is_right(each, self._target) for each in self._answers)
            told += [
                tr("{count} right", count=format_integer(right)),
                self._asked.solution(self._target),
            ]
        words = " · ".join(each for each in told if each)
        self.words.setText(words)
        describe(self.plot, words)

    def _draw_answers(self) -> list[str]:
        """Draw the answers; return words about them."""
        raise NotImplementedError


class NumberPlot(AnswerPlot):
    """Columns of the numbers that were answered; a line at the right one."""

    def __init__(self, theme: Theme, asked: ClassQuestion) -> None:
        super().__init__(theme, asked, tr("numbers that were answered"))
        self._columns = pg.BarGraphItem(x=[0.0], height=[0.0], width=1.0)
        self._line = pg.InfiniteLine(angle=90)
        for item in (self._columns, self._line):
            self.plot.addItem(item)
        plots.name_axis(self.plot, "bottom", tr("number", "axis"))
        plots.name_axis(self.plot, "left", tr(ANSWERS))
        self._draw()

    def _draw_answers(self) -> list[str]:
        numbers = [each.value for each in self._answers if isinstance(each, Number)]
        truth = self._asked.truth if self.is_revealed else None
        found, theme = spread(numbers, truth), self._theme
        self._line.setVisible(truth is not None)
        self._line.setPen(plots.pen(self.plot, theme.counter_accent, LINE_PX))
        self._line.setValue(truth or 0.0)
        self._columns.setVisible(found is not None)
        if found is None:
            return []
        self._columns.setOpts(
            x=found.middles,
            height=found.counts,
            width=0.8 * found.step,
            brush=pg.mkBrush(theme.accent),
            pen=plots.pen(self.plot, theme.panel, 1),
        )
        top = int(found.counts.max())
        spacing = max(1.0, round_step(top / TICKS))
        self.plot.getPlotItem().getAxis("left").setTickSpacing(spacing, spacing)
        ends = found.middles[0] - found.step, found.middles[-1] + found.step
        self.plot.setRange(xRange=ends, yRange=(0.0, HEADROOM * top), padding=0.0)
        below = tr("{count} below", count=format_integer(found.below))
        above = tr("{count} above", count=format_integer(found.above))
        away = [words for words, n in ((below, found.below), (above, found.above)) if n]
        return [tr("median {value}", value=format_general(found.median, 3)), *away]


class SpotPlot(AnswerPlot):
    """The plane with the places that were touched; around the right one a ring or a line."""

    def __init__(self, theme: Theme, asked: ClassQuestion) -> None:
        super().__init__(theme, asked, tr("places that were touched"))
        assert asked.plane is not None
        self._plane = asked.plane
        self._points = [plots.Spots() for _ in asked.plane.classes]
        self._spots, self._rings = plots.Spots(), plots.Spots(symbol="o")
        self._line = pg.PlotCurveItem(connect="finite")
        for item in (*self._points, self._line, self._rings, self._spots):
            self.plot.addItem(item)
        for side, name in zip(("bottom", "left"), self._plane.names, strict=True):
            plots.name_axis(self.plot, side, name)
        (x0, y0), (x1, y1) = self._plane.low, self._plane.high
        self.plot.setRange(xRange=(x0, x1), yRange=(y0, y1), padding=0.0)
        self._draw()

    def _draw_answers(self) -> list[str]:
        plane, theme = self._plane, self._theme
        points = plane.values(plane.points)
        for k, (item, shape) in enumerate(zip(self._points, plane.marks, strict=True)):
            colour = theme.class_colour(shape)
            colour.setAlpha(FAINT)
            item.setData(
                pos=points[plane.labels == k],
                symbol=look.symbol(shape),
                size=plots.marker_px(plots.POINT_PX, shape),
                brush=pg.mkBrush(colour),
                pen=None,
            )
        shares = [(each.x, each.y) for each in self._answers if isinstance(each, Spot)]
        self._spots.setData(
            pos=plane.values(np.array(shares).reshape(-1, 2)),
            symbol="x",
            size=plots.marker_px(SPOT_PX),
            brush=pg.mkBrush(theme.ink),
            pen=plots.pen(self.plot, theme.panel, 1),
        )
        self._draw_truth(() if self._target is None else self._target.places)
        return []

    def _draw_truth(self, places: Sequence[NDArray[np.float64]]) -> None:
        theme, gap = self._theme, np.full((1, 2), np.nan)
        lines = [part for line in places if len(line) > 1 for part in (line, gap)]
        self._line.setData(*np.concatenate([gap, *lines]).T)
        self._line.setPen(plots.pen(self.plot, theme.accent, LINE_PX))
        rings = [line for line in places if len(line) == 1]
        self._rings.setData(pos=np.concatenate([np.empty((0, 2)), *rings]))
        self._rings.setSize(plots.marker_px(TRUTH_PX))
        self._rings.setBrush(None)
        self._rings.setPen(plots.pen(self.plot, theme.accent, LINE_PX))
