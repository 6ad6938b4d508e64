"""The common base of weight pictures and bars: a panel for each row of W, one scale for all."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QMouseEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.data.dataset import REST_MARK
from core.data.shown_names import shown_classes
from core.data.task import Task
from core.explain.coefficients import output_names
from core.language import localised, mark, tr
from core.model_family import FAMILY, pairs
from core.train.snapshot import Params
from gui.kit import described, zoom
from gui.kit import theme as look
from gui.kit.covers.covering import Coverable
from gui.kit.theme import Theme

GAP = 16.0
TITLE_LINES = 1.5  # line heights of the text below a picture, or above bars
SCALE_LINES = 2.2  # line heights of the scale with its labels
GAP_LINES = 12.0  # line heights: the least width for the scale beside panels
WORDS_PX = 40.0  # by which the labels of the scale extend beyond it on either side
SCROLL_BAR_PX = 10
SCALE_DIGITS = (1, 1.5, 2, 3, 5, 7, 10)
SHRINK = 0.45  # the scale shrinks once the largest weight is below this share of it
RAMP_STEPS = 16
MOST_UNITS = 60  # hidden units that are shown


class Grid(NamedTuple):
    """Panels in rows and columns, and the size of one panel's picture.

    has_gap : whether the last row has space for the scale, which then needs no line of its own.
    """

    columns: int
    rows: int
    width: float
    height: float
    has_gap: bool = False


class Panels(Coverable, QWidget):
    """Shows weights on one symmetric scale; describes what is pointed at."""

    heard_as = described.PICTURE
    hovered = Signal(str)
    breadth = 1.0  # a panel's useful width, in heights of the panel
    zero = mark("weight 0")  # the label in the middle of the scale
    may_fill_gap = False  # whether the scale may be in the last row of panels

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Weights"))
        self.scale = 0.0
        self._theme = theme
        self._map = look.signed_map(theme)
        self._task: Task | None = None
        self._params: Params | None = None
        self._is_live = False
        self._take_font()

    @property
    def params(self) -> Params | None:
        """The weights shown, if any."""
        return self._params

    def set_theme(self, theme: Theme) -> None:
        self._theme, self._map = theme, look.signed_map(theme)
        self._lay_out()

    def show_task(self, task: Task | None) -> None:
        self._task, self._params, self.scale = task, None, 0.0
        self._lay_out()

    def show_params(self, params: Params, *, is_live: bool = False) -> None:
        """Show these weights; the scale changes in steps of SCALE_DIGITS.

        is_live : newer ones follow at once, so that invisible changes need no painting.
        """
        is_first = self._params is None
        self._params, self._is_live = params, is_live
        largest = self._largest(params)
        if not SHRINK * self.scale < largest <= self.scale:
            self.scale = nice_above(largest)
        (self._lay_out if is_first else self._show_values)()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._take_font()
            self._lay_out()

    def sizeHint(self) -> QSize:
        return QSize(320, 240)

    def show_figures(self) -> None:
        self._lay_out()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.uncover(self._part_at(event.position()))

    def _part_at(self, position: QPointF) -> Hashable:
        """Return the part there whose figures are covered together: by itself all of it is one."""
        return None

    def _lay_out(self) -> None:
        """Position all items in the current colours and fonts; show the known weights."""
        raise NotImplementedError

    def _show_values(self) -> None:
        """Update what has changed with the weights since the last call or layout."""
        raise NotImplementedError

    def _largest(self, params: Params) -> float:
        """Return the largest absolute value shown on the scale."""
        W = params.W
        return float(max(W.max(initial=0.0), -W.min(initial=0.0)))

    def _take_font(self) -> None:
        """Measure the fonts once: weights are shown at display rate."""
        self._bold = zoom.font(1.0, bold=True)
        self._small = zoom.font(look.SMALL)
        self._bold_metrics, self._small_metrics = (
            QFontMetricsF(self._bold),
            QFontMetricsF(self._small),
        )
        self._metrics = QFontMetricsF(self.font())

    def _names(self) -> list[tuple[str, int]]:
        """Return title and class mark of each panel."""
        if self._task is None:
            return []
        model, marks = self._task.config.model, self._task.dataset.class_marks
        if model.hidden:
            return [
                (tr("unit {u}", u=j + 1), REST_MARK) for j in range(min(model.hidden, MOST_UNITS))
            ]
        if FAMILY[model.kind].is_pairwise:
            second = [marks[j] for _, j in pairs(self._task.dataset.h)]
            return list(zip(output_names(self._task), second, strict=True))
        names = list(zip(shown_classes(self._task.dataset), marks, strict=True))
        return names[1:] if self._task.is_neuron else names

    def _line(self) -> float:
        return self._metrics.height()

    def _grid(self) -> Grid:
        """Return the arrangement with the largest panels."""
        count = max(len(self._names()), 1)
        best, best_size = Grid(1, count, 0, 0), -1.0
        for columns in range(1, count + 1):
            free = columns * math.ceil(count / columns) - count
            for has_gap in (False, True) if free and self.may_fill_gap else (False,):
                grid = self._arranged(columns, has_gap=has_gap)
                size = min(grid.width, self.breadth * grid.height)
                gap = free * (size + GAP) - GAP
                if size > best_size and not (has_gap and gap < GAP_LINES * self._line()):
                    best, best_size = grid, size
        return best

    def _arranged(self, columns: int, *, has_gap: bool = False) -> Grid:
        """Return the arrangement in so many columns; see `Grid`."""
        rows = math.ceil(max(len(self._names()), 1) / columns)
        width = (self.width() - SCROLL_BAR_PX - GAP * (columns - 1)) / columns
        below = 0.0 if has_gap else self._line() * SCALE_LINES
        height = (self.height() - below) / rows - self._line() * TITLE_LINES - GAP / 2
        return Grid(columns, rows, width, height, has_gap)

    def _scale_bar(self, top: float) -> QRectF:
        """Return the rectangle of the scale when panels end at `top`."""
        line, width = self._line(), min(280.0 * zoom.factor(), self.width() * 0.6)
        y = min(top + line * 0.5, self.height() - line * 1.8)
        return QRectF((self.width() - width) / 2, y, width, line * 0.5)

    def _below(self, bar: QRectF) -> QRectF:
        """Return the rectangle of the scale's labels."""
        wider = WORDS_PX * zoom.factor()
        return bar.adjusted(-wider, bar.height() + 1, wider, self._line() * 1.1 + 1)

    def _ramp(self, bar: QRectF) -> QLinearGradient:
        """Return the gradient from −scale to +scale over the length of the bar."""
        ramp = QLinearGradient(bar.topLeft(), bar.topRight())
        for i in range(RAMP_STEPS + 1):
            colour = self._map[round(i / RAMP_STEPS * (len(self._map) - 1))]
            ramp.setColorAt(i / RAMP_STEPS, QColor(*colour.tolist()))
        return ramp

    def _scale_words(self) -> tuple[str, str, str]:
        """Return the labels of the scale's left end, middle and right end."""
        number = self.covering.number
        return (
            number(localised(f"−{self.scale:g}")),
            tr(self.zero),
            number(localised(f"+{self.scale:g}")),
        )


def nice_above(value: float) -> float:
    """Return the smallest of SCALE_DIGITS times a power of ten that is not below the value."""
    if not value > 0:
        return 0.01
    power = 10.0 ** math.floor(math.log10(value))
    for digit in SCALE_DIGITS:
        if digit * power >= value * (1 - 1e-9):
            return digit * power
    return 10 * power
