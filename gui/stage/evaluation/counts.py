"""Pages of counts: the confusion matrix, metrics by class, confident mistakes."""

from __future__ import annotations

import math
from html import escape
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFontMetrics, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.data.csv.spreadsheet import to_text
from core.data.shown_names import shown_classes
from core.data.task import Task
from core.evaluate.classification import Answers, Counts, Report, confusion, report
from core.language import mark, tr
from core.number_format import format_fixed, format_integer
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.areas.grips import Gripped
from gui.kit.buttons import text_button
from gui.kit.confusion_matrix import ConfusionMatrix
from gui.kit.covers.covering import Coverable, copy_figures
from gui.kit.covers.figures import FigureLabel
from gui.kit.labels import Elided, small_label
from gui.kit.layouts import add_layout
from gui.kit.legend import marker_icon
from gui.kit.theme import Theme
from gui.stage.evaluation.example_list import ExampleList
from gui.stage.evaluation.page import Inspection, Page

MAX_CELL, LARGEST_TYPE = 180, 2.6
FEW = 5  # up to this many classes are shown in large type
MAX_SHOWN = 500  # examples in a list
KEY = mark("rows: true class · columns: what the model says · a click or arrow keys choose a cell")
MEAN = mark("macro mean")
COLUMNS = (
    *(mark("class"), mark("precision"), mark("recall")),
    *(mark("F1"), mark("rows")),
)
TIPS = (
    mark("The true class"),
    mark("Of the rows that the model says are of the class, the share that is"),
    mark("Of the rows of the class, the share that the model finds"),
    mark("The harmonic mean of precision and recall: 2·P·R / (P + R)"),
    mark("How many rows are of the class: its support"),
)


class Confused(NamedTuple):
    """The confusion counts and the examples of the chosen cell, `number` in all."""

    task: Task
    words: str
    counts: Counts
    cell: tuple[int, int] | None
    number: int
    examples: Answers | None


class ConfusionPage(Page):
    """The matrix and, below it, the examples of the clicked cell, by decreasing loss."""

    least_height = 0  # matrix, tables and lists have their own

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.cell: tuple[int, int] | None = None
        self.matrix = ConfusionMatrix(theme, MAX_CELL, LARGEST_TYPE)
        self.key = Elided(Qt.TextElideMode.ElideRight)
        zoom.set_type(self.key, look.SMALL)
        self.key.setProperty("small", True)
        self.key.setText(tr(KEY))
        self.matrix.hovered.connect(lambda words: self.key.setText(words or tr(KEY)))
        self.matrix.pressed.connect(self._choose_cell)
        self.title = FigureLabel()
        self.examples = ExampleList(theme, tr("Examples of the cell"))
        self.examples.row_chosen.connect(self.row_chosen)
        above, self._below = QWidget(), QWidget()
        above.setAccessibleName(tr("Confusion matrix"))
        self._below.setAccessibleName(tr("Examples of the cell"))
        column = QVBoxLayout(above)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.key)
        column.addWidget(self.matrix, 1)
        column = QVBoxLayout(self._below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        self.hide_examples = text_button(tr("Hide"), tr("Give the matrix all the room again"))
        self.hide_examples.setProperty("quiet", True)
        self.hide_examples.clicked.connect(self._forget_cell)
        head.addWidget(self.hide_examples)
        add_layout(column, head)
        column.addWidget(self.examples, 1)
        splitter = Gripped(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.restored.connect(splitter.share_by_stretch)
        for part, stretch in ((above, 5), (self._below, 3)):
            splitter.addWidget(part)
            splitter.setStretchFactor(splitter.count() - 1, stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self._below.hide()

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self.matrix.show_theme(theme)
        self.examples.set_theme(theme)

    def show_task(self, task: Task) -> None:
        self.matrix.show_names(shown_classes(task.dataset))
        self._forget_cell()

    def inspect(self, task: Task, text: str) -> Inspection:
        cell = self.cell

        def work(answers: Answers) -> Confused:
            counts = confusion(answers.y, answers.predicted, answers.h)
            if cell is None:
                return Confused(task, text, counts, None, 0, None)
            indices = answers.cell(*cell)
            examples = answers.part(indices[:MAX_SHOWN])
            return Confused(task, text, counts, cell, len(indices), examples)

        return work

    def show_result(self, result: Confused) -> None:
        self.matrix.show_counts(result.counts)
        if result.cell is None or result.cell != self.cell:
            return
        true, taken = (escape(shown_classes(result.task.dataset)[k]) for k in result.cell)
        n = format_integer(result.number)
        said = (
            tr("{n} × {true} recognised", n=n, true=true)
            if true == taken
            else tr("{n} × {true} taken for {taken}", n=n, true=true, taken=taken)
        )
        order = tr("the largest loss first")
        self.title.setText(f"<b>{said}</b>, {result.words}, {order}{_first(result.number)}")
        self.examples.show_answers(result.task, result.examples)
        self._below.show()

    def _forget_cell(self) -> None:
        self.cell = None
        self._below.hide()

    def _choose_cell(self, true: int, predicted: int) -> None:
        self.cell = true, predicted
        self.changed.emit()


class MistakesPage(Page):
    """The wrong answers in which the model is most confident."""

    least_height = 0  # matrix, tables and lists have their own

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.title = FigureLabel()
        self.title.setWordWrap(True)
        self.examples = ExampleList(theme, tr("Mistakes, the surest first"))
        self.examples.row_chosen.connect(self.row_chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.title)
        layout.addWidget(self.examples, 1)

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self.examples.set_theme(theme)

    def show_task(self, task: Task) -> None:
        self.title.clear()
        self.examples.show_answers(task, None)

    def inspect(self, task: Task, text: str) -> Inspection:
        def work(answers: Answers) -> tuple[Task, str, int, Answers]:
            indices = answers.mistakes()
            return task, text, len(indices), answers.part(indices[:MAX_SHOWN])

        return work

    def show_result(self, result: tuple[Task, str, int, Answers]) -> None:
        task, words, number, examples = result
        self.title.setText(
            tr(
                "<b>{n} mistakes</b> among the {rows}, the surest first{some}: what each is → what "
                "it is taken for, and the probability of that",
                n=format_integer(number),
                rows=words,
                some=_first(number),
            )
            if number
            else tr("There is no mistake among the {rows}.", rows=words)
        )
        self.examples.show_answers(task, examples)


def _first(number: int) -> str:
    if number <= MAX_SHOWN:
        return ""
    return f" {tr('(the first {n})', n=format_integer(MAX_SHOWN))}"


class ClassesPage(Coverable, Page):
    """Precision, recall, F1 and support of each class, and their means."""

    least_height = 0  # matrix, tables and lists have their own

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._names: tuple[str, ...] = ()
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setHorizontalHeaderLabels([tr(name) for name in COLUMNS])
        for column, tip in enumerate(TIPS):
            header = self.table.horizontalHeaderItem(column)
            assert header is not None
            header.setToolTip(tr(tip))
        self.table.setAccessibleName(tr("Precision, recall and F1 of each class"))
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setFrameShape(self.table.Shape.NoFrame)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        header_view = self.table.horizontalHeader()
        header_view.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header_view.setMinimumSectionSize(60)
        header_view.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.copy = QAction(tr("Copy as CSV"), self.table)
        self.copy.setShortcut(QKeySequence.StandardKey.Copy)
        self.copy.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.copy.triggered.connect(self._copy)
        self.table.addAction(self.copy)
        self.table.cellPressed.connect(lambda *cell: self.uncover(cell))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.table, 1)
        layout.addWidget(
            small_label(
                tr(
                    "Macro means count every class alike, however many rows it has; "
                    "a class that is never predicted counts as 0. Ctrl+C copies as CSV."
                ),
                wraps=True,
            )
        )
        self._report: Report | None = None

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._take_type()

    def _take_type(self) -> None:
        """Set the type size: larger for few classes."""
        is_short = len(self._names) <= FEW
        self._font = zoom.font(1.6 if is_short else look.LARGE)
        self.table.verticalHeader().setDefaultSectionSize(
            round(QFontMetrics(self._font).height() * (1.7 if is_short else 1.2))
        )

    def show_task(self, task: Task) -> None:
        dataset = task.dataset
        self._names, self._report = shown_classes(dataset), None
        self._take_type()
        self.table.clearContents()
        self.table.setRowCount(dataset.h + 1)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for k, name in enumerate((*shown_classes(dataset), tr(MEAN))):
            for column in range(len(COLUMNS)):
                item = QTableWidgetItem(name if column == 0 else "")
                if column:
                    item.setTextAlignment(right)
                elif k < dataset.h:
                    item.setIcon(marker_icon(self.theme, dataset.class_marks[k]))
                item.setFont(zoom.scaled(self._font, 1.0, bold=k == dataset.h))
                self.table.setItem(k, column, item)

    def inspect(self, task: Task, text: str) -> Inspection:
        return lambda answers: report(confusion(answers.y, answers.predicted, answers.h))

    def show_result(self, result: Report) -> None:
        if len(result.support) != len(self._names):
            return
        self._report = result
        self.show_figures()

    def show_figures(self) -> None:
        if self._report is None:
            return
        for k, figures in enumerate(self._figures(self._report)):
            for column, value in enumerate(figures, start=1):
                item = self.table.item(k, column)
                assert item is not None
                text = _format(value, is_count=column == len(COLUMNS) - 1)
                item.setText(self.covering.number(text, (k, column)))

    @staticmethod
    def _figures(result: Report) -> list[tuple[float, ...]]:
        parts = (result.precision, result.recall, result.f1, result.support)
        by_class = [tuple(float(part[k]) for part in parts) for k in range(len(result.support))]
        return [*by_class, (*result.macro(), float(result.support.sum()))]

    def csv(self) -> str:
        """Return the table as CSV, with 6 significant digits; undefined values are empty."""
        if self._report is None:
            return ""
        rows: list[tuple[str, ...]] = [COLUMNS]
        names = (*self._names, MEAN)
        for name, figures in zip(names, self._figures(self._report), strict=True):
            *shares, count = figures
            cells = ["" if math.isnan(share) else f"{share:.6g}" for share in shares]
            rows.append((name, *cells, f"{count:.0f}"))
        return to_text(rows)

    def _copy(self) -> None:
        copy_figures(self, self.csv())


def _format(value: float, *, is_count: bool) -> str:
    if is_count:
        return format_integer(value)
    return "–" if math.isnan(value) else format_fixed(value, 3)
