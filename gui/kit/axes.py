"""Axes with few ticks at round values: of training steps, and of losses and shares; their plot.

pyqtgraph calls the overridden methods to draw an axis, with its range and its length in pixels.
"""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QGraphicsGridLayout, QGraphicsItem, QSizePolicy

from core.language import localised, mark, tr
from core.number_format import localised_number
from gui.kit.broken_axis import Break

Levels = list[tuple[float | None, list[float]]]  # spacing and values of the ticks of each level

MOST_INTERVALS = 4
MOST_LOSSES = 8  # intervals of losses: where there is height, these are four labels at least
UNIT = mark(" steps")
LETTERS_BETWEEN = 2  # digits: the least gap between two step labels
LINE_SPACING = 1.5  # line heights: the least distance between two value labels
NUDGE = 5  # px by which pyqtgraph lets the margin of a name stand out of its axis
AXIS_Z = 0.5  # above pictures, below what is drawn over the axes


class Axis(pg.AxisItem):  # type: ignore[misc]
    """An axis that reserves what its labels need, whatever labels it had before.

    pyqtgraph's own keeps up to 10 px of earlier ones, so that equal plots do not look alike. Its
    numbers stand as they are: no factor is in the name, as “(x0.001)”.
    """

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.enableAutoSIPrefix(False)

    def updateAutoSIPrefix(self) -> None:
        """Leave the name as it is; pyqtgraph's own sets it as HTML with each range."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the labels with the decimal mark of the language."""
        return [localised_number(text) for text in super().tickStrings(values, scale, spacing)]

    def resizeEvent(self, event: QEvent | None = None) -> None:
        """Place the name; one that is longer than the axis is set smaller, so that it is whole."""
        super().resizeEvent(event)
        label = self.label
        if label is None:  # pyqtgraph has closed the axis
            return
        is_upright, size = self.orientation == "left", label.boundingRect()
        length = self.size().height() if is_upright else self.size().width()
        scale = min(1.0, length / size.width()) if min(size.width(), length) > 0 else 1.0
        label.setScale(scale)
        if scale < 1:  # pyqtgraph has placed it for its full size
            along, lower = (1 - scale) * size.width() / 2, (1 - scale) * (size.height() - NUDGE)
            label.moveBy(*(((1 - scale) * NUDGE, -along) if is_upright else (along, lower)))

    def _updateMaxTextSize(self, size: int) -> None:
        if self.orientation in ("left", "right"):
            self.textWidth = size
            self._updateWidth()
        else:
            self.textHeight = size
            self._updateHeight()


class StepAxis(Axis):
    """Horizontal axis of training steps: up to four labels, the last with the unit."""

    def __init__(self) -> None:
        super().__init__("bottom")

    def boundingRect(self) -> QRectF:
        """Return the bounding rectangle with the descenders: pyqtgraph allows for digits only."""
        font = self.style["tickFont"]
        tails = QFontMetricsF(font).descent() if font is not None else 0.0
        rect: QRectF = super().boundingRect()
        return rect.adjusted(0, 0, 0, tails)

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Return a quarter of an axis from zero, else a round spacing; doubled for wide labels."""
        spacing = high / 4 if low <= 0 else round_spacing(low, high)
        widest = self._width(_step(high) + LETTERS_BETWEEN * "0")
        # Only the last label has the unit, so that the last two share its width.
        two = self._width(_step(high / 2) + _step(high * 3 / 4) + tr(UNIT) + "0") / 2
        available = max(widest, two) * (high - low) / size
        while spacing < available and 2 * spacing < high - low:
            spacing *= 2
        return [(spacing, 0.0)]

    def tickValues(self, low: float, high: float, size: float) -> Levels:
        [(spacing, steps)] = super().tickValues(low, high, size)
        in_steps = (high - low) / size
        while len(steps) > 1:
            if steps[-1] + self._width(_step(steps[-1]) + tr(UNIT)) * in_steps / 2 <= high:
                break
            steps.pop()
        return [(spacing, steps)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [_step(value) + (tr(UNIT) if value == values[-1] else "") for value in values]

    def _width(self, text: str) -> float:
        return QFontMetricsF(self.style["tickFont"]).horizontalAdvance(text)


class ValueAxis(Axis):
    """Vertical axis of losses or shares; if logarithmic, of powers of ten or round values between.

    Above a break of the axis there is one tick, at the largest value.
    is_share : whether the values are shares, which are labelled in per cent.
    """

    def __init__(self, *, is_share: bool = False) -> None:
        super().__init__("left")
        self.is_share = is_share
        self._break: Break | None = None

    def boundingRect(self) -> QRectF:
        """Return the bounding rectangle with half a line for the labels at the ends."""
        font = self.style["tickFont"]
        half = QFontMetricsF(font).height() / 2 if font is not None else 0.0
        rect: QRectF = super().boundingRect()
        return rect.adjusted(0, -half, 0, half)

    def set_break(self, at: Break | None) -> None:
        """Set the break of the axis; None removes it."""
        self._break = at
        self.picture = None
        self.update()

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        line = QFontMetricsF(self.style["tickFont"]).height()
        if (given := self._tickSpacing) is not None:  # set explicitly
            least = line * (high - low) / size
            return [(_doubled(spacing, least, high - first), first) for spacing, first in given]
        if self.logMode:
            return [(max(1.0, math.ceil((high - low) / MOST_INTERVALS)), 0.0)]
        # No value is negative; the range below zero is only a margin.
        most = MOST_INTERVALS if self.is_share else MOST_LOSSES
        spacing = round_spacing(max(low, 0.0), high, most)
        while spacing * size < LINE_SPACING * line * (high - low) and spacing < high:
            spacing = _next_round(spacing)
        return [(spacing, 0.0)]

    def tickValues(self, low: float, high: float, size: float) -> Levels:
        if self._break is None:
            return super().tickValues(low, high, size)  # type: ignore[no-any-return]
        start = self._break.start
        linear = size * (start - low) / (high - low)
        [(spacing, values)] = super().tickValues(low, start, linear)
        return [(spacing, [*values, self._break.top_tick])]

    def logTickValues(self, low: float, high: float, size: float, powers: Levels) -> Levels:
        """Return powers of ten; if fewer than two are visible, round values between them."""
        if len(powers[0][1]) > 1:
            return powers
        exponents = range(math.floor(low), math.ceil(high) + 1)
        values = [k * 10.0**n for n in exponents for k in (1, 2, 5)]
        spacing = None
        if sum(low <= math.log10(value) <= high for value in values) < 2:
            spacing = round_spacing(10.0**low, 10.0**high)
            first, last = math.ceil(10.0**low / spacing), math.floor(10.0**high / spacing)
            values = [k * spacing for k in range(first, last + 1)]
        positions = [math.log10(value) for value in values]
        return [(spacing, [position for position in positions if low <= position <= high])]

    def tickStrings(self, values: list[float], scale: float, spacing: float | None) -> list[str]:
        if self.logMode:
            return [localised(f"{10.0**position:g}") for position in values]
        assert spacing is not None  # only logarithmic ticks have no fixed spacing
        return [self._label(value, spacing) for value in values]

    def _label(self, value: float, spacing: float) -> str:
        if self._break is not None and value > self._break.start:
            return self._break.top_label
        digits = max(0, math.ceil(-math.log10(spacing) - 1e-9))  # enough to distinguish the ticks
        if self.is_share:
            return localised(f"{value:.{max(digits - 2, 0)}%}")
        return localised_number(f"{value:g}" if self.range[0] <= 0 else f"{value:.{digits}f}")


class PlotArea(pg.GraphicsWidget):  # type: ignore[misc]
    """What is inside a plot: a box with the data, an axis at its left and one below it.

    It stands for pyqtgraph's PlotItem, which creates with each plot 38 widgets of a menu, two more
    axes, a title and a button, all of them hidden: three quarters of the time that a plot takes.

    items : what was added to the box, in this order.
    """

    def __init__(self, left: pg.AxisItem, bottom: pg.AxisItem) -> None:
        super().__init__()
        both = QSizePolicy.Policy.Expanding
        self.setSizePolicy(both, both)
        self.items: list[QGraphicsItem] = []
        self._axes = {"left": left, "bottom": bottom}
        self._box = pg.ViewBox(parent=self, enableMenu=False)
        self._grid = grid = QGraphicsGridLayout()
        self.setLayout(grid)
        grid.setSpacing(0)
        grid.addItem(self._box, 0, 1)
        for axis, row, column in ((bottom, 1, 1), (left, 0, 0)):
            axis.linkToView(self._box)
            grid.addItem(axis, row, column)
            axis.setZValue(AXIS_Z)
            axis.setFlag(QGraphicsItem.GraphicsItemFlag.ItemNegativeZStacksBehindParent)
            axis.show()
        grid.setRowStretchFactor(0, 1)
        grid.setColumnStretchFactor(1, 1)

    def set_margins(self, left: float, top: float, right: float, bottom: float) -> None:
        """Set the room around box and axes, in pixels."""
        self._grid.setContentsMargins(left, top, right, bottom)

    def getViewBox(self) -> pg.ViewBox:
        return self._box

    def getAxis(self, side: str) -> pg.AxisItem:
        """Return the axis at a side, “left” or “bottom”."""
        return self._axes[side]

    def setLabel(self, side: str, text: str) -> None:
        """Set the words beside an axis, as HTML."""
        self._axes[side].setLabel(text)

    def showGrid(self, *, x: bool = False, y: bool = False, alpha: float) -> None:
        """Extend the ticks of the axes over the box; alpha : their opacity, 0 … 1."""
        opacity = int(alpha * 255)
        self._axes["bottom"].setGrid(opacity if x else False)
        self._axes["left"].setGrid(opacity if y else False)

    def addItem(self, item: QGraphicsItem, **options: Any) -> None:
        """Add an item to the box, in the units of its axes; options : as ViewBox takes them."""
        self.items.append(item)
        self._box.addItem(item, **options)

    def removeItem(self, item: QGraphicsItem) -> None:
        """Take an item out of the box."""
        self.items.remove(item)
        self._box.removeItem(item)


def round_spacing(low: float, high: float, most: int = MOST_INTERVALS) -> float:
    """Return 1, 2 or 5 times a power of ten, for at most so many intervals of the range."""
    spacing = 10.0 ** math.floor(math.log10((high - low) / (most / 2)))
    while (high - low) / spacing > most:
        spacing = _next_round(spacing)
    return spacing


def _doubled(spacing: float, least: float, most: float) -> float:
    """Return the spacing doubled until it is `least`, or would be more than `most`."""
    while spacing < least and 2 * spacing <= most:
        spacing *= 2
    return spacing


def _next_round(spacing: float) -> float:
    """Return the next of 1, 2, 5, 10, …"""
    leading = round(spacing / 10 ** math.floor(math.log10(spacing) + 1e-9))
    return spacing * (2.5 if leading == 2 else 2)


def _step(value: float) -> str:
    return localised(f"{value:,.0f}")
