"""The table of runs: the settings in which they differ, and their results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from core.data.shown_names import shown_name
from core.language import tr
from core.number_format import format_count
from core.runs.run_record import (
    Record,
    Setting,
    differing,
    format_setting,
    result_names,
    results_of,
    settings_of,
)
from core.train.snapshot import Status
from gui.kit import zoom
from gui.kit.covers.covering import Coverable, Covering
from gui.kit.plain_text import as_tip
from gui.kit.shortcuts import HOLDS_WORDS
from gui.kit.theme import Theme
from gui.kit.training_sample import sign_of
from gui.state.kept_runs import LIVE, shown_name_of, swatch

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
NAME = 0
NAME_LETTERS = 34
PADDING, NAME_PADDING = 16, 50  # px beside the text: margins; tick and swatch
CELL = Qt.ItemDataRole


class RunModel(QAbstractTableModel):
    """Runs in rows; the first column is the name, with a tick if the run can be hidden."""

    renamed = Signal(object, str)  # Record, new name
    ticked = Signal(object, bool)  # Record, whether to show it

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.covering = Covering()  # of results, by name of the run and of the result
        self.records: list[Record] = []  # in row order
        self.columns: list[str] = []
        self._values: list[dict[str, Setting]] = []
        self._sorted_by: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)

    def set_records(self, records: Sequence[Record]) -> bool:
        """Show these runs; return whether the rows or columns have changed."""
        columns = [*differing(records), *result_names(records)]
        ordered = self._in_order(list(records), columns)
        is_same = columns == self.columns and [(r.name, r.colour) for r in ordered] == [
            (r.name, r.colour) for r in self.records
        ]
        values = [settings_of(record) | results_of(record) for record in ordered]
        if is_same:
            self.records, self._values = ordered, values
            self.show_figures()
            return False
        self.beginResetModel()
        self.records, self.columns, self._values = ordered, columns, values
        self.endResetModel()
        return True

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted_by = column, order
        self.layoutAboutToBeChanged.emit()
        before, old = self.persistentIndexList(), self.records
        self.records = self._in_order(self.records, self.columns)
        self._values = [settings_of(record) | results_of(record) for record in self.records]
        row_of = {id(record): row for row, record in enumerate(self.records)}
        after = [self.index(row_of[id(old[i.row()])], i.column()) for i in before]
        self.changePersistentIndexList(before, after)  # the selection stays with its runs
        self.layoutChanged.emit()

    def _in_order(self, records: list[Record], columns: list[str]) -> list[Record]:
        column, order = self._sorted_by
        if not 0 <= column <= len(columns):
            return records

        def value(record: Record) -> Setting:
            if column == NAME:
                return record.name.lower()
            return (settings_of(record) | results_of(record))[columns[column - 1]]

        def key(pair: tuple[Setting, Record]) -> tuple[bool, float, str]:
            of_it, _ = pair
            return (True, 0.0, of_it) if isinstance(of_it, str) else (False, of_it, "")

        pairs = [(value(record), record) for record in records]
        without = [record for of_it, record in pairs if of_it != of_it]  # NaN
        known = sorted(
            (pair for pair in pairs if pair[0] == pair[0]),
            key=key,
            reverse=order is Qt.SortOrder.DescendingOrder,
        )
        return [record for _, record in known] + without

    # Model interface ------------------------------------------------------------------------------

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.records)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else 1 + len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = CELL.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == CELL.DisplayRole:
            title = tr("run") if section == NAME else tr(self.columns[section - 1])
            return title.replace(" ", "\n")
        return None

    def data(self, index: Index, role: int = CELL.DisplayRole) -> Any:
        record = self.records[index.row()]
        if index.column() == NAME:
            return self._name_data(record, role)
        name = self.columns[index.column() - 1]
        value = self._values[index.row()][name]
        if role in (CELL.DisplayRole, CELL.ToolTipRole):
            sign = sign_of(record.metrics) if name.startswith("train ") else ""
            words = self._figure(record, name, sign + format_setting(name, value))
            return as_tip(words) if role == CELL.ToolTipRole else words
        if role == CELL.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignLeft
                if isinstance(value, str)
                else (Qt.AlignmentFlag.AlignRight)
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == CELL.FontRole and value == Status.DIVERGED.value:
            return zoom.font(bold=True)
        return None

    def _figure(self, record: Record, name: str, words: str) -> str:
        """Return a setting, or a result as it may be shown."""
        is_result = name in result_names([record])
        return self.covering.number(words, (record.name, name)) if is_result else words

    def show_figures(self) -> None:
        """Show the results anew, since they are covered or revealed."""
        if self.records:
            last = self.index(len(self.records) - 1, len(self.columns))
            self.dataChanged.emit(self.index(0, 0), last)

    def _name_data(self, record: Record, role: int) -> Any:
        if role in (CELL.DisplayRole, CELL.EditRole):
            return shown_name_of(record)
        if role == CELL.DecorationRole:
            return swatch(self.theme, record.colour)
        if role == CELL.CheckStateRole and self._is_kept(record):
            return Qt.CheckState.Checked if record.is_shown else Qt.CheckState.Unchecked
        if role == CELL.ToolTipRole:
            edits, data = "; ".join(record.edits), shown_name(record.task.source)
            return as_tip(
                f"{shown_name_of(record)}\n{data}, {format_count(record.epoch, 'epoch')}"
                + (f"\n{edits}" if edits else "")
            )
        if role == CELL.FontRole and record.colour == LIVE:
            return zoom.font(bold=True)
        return None

    def _is_kept(self, record: Record) -> bool:
        return record.colour != LIVE

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == NAME and self._is_kept(self.records[index.row()]):
            flags |= Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def setData(self, index: Index, value: Any, role: int = CELL.EditRole) -> bool:
        record = self.records[index.row()]
        if role == CELL.EditRole:
            self.renamed.emit(record, str(value))
        elif role == CELL.CheckStateRole:
            self.ticked.emit(record, Qt.CheckState(value) is Qt.CheckState.Checked)
        return True


class ResultModel(RunModel):
    """A read-only table of runs."""

    def _is_kept(self, record: Record) -> bool:
        return False


class _Names(QStyledItemDelegate):
    """Editor for names; spaces are text in it, not a shortcut."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setProperty(HOLDS_WORDS, True)
        editor.setAccessibleName(tr("name of the run"))
        return editor


class RunTable(Coverable, QTableView):
    """The view of a table of runs; a click on a heading sorts, one on a covered result shows it."""

    def __init__(self, model: RunModel) -> None:
        super().__init__()
        self.runs = model
        model.covering = self.covering
        self.setModel(model)
        self.pressed.connect(self._press)
        self._names = _Names()
        self.setItemDelegateForColumn(NAME, self._names)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setSortingEnabled(True)

    def show_records(self, records: Sequence[Record]) -> None:
        """Show these runs and restore the selection by name."""
        chosen = {record.name for record in self.chosen()}
        if not self.runs.set_records(records):
            return
        self.fit()
        for row, record in enumerate(self.runs.records):
            if record.name in chosen:
                flag = self.selectionModel().SelectionFlag
                self.selectionModel().select(self.runs.index(row, NAME), flag.Select | flag.Rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Fit the column widths to their contents, within a limit for names."""
        metrics, runs = self.fontMetrics(), self.runs
        for column in range(runs.columnCount()):
            words = runs.headerData(column, Qt.Orientation.Horizontal).split("\n")
            cells = [runs.data(runs.index(row, column)) for row in range(runs.rowCount())]
            width = max(metrics.horizontalAdvance(text) for text in (*words, *cells))
            if column == NAME:
                most = NAME_LETTERS * metrics.averageCharWidth(), int(0.28 * self.width())
                width = min(width, max(most[1], most[0] // 2), most[0]) + zoom.px(NAME_PADDING)
            self.setColumnWidth(column, width + zoom.px(PADDING))
        self.verticalHeader().setDefaultSectionSize(round(self.fontMetrics().height() * 1.8))

    def _press(self, cell: QModelIndex) -> None:
        if cell.column() != NAME:
            record, name = self.runs.records[cell.row()], self.runs.columns[cell.column() - 1]
            self.uncover((record.name, name))

    def show_figures(self) -> None:
        self.runs.show_figures()

    def chosen(self) -> list[Record]:
        """Return the runs of the selected rows, from top to bottom."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return [self.runs.records[row] for row in rows]
