"""The buttons of views and panels."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget


def text_button(text: str, tip: str, name: str = "") -> QPushButton:
    """Return a button with a tip.

    name : accessible name, if the text alone is not enough.
    """
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAccessibleName(name or text)
    return button


def quiet_button(text: str, tip: str, name: str = "") -> QPushButton:
    """Return a `text_button` without a background."""
    button = text_button(text, tip, name)
    button.setProperty("quiet", True)
    return button


class RowButton(QPushButton):
    """A button as large as its content, at any zoom."""

    def __init__(self) -> None:
        super().__init__()
        self.row = QHBoxLayout(self)

    def add(self, *widgets: QWidget) -> None:
        """Add widgets that are transparent for mouse events."""
        for widget in widgets:
            widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self.row.addWidget(widget)

    def sizeHint(self) -> QSize:
        return self.row.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
