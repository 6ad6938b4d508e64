"""Editable tables of a batch, with copying as CSV."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QBrush,
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView

from core.data.csv.spreadsheet import to_text
from core.language import tr
from core.number_format import format_fixed, format_plain
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.theme import Theme
from gui.stage.demos.batch import DECIMALS, Batch, Column

ROW = 1.45  # height of a row, in line heights
SIZES = (1.0, look.SMALL, 0.75, 0.66)  # relative type sizes, the largest that fits is used
CELL_PX, HEADER_PX = 8, 18  # horizontal padding of a cell and of a row name
Index = QModelIndex | QPersistentModelIndex


class Sheet(QAbstractTableModel):
    """Table model of some columns of a batch, with a summary row at the foot."""

    def __init__(self, batch: Batch, columns: list[Column], foot: str, theme: Theme) -> None:
        super().__init__(batch)
        self.batch, self.columns, self.foot, self.theme = batch, columns, foot, theme
        self._rows = batch.n
        batch.changed.connect(self.follow)

    def follow(self) -> None:
        """Update the model after a change of the batch."""
        rows = self.batch.n
        if rows > self._rows:
            self.beginInsertRows(QModelIndex(), self._rows, rows - 1)
            self._rows = rows
            self.endInsertRows()
        elif rows < self._rows:
            self.beginRemoveRows(QModelIndex(), rows, self._rows - 1)
            self._rows = rows
            self.endRemoveRows()
        self.dataChanged.emit(self.index(0, 0), self.index(rows, len(self.columns) - 1))
        self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, rows)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._rows + 1

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def number(self, i: int, j: int) -> float | None:
        """Return the number in cell (i, j), or None where the foot has no value."""
        column, example = self.columns[j], self.batch.example
        if i < self.batch.n:
            return float(column.value(example, i))
        return None if column.foot is None else float(column.foot(example))

    def is_typed(self, index: Index) -> bool:
        return index.row() < self.batch.n and self.columns[index.column()].typed is not None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if self.is_typed(index) else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        i, j = index.row(), index.column()
        number, column = self.number(i, j), self.columns[j]
        match role:
            case Qt.ItemDataRole.DisplayRole if number is not None:
                return format_plain(number, 6) if column.typed else format_fixed(number, DECIMALS)
            case Qt.ItemDataRole.EditRole if number is not None:
                return f"{number:.10g}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.BackgroundRole if self.is_typed(index):
                return QBrush(QColor(self.theme.chip))
            case Qt.ItemDataRole.FontRole if i == self.batch.n or self._is_of_its_class(i, column):
                bold = QFont()
                bold.setWeight(QFont.Weight.Bold)
                return bold
            case Qt.ItemDataRole.ToolTipRole if self.is_typed(index):
                return tr("Type a number over it")
        return None

    def _is_of_its_class(self, i: int, column: Column) -> bool:
        return i < self.batch.n and column.label == self.batch.example.y[i]

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        typed = self.columns[index.column()].typed
        if role != Qt.ItemDataRole.EditRole or typed is None or index.row() >= self.batch.n:
            return False
        return typed(self.batch, index.row(), str(value).strip())

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self.columns[section].name
        return self.foot if section == self.batch.n else str(section + 1)


class SheetView(QTableView):
    """Table view of a sheet in full height; Ctrl+C and the context menu copy it as CSV."""

    copied = Signal()

    def __init__(self, sheet: Sheet, name: str) -> None:
        super().__init__()
        self.sheet = sheet
        self.setModel(sheet)
        self.setAccessibleName(name)
        self.setTabKeyNavigation(False)  # Tab leaves the table; arrows move inside
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setShowGrid(False)
        self.setStyleSheet("QLineEdit { padding: 0; border-radius: 0; }")  # cells are narrow
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionsClickable(False)
            header.setHighlightSections(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setMinimumSectionSize(CELL_PX)
        self.setEditTriggers(
            QTableView.EditTrigger.DoubleClicked
            | QTableView.EditTrigger.AnyKeyPressed
            | QTableView.EditTrigger.EditKeyPressed
            | QTableView.EditTrigger.SelectedClicked
        )
        self.activated.connect(self.edit)
        sheet.rowsInserted.connect(self.fit)
        sheet.rowsRemoved.connect(self.fit)
        self.fit()

    def width_in(self, size: float) -> int:
        """Return the width that the numbers need in type of this size, in sizes of the parent's."""
        parent = self.parentWidget()
        return sum(self._needs(zoom.scaled(parent.font() if parent else self.font(), size)))

    def fit(self) -> None:
        """Fit the height to the rows and the columns to the numbers, in smaller type if needed."""
        parent = self.parentWidget()
        font = parent.font() if parent else self.font()
        fonts = [zoom.scaled(font, size) for size in SIZES]
        widths = [sum(self._needs(size)) for size in fonts]
        self.setMinimumWidth(widths[-1])
        fitting = [size for size, width in zip(fonts, widths, strict=True) if width <= self.width()]
        shown = fitting[0] if fitting else fonts[-1]
        if shown.pointSizeF() != self.font().pointSizeF():
            self.setFont(shown)
        names, *needs = self._needs(shown)
        self.verticalHeader().setFixedWidth(names)
        height = round(QFontMetrics(shown).height() * ROW)
        self.verticalHeader().setDefaultSectionSize(height)
        rows = self.sheet.rowCount()
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + rows * height + 4)
        self.updateGeometries()
        available = max(self.width() - names, sum(needs))
        ends = np.rint(np.cumsum([0, *needs]) * available / sum(needs))
        for j, width in enumerate(np.diff(ends)):
            self.setColumnWidth(j, int(width))

    def _needs(self, font: QFont) -> list[int]:
        """Return the widths in pixels needed by the row names and by each column."""
        bold = QFontMetrics(zoom.scaled(font, 1.0, bold=True))
        # The style gives headers a weight: their type is never made smaller.
        usual = zoom.font(bold=True)
        scale = max(usual.pointSizeF() / zoom.BASE_POINT_SIZE, 1.0)
        names = QFontMetrics(usual).horizontalAdvance(self.sheet.foot) + round(HEADER_PX * scale)
        columns = self.sheet.columns
        return [names, *(bold.horizontalAdvance(c.widest) + CELL_PX for c in columns)]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def event(self, event: QEvent) -> bool:
        # Claim digits typed over a cell: as shortcuts of the window they would change the tab.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_typed = event.text() != "" and event.text() in "0123456789.,+-−"
            chosen = self.currentIndex()
            if event.matches(QKeySequence.StandardKey.Copy) or (
                is_typed and chosen.isValid() and self.sheet.is_typed(chosen)
            ):
                event.accept()
                return True
        return super().event(event)

    def csv(self, *, whole: bool) -> str:
        """Return the selected cells, or the whole table with headings, to 12 significant digits.

        With fewer than two cells selected, it is the whole table.
        """
        sheet = self.sheet
        chosen = sorted((i.row(), i.column()) for i in self.selectedIndexes())
        rows, columns = sheet.rowCount(), sheet.columnCount()
        rows_of_text: list[list[str]] = []
        if whole or len(chosen) < 2:
            chosen = [(i, j) for i in range(rows) for j in range(columns)]
            rows_of_text = [["example", *(column.plain for column in sheet.columns)]]
        names = {i: str(sheet.headerData(i, Qt.Orientation.Vertical)) for i in range(rows)}
        for i in sorted({i for i, _ in chosen}):
            numbers = [sheet.number(i, j) for r, j in chosen if r == i]
            cells = ["" if number is None else f"{number:.12g}" for number in numbers]
            rows_of_text.append([names[i], *cells] if len(cells) == columns else cells)
        return to_text(rows_of_text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy(whole=False)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if len(self.selectedIndexes()) > 1:
            menu.addAction(tr("Copy the &selection as CSV"), lambda: self._copy(whole=False))
        menu.addAction(tr("Copy the &table as CSV"), lambda: self._copy(whole=True))
        menu.exec(event.globalPos())

    def _copy(self, *, whole: bool) -> None:
        QGuiApplication.clipboard().setText(self.csv(whole=whole))
        self.copied.emit()
