"""The coefficients of a linear model as a table, and the odds that one of them implies."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.data.task import Task
from core.explain.coefficients import (
    Coefficients,
    as_csv,
    coefficients,
    have_odds,
    is_relative,
    output_names,
    sentence,
)
from core.language import tr
from core.model_family import FAMILY
from core.train.snapshot import Params
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.covers.covering import Coverable, copy_figures
from gui.kit.covers.figures import PlainFigures
from gui.kit.fields.choices import Choice
from gui.kit.fields.menus import leave_menu
from gui.kit.flow_layout import FlowLayout, side_by_side
from gui.stage.weights.coefficient_model import INPUT, WEIGHT, CoefficientModel

SECONDS = 0.1
SEARCHED = 30  # inputs, of more of which a name can be searched


class CoefficientTable(Coverable, QWidget):
    """One row per input and for the bias of an output; a sentence on the selected row."""

    def __init__(self) -> None:
        super().__init__()
        self.output, self.against = Choice(), Choice()
        self.output.chosen.connect(self._choose)
        self.against.chosen.connect(self._choose)
        self.output.setAccessibleName(tr("output"))
        self.output.setToolTip(tr("The neuron whose weights are shown"))
        self.against.setToolTip(
            tr("Odds compare two classes: the class that is shown with this one")
        )
        self.against.setAccessibleName(tr("class to compare with"))
        self._against_words = QLabel(tr("against"))
        self._against_words.setProperty("muted", True)
        top = QWidget()
        row = FlowLayout(top, 6, 4)
        row.addWidget(side_by_side(QLabel(tr("coefficients of")), self.output))
        row.addWidget(side_by_side(self._against_words, self.against))
        self.search = QLineEdit()
        self.search.setAccessibleName(tr("search the inputs"))
        self.search.setPlaceholderText(tr("Search"))
        self.search.setToolTip(tr("Show only the inputs whose names contain this"))
        self.search.setClearButtonEnabled(True)
        leave_menu(self.search)
        for button in self.search.findChildren(QToolButton):  # Qt's own, without words
            button.setAccessibleName(tr("clear the search"))
            button.setToolTip(tr("Show all inputs again"))
        row.addWidget(self.search)
        self.model = CoefficientModel(self.covering)
        self.search.textChanged.connect(self._search)
        self._make_table()
        self.words = PlainFigures()
        self.words.setWordWrap(True)
        zoom.set_type(self.words, look.LARGE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(top)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.words)
        self._task: Task | None = None
        self._params: Params | None = None
        self._found: Coefficients | None = None
        self._shown_at = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show)

    def _make_table(self) -> None:
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName(tr("Coefficients"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setAlternatingRowColors(True)
        self.table.setSortingEnabled(True)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header = self.table.horizontalHeader()
        header.geometriesChanged.connect(self._fit_headings)
        self.model.modelReset.connect(self._fit_headings)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_effect())
        copy = QAction(tr("Copy the table as CSV"), self.table)
        copy.triggered.connect(self._copy)
        self.table.addAction(copy)
        self.table.pressed.connect(lambda at: self.uncover(int(self.model.order[at.row()])))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _fit_headings(self) -> None:
        """Let no column be narrower than the widest heading; beyond the width, they scroll."""
        header = self.table.horizontalHeader()
        widest = max(map(header.sectionSizeHint, range(header.count())), default=0)
        if widest != header.minimumSectionSize():
            header.setMinimumSectionSize(widest)

    def show_task(self, task: Task) -> None:
        """Show the rows of a task's inputs, without numbers."""
        has_same_columns = self._task is not None and self._task.source is task.source
        self._task, self._params, self._found = task, None, None
        self._later.stop()
        names = output_names(task)
        has_reference = is_relative(task)
        last = len(names) - 1
        self.output.set_options([(name, k) for k, name in enumerate(names)], last)
        self.against.set_options([(name, k) for k, name in enumerate(names)], max(last - 1, 0))
        for widget in (self.against, self._against_words):
            widget.setVisible(has_reference and have_odds(task))
        if not has_same_columns:
            is_text = task.dataset.is_text
            self.search.clear()
            order = Qt.SortOrder.DescendingOrder if is_text else Qt.SortOrder.AscendingOrder
            self.table.sortByColumn(WEIGHT if is_text else INPUT, order)
        self.search.setVisible(task.m > SEARCHED)
        self.model.show_task(task)
        self.table.selectRow(0)
        self._show_effect()

    def show_params(self, params: Params) -> None:
        """Show these weights, at most ten times a second."""
        self._params = params
        wait = self._shown_at + SECONDS - time.monotonic()
        if wait <= 0:
            self._show()
        elif not self._later.isActive():
            self._later.start(max(1, int(1000 * wait)))

    def _show(self) -> None:
        if self._task is None or self._params is None:
            return
        self._shown_at = time.monotonic()
        is_at_top = self.table.currentIndex().row() == 0
        self._found = found = coefficients(self._task, self._params)
        self.model.show_numbers(found, *self._chosen())
        if is_at_top:  # the strongest one is followed, whichever it is
            self.table.selectRow(0)
        self._show_effect()

    def show_figures(self) -> None:
        self.model.show_figures()

    def _search(self, text: str) -> None:
        self.model.search(text)
        self.table.selectRow(0)
        self._show_effect()

    def _chosen(self) -> tuple[int, int]:
        k, against = self.output.value(), self.against.value()
        assert isinstance(k, int) and isinstance(against, int)
        return k, against

    def _choose(self) -> None:
        self._show()
        self._show_effect()

    def _show_effect(self) -> None:
        task, found = self._task, self._found
        if task is None:
            return
        words = ""
        row = self.table.currentIndex().row()
        j = int(self.model.order[row]) if 0 <= row < len(self.model.order) else None
        if not have_odds(task):
            words = tr(FAMILY[task.config.model.kind].no_odds) or tr(
                "These inputs are made of features: one cannot change while the others stay, so no "
                "odds are given."
            )
        elif found is not None and j is not None and j < len(found.inputs):
            words = sentence(task, found, j, *self._chosen())
        elif found is not None and j is not None:
            words = tr("The bias: the logit where all inputs are 0.")
        if words != self.words.text():
            self.words.setText(words)

    def _copy(self) -> None:
        if self._task is not None and self._found is not None:
            table = as_csv(self._task, self._found, self._chosen()[1])
            copy_figures(self, table, names=2)  # input, output
