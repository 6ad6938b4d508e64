"""The annotations of a plot of curves: the loss of guessing, and where settings changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont

from core.train.history import Mark
from core.train.settings_history import mark_words
from gui.kit import plots
from gui.kit.theme import Theme

MARKS_WITH_WORDS = 2
SHOWN_MARKS = 40
LEAST_HEIGHTS = 3  # of the label, in a plot that has room for it
LABEL_Z = 1  # labels are above all lines
HEIGHTS = (0.36, 0.51, 0.66, 0.81, 0.21)  # of marks' labels, from the top; the first free one

Range = tuple[float, float]


def _rectangle(label: pg.TextItem) -> QRectF:
    """Return where a label of a plot lies, in pixels of its scene."""
    size = label.textItem.boundingRect()
    at = label.getViewBox().mapViewToScene(label.pos())
    left, top = label.anchor[0] * size.width(), label.anchor[1] * size.height()
    return QRectF(at.x() - left, at.y() - top, size.width(), size.height())


class GuessLine:
    """A dotted line at the loss of guessing, with a label at its right end."""

    def __init__(self, plot: plots.Plot) -> None:
        self._plot = plot
        self.line = pg.PlotCurveItem()
        self.label = pg.TextItem(anchor=(1, 0))
        self.label.setZValue(LABEL_Z)
        self._is_in_sight = False
        self._shown: tuple[float, Range, Range] = 0.0, (0.0, 1.0), (0.0, 1.0)
        plot.addItem(self.line)
        plot.addItem(self.label, ignoreBounds=True)
        plot.getViewBox().sigResized.connect(self._follow)

    def _follow(self, _box: object) -> None:
        self.fit()

    def set_theme(self, theme: Theme, font: QFont) -> None:
        self.line.setPen(plots.pen(self._plot, theme.muted, 1, Qt.PenStyle.DotLine))
        self.label.setFont(font)
        self.label.setColor(theme.muted)

    def show(self, y: float | None, x_range: Range, y_range: Range) -> None:
        """Draw the line at this height, or none."""
        is_there = y is not None
        y = y if y is not None else 0.0
        self.line.setData(list(x_range) if is_there else [], [y, y] if is_there else [])
        self._shown = y, x_range, y_range
        self._is_in_sight = is_there and y_range[0] <= y <= y_range[1]
        self.fit()

    def fit(self) -> None:
        """Put the label above the line, as losses begin there and fall, else below it.

        Neither its place nor whether it has one at all depends on the losses: it stays put.
        """
        y, x_range, (low, high) = self._shown
        room = self._plot.getViewBox().height()
        height = self.label.textItem.boundingRect().height()
        is_above = (high - y) / (high - low) * room >= height
        self.label.setVisible(self._is_in_sight and room >= LEAST_HEIGHTS * height)
        self.label.setAnchor((1, 1 if is_above else 0))
        self.label.setPos(x_range[1], y)


class EditMarks:
    """A dashed vertical at each step where a setting changed; the newest two have labels."""

    def __init__(self, plot: plots.Plot, *, has_words: bool) -> None:
        self._plot, self._has_words = plot, has_words
        self._shown: object = None
        self.lines = pg.PlotCurveItem(connect="pairs")
        self.labels = [pg.TextItem(anchor=(0, 0)) for _ in range(MARKS_WITH_WORDS)]
        plot.addItem(self.lines)
        for label in self.labels:
            label.setZValue(LABEL_Z)
            plot.addItem(label, ignoreBounds=True)

    def set_theme(self, theme: Theme, font: QFont) -> None:
        self.lines.setPen(plots.pen(self._plot, theme.muted, 1, Qt.PenStyle.DashLine))
        for label in self.labels:
            label.setFont(font)
            label.setColor(theme.muted)
            label.fill = pg.mkBrush(theme.panel)  # a curve may run behind it
        self._shown = None

    def clear(self) -> None:
        self._shown = None
        self.lines.setData([], [])
        for label in self.labels:
            label.setVisible(False)

    def show(
        self,
        marks: tuple[Mark, ...],
        x_range: Range,
        y_range: Range,
        others: Sequence[pg.TextItem] = (),
    ) -> None:
        """Draw the marks over the whole height of the visible ranges.

        others : labels of the same plot, which those of the marks keep clear of.
        """
        has_labels = self._has_words and bool(marks)  # else, frame by frame, there is nothing to do
        taken = [_rectangle(other) for other in others if has_labels and other.isVisible()]
        shown = marks, x_range, y_range, tuple(taken)
        if shown == self._shown:
            return
        self._shown = shown
        marks = marks[-SHOWN_MARKS:]
        bottom, top = y_range
        x = np.repeat([float(mark.step) for mark in marks], 2)
        self.lines.setData(x, np.tile([bottom, top], len(marks)))
        if not self._has_words:
            return
        texts: dict[int, list[str]] = {}
        for mark in marks:
            texts.setdefault(mark.step, []).append(mark_words(mark.text))
        newest = list(texts.items())[::-1]
        for i, label in enumerate(self.labels):
            label.setVisible(i < len(newest))
            if i < len(newest):
                step, here = newest[i]
                is_right = step > sum(x_range) / 2
                label.setAnchor((1 if is_right else 0, 0))
                label.setText(", ".join(here[-MARKS_WITH_WORDS:]))
                for height in HEIGHTS:
                    label.setPos(step, top - (top - bottom) * height)
                    if not any(map(_rectangle(label).intersects, taken)):
                        break
                taken.append(_rectangle(label))
