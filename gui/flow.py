"""A layout that fills rows and goes on in the next one, as Qt's own example does."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Widgets from left to right, wrapped like words."""

    def __init__(self, parent: QWidget, horizontal_gap: int, vertical_gap: int) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gaps = horizontal_gap, vertical_gap
        self.setContentsMargins(0, 0, 0, 0)

    def clear(self) -> None:
        """Remove and delete all widgets."""
        while self._items:
            item = self._items.pop()
            widget = item.widget()
            if widget:
                widget.hide()
                widget.deleteLater()
        self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, *, move: bool) -> int:
        """Lay the items out in the rectangle and return the height that they take."""
        x, y, row_height = rect.x(), rect.y(), 0
        horizontal, vertical = self._gaps
        for item in self._items:
            hint = item.sizeHint()
            if x > rect.x() and x + hint.width() > rect.right() + 1:
                x, y, row_height = rect.x(), y + row_height + vertical, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x += hint.width() + horizontal
            row_height = max(row_height, hint.height())
        return y + row_height - rect.y()
