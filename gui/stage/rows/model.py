"""Table model of the rows of a task: sorted, filtered, with predictions and losses."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap

from core.data.dataset import Dataset
from core.data.shown_names import shown_classes
from core.data.task import Task
from core.explain.plane import RowAnswers
from core.language import localised, mark, tr
from core.model_family import FAMILY
from core.number_format import format_fixed, format_integer
from gui.kit import zoom
from gui.kit.canvas_widgets import ink_table, picture_pixmap
from gui.kit.legend import marker_icon
from gui.kit.row_table import RIGHT, Index, RowTableModel
from gui.kit.theme import Theme

FIXED = (
    mark("row"),
    mark("set"),
    mark("class"),
    mark("predicted"),
    mark("p(class)"),
    mark("loss"),
)
ROW, SET, CLASS, PREDICTED, PROBABILITY, LOSS = range(len(FIXED))
PICTURE_PX = 44  # at a zoom of 100 %
PARTS = (mark("training"), mark("validation"), mark("test"))


class RowModel(RowTableModel):
    """The rows of a task in any order; the model's answers may arrive later.

    order : indices of the data set's rows, as displayed.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(tuple(tr(each) for each in FIXED))
        self.theme = theme
        self.answers: RowAnswers | None = None
        self.order: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._part: NDArray[np.uint8] = np.empty(0, dtype=np.uint8)  # indices into PARTS
        self._sorted_by: tuple[int, Qt.SortOrder] = (ROW, Qt.SortOrder.AscendingOrder)
        self._shown = "all"

    def set_task(self, task: Task) -> None:
        self.beginResetModel()
        self.task, self.answers = task, None
        self._part = np.zeros(task.dataset.n, dtype=np.uint8)
        self._part[task.validation_rows] = PARTS.index("validation")
        self._part[task.test_rows] = PARTS.index("test")
        self.order = self._ordered()
        self.endResetModel()

    def set_answers(self, answers: RowAnswers, *, is_at_rest: bool = False) -> None:
        """Show newer answers; rows keep their order until the next sort.

        The first answers sort at once if the filter or the sort column depends on them.
        is_at_rest : the model does not train, so that a list of mistakes holds no other rows.
        """
        first = self.answers is None
        self.answers = answers
        lists_mistakes = self._shown == "mistakes"
        is_waited_for = first and (lists_mistakes or self._sorted_by[0] >= PREDICTED)
        is_filtered = is_at_rest and lists_mistakes
        if is_waited_for or (is_filtered and set(self._ordered()) != set(self.order)):
            self.arrange()
        elif len(self.order):
            last = self.index(len(self.order) - 1, LOSS)
            self.dataChanged.emit(self.index(0, ROW), last)

    def show_only(self, which: str) -> None:
        self._shown = which
        self.arrange()

    def arrange(self) -> None:
        """Filter and sort the rows by the current answers."""
        self.beginResetModel()
        self.order = self._ordered()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted_by = column, order
        self.arrange()

    def position_of(self, row: int) -> int | None:
        """Return the position in the table of a row of the data set; None if it is not shown."""
        (found,) = np.nonzero(self.order == row)
        return int(found[0]) if len(found) else None

    def _ordered(self) -> NDArray[np.int64]:
        task, answers = self.task, self.answers
        if task is None:
            return np.empty(0, dtype=np.int64)
        rows = np.arange(task.dataset.n)
        if self._shown in PARTS:
            rows = rows[self._part == PARTS.index(self._shown)]
        elif self._shown == "mistakes":
            wrong = answers is not None and answers.predicted != task.dataset.y
            rows = rows[wrong] if answers is not None else rows[:0]
        column, order = self._sorted_by
        key = self._key(column)
        if key is None:
            return rows
        order_of_rows = np.argsort(key[rows], kind="stable")
        return rows[order_of_rows if order == Qt.SortOrder.AscendingOrder else order_of_rows[::-1]]

    def _key(self, column: int) -> NDArray[Any] | None:
        """Return a column's sort key for all rows; None while the answers are missing."""
        task, answers = self.task, self.answers
        assert task is not None
        if column == ROW:
            return np.arange(task.dataset.n)
        if column == SET:
            return self._part
        if column == CLASS:
            return task.dataset.y
        if column > LOSS:
            return self._further_key(column - len(FIXED))
        if answers is None:
            return None
        if column == PREDICTED:
            return answers.predicted
        return answers.probability if column == PROBABILITY else answers.loss

    def _further_key(self, j: int) -> NDArray[Any]:
        """Return a feature of all rows, or the lengths of the documents."""
        assert self.task is not None
        documents = self.task.dataset.documents
        if documents is None:
            return self.task.dataset.X[:, j]
        return np.fromiter(map(len, documents.texts), np.int64, len(documents))

    # Qt's model interface -----------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self.order)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.task is None or not index.isValid():
            return None
        row, column = int(self.order[index.row()]), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._picture(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and self._holds_numbers(column):
            return RIGHT
        if role == Qt.ItemDataRole.ForegroundRole and column == PREDICTED and self._is_wrong(row):
            return QColor(self.theme.counter_accent)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tip(row, self.summary(row))
        return None

    def _holds_numbers(self, column: int) -> bool:
        return column not in (SET, CLASS, PREDICTED) and not self.is_of_text(column)

    def _is_wrong(self, row: int) -> bool:
        assert self.task is not None
        if self.answers is None or self.covering.hides(row):
            return False
        return bool(self.answers.predicted[row] != self.task.dataset.y[row])

    def _text(self, row: int, column: int) -> str:
        assert self.task is not None
        dataset, answers = self.task.dataset, self.answers
        if column == ROW:
            return format_integer(row + 1)  # as `Task.describe_row` counts
        if column == SET:
            return tr(PARTS[self._part[row]])
        if column == CLASS:
            return shown_classes(dataset)[int(dataset.y[row])]
        if column > LOSS:
            return self._word(row, column - len(FIXED)) or self.further_text(row, column)
        if answers is None:
            return ""
        has_shares = FAMILY[self.task.config.model.kind].has_probabilities
        if column == PREDICTED:
            said = shown_classes(dataset)[int(answers.predicted[row])]
        elif column == LOSS:
            said = format_fixed(float(answers.loss[row]), 4)
        else:
            said = localised(f"{answers.probability[row]:.1%}") if has_shares else "–"
        return self.covering.number(said, row)

    def _word(self, row: int, j: int) -> str:
        """Return the word that a feature stands for in a row, or "" if it is a number."""
        assert self.task is not None
        dataset = self.task.dataset
        indicator = None if dataset.is_text else dataset.indicators[j]
        if indicator is None or (value := float(dataset.X[row, j])) not in (0, 1):
            return ""
        return indicator.word if value else indicator.opposite

    def _picture(self, row: int, column: int) -> QIcon | QPixmap | None:
        assert self.task is not None
        dataset = self.task.dataset
        if column == ROW and dataset.image_shape:
            return _picture_of(dataset, row, self.theme)
        if column == CLASS:
            return marker_icon(self.theme, dataset.class_marks[dataset.y[row]])
        return None

    def summary(self, row: int) -> str:
        """Return what is known of a row of the data set in one line."""
        assert self.task is not None
        words = [self.task.describe_row(row), self._text(row, CLASS)]
        lines = self.task.dataset.lines
        if lines is not None and lines[row]:
            words.insert(1, tr("line {line} of the file", line=format_integer(lines[row])))
        if self.answers is not None:
            words.append(tr("taken for {name}", name=self._text(row, PREDICTED)))
            p, loss = self._text(row, PROBABILITY), self._text(row, LOSS)
            words.append(tr("p {p}, loss {loss}", p=p, loss=loss))
        return " · ".join(words)


def _picture_of(dataset: Dataset, row: int, theme: Theme) -> QPixmap:
    """Return an image of the data set as it looks."""
    assert dataset.image_shape is not None
    shares = np.asarray(dataset.values(np.array([row]))[0], dtype=np.float32)
    whole = picture_pixmap(shares, dataset.image_shape, dataset.looks, ink_table(theme))
    smooth = Qt.TransformationMode.SmoothTransformation
    return whole.scaled(
        zoom.px(PICTURE_PX), zoom.px(PICTURE_PX), Qt.AspectRatioMode.KeepAspectRatio, smooth
    )
