"""How large everything is: the size of all type, and of lengths, pens and markers with it.

The application's type is the one source. Lengths in the code are those at a zoom of 100 %.
"""

from __future__ import annotations

from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QWidget

BASE_POINT_SIZE = 10.0
LEVELS = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5)
TYPE = "type"  # the property of a widget whose type differs from the application's


def factor() -> float:
    """Return how many times as large as at 100 % everything is."""
    return QGuiApplication.font().pointSizeF() / BASE_POINT_SIZE


def px(length: float) -> int:
    """Return a length of so many pixels at 100 % as it is now, in whole pixels."""
    return round(length * factor())


def font(scale: float = 1.0, *, bold: bool = False) -> QFont:
    """Return the application's type, so many times as large, perhaps semibold."""
    return scaled(QGuiApplication.font(), scale, bold=bold)


def scaled(base: QFont, scale: float, *, bold: bool = False) -> QFont:
    """Return the same face, larger or smaller, perhaps semibold."""
    copy = QFont(base)
    copy.setPointSizeF(base.pointSizeF() * scale)
    if bold:
        copy.setWeight(QFont.Weight.DemiBold)
    return copy


def set_type(widget: QWidget, scale: float, *, bold: bool = False) -> None:
    """Let the widget's type be so many times as large as the application's, at any zoom."""
    widget.setProperty(TYPE, (scale, bold))
    widget.setFont(font(scale, bold=bold))


def follow(widget: QWidget) -> None:
    """Give a widget its own type again after a change of the application's."""
    if (own := widget.property(TYPE)) is not None:
        scale, bold = own
        widget.setFont(font(scale, bold=bold))


def level_above(value: float) -> float:
    """Return the next larger zoom, or the largest."""
    return next((level for level in LEVELS if level > value + 1e-6), LEVELS[-1])


def level_below(value: float) -> float:
    """Return the next smaller zoom, or the smallest."""
    return next((level for level in reversed(LEVELS) if level < value - 1e-6), LEVELS[0])
