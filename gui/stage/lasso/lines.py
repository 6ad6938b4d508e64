"""The lines of the path: one for each weight where few enough can be told apart, and their key."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from core.data.shown_names import shown_classes, shown_inputs
from core.data.task import Task
from core.language import tr
from core.model_family import output_names
from gui.kit import plots, zoom
from gui.kit import theme as look
from gui.kit.flow_layout import FlowLayout
from gui.kit.plain_text import Plain, as_tip, short
from gui.kit.theme import Theme

LINE_PX = 1.8
MOST_APART = 40  # features whose lines can be told apart: ten colours in four styles
STYLES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
)
SAMPLE_PX = 26  # length of a line in the key
LETTERS = 18  # shown of a name; the tool tip has all of it


@dataclass(frozen=True)
class Drawn:
    """How one line is drawn.

    weights : indices of the weights that it is of, as slices of (outputs, inputs).
    mark : class whose colour it has, or index of a feature; −1: the accent.
    style : index into STYLES.
    """

    output: int
    inputs: slice
    mark: int
    style: int


class PathLines:
    """Draws a path: of one neuron each feature has a colour, of several each class has.

    The styles tell the features of a class apart, if there are no more of them than styles.
    """

    def __init__(self, plot: plots.Plot) -> None:
        self._plot = plot
        self._lines: list[tuple[Drawn, plots.Line]] = []

    def clear(self) -> None:
        for _, line in self._lines:
            line.scene().removeItem(line)
        self._lines = []

    def make(self, task: Task, theme: Theme) -> None:
        """Make the lines of a task's weights, still without data."""
        self.clear()
        self._lines = [(drawn, plots.Line(self._plot)) for drawn in drawn_for(task)]
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        for drawn, line in self._lines:
            line.setPen(_pen(self._plot, theme, drawn))

    def show(self, x: np.ndarray, W: np.ndarray) -> None:
        """Show the weights W (steps, outputs, inputs) at the places x (steps)."""
        for drawn, line in self._lines:
            values = W[:, drawn.output, drawn.inputs]
            gaps = np.full((1, values.shape[1]), np.nan)
            ys = np.concatenate([values, gaps]).T.ravel()
            line.setData(np.tile(np.append(x, np.nan), values.shape[1]), ys)


class LineKey(QWidget):
    """Names the colours and styles of the lines."""

    def __init__(self) -> None:
        super().__init__()
        self._flow = FlowLayout(self, 10, 2)
        self._shown: tuple[object, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(tr("which line is which weight"))

    def show_task(self, task: Task, theme: Theme) -> None:
        """Name the lines of a task."""
        entries = key_of(task)
        shown = entries, theme, zoom.factor()
        if shown == self._shown:
            return
        self._shown = shown
        self._flow.clear()
        for name, drawn in entries:
            self._flow.addWidget(_entry(name, drawn, theme))
        self.setAccessibleDescription(", ".join(name for name, _ in entries))


def drawn_for(task: Task) -> list[Drawn]:
    """Return how the weights of a task are drawn, one or more of them by each line."""
    whole, m = slice(0, task.m), task.m
    if task.outputs == 1:
        if m > MOST_APART:
            return [Drawn(0, whole, -1, 0)]
        return [Drawn(0, slice(j, j + 1), j, j // len(look.GLYPHS)) for j in range(m)]
    marks = task.dataset.class_marks
    colours = marks if len(marks) == task.outputs else (-1,) * task.outputs
    if m > len(STYLES):
        return [Drawn(k, whole, colours[k], 0) for k in range(task.outputs)]
    return [Drawn(k, slice(j, j + 1), colours[k], j) for k in range(task.outputs) for j in range(m)]


def key_of(task: Task) -> tuple[tuple[str, Drawn], ...]:
    """Return the names of the key with the lines beside them; none where all lines are alike."""
    lines = drawn_for(task)
    if task.outputs == 1:
        return tuple(zip(shown_inputs(task), lines, strict=True)) if len(lines) == task.m else ()
    names = output_names(task.config.model.kind, shown_classes(task.dataset))
    first = {drawn.output: drawn for drawn in reversed(lines)}
    classes = [(names[k], first[k]) for k in sorted(first) if first[k].mark >= 0]
    if len(lines) == task.outputs:
        return tuple(classes)
    styles = [(shown_inputs(task)[j], Drawn(0, slice(j, j + 1), -2, j)) for j in range(task.m)]
    return (*classes, *styles)


def _colour(theme: Theme, mark: int) -> QColor:
    if mark == -2:
        return QColor(theme.muted)
    return QColor(theme.accent) if mark < 0 else theme.class_colour(mark)


def _pen(plot: plots.Plot, theme: Theme, drawn: Drawn) -> QPen:
    style = STYLES[drawn.style % len(STYLES)]
    made: QPen = plots.pen(plot, _colour(theme, drawn.mark), LINE_PX, style)
    return made


def _entry(name: str, drawn: Drawn, theme: Theme) -> QWidget:
    entry = QWidget()
    row = QHBoxLayout(entry)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    sample = QLabel()
    sample.setPixmap(_sample(drawn, theme, entry.devicePixelRatioF()))
    words = Plain(short(name, LETTERS))
    zoom.set_type(words, look.SMALL)
    words.setProperty("small", True)
    if words.text() != name:
        entry.setToolTip(as_tip(name))
    for widget in (sample, words):
        row.addWidget(widget)
    return entry


def _sample(drawn: Drawn, theme: Theme, ratio: float) -> QPixmap:
    size = QSize(zoom.px(SAMPLE_PX), zoom.px(8))
    sample = QPixmap(size * ratio)
    sample.setDevicePixelRatio(ratio)
    sample.fill(Qt.GlobalColor.transparent)
    painter = QPainter(sample)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    style = STYLES[drawn.style % len(STYLES)]
    painter.setPen(QPen(_colour(theme, drawn.mark), LINE_PX * zoom.factor(), style))
    middle = size.height() / 2
    painter.drawLine(QPointF(0, middle), QPointF(size.width(), middle))
    painter.end()
    return sample
