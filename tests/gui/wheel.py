"""Mouse wheel events, which QtTest does not provide."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

NOTCH = 120  # eighths of a degree


def turn_wheel(widget: QWidget, notches: int, at: QPoint | None = None) -> bool:
    """Send one wheel event over a widget; return whether it was accepted.

    notches : positive turns away from the user. at : pixel of the widget; None: its centre.
    """
    place = widget.rect().center() if at is None else at
    event = QWheelEvent(
        QPointF(place),
        QPointF(widget.mapToGlobal(place)),
        QPoint(0, 0),
        QPoint(0, NOTCH * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event.isAccepted()
