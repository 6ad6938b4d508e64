"""Qt's widgets that the wheel changes, but only where they have the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QSlider, QTabBar, QWidget

if TYPE_CHECKING:  # what is mixed in is no widget of its own
    from PySide6.QtWidgets import QWidget as Widget
else:
    Widget = object


class Unscrolled(Widget):
    """Takes the wheel only where it has the focus: what the pointer passes does not change.

    Its parents get the wheel instead, and scroll.
    """

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Combo(Unscrolled, QComboBox):
    """One of several words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel does not give it the focus


class Slider(Unscrolled, QSlider):
    """A horizontal slider."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


class Tabs(Unscrolled, QTabBar):
    """A row of tabs."""
