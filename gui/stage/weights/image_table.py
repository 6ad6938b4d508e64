"""The weights of image data in numbers, class by class: norm, extreme pixels, bias."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.explain.weight_images import PictureWeights, Pixel, as_csv, picture_weights
from core.language import mark, tr
from core.model_family import output_names
from core.number_format import format_fixed, format_signed
from core.train.snapshot import Params
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.covers.covering import Coverable, copy_figures
from gui.kit.covers.figures import PlainFigures

SECONDS = 0.1
NAME_LETTERS = 12
PADDING = 20  # px of padding in a cell
TITLES = ("", "‖w‖", mark("largest w"), mark("smallest w"), mark("bias b"))
WIDEST = {0: "", 1: "00.000", 4: "−00.000"}  # the other columns share the rest
TIPS = (
    "",
    mark("Length of the class's weights"),
    mark("The pixel that speaks most for it, by row and column from the upper left"),
    mark("The pixel that speaks most against it, by row and column from the upper left"),
    mark("The logit of a picture whose inputs are all 0"),
)


class PictureTable(Coverable, QWidget):
    """One row per output; a sentence on the selected row."""

    def __init__(self) -> None:
        super().__init__()
        self.table = table = QTableWidget()
        table.setAccessibleName(tr("Weights of each class in numbers"))
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setAlternatingRowColors(True)
        table.itemSelectionChanged.connect(self._show_effect)
        copy = QAction(tr("Copy the table as CSV"), table)
        copy.triggered.connect(self._copy)
        table.addAction(copy)
        table.cellPressed.connect(lambda row, _: self.uncover(row))
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.words = PlainFigures()
        self.words.setWordWrap(True)
        zoom.set_type(self.words, look.LARGE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(table, 1)
        layout.addWidget(self.words)
        self._task: Task | None = None
        self._params: Params | None = None
        self._found: list[PictureWeights] = []
        self._shown_at = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show)

    def show_task(self, task: Task) -> None:
        """Show one row per output of a task, without numbers."""
        self._task, self._params, self._found = task, None, []
        self._later.stop()
        self.table.clear()
        self.table.setColumnCount(len(TITLES))
        self.table.setRowCount(task.outputs)
        for column, (title, tip) in enumerate(zip(TITLES, TIPS, strict=True)):
            head = QTableWidgetItem(tr(title))
            head.setToolTip(tr(tip))
            head.setTextAlignment(_side(column))
            self.table.setHorizontalHeaderItem(column, head)
            for k in range(task.outputs):
                item = QTableWidgetItem()
                item.setTextAlignment(_side(column))
                self.table.setItem(k, column, item)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        metrics = self.table.fontMetrics()
        names = output_names(task.config.model.kind, shown_classes(task.dataset))
        longest = max(map(metrics.horizontalAdvance, names))
        most = metrics.averageCharWidth() * NAME_LETTERS
        for column, widest in WIDEST.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            width = metrics.horizontalAdvance(widest) if widest else min(longest, most)
            self.table.setColumnWidth(column, width + PADDING)
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
        task, params = self._task, self._params
        if task is None or params is None or not np.isfinite(params.W).all():
            return
        self._shown_at = time.monotonic()
        self._found = picture_weights(task, params)
        self.show_figures()

    def show_figures(self) -> None:
        for k, one in enumerate(self._found):
            figures = (
                format_fixed(one.norm, 3),
                f"{format_signed(one.most, 3)}  {_place(one.most_at)}",
                f"{format_signed(one.least, 3)}  {_place(one.least_at)}",
                format_signed(one.bias, 3),
            )
            said = [self.covering.number(figure, k) for figure in figures]
            for column, text in enumerate((one.name, *said)):
                item = self.table.item(k, column)
                if item is not None and item.text() != text:
                    item.setText(text)
        self._show_effect()

    def _show_effect(self) -> None:
        """Describe the effect of the largest weight in the selected row."""
        row, words = self.table.currentRow(), ""
        if 0 <= row < len(self._found):
            one = self._found[row]
            i, j = one.most_at
            words = tr(
                "{name}: the pixel in row {i}, column {j} speaks most for it. From black to white "
                "it adds {white} to the logit.",
                name=one.name,
                i=i,
                j=j,
                white=format_signed(one.white, 3),
            )
            if one.most == one.least:
                most = format_signed(one.most, 3)
                words = tr("{name}: all weights are {most} so far.", name=one.name, most=most)
        if words != self.words.text():
            self.words.setText(words)

    def _copy(self) -> None:
        if self._found:
            copy_figures(self, as_csv(self._found))


def _place(pixel: Pixel) -> str:
    return f"({pixel[0]}, {pixel[1]})"


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
