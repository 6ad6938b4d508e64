"""The zoom: the size of all fonts, and of lengths, pens and markers with them.

The application's font is the only source. Lengths in the code are those at a zoom of 100 %.
"""

from __future__ import annotations

from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QWidget

BASE_POINT_SIZE = 10.0
LEVELS = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5)
TYPE = "type"  # the property of a widget whose font differs from the application's


def factor() -> float:
    """Return the zoom, 1.0 at 100 %."""
    return QGuiApplication.font().pointSizeF() / BASE_POINT_SIZE


def px(length: float) -> int:
    """Return a length, given in pixels at 100 %, at the current zoom in whole pixels."""
    return round(length * factor())


def font(scale: float = 1.0, *, bold: bool = False) -> QFont:
    """Return the application's font, scaled, optionally semibold."""
    return scaled(QGuiApplication.font(), scale, bold=bold)


def scaled(base: QFont, scale: float, *, bold: bool = False) -> QFont:
    """Return the font, scaled, optionally semibold."""
    copy = QFont(base)
    copy.setPointSizeF(base.pointSizeF() * scale)
    if bold:
        copy.setWeight(QFont.Weight.DemiBold)
    return copy


def set_type(widget: QWidget, scale: float, *, bold: bool = False) -> None:
    """Set the widget's font to `scale` times the application's, at any zoom."""
    widget.setProperty(TYPE, (scale, bold))
    widget.setFont(font(scale, bold=bold))


def follow(widget: QWidget) -> None:
    """Restore a widget's own font after a change of the application's."""
    if (own := widget.property(TYPE)) is not None:
        scale, bold = own
        its_font = font(scale, bold=bold)
        if not bold:
            its_font.setWeight(widget.font().weight())  # which the style sheet may have set
        widget.setFont(its_font)
        widget.updateGeometry()  # a field does not tell its layout by itself


def follow_within(part: QWidget) -> None:
    """Restore the fonts in what has a new parent: Qt returns to the type of an earlier zoom."""
    for widget in part.findChildren(QWidget):
        follow(widget)


def level_above(value: float) -> float:
    """Return the next larger zoom, or the largest."""
    return next((level for level in LEVELS if level > value + 1e-6), LEVELS[-1])


def level_below(value: float) -> float:
    """Return the next smaller zoom, or the smallest."""
    return next((level for level in reversed(LEVELS) if level < value - 1e-6), LEVELS[0])
