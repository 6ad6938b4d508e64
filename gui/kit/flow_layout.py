"""A layout that fills rows and wraps, as Qt's own example does."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QLayoutItem, QSizePolicy, QWidget

Row = list[tuple[QLayoutItem, QSize]]  # items, each with the size that it wants


class FlowLayout(QLayout):
    """Widgets from left to right, wrapped like words; expanding ones share the rest of a row.

    A widget that is wider than a row becomes narrower and taller, if it can.

    baseline : returns the height of a widget above its baseline, in pixels; those of a row share
        one. None: their middles are at one height.
    """

    def __init__(
        self,
        parent: QWidget,
        horizontal_gap: int,
        vertical_gap: int,
        baseline: Callable[[QWidget], int] | None = None,
    ) -> None:
        super().__init__(parent)
        self._baseline = baseline
        self._items: list[QLayoutItem] = []
        self._heights: dict[int, int] = {}  # by width: Qt asks for the same widths many times
        self._gaps = horizontal_gap, vertical_gap
        self.setContentsMargins(0, 0, 0, 0)

    def set_gap(self, horizontal: int) -> None:
        """Set the gap between the items of a row, in pixels."""
        if horizontal != self._gaps[0]:
            self._gaps = horizontal, self._gaps[1]
            self.invalidate()

    def clear(self) -> None:
        """Remove and delete all widgets."""
        while self._items:
            item = self._items.pop()
            widget = item.widget()
            if widget:
                widget.hide()
                widget.deleteLater()
        self.invalidate()

    def invalidate(self) -> None:
        self._heights.clear()
        super().invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self._heights.clear()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        self._heights.clear()
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = self._place(QRect(0, 0, width, 0), move=False)
        return self._heights[width]

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def width_of_all(self) -> int:
        """Return the width at which all items fit into one row."""
        widths = [item.sizeHint().width() for item in self._items if not item.isEmpty()]
        return sum(widths) + self._gaps[0] * max(len(widths) - 1, 0)

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, *, move: bool) -> int:
        """Lay the items out in the rectangle, moved only if `move`; return the height needed."""
        horizontal, vertical = self._gaps
        y = rect.y()
        for row in self._rows(rect.width()):
            widths = self._widths(row, rect.width())
            sizes = [QSize(w, _height(*each, w)) for each, w in zip(row, widths, strict=True)]
            tops, height = self._tops(row, sizes)
            x = rect.x()
            for (item, _), size, top in zip(row, sizes, tops, strict=True):
                if move:
                    item.setGeometry(QRect(QPoint(x, y + top), size))
                x += size.width() + horizontal
            y += height + vertical
        return max(y - vertical - rect.y(), 0)

    def _tops(self, row: Row, sizes: list[QSize]) -> tuple[list[int], int]:
        """Return the place of each item below the top of its row, and the height of the row."""
        heights = [size.height() for size in sizes]
        if self._baseline is None:
            return [(max(heights) - height) // 2 for height in heights], max(heights)
        widgets = (item.widget() for item, _ in row)
        above = [self._baseline(widget) if widget else 0 for widget in widgets]
        tops = [max(above) - own for own in above]
        return tops, max(top + height for top, height in zip(tops, heights, strict=True))

    def _widths(self, row: Row, width: int) -> list[int]:
        """Return the width of each item of a row."""
        widths = [
            hint.width()
            if hint.width() <= width
            else min(hint.width(), max(width, item.minimumSize().width()))
            for item, hint in row
        ]
        left = width - sum(widths) - self._gaps[0] * (len(row) - 1)
        if left > 0:
            growing = [i for i, (item, _) in enumerate(row) if _expands(item)]
            for i in growing:
                widths[i] += left // len(growing)
        return widths

    def _rows(self, width: int) -> list[Row]:
        """Return the items row by row, as many in each as fit the width."""
        rows: list[Row] = []
        used = width + 1
        for item in self._items:
            if item.isEmpty():
                continue
            hint = item.sizeHint()
            if not (needed := hint.width()):  # all in it is hidden
                continue
            if used + needed > width:
                rows.append([])
                used = 0
            rows[-1].append((item, hint))
            used += needed + self._gaps[0]
        return rows


def _height(item: QLayoutItem, hint: QSize, width: int) -> int:
    """Return the height of an item at this width."""
    is_bent = width < hint.width() and item.hasHeightForWidth()
    return item.heightForWidth(width) if is_bent else hint.height()


def _expands(item: QLayoutItem) -> bool:
    """Whether the widget's own size policy expands, whatever its children ask for."""
    widget = item.widget()
    if widget is None:
        return False
    return widget.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Expanding


def side_by_side(*widgets: QWidget, rest: bool = False) -> QWidget:
    """Return a widget that keeps these together when a row wraps.

    rest : whether spare width stays free at their right.
    """
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for widget in widgets:
        row.addWidget(widget)
    if rest:
        row.addStretch(1)
    return group
