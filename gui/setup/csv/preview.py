"""The first rows of a table as they were parsed, and the role of each column."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from core.data.csv.table import Column, Table
from core.invisible_characters import visible
from core.language import tr
from core.number_format import format_integer, format_shortest
from gui.kit import zoom
from gui.kit.plain_text import as_tip, beginning
from gui.kit.theme import SMALL, Theme
from gui.setup.csv.selection import Role

ROLE_ROW, FACT_ROW, FIRST_ROW = 0, 1, 2
NARROWEST_PX, WIDEST_PX, WIDEST_TEXT_PX = 84, 200, 560
MEASURED_COLUMNS = 60  # measuring the widths of more would take too long
Parent = QModelIndex()


class Preview(QAbstractTableModel):
    """The first rows as they were parsed, below two rows: each column's role and its contents."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._table: Table | None = None
        self._roles: list[Role] = []
        self._is_pictures = False
        self._bold = zoom.font(SMALL, bold=True)
        self._small = zoom.font(SMALL)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._refresh()

    def set_table(self, table: Table) -> None:
        self.beginResetModel()
        self._table, self._roles = table, []
        self.endResetModel()

    def set_roles(self, roles: list[Role], *, is_pictures: bool) -> None:
        self._roles, self._is_pictures = roles, is_pictures
        self._refresh()

    def _refresh(self) -> None:
        if self._table:
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: Any = Parent) -> int:
        if self._table is None or parent.isValid():
            return 0
        return FIRST_ROW + max((len(column.head) for column in self._table.columns), default=0)

    def columnCount(self, parent: Any = Parent) -> int:
        return 0 if self._table is None or parent.isValid() else len(self._table.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if self._table is None:
            return None
        if orientation is Qt.Orientation.Horizontal:
            name = self._table.names[section]
            if role == Qt.ItemDataRole.DisplayRole:
                return name
            if role == Qt.ItemDataRole.ToolTipRole:
                return as_tip(name)
        elif role == Qt.ItemDataRole.DisplayRole:
            if section == ROLE_ROW:
                return tr("use as")
            if section == FACT_ROW:
                return tr("holds")
            return tr("line {line}", line=format_integer(self._table.lines[section - FIRST_ROW]))
        return None

    def data(self, index: Any, role: int = 0) -> Any:
        if self._table is None or not self._roles:
            return None
        j = index.column()
        use = self._roles[j]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return visible(self._words(index.row(), j))
            case Qt.ItemDataRole.ToolTipRole:
                return as_tip(self._tip(j))
            case Qt.ItemDataRole.CheckStateRole:
                is_choice = index.row() == ROLE_ROW and not self._is_pictures
                if not is_choice or use not in (Role.FEATURE, Role.UNUSED):
                    return None
                is_on = use is Role.FEATURE
                return Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.TextAlignmentRole:
                is_number = index.row() > FACT_ROW and self._table.columns[j].is_number
                side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.FontRole:
                return self._font(index.row())
            case Qt.ItemDataRole.ForegroundRole:
                return QBrush(QColor(self._ink(index.row(), j)))
            case Qt.ItemDataRole.BackgroundRole:
                if use in (Role.LABEL, Role.TEXT):
                    return QBrush(QColor(self._theme.selected))
                if index.row() <= FACT_ROW:
                    return QBrush(QColor(self._theme.chip))
        return None

    def shows_text(self, j: int) -> bool:
        """Return whether a column is the texts."""
        return bool(self._roles) and self._roles[j] is Role.TEXT

    def _words(self, row: int, j: int) -> str:
        assert self._table is not None
        column = self._table.columns[j]
        if row == ROLE_ROW:
            match self._roles[j]:
                case Role.LABEL:
                    return tr("label")
                case Role.TEXT:
                    return tr("text")
                case Role.UNUSABLE:
                    return re.split("[:：]", self._why_unusable(j))[0] or tr("not used")
                case _:
                    if column.kind == "text":
                        return tr("words")
                    return tr("pixel") if self._is_pictures else column.doubt or tr("feature")
        if row == FACT_ROW:
            parts = []
            if column.is_number and column.low <= column.high:
                unit = f" {column.unit}" if column.unit else ""
                parts.append(
                    f"{format_shortest(column.low)} … {format_shortest(column.high)}{unit}"
                )
            elif column.kind == "text":
                parts.append(_count_words(column, are_texts=self.shows_text(j)))
            if column.gaps:
                parts.append(tr("{n} missing", n=format_integer(column.gaps)))
            return " · ".join(parts)
        cell = self._cell(row, j)
        if cell is None:
            return "–"
        return beginning(cell) if isinstance(cell, str) else format_shortest(cell)

    def _cell(self, row: int, j: int) -> float | str | None:
        assert self._table is not None
        head = self._table.columns[j].head
        return head[row - FIRST_ROW] if row - FIRST_ROW < len(head) else None

    def _why_unusable(self, j: int) -> str:
        assert self._table is not None
        return self._table.why_unusable(j, self._roles.index(Role.LABEL))

    def _tip(self, j: int) -> str:
        assert self._table is not None
        column = self._table.columns[j]
        use = self._roles[j]
        reason = self._why_unusable(j) if use is Role.UNUSABLE else column.doubt
        if use in (Role.LABEL, Role.TEXT):
            reason = ""
        return f"{column.name}: {tr(column.kind)}" + (f" ({reason})" if reason else "")

    def _font(self, row: int) -> QFont | None:
        if row == ROLE_ROW:
            return self._bold
        return self._small if row == FACT_ROW else None

    def _ink(self, row: int, j: int) -> str:
        assert self._table is not None
        use = self._roles[j]
        if row > FACT_ROW:
            cell = self._cell(row, j)
            is_slip = self._table.columns[j].is_number and (
                isinstance(cell, str) or (isinstance(cell, float) and abs(cell) == float("inf"))
            )
            if is_slip:
                return self._theme.counter_accent
            if cell is None:
                return self._theme.muted
        if use in (Role.LABEL, Role.TEXT) and row == ROLE_ROW:
            return self._theme.accent
        if row == FACT_ROW or use in (Role.UNUSABLE, Role.UNUSED):
            return self._theme.muted
        return self._theme.ink


def _count_words(column: Column, *, are_texts: bool) -> str:
    """Return how many different texts or words a column has."""
    if column.codes is None:
        return tr("many texts") if are_texts else tr("many words")
    n = format_integer(len(column.words))
    return tr("{n} texts", n=n) if are_texts else tr("{n} words", n=n)


class PreviewView(QTableView):
    """The preview; a click in its first row, or Space, toggles a column."""

    toggled = Signal(int)

    def __init__(self, model: Preview) -> None:
        super().__init__()
        self._preview = model
        self.setModel(model)
        self.setAccessibleName(tr("preview"))
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        height = self.fontMetrics().height() + 8
        self.verticalHeader().setDefaultSectionSize(height)
        self.verticalHeader().setMinimumSectionSize(height)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.setStyleSheet(
            "QTableView::item { padding: 0 6px; }"
            "QHeaderView::section:vertical { border: none; font-weight: 400; }"
        )
        self.horizontalHeader().setHighlightSections(False)
        self.verticalHeader().setHighlightSections(False)
        self.clicked.connect(self._click)

    def fit_columns(self) -> None:
        """Make each column as wide as its contents, within limits."""
        count = self.model().columnCount()
        for j in range(count):
            if j < MEASURED_COLUMNS:
                hint = max(self.sizeHintForColumn(j), self.horizontalHeader().sectionSizeHint(j))
                widest = WIDEST_TEXT_PX if self._preview.shows_text(j) else WIDEST_PX
                width = min(max(hint + 12, NARROWEST_PX), widest)
            else:
                width = NARROWEST_PX
            self.setColumnWidth(j, width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            self.toggled.emit(self.currentIndex().column())
            return
        super().keyPressEvent(event)

    def _click(self, index: QModelIndex) -> None:
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        if index.row() == ROLE_ROW:
            self.toggled.emit(index.column())
