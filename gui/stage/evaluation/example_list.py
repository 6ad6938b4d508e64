"""A list of rows with the model's answers: images as a gallery, other data as a table."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStackedWidget

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.evaluate.classification import Answers
from core.language import localised, mark, tr
from core.model_family import FAMILY
from core.number_format import format_fixed, format_integer
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.canvas_widgets import ink_table, picture_pixmap
from gui.kit.covers.covering import Coverable
from gui.kit.legend import marker_icon
from gui.kit.plain_text import fit_columns
from gui.kit.row_table import (
    RIGHT,
    Index,
    RowTableModel,
    give_texts_the_room,
    make_gallery,
    make_table,
)
from gui.kit.theme import Theme

FIXED = (
    *(mark("row"), mark("class"), mark("taken for")),
    *(mark("p(class)"), mark("p(taken for)"), mark("loss")),
)
ROW, CLASS, TAKEN_FOR, OWN, CONFIDENCE, LOSS = range(len(FIXED))
PICTURE_PX = 64
CELL_PX = 92


class ExampleModel(RowTableModel):
    """Item model of answers, in their given order."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(tuple(tr(name) for name in FIXED))
        self.answers: Answers | None = None
        self.confidence = self.own = np.empty(0)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme, self._inks = theme, ink_table(theme)

    def show_answers(self, task: Task, answers: Answers | None) -> None:
        """Show these answers; for the same rows, scroll position and selection stay."""
        rows = np.empty(0) if self.answers is None else self.answers.rows
        is_same = task is self.task and answers is not None and np.array_equal(rows, answers.rows)
        if not is_same:
            self.beginResetModel()
        self.task, self.answers = task, answers
        if answers is not None:
            self.confidence, self.own = answers.confidence, answers.own
        if not is_same:
            self.endResetModel()
        elif len(rows):
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, LOSS))

    def row_at(self, number: int) -> int:
        assert self.answers is not None
        return int(self.answers.rows[number])

    # Model interface ----------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() or self.answers is None else len(self.answers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.task is None or self.answers is None or not index.isValid():
            return None
        number, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(number, column)
        if role == Qt.ItemDataRole.DecorationRole:
            if self.task.dataset.image_shape is not None:
                return self._picture(number) if column == ROW else None
            is_hidden = column == TAKEN_FOR and self.covering.hides(self.row_at(number))
            if column in (CLASS, TAKEN_FOR) and not is_hidden:
                k = (self.answers.y if column == CLASS else self.answers.predicted)[number]
                return marker_icon(self._theme, self.task.dataset.class_marks[k])
        is_number = column not in (CLASS, TAKEN_FOR) and self.task.dataset.image_shape is None
        is_number = is_number and not self.is_of_text(column)
        if role == Qt.ItemDataRole.TextAlignmentRole and is_number:
            return RIGHT
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tip(self.row_at(number), self._summary(number))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._summary(number)
        return None

    def _text(self, number: int, column: int) -> str:
        task, answers = self.task, self.answers
        assert task is not None and answers is not None
        names, row = shown_classes(task.dataset), self.row_at(number)
        if column == ROW:
            if task.dataset.image_shape is None:
                return format_integer(row + 1)
            said = f"{names[answers.y[number]]} → {self._text(number, TAKEN_FOR)}"
            return f"{said}\n{self._text(number, CONFIDENCE)}"
        if column == CLASS:
            return names[int(answers.y[number])]
        if column > LOSS:
            return self.further_text(row, column)
        if column == TAKEN_FOR:
            said = names[int(answers.predicted[number])]
        elif column == LOSS:
            said = format_fixed(answers.loss[number], 4)
        else:
            said = self._share((self.own if column == OWN else self.confidence)[number])
        return self.covering.number(said, row)

    def _share(self, share: float) -> str:
        """Format a probability in percent, or a dash if the model has none."""
        assert self.task is not None
        has_any = FAMILY[self.task.config.model.kind].has_probabilities
        return localised(f"{share:.1%}") if has_any else "–"

    def _picture(self, number: int) -> QPixmap:
        assert self.task is not None
        dataset = self.task.dataset
        assert dataset.image_shape is not None
        values = dataset.values(np.array([self.row_at(number)]))[0]
        shares = np.asarray(values, dtype=np.float32)
        whole = picture_pixmap(shares, dataset.image_shape, dataset.looks, self._inks)
        return whole.scaled(
            zoom.px(PICTURE_PX),
            zoom.px(PICTURE_PX),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )

    def _summary(self, number: int) -> str:
        assert self.task is not None and self.answers is not None
        true, taken = self._text(number, CLASS), self._text(number, TAKEN_FOR)
        return tr(
            "row {row} · {true}, taken for {taken} · p({true}) {own}, p({taken}) {confidence} · "
            "loss {loss}",
            row=format_integer(self.row_at(number) + 1),
            true=true,
            taken=taken,
            own=self._text(number, OWN),
            confidence=self._text(number, CONFIDENCE),
            loss=self._text(number, LOSS),
        )


class ExampleList(Coverable, QStackedWidget):
    """A gallery of pictures or a table; a click or Return emits `row_chosen`, or reveals a row."""

    row_chosen = Signal(int)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.model = ExampleModel(theme)
        self.model.covering = self.covering
        self.table = make_table(self.model, name)
        self.table.setTabKeyNavigation(False)
        self.gallery = make_gallery(self.model, name, PICTURE_PX)
        for view in (self.table, self.gallery):
            view.clicked.connect(self._choose)
            view.activated.connect(self._choose)
            view.setMinimumHeight(60)
            self.addWidget(view)

    def set_theme(self, theme: Theme) -> None:
        self.model.set_theme(theme)
        small = zoom.font(look.SMALL)
        self.gallery.setFont(small)
        side = zoom.px(PICTURE_PX)
        height = side + 2 * self.gallery.fontMetrics().height() + zoom.px(8)
        self.gallery.setIconSize(QSize(side, side))
        self.gallery.setGridSize(QSize(zoom.px(CELL_PX), height))
        self.table.verticalHeader().setDefaultSectionSize(round(self.fontMetrics().height() * 1.6))
        for view in (self.table, self.gallery):
            view.viewport().update()

    def show_answers(self, task: Task, answers: Answers | None) -> None:
        is_new = task is not self.model.task
        was_empty = self.model.rowCount() == 0
        self.model.show_answers(task, answers)
        self.setCurrentIndex(0 if task.dataset.image_shape is None else 1)
        give_texts_the_room(self.table, task)
        if is_new or (was_empty and self.model.rowCount()):
            fit_columns(self.table)

    @property
    def shown(self) -> QAbstractItemView:
        """The visible one of gallery and table."""
        return self.gallery if self.currentIndex() else self.table

    def _choose(self, index: QModelIndex) -> None:
        row = self.model.row_at(index.row())
        if not self.uncover(row):
            self.row_chosen.emit(row)

    def show_figures(self) -> None:
        self.model.show_figures()
