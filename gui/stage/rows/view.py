"""The rows: what each is, what the model says of it, and what that costs; images as a gallery."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListView,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.data.task import Task
from core.explain.plane import RowAnswers
from core.model_family import FAMILY
from core.train.snapshot import Snapshot
from gui.kit import theme as look
from gui.kit.fields.choices import Choice, Segments
from gui.kit.flow_layout import FlowLayout
from gui.kit.legend import marker_icon
from gui.kit.plain_text import as_tip, fit_columns, widest_column
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.state.background_tasks import Background

Index = QModelIndex | QPersistentModelIndex
FIXED = ("row", "set", "class", "predicted", "p(class)", "loss")
ROW, SET, CLASS, PREDICTED, PROBABILITY, LOSS = range(len(FIXED))
MAX_FEATURE_COLUMNS = 64
PICTURE_PX = 44
RESIZED_ROWS = 2000
LOOKED_AT = 30  # rows that columns are fitted to, besides one of each class: Qt asks for each cell
GALLERY_BATCH = 20_000
REFRESH_SECONDS = 1.0  # while training; asking about 70,000 images takes time from it
PARTS = ("training", "validation", "test")
SHOWN = (("all rows", "all"), *((part, part) for part in PARTS), ("mistakes", "mistakes"))


class RowModel(QAbstractTableModel):
    """The rows of a task in any order; answers may come later."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.task: Task | None = None
        self.answers: RowAnswers | None = None
        self.order: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._part: NDArray[np.uint8] = np.empty(0, dtype=np.uint8)  # places in PARTS
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

    def set_answers(self, answers: RowAnswers) -> None:
        """Show newer answers; the rows stay where they are until they are sorted again."""
        first = self.answers is None
        self.answers = answers
        if first and (self._shown == "mistakes" or self._sorted_by[0] >= PREDICTED):
            self.arrange()
        elif len(self.order):
            last = self.index(len(self.order) - 1, LOSS)
            self.dataChanged.emit(self.index(0, ROW), last)

    def show_only(self, which: str) -> None:
        self._shown = which
        self.arrange()

    def arrange(self) -> None:
        """Choose and sort the rows by what is known now."""
        self.beginResetModel()
        self.order = self._ordered()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted_by = column, order
        self.arrange()

    def place_of(self, row: int) -> int | None:
        """Return where the data set's row is shown, if it is."""
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
        places = np.argsort(key[rows], kind="stable")
        return rows[places if order == Qt.SortOrder.AscendingOrder else places[::-1]]

    def _key(self, column: int) -> NDArray[Any] | None:
        """Return what a column sorts by, for all rows."""
        task, answers = self.task, self.answers
        assert task is not None
        if column == ROW:
            return np.arange(task.dataset.n)
        if column == SET:
            return self._part
        if column == CLASS:
            return task.dataset.y
        if column > LOSS:
            return task.dataset.X[:, column - len(FIXED)]
        if answers is None:
            return None
        if column == PREDICTED:
            return answers.predicted
        return answers.probability if column == PROBABILITY else answers.loss

    # What Qt asks -------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        if parent.isValid() or self.task is None:
            return 0
        has_features = self.task.dataset.image_shape is None
        return len(FIXED) + (min(self.task.dataset.m, MAX_FEATURE_COLUMNS) if has_features else 0)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        if section < len(FIXED):
            return FIXED[section]
        assert self.task is not None
        return self.task.dataset.feature_names[section - len(FIXED)]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.task is None or not index.isValid():
            return None
        row, column = int(self.order[index.row()]), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._picture(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column not in (SET, CLASS, PREDICTED):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and column == PREDICTED and self._is_wrong(row):
            return QColor(self.theme.counter_accent)
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_tip(self._summary(row))
        return None

    def _is_wrong(self, row: int) -> bool:
        assert self.task is not None
        return self.answers is not None and bool(
            self.answers.predicted[row] != self.task.dataset.y[row]
        )

    def _text(self, row: int, column: int) -> str:
        assert self.task is not None
        dataset, answers = self.task.dataset, self.answers
        if column == ROW:
            return f"{row + 1:,}"  # as `Task.say_row` counts
        if column == SET:
            return PARTS[self._part[row]]
        if column == CLASS:
            return dataset.class_names[int(dataset.y[row])]
        if column > LOSS:
            return f"{dataset.X[row, column - len(FIXED)]:.6g}"
        if answers is None:
            return ""
        if column == PREDICTED:
            return dataset.class_names[int(answers.predicted[row])]
        if column == LOSS:
            return f"{answers.loss[row]:.4f}"
        has_shares = FAMILY[self.task.config.model.kind].has_probabilities
        return f"{answers.probability[row]:.1%}" if has_shares else "–"

    def _picture(self, row: int, column: int) -> QIcon | QPixmap | None:
        assert self.task is not None
        dataset = self.task.dataset
        if column == ROW and dataset.image_shape:
            return digit_pixmap(dataset.X[row], dataset.image_shape, dataset.scale, self.theme)
        if column == CLASS:
            return marker_icon(self.theme, dataset.class_marks[dataset.y[row]])
        return None

    def _summary(self, row: int) -> str:
        assert self.task is not None
        words = [self.task.say_row(row), self._text(row, CLASS)]
        lines = self.task.dataset.lines
        if lines is not None and lines[row]:
            words.insert(1, f"line {lines[row]:,} of the file")
        if self.answers is not None:
            words.append(f"taken for {self._text(row, PREDICTED)}")
            words.append(f"p {self._text(row, PROBABILITY)}, loss {self._text(row, LOSS)}")
        return " · ".join(words)


class DataView(View):
    """All rows as a table, images also as a gallery; a click chooses a row for the other views."""

    row_chosen = Signal(int)

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__(theme)
        self._background = background
        self._asked_at = 0.0
        self.model = RowModel(theme)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(ROW, Qt.SortOrder.AscendingOrder)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.table.horizontalHeader().setResizeContentsPrecision(LOOKED_AT)
        self.table.setAccessibleName("Rows")
        self.gallery = QListView()
        self.gallery.setModel(self.model)
        self.gallery.setViewMode(QListView.ViewMode.IconMode)
        self.gallery.setUniformItemSizes(True)
        self.gallery.setResizeMode(QListView.ResizeMode.Adjust)
        self.gallery.setMovement(QListView.Movement.Static)
        self.gallery.setLayoutMode(QListView.LayoutMode.Batched)
        self.gallery.setBatchSize(GALLERY_BATCH)
        self.gallery.setIconSize(QSize(PICTURE_PX, PICTURE_PX))
        self.gallery.setAccessibleName("Gallery of rows")
        for view in (self.table, self.gallery):
            view.setFrameShape(view.Shape.NoFrame)
            view.clicked.connect(self._choose)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.gallery)
        self.layouts = Segments(
            (("Table", 0, "One row a line"), ("Gallery", 1, "Images side by side"))
        )
        self.layouts.chosen.connect(lambda index: self._stack.setCurrentIndex(int(str(index))))
        self.shown = Choice()
        self.shown.setAccessibleName("rows shown")
        self.shown.setToolTip("Which rows are listed")
        self.shown.offer(SHOWN, "all")
        self.shown.chosen.connect(self._show_only)
        self.sorting = Choice()
        self.sorting.setAccessibleName("order")
        self.sorting.setToolTip("How the rows are sorted; a click on a heading does the same")
        self.sorting.offer(
            (("in order", ROW), ("largest loss first", LOSS), ("by class", CLASS)), ROW
        )
        self.sorting.chosen.connect(self._sort)
        self._count = QLabel()
        self._count.setProperty("small", True)
        choices = QWidget()
        flow = FlowLayout(choices, 8, 4)
        for widget in (self.layouts, self.shown, self.sorting):
            flow.addWidget(widget)
        head = QHBoxLayout()
        head.addWidget(choices, 1)
        head.addWidget(self._count, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)
        self.model.modelReset.connect(self._show_count)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._ask)
        self._has_new_cells = False

    def show_theme(self) -> None:
        self.model.theme = self.theme
        self.table.setFont(look.scaled(self.font(), look.SMALL))

    def show_task(self, task: Task) -> None:
        self.show_points(task)
        self.table.scrollToTop()
        self.gallery.scrollToTop()

    def show_points(self, task: Task) -> None:
        is_image = task.dataset.image_shape is not None
        self.model.set_task(task)
        self.layouts.setVisible(is_image)
        if not is_image:
            self._stack.setCurrentIndex(0)
            self.layouts.choose(0)
        height = PICTURE_PX if is_image else round(self.fontMetrics().height() * 1.7)
        self.table.verticalHeader().setDefaultSectionSize(height)
        self.table.setIconSize(QSize(height - 6, height - 6) if is_image else QSize(14, 14))
        self._has_new_cells = True
        if self.isVisible():
            self._fit_columns()

    def _fit_columns(self) -> None:
        """Fit the columns to new cells, once they are seen."""
        if self._has_new_cells and self.task and self.task.dataset.n < RESIZED_ROWS:
            fit_columns(self.table)
            dataset, order = self.task.dataset, self.model.order
            _, firsts = np.unique(dataset.y[order], return_index=True)
            self._widen((CLASS, PREDICTED), [(int(place), CLASS) for place in firsts])
            for column in range(len(FIXED), self.model.columnCount() if len(order) else 0):
                values = dataset.X[order, column - len(FIXED)]
                ends = {int(values.argmin()), int(values.argmax())}
                self._widen((column,), [(place, column) for place in ends])
        self._has_new_cells = False

    def _widen(self, columns: tuple[int, ...], cells: list[tuple[int, int]]) -> None:
        """Let the columns have room for what these cells, by row and column, show."""
        indices = [self.model.index(*cell) for cell in cells]
        widest = max((self.table.sizeHintForIndex(i).width() for i in indices), default=0)
        widest = min(widest, widest_column(self.table))
        for column in columns:
            self.table.setColumnWidth(column, max(widest, self.table.columnWidth(column)))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit_columns()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        wait = self._asked_at + REFRESH_SECONDS - time.monotonic()
        if wait > 0 and self.model.answers is not None:
            if not self._later.isActive():
                self._later.start(int(wait * 1000) + 1)
        else:
            self._ask()

    def choose_row(self, row: int) -> None:
        """Select the data set's row, and scroll to it."""
        place = self.model.place_of(row)
        if place is not None:
            index = self.model.index(place, ROW)
            for view in (self.table, self.gallery):
                view.setCurrentIndex(index)
                view.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def _ask(self) -> None:
        """Ask for the newest snapshot's answers, on the background thread."""
        task, snapshot = self.task, self.snapshot
        if task is None or snapshot is None or not self.isVisible():
            return
        self._asked_at = time.monotonic()
        params = snapshot.params

        def work() -> RowAnswers:
            from core.explain import probe  # brings PyTorch

            return probe.row_answers(task, params)

        def answer(answers: RowAnswers) -> None:
            if self.task is task:
                self.model.set_answers(answers)
                self._show_count()

        self._background.ask("rows", work, answer)

    def _show_only(self, which: object) -> None:
        self.model.show_only(str(which))

    def _sort(self, column: object) -> None:
        order = Qt.SortOrder.DescendingOrder if column == LOSS else Qt.SortOrder.AscendingOrder
        self.table.sortByColumn(int(str(column)), order)
        self.table.scrollToTop()
        self.gallery.scrollToTop()

    def _show_count(self) -> None:
        count, task = len(self.model.order), self.task
        total = f" of {task.dataset.n:,}" if task and count != task.dataset.n else ""
        self._count.setText(f"{count:,}{total} rows")

    def _choose(self, index: QModelIndex) -> None:
        self.row_chosen.emit(int(self.model.order[index.row()]))


def digit_pixmap(
    pixels: NDArray[Any], shape: tuple[int, int], scale: float, theme: Theme
) -> QPixmap:
    """Return an image of the data set in ink on the panel's colour."""
    share = pixels.reshape(shape).astype(np.float64) / scale
    rgbx = np.full((*shape, 4), 255, dtype=np.uint8)
    rgbx[..., :3] = look.mixed(look.rgb(theme.panel), look.rgb(theme.ink), share)
    rows, columns = shape
    image = QImage(rgbx.data, columns, rows, QImage.Format.Format_RGBX8888)
    smooth = Qt.TransformationMode.SmoothTransformation
    return QPixmap.fromImage(
        image.scaled(PICTURE_PX, PICTURE_PX, Qt.AspectRatioMode.KeepAspectRatio, smooth)
    )
