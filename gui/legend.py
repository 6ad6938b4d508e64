"""The classes by colour and shape; for drawn points, also the choice of what to draw."""

from __future__ import annotations

from pyqtgraph.graphicsItems.ScatterPlotItem import drawSymbol
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QWidget

from core.datasets import MAX_DRAWN_CLASSES
from core.task import Task
from gui import look
from gui.flow import FlowLayout
from gui.look import Theme

ICON_PX = 16


class Legend(QWidget):
    """A row of markers with their names; while drawing, buttons that choose the class."""

    class_added = Signal()
    class_removed = Signal()
    cleared = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[object, ...] = ()
        self._task: Task | None = None
        self._is_drawing = False
        self.chosen_class = 0
        self._group: QButtonGroup | None = None
        self._layout = FlowLayout(self, 2, 2)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self._task:
            self.show_task(self._task, drawing=self._is_drawing)

    def show_task(self, task: Task, *, drawing: bool) -> None:
        """Show the classes of the task, as buttons when points are drawn."""
        self._task, self._is_drawing = task, drawing
        # The drawing board offers all its classes, also when only two of them are trained on.
        dataset = task.source if drawing else task.dataset
        has_test = bool(len(task.test_rows))
        shown = (dataset.class_names, dataset.class_marks, drawing, has_test, self._theme)
        if shown == self._shown:
            return
        self._shown = shown
        self._layout.clear()
        self.chosen_class = min(self.chosen_class, dataset.h - 1)
        self._group = QButtonGroup(self)
        for k, (name, mark) in enumerate(
            zip(dataset.class_names, dataset.class_marks, strict=True)
        ):
            icon = marker_icon(self._theme, mark)
            self._layout.addWidget(
                self._class_button(k, name, icon) if drawing else _entry(name, icon)
            )
        if drawing:
            self._add_tools(dataset.h)
        if has_test:
            self._layout.addWidget(
                _entry("hollow = test", marker_icon(self._theme, 0, hollow=True))
            )
        if not drawing:
            self._layout.addWidget(_entry("ring = wrong", ring_icon(self._theme)))

    def _class_button(self, k: int, name: str, icon: QIcon) -> QPushButton:
        button = QPushButton(icon, name)
        button.setProperty("marker", True)
        button.setCheckable(True)
        button.setChecked(k == self.chosen_class)
        button.setToolTip(f"Draw points of class {name}")
        button.clicked.connect(lambda: self._choose(k))
        assert self._group is not None
        self._group.addButton(button)
        return button

    def _choose(self, k: int) -> None:
        self.chosen_class = k

    def _add_tools(self, h: int) -> None:
        for text, tip, signal, is_possible in (
            ("+", "Add a class", self.class_added, h < MAX_DRAWN_CLASSES),
            ("−", "Remove the last class and its points", self.class_removed, h > 2),
            ("Clear", "Remove all points (Ctrl+Z brings them back)", self.cleared, True),
        ):
            button = QPushButton(text)
            button.setProperty("quiet", True)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.setEnabled(is_possible)
            button.clicked.connect(signal)
            self._layout.addWidget(button)


def _entry(name: str, icon: QIcon) -> QWidget:
    entry = QWidget()
    row = QHBoxLayout(entry)
    row.setContentsMargins(4, 3, 8, 3)
    row.setSpacing(4)
    picture = QLabel()
    picture.setPixmap(icon.pixmap(QSize(ICON_PX, ICON_PX)))
    text = QLabel(name)
    text.setProperty("small", True)
    row.addWidget(picture)
    row.addWidget(text)
    return entry


def marker_icon(theme: Theme, mark: int, *, hollow: bool = False) -> QIcon:
    """The marker of a class as it stands on the plot; hollow for test points."""
    colour = theme.class_colour(mark)
    size = 10 * look.symbol_scale(mark)
    if hollow:
        colour = QColor(theme.muted)
        return _icon(look.symbol(mark), size, QPen(colour, 0.16), QBrush(QColor(theme.panel)))
    return _icon(look.symbol(mark), size, QPen(QColor(theme.panel), 0.1), QBrush(colour))


def ring_icon(theme: Theme) -> QIcon:
    return _icon("o", 12, QPen(QColor(theme.ink), 0.12), QBrush(Qt.BrushStyle.NoBrush))


def _icon(symbol: str, size: float, pen: QPen, brush: QBrush) -> QIcon:
    """Draw pyqtgraph's own symbol, so that legend and plot agree; pens are in symbol widths."""
    ratio = 3  # enough for any screen scale
    pixmap = QPixmap(ICON_PX * ratio, ICON_PX * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(QRectF(0, 0, ICON_PX, ICON_PX).center() + QPointF(0, 0))
    drawSymbol(painter, symbol, size, pen, brush)
    painter.end()
    return QIcon(pixmap)
