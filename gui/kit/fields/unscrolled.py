"""Qt's widgets that react to the wheel, but only while they have the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QSlider, QTabBar, QWidget

if TYPE_CHECKING:  # at run time the mixin is not a widget
    from PySide6.QtWidgets import QWidget as Widget
else:
    Widget = object


class Unscrolled(Widget):
    """Ignores the wheel without the focus, so that scrolling past it changes nothing.

    Its parents get the wheel event instead, and scroll.
    """

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Combo(Unscrolled, QComboBox):
    """A combo box."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel does not give it the focus


class Slider(Unscrolled, QSlider):
    """A horizontal slider."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        """Return a height that holds the handle, which grows with the type."""
        hint = super().sizeHint()
        return QSize(hint.width(), max(hint.height(), self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())


class Tabs(Unscrolled, QTabBar):
    """A row of tabs."""

    def take_shape(self, name: str, is_on: bool) -> None:
        """Set a property by which the style sheet shapes the tabs, and measure them again."""
        if is_on == bool(self.property(name)):
            return
        self.setProperty(name, is_on)
        style = self.style()
        style.unpolish(self)
        style.polish(self)
        QCoreApplication.sendEvent(self, QEvent(QEvent.Type.StyleChange))
