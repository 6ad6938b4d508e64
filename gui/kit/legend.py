"""The legend of classes by colour and shape; for drawn points, also the choice of a class."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from pyqtgraph.graphicsItems.ScatterPlotItem import drawSymbol
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QBrush, QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from core.data.dataset import Dataset
from core.data.points import MAX_CLASSES, MIN_CLASSES
from core.data.shown_names import shown_classes
from core.data.task import Task
from core.language import mark, tr
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.flow_layout import FlowLayout
from gui.kit.plain_text import Plain, as_tip, short, unmarked
from gui.kit.theme import Theme

ICON_PX = 16  # at a zoom of 100 %
LETTERS = 24  # shown of a name; the tool tip has all of it
TEST, HELD_OUT = mark("hollow = test"), mark("hollow = held out")

Icon = Callable[[Theme], QIcon]


class Legend(QWidget):
    """A row of markers with their names; while drawing, buttons that choose the class."""

    class_chosen = Signal(int)
    class_added = Signal()
    class_removed = Signal(int)
    class_renamed = Signal(int, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[object, ...] = ()
        self._style: tuple[object, ...] = ()
        self._is_drawing = self._is_brief = False
        self._marks: list[QWidget] = []  # entries of what is no class
        self._icons: list[tuple[QPushButton | _Entry, Icon]] = []
        self.chosen_class = 0
        self._group: QButtonGroup | None = None
        self._layout = FlowLayout(self, 2, 2)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """Return the size of one row."""
        return QSize(self._layout.width_of_all(), self._layout.minimumSize().height())

    def set_theme(self, theme: Theme) -> None:
        """Set the colours in which the next task is shown."""
        self._theme = theme

    def show_task(self, task: Task, *, drawing: bool) -> None:
        """Show the classes of the task, as buttons while points are drawn."""
        self._is_drawing = drawing
        # The drawing board offers all its classes, even when only two of them are trained on.
        dataset = task.source if drawing else task.dataset
        hollow = TEST if len(task.test_rows) else ""
        if len(task.validation_rows):
            hollow = HELD_OUT
        shown = shown_classes(dataset), dataset.class_marks, drawing, hollow
        style = self._theme, zoom.factor()
        if shown != self._shown:
            self._fill(dataset, hollow)
        if (shown, style) != (self._shown, self._style):
            self._show_icons()
        self._shown, self._style = shown, style

    def _fill(self, dataset: Dataset, hollow: str) -> None:
        self._layout.clear()
        self._marks, self._icons = [], []
        if self.chosen_class >= dataset.h:
            self.chosen_class = dataset.h - 1  # the board has done the same
        self._group = QButtonGroup(self)
        for k, (name, number) in enumerate(
            zip(shown_classes(dataset), dataset.class_marks, strict=True)
        ):
            icon = partial(marker_icon, mark=number)
            if self._is_drawing:
                self._add(self._class_button(k, name, dataset.h), icon)
            else:
                self._add(_Entry(name), icon)
        if self._is_drawing:
            self._layout.addWidget(self._add_button(dataset.h))
        if hollow:
            self._add_mark(tr(hollow), partial(marker_icon, mark=0, hollow=True))
        if not self._is_drawing:
            self._add_mark(tr("ring = wrong"), ring_icon)

    def _add(self, entry: QPushButton | _Entry, icon: Icon) -> None:
        self._layout.addWidget(entry)
        self._icons.append((entry, icon))

    def _add_mark(self, words: str, icon: Icon) -> None:
        entry = _Entry(words)
        self._marks.append(entry)
        self._add(entry, icon)
        entry.setVisible(not self._is_brief)

    def _show_icons(self) -> None:
        """Show the icons in the colours of the theme, at the current zoom."""
        for entry, icon in self._icons:
            entry.setIconSize(QSize(zoom.px(ICON_PX), zoom.px(ICON_PX)))
            entry.setIcon(icon(self._theme))

    def set_brief(self, is_brief: bool) -> None:
        """Show only the classes, or also what hollow markers and rings mean."""
        self._is_brief = is_brief
        for entry in self._marks:
            entry.setVisible(not is_brief)

    def _class_button(self, k: int, name: str, h: int) -> QPushButton:
        """Return the button that chooses a class; its menu renames and removes it."""
        button = QPushButton(unmarked(short(name, LETTERS)))
        button.setProperty("marker", True)
        button.setCheckable(True)
        button.setAutoExclusive(True)  # its group is; this tells a screen reader
        button.setChecked(k == self.chosen_class)
        button.setToolTip(
            as_tip(
                tr(
                    "Draw points of class {name} (key {key} on the board); "
                    "double-click to rename, right-click for more",
                    name=name,
                    key=(k + 1) % 10,
                )
            )
        )
        button.setAccessibleName(tr("class {name}", name=name))
        button.clicked.connect(lambda: self.choose(k))
        rename = QAction(tr("Rename…"), button)
        rename.triggered.connect(lambda: self._ask_name(k, name))
        remove = QAction(tr("Remove, with its points"), button)
        remove.setEnabled(h > MIN_CLASSES)
        remove.triggered.connect(lambda: self.class_removed.emit(k))
        button.addActions([rename, remove])
        button.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        button.installEventFilter(self)
        button.setProperty("class_number", k)
        button.setProperty("class_name", name)
        assert self._group is not None
        self._group.addButton(button, k)
        return button

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonDblClick and isinstance(watched, QPushButton):
            self._ask_name(
                int(watched.property("class_number")), str(watched.property("class_name"))
            )
            return True
        return super().eventFilter(watched, event)

    def choose(self, k: int) -> None:
        """Draw points of class k from now on."""
        self.chosen_class = k
        button = self._group.button(k) if self._group else None
        if button:
            button.setChecked(True)
        self.class_chosen.emit(k)

    def _ask_name(self, k: int, name: str) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle(tr("Rename a class"))
        dialog.setLabelText(as_tip(tr("Name of class {name}:", name=short(name))))
        dialog.setTextValue(name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(lambda text: self.class_renamed.emit(k, text))
        dialog.open()

    def _add_button(self, h: int) -> QPushButton:
        button = QPushButton("+")
        button.setProperty("quiet", True)
        button.setToolTip(tr("Add a class, up to ten"))
        button.setAccessibleName(tr("Add a class"))
        button.setEnabled(h < MAX_CLASSES)
        button.clicked.connect(self.class_added)
        return button


class _Entry(QWidget):
    """A marker with its name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 3, 8, 3)
        row.setSpacing(4)
        self._picture, text = QLabel(), Plain(short(name, LETTERS))
        self._size = QSize()
        zoom.set_type(text, look.SMALL)
        text.setProperty("small", True)
        if text.text() != name:
            self.setToolTip(as_tip(name))
        row.addWidget(self._picture)
        row.addWidget(text)

    def setIconSize(self, size: QSize) -> None:  # as a button has it
        self._size = size

    def setIcon(self, icon: QIcon) -> None:
        self._picture.setPixmap(icon.pixmap(self._size))


@lru_cache(maxsize=256)
def marker_icon(theme: Theme, mark: int, *, hollow: bool = False) -> QIcon:
    """Return the marker of a class as on the plot; hollow for test points."""
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
    ratio = 6  # enough for any zoom and scale of the screen
    pixmap = QPixmap(ICON_PX * ratio, ICON_PX * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(QRectF(0, 0, ICON_PX, ICON_PX).center() + QPointF(0, 0))
    drawSymbol(painter, symbol, size, pen, brush)
    painter.end()
    return QIcon(pixmap)
