"""A button that contains a layout."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget


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
