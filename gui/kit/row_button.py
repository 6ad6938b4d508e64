"""A button with a layout of its own on it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget


class RowButton(QPushButton):
    """A button as large as what stands on it, at any zoom."""

    def __init__(self) -> None:
        super().__init__()
        self.row = QHBoxLayout(self)

    def add(self, *widgets: QWidget) -> None:
        """Put widgets on it, which leave the mouse to the button."""
        for widget in widgets:
            widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self.row.addWidget(widget)

    def sizeHint(self) -> QSize:
        return self.row.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
