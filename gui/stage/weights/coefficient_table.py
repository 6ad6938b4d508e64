"""The coefficients of a linear model as a table, and the odds that one of them implies."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
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
    odds_ratios,
    sentence,
)
from core.model_family import FAMILY
from core.number_format import format_ratio, format_scientific, format_signed
from core.train.snapshot import Params
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.fields.choices import Choice
from gui.kit.layouts import add_layout
from gui.kit.plain_text import Plain

SECONDS = 0.1
MOST_ROWS = 2_000


class CoefficientTable(QWidget):
    """One row per input and for the bias of an output; a sentence on the selected row."""

    def __init__(self) -> None:
        super().__init__()
        self.output, self.against = Choice(), Choice()
        self.output.chosen.connect(self._choose)
        self.against.chosen.connect(self._choose)
        self.output.setAccessibleName("output")
        self.output.setToolTip("The neuron whose weights are shown")
        self.against.setToolTip("Odds compare two classes: the class that is shown with this one")
        self.against.setAccessibleName("class to compare with")
        self._against_words = QLabel("against")
        self._against_words.setProperty("muted", True)
        top = QHBoxLayout()
        top.addWidget(QLabel("coefficients of"))
        top.addWidget(self.output)
        top.addWidget(self._against_words)
        top.addWidget(self.against)
        top.addStretch(1)
        self.table = QTableWidget()
        self.table.setAccessibleName("Coefficients")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.itemSelectionChanged.connect(self._show_effect)
        copy = QAction("Copy the table as CSV", self.table)
        copy.triggered.connect(self._copy)
        self.table.addAction(copy)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.words = Plain()
        self.words.setWordWrap(True)
        zoom.set_type(self.words, look.LARGE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        add_layout(layout, top)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.words)
        self._task: Task | None = None
        self._params: Params | None = None
        self._found: Coefficients | None = None
        self._shown_at = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show)

    def show_task(self, task: Task) -> None:
        """Show the rows of a task's inputs, without numbers."""
        self._task, self._params, self._found = task, None, None
        self._later.stop()
        from core.explain.coefficients import output_names

        names = output_names(task)
        has_reference = is_relative(task)
        last = len(names) - 1
        self.output.set_options([(name, k) for k, name in enumerate(names)], last)
        self.against.set_options([(name, k) for k, name in enumerate(names)], max(last - 1, 0))
        for widget in (self.against, self._against_words):
            widget.setVisible(has_reference and have_odds(task))
        unit = f" per {task.dataset.unit}" if task.dataset.unit else " in own units"
        titles = ["input", "standardised", unit.strip()]
        if have_odds(task):
            titles.append("odds ×")
        rows = [*task.input_names[:MOST_ROWS], "bias b"]
        self.table.setColumnCount(len(titles))
        for column, title in enumerate(titles):
            head = QTableWidgetItem(title)
            head.setTextAlignment(_side(column))
            self.table.setHorizontalHeaderItem(column, head)
        self.table.setRowCount(len(rows))
        for i, name in enumerate(rows):
            for column in range(len(titles)):
                item = QTableWidgetItem(name if column == 0 else "")
                item.setTextAlignment(_side(column))
                self.table.setItem(i, column, item)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
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
        self._found = found = coefficients(self._task, self._params)
        k, against = self._chosen()
        columns = [[*found.W[k], found.b[k]], [*found.own_W[k], found.own_b[k]]]
        cells = [[_number(value) for value in column] for column in columns]
        if have_odds(self._task):
            ratios = odds_ratios(self._task, found, k, against)
            odds = [format_ratio(r) if r >= 1 else f"1 / {format_ratio(1 / r)}" for r in ratios]
            cells.append([*odds, ""])
        last = self.table.rowCount() - 1
        for c, column in enumerate(cells, start=1):
            for i in range(last + 1):
                item = self.table.item(i, c)
                text = column[-1] if i == last else column[i]
                if item is not None and item.text() != text:
                    item.setText(text)
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
        row = self.table.currentRow()
        if not have_odds(task):
            words = (
                FAMILY[task.config.model.kind].no_odds
                or "These inputs are made of features: one cannot change while the others stay, so "
                "no odds are given."
            )
        elif found is not None and 0 <= row < len(found.inputs):
            words = sentence(task, found, row, *self._chosen())
        elif found is not None and row == self.table.rowCount() - 1:
            words = "The bias: the logit where all inputs are 0."
        if words != self.words.text():
            self.words.setText(words)

    def _copy(self) -> None:
        if self._task is not None and self._found is not None:
            QGuiApplication.clipboard().setText(as_csv(self._task, self._found, self._chosen()[1]))


def _number(value: float) -> str:
    """Format a coefficient with four decimals; one below 0.001 as in −3.2·10⁻⁵."""
    if value == 0 or abs(value) >= 0.001:
        return format_signed(value, 4)
    return format_scientific(value, 1, plus=True)


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
