"""The coefficients of one output as an item model: sorted, searched, formatted on demand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt

from core.data.shown_names import shown_inputs
from core.data.task import Task
from core.explain.coefficients import Coefficients, have_odds, odds_ratios
from core.language import mark, tr
from core.number_format import format_integer, format_ratio, format_scientific, format_signed
from gui.kit.covers.covering import Covering
from gui.kit.plain_text import as_tip
from gui.kit.row_table import Index

BIAS = mark("bias b")
DOCUMENTS, ODDS = mark("documents"), mark("odds ×")
INPUT, WEIGHT = range(2)
Reals = NDArray[np.float64]


class CoefficientModel(QAbstractTableModel):
    """A row for each input, in any order, and one for the bias, which is last.

    order : the inputs in the order of the rows; m stands for the bias.
    covering : of the numbers, by inputs.
    """

    def __init__(self, covering: Covering) -> None:
        super().__init__()
        self.covering = covering
        self.order: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._task: Task | None = None
        self._titles: tuple[str, ...] = ()
        self._names: tuple[str, ...] = ()
        self._folded: list[str] = []  # the names as they are searched
        self._columns: dict[int, Reals] = {}  # of all inputs, and of the bias
        self._sorted_by = INPUT, Qt.SortOrder.AscendingOrder
        self._searched = ""

    def show_task(self, task: Task) -> None:
        """Show the inputs of a task, without numbers."""
        self.beginResetModel()
        self._task, self._columns, self._folded = task, {}, []
        self._names = (*shown_inputs(task), tr(BIAS))
        odds = (ODDS,) if have_odds(task) else ()
        if task.dataset.vocabulary is not None:
            self._titles = (mark("word"), mark("weight"), *odds, DOCUMENTS)
            counts = task.dataset.vocabulary.document_counts
            self._columns[len(self._titles) - 1] = np.append(counts, np.nan).astype(np.float64)
        else:
            unit = task.dataset.unit
            own = tr("per {unit}", unit=unit) if unit else mark("in own units")
            self._titles = (mark("input"), mark("standardised"), own, *odds)
        self.order = self._ordered()
        self.endResetModel()

    def show_numbers(self, found: Coefficients, k: int, against: int) -> None:
        """Show the coefficients of output k; odds are against the class `against`."""
        assert self._task is not None
        columns = [np.append(found.W[k], found.b[k])]
        if not self._task.dataset.is_text:
            columns.append(np.append(found.own_W[k], found.own_b[k]))
        if have_odds(self._task):
            columns.append(np.append(odds_ratios(self._task, found, k, against), np.nan))
        self._columns |= dict(enumerate(columns, start=WEIGHT))
        if self._sorted_by[0] != INPUT:
            self._arrange()
        self.show_figures()

    def show_figures(self) -> None:
        """Show the numbers anew, since they have changed, or are covered or revealed."""
        if len(self.order):
            last = self.index(len(self.order) - 1, len(self._titles) - 1)
            self.dataChanged.emit(self.index(0, WEIGHT), last)

    def search(self, text: str) -> None:
        """Show only the inputs whose names contain this text, in whatever case."""
        self._searched = text.strip().casefold()
        self.beginResetModel()
        self.order = self._ordered()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted_by = column, order
        self._arrange()

    def position_of(self, j: int) -> int | None:
        """Return the row of an input; None if it is not shown."""
        (found,) = np.nonzero(self.order == j)
        return int(found[0]) if len(found) else None

    def _arrange(self) -> None:
        """Sort the rows anew; what is selected stays selected."""
        self.layoutAboutToBeChanged.emit()
        before, self.order = self.order, self._ordered()
        moved = [
            (index, self.position_of(int(before[index.row()])))
            for index in self.persistentIndexList()
        ]
        for index, row in moved:
            to = QModelIndex() if row is None else self.index(row, index.column())
            self.changePersistentIndex(index, to)
        self.layoutChanged.emit()

    def _ordered(self) -> NDArray[np.int64]:
        if self._task is None:
            return np.empty(0, dtype=np.int64)
        rows: NDArray[np.int64] = np.arange(len(self._names) - 1)
        column, order = self._sorted_by
        is_ascending = order == Qt.SortOrder.AscendingOrder
        key = self._columns.get(column)
        if key is not None:
            rows = np.argsort(key[:-1] if is_ascending else -key[:-1], kind="stable")
        elif column == INPUT and not is_ascending:
            rows = rows[::-1]
        rows = np.append(rows, len(rows))
        if not self._searched:
            return rows
        if not self._folded:
            self._folded = [name.casefold() for name in self._names]
        is_found = np.array([self._searched in name for name in self._folded], dtype=bool)
        found: NDArray[np.int64] = rows[is_found[rows]]
        return found

    # Qt's model interface -----------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self._titles)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return tr(self._titles[section])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(int(self.order[index.row()]), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(index.column())
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == INPUT:
            return as_tip(self._names[self.order[index.row()]])
        return None

    def _text(self, j: int, column: int) -> str:
        if column == INPUT:
            return self._names[j]
        numbers = self._columns.get(column)
        if numbers is None or np.isnan(value := float(numbers[j])):
            return ""
        title = self._titles[column]
        if title == DOCUMENTS:
            return format_integer(value)
        said = _number(value)
        if title == ODDS:
            said = format_ratio(value) if value >= 1 else f"1 / {format_ratio(1 / value)}"
        return self.covering.number(said, j)


def _number(value: float) -> str:
    """Format a coefficient with four decimals; one below 0.001 as in −3.2·10⁻⁵."""
    if value == 0 or abs(value) >= 0.001:
        return format_signed(value, 4)
    return format_scientific(value, 1, plus=True)


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
