"""The rows with class, prediction and loss as a table; images also as a gallery."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.data.task import Task
from core.explain.plane import RowAnswers
from core.language import mark, tr
from core.number_format import format_count, format_integer
from core.train.snapshot import Snapshot, Status
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.covers.covering import Coverable
from gui.kit.covers.figures import small_figures
from gui.kit.fields import kept
from gui.kit.fields.choices import Choice, Segments
from gui.kit.flow_layout import FlowLayout
from gui.kit.layouts import add_layout
from gui.kit.plain_text import fit_columns, widest_column
from gui.kit.row_table import DocumentPane, give_texts_the_room, make_gallery, make_table
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.rows.model import CLASS, FIXED, LOSS, PARTS, PICTURE_PX, PREDICTED, ROW, RowModel
from gui.state.background_tasks import Background

ICON_PX = 14  # of a class marker, at a zoom of 100 %
BETWEEN_PX = 6  # between two pictures in the table
RESIZED_ROWS = 2000
LOOKED_AT = 30  # rows that set the column widths, plus one of each class: Qt measures each cell
GALLERY_BATCH = 20_000
REFRESH_SECONDS = 1.0  # between requests: evaluating 70,000 images slows training down
SHOWN = (
    (mark("all rows"), "all"),
    *((part, part) for part in PARTS),
    (mark("mistakes"), "mistakes"),
)
SORTINGS = ((mark("in order"), ROW), (mark("largest loss first"), LOSS), (mark("by class"), CLASS))


class DataView(Coverable, View):
    """All rows as a table, images also as a gallery; a click chooses a row for the other views."""

    row_chosen = Signal(int)

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__(theme)
        self._background = background
        self._asked_at = 0.0
        self._has_new_cells = False
        self.model = RowModel(theme)
        self.model.covering = self.covering
        self.table = make_table(self.model, tr("Rows"))
        zoom.set_type(self.table, look.SMALL)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(ROW, Qt.SortOrder.AscendingOrder)
        self.table.horizontalHeader().setResizeContentsPrecision(LOOKED_AT)
        self.gallery = make_gallery(self.model, tr("Gallery of rows"), PICTURE_PX)
        self.gallery.setLayoutMode(QListView.LayoutMode.Batched)
        self.gallery.setBatchSize(GALLERY_BATCH)
        self._stack = QStackedWidget()
        for view in (self.table, self.gallery):
            view.clicked.connect(self._choose)
            self._stack.addWidget(view)
        self.layouts = Segments(
            ((tr("Table"), 0, tr("One row a line")), (tr("Gallery"), 1, tr("Images side by side")))
        )
        self.layouts.choose(0)
        self.layouts.chosen.connect(lambda index: self._stack.setCurrentIndex(int(str(index))))
        self.shown = _choice(tr("rows shown"), tr("Which rows are listed"))
        self.shown.set_options([(tr(words), which) for words, which in SHOWN], "all")
        self.shown.chosen.connect(self._show_only)
        self.sorting = _choice(
            tr("order"), tr("How the rows are sorted; a click on a heading does the same")
        )
        self.sorting.set_options([(tr(words), column) for words, column in SORTINGS], ROW)
        self.sorting.chosen.connect(self._sort)
        self.document = DocumentPane()
        self._count = small_figures()
        self.model.modelReset.connect(self._show_count)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._ask)
        self._lay_out()

    def _lay_out(self) -> None:
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
        add_layout(layout, head)
        layout.addWidget(self._stack, 3)
        layout.addWidget(self.secondary(self.document), 1)

    @property
    def kept_choices(self) -> dict[str, kept.Kept]:
        return {
            "layout": kept.segments(self.layouts),
            "rows": kept.combo(self.shown),
            "order": kept.combo(self.sorting),
            "sorted": kept.Kept(self._describe_order, self._sort_again),
        }

    def show_theme(self) -> None:
        self.model.theme = self.theme

    def show_task(self, task: Task) -> None:
        if self.snapshot is not None:  # the same run in other colours or sizes
            self._fit_cells(task)
            for view in (self.table, self.gallery):
                view.viewport().update()
            return
        self.show_points(task)
        self.table.scrollToTop()
        self.gallery.scrollToTop()

    def show_points(self, task: Task) -> None:
        is_image = task.dataset.image_shape is not None
        self.model.set_task(task)
        self.document.setVisible(task.dataset.is_text)
        self.document.show_row(None, 0)
        self.layouts.setVisible(is_image)
        if not is_image:
            self._stack.setCurrentIndex(0)
            self.layouts.choose(0)
        self._fit_cells(task)

    def _fit_cells(self, task: Task) -> None:
        """Fit rows and pictures to the zoom, and columns to what they hold."""
        is_image = task.dataset.image_shape is not None
        give_texts_the_room(self.table, task)
        between = zoom.px(BETWEEN_PX)
        height = zoom.px(PICTURE_PX) + between if is_image else 1.7 * self.fontMetrics().height()
        self.table.verticalHeader().setDefaultSectionSize(round(height))
        self.table.setIconSize(QSize(zoom.px(ICON_PX), zoom.px(ICON_PX)))
        self.gallery.setIconSize(QSize(zoom.px(PICTURE_PX), zoom.px(PICTURE_PX)))
        self._has_new_cells = True
        if self.isVisible():
            self._fit_columns()

    def _fit_columns(self) -> None:
        """Fit the column widths to new cells, once they are visible."""
        if not (self._has_new_cells and self.task):
            return
        self._has_new_cells = False
        fit_columns(self.table)
        dataset, order = self.task.dataset, self.model.order
        if len(order):
            self._widen((ROW,), [(int(order.argmax()), ROW)])
        if dataset.n < RESIZED_ROWS:
            _, firsts = np.unique(dataset.y[order], return_index=True)
            self._widen((CLASS, PREDICTED), [(int(position), CLASS) for position in firsts])
            measured = self.model.columnCount() if len(order) and not dataset.is_text else 0
            for column in range(len(FIXED), measured):
                values = dataset.X[order, column - len(FIXED)]
                ends = {int(values.argmin()), int(values.argmax())}
                self._widen((column,), [(position, column) for position in ends])

    def _widen(self, columns: tuple[int, ...], cells: list[tuple[int, int]]) -> None:
        """Make the columns wide enough for the contents of these (row, column) cells."""
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
        """Select a row of the data set and scroll to it."""
        position = self.model.position_of(row)
        if position is not None:
            index = self.model.index(position, ROW)
            for view in (self.table, self.gallery):
                view.setCurrentIndex(index)
                view.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
            self.document.show_row(self.task, row)

    def _ask(self) -> None:
        """Request the answers of the newest snapshot from the background thread."""
        task, snapshot = self.task, self.snapshot
        if task is None or snapshot is None or not self.isVisible():
            return
        self._asked_at = time.monotonic()
        params, is_at_rest = snapshot.params, snapshot.status is not Status.TRAINING

        def work() -> RowAnswers:
            from core.explain import probe  # imports PyTorch

            return probe.row_answers(task, params)

        def answer(answers: RowAnswers) -> None:
            if self.task is task:
                self.model.set_answers(answers, is_at_rest=is_at_rest)
                self._show_count()

        self._background.ask("rows", work, answer)

    def show_figures(self) -> None:
        self.model.show_figures()

    def _show_only(self, which: object) -> None:
        self.model.show_only(str(which))

    def _sort(self, column: object) -> None:
        order = Qt.SortOrder.DescendingOrder if column == LOSS else Qt.SortOrder.AscendingOrder
        self.table.sortByColumn(int(str(column)), order)
        self.table.scrollToTop()
        self.gallery.scrollToTop()

    def _describe_order(self) -> str:
        """Return by which column the rows are sorted, as a click on its heading does it."""
        header = self.table.horizontalHeader()
        is_falling = header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        return f"{'-' if is_falling else ''}{header.sortIndicatorSection()}"

    def _sort_again(self, words: str) -> None:
        column = kept.whole(words.removeprefix("-"))
        if column is None or column >= self.model.columnCount():
            return
        if words != self._describe_order():
            falling, rising = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder
            self.table.sortByColumn(column, falling if words.startswith("-") else rising)

    def _show_count(self) -> None:
        count, task = len(self.model.order), self.task
        n = task.dataset.n if task else count
        rows = format_count(n, "row")
        some = tr("{some} of {rows}", some=format_integer(count), rows=rows)
        self._count.setText(rows if count == n else some)

    def _choose(self, index: QModelIndex) -> None:
        row = int(self.model.order[index.row()])
        self.uncover(row)
        self.document.show_row(self.task, row)
        self.row_chosen.emit(row)


def _choice(name: str, tip: str) -> Choice:
    choice = Choice()
    choice.setAccessibleName(name)
    choice.setToolTip(tip)
    return choice
