"""A hand on the pad: events of mouse and pen, at shares of its square."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication

from tests.core.hands import STYLES

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LINE = ((0.2, 0.2), (0.4, 0.5), (0.6, 0.7))
OTHER = ((0.8, 0.1), (0.8, 0.4), (0.8, 0.6))


def place(pad, x, y):
    """The pixel at shares x, y of the pad's square."""
    side = min(pad.width(), pad.height())
    left, top = (pad.width() - side) / 2, (pad.height() - side) / 2
    return QPointF(left + x * side, top + y * side)


def mouse(pad, kind, x, y):
    at = place(pad, x, y)
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind is QEvent.Type.MouseMove else left
    held = none if kind is QEvent.Type.MouseButtonRelease else left
    event = QMouseEvent(
        kind, at, QPointF(pad.mapToGlobal(at)), button, held, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(pad, event)


def stroke(pad, points, *, lift=True):
    mouse(pad, QEvent.Type.MouseButtonPress, *points[0])
    for point in points[1:]:
        mouse(pad, QEvent.Type.MouseMove, *point)
    if lift:
        mouse(pad, QEvent.Type.MouseButtonRelease, *points[-1])


def write(pad, digit, style=0):
    """Draw a digit as a hand does, about 0.6 of the pad high."""
    for part in STYLES[digit][style]:
        stroke(pad, [(0.3 + 0.6 * x, 0.2 + 0.6 * y) for x, y in part])


def pen(pad, kind, x, y, pressure, pointer=QPointingDevice.PointerType.Pen):
    at = place(pad, x, y)
    kind_of = QInputDevice.DeviceType.Stylus
    able = QInputDevice.Capability.Position | QInputDevice.Capability.Pressure
    device = QPointingDevice("pen", 1, kind_of, pointer, able, 1, 1)
    button = Qt.MouseButton.LeftButton
    globally = QPointF(pad.mapToGlobal(at))
    none = Qt.KeyboardModifier.NoModifier
    event = QTabletEvent(
        kind, device, at, globally, pressure, 0.0, 0.0, 0.0, 0.0, 0.0, none, button, button
    )
    QApplication.sendEvent(pad, event)
