"""The page of cross-validation: the current config trained k times, apart from the live run."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
)

from core.data.task import Task
from core.language import mark, tr
from core.model_family import FAMILY
from core.number_format import format_fixed, format_integer, format_percent
from core.train.snapshot import Snapshot, Status
from gui.kit import plots, zoom
from gui.kit.buttons import text_button
from gui.kit.covers.covering import Coverable
from gui.kit.covers.figures import FigureLabel
from gui.kit.fields.numbers import CountField
from gui.kit.labels import small_label
from gui.kit.layouts import add_layout
from gui.kit.theme import Theme
from gui.stage.evaluation.page import Page

if TYPE_CHECKING:
    from core.evaluate.cross_validation import CrossValidation, Validation

LEAST, MOST, USUAL = 3, 10, 5
POLL_MS = 100
FIGURES = 1.6  # type size relative to the rest
COLUMNS = (mark("fold"), mark("rows"), mark("accuracy"), mark("loss"))
ABOUT = mark(
    "The training rows are dealt out to k folds. Each fold is tested on by a model that is trained "
    "on all the others, with the settings as they are now. The test rows and the live run are left "
    "alone."
)


class FoldsPage(Coverable, Page):
    """k, start and cancel; mean and standard deviation; each fold as a dot and a table row."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._task: Task | None = None
        self._snapshot: Snapshot | None = None
        self._running: CrossValidation | None = None
        self._ending: list[CrossValidation] = []
        self._shown: Validation | None = None
        self._was_cancelled = False
        self.k = CountField(LEAST, MOST)
        self.k.setValue(USUAL)
        self.k.setAccessibleName(tr("k, the number of folds"))
        self.k.setToolTip(tr("Into how many folds the training rows are dealt: 3 to 10"))
        self.start = text_button(
            tr("Cross-validate"), tr("Train k models, each without one of the folds")
        )
        self.start.setProperty("primary", True)
        self.cancel = text_button(
            tr("Cancel"), tr("Stop the cross-validation; the live run goes on")
        )
        self.start.clicked.connect(self._begin)
        self.cancel.clicked.connect(self._cancel)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress of the cross-validation"))
        self.figures = FigureLabel()
        self.figures.setTextFormat(Qt.TextFormat.RichText)
        self.words = small_label(tr(ABOUT), wraps=True)
        self.plot = plots.make_plot(theme, moves_below=False)
        self.plot.setAccessibleName(tr("Accuracy of each fold"))
        self.plot.getPlotItem().getViewBox().setMouseEnabled(False, False)
        self.plot.getPlotItem().showGrid(y=True, alpha=0.25)
        self.plot.getPlotItem().setLabel("bottom", tr("fold"))
        self.plot.getPlotItem().setLabel("left", tr("accuracy"))
        self.band, self.mean = plots.Band(self.plot), plots.Line(self.plot)
        self.dots = pg.ScatterPlotItem(symbol="o")
        self.plot.addItem(self.dots)
        self.table = _make_table()
        self.table.cellPressed.connect(lambda *cell: self.uncover(cell))
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._follow)
        self._show_controls()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        for widget in (QLabel("k ="), self.k, self.start, self.cancel):
            head.addWidget(widget)
        head.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(12)
        both.addWidget(self.plot, 4)
        both.addWidget(self.table, 5)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        add_layout(layout, head)
        layout.addWidget(self.bar)
        layout.addWidget(self.figures)
        layout.addWidget(self.words)
        add_layout(layout, both, 1)

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        plots.paint(self.plot, theme)
        zoom.set_type(self.figures, FIGURES)
        self.bar.setFixedHeight(zoom.px(6))
        self.dots.setSize(zoom.px(12))
        self.mean.setPen(plots.pen(self.plot, theme.accent, 2))
        colour = pg.mkColor(theme.accent)
        colour.setAlpha(48)
        self.band.setBrush(colour)
        self.dots.setBrush(pg.mkBrush(theme.accent))
        self.dots.setPen(plots.pen(self.plot, theme.panel, 1))

    # Cross-validation -----------------------------------------------------------------------------

    def show_task(self, task: Task) -> None:
        """Cancel the cross-validation of another task and clear its results."""
        if task is self._task:
            return
        self._drop()
        self._task, self._snapshot, self._shown, self._was_cancelled = task, None, None, False
        self._show_nothing()
        self.words.setText(task.obstacle or tr(ABOUT))
        self._show_controls()

    def receive_snapshot(self, snapshot: Snapshot) -> None:
        """Take the current training settings from the snapshot."""
        self._snapshot = snapshot

    def close_thread(self) -> None:
        """Cancel the running cross-validation and wait for its thread."""
        self._drop()
        for ending in self._ending:
            ending.job.close()
        self._ending.clear()

    def _begin(self) -> None:
        task = self._task
        if task is None or self._running is not None:
            return
        from core.evaluate.cross_validation import CrossValidation

        config = task.config
        if self._snapshot is not None:
            config = replace(config, training=self._snapshot.settings)
        self._was_cancelled = False
        self._running = CrossValidation(replace(task, config=config), self.k.value())
        self._show_nothing()
        self._running.job.start()
        self._timer.start(POLL_MS)
        self._show_controls()

    def _cancel(self) -> None:
        self._was_cancelled = True
        self._drop()
        if self._shown is not None:
            self._show(self._shown)
        self._show_controls()

    def _drop(self) -> None:
        """Cancel without waiting for the thread; its later results are not shown."""
        self._timer.stop()
        self._ending = [ending for ending in self._ending if not ending.job.is_done]
        if self._running is not None:
            self._running.job.cancel()
            self._ending.append(self._running)
            self._running = None

    def _follow(self) -> None:
        running = self._running
        if running is None:
            return
        has_ended = running.job.is_done  # read before progress, so the last result is not missed
        if has_ended:
            self._timer.stop()
            self._running = None
        self._show(running.progress)
        if has_ended:
            self._show_controls()

    # Display --------------------------------------------------------------------------------------

    def _show_controls(self) -> None:
        is_running = self._running is not None
        self.start.setEnabled(not is_running and self._task is not None and not self._task.obstacle)
        self.cancel.setVisible(is_running)
        self.k.setEnabled(not is_running)
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(policy)
        self.bar.setVisible(is_running)

    def _show_nothing(self) -> None:
        self._shown = None
        self.bar.setValue(0)
        self.figures.clear()
        self.figures.hide()
        self.words.setText(tr(ABOUT))
        self.table.setRowCount(0)
        self.dots.setData([], [])
        self.mean.setData([], [])
        self.band.clear()
        self._set_axes(self.k.value(), 0.0)

    def _show(self, progress: Validation) -> None:
        is_new = self._shown is None or len(progress.done) != len(self._shown.done)
        self._shown = progress
        self.bar.setValue(round(1000 * progress.share))
        self.words.setText(self._describe(progress))
        if is_new and progress.done:
            self._show_folds(progress)

    def _describe(self, progress: Validation) -> str:
        done, k = len(progress.done), progress.k
        if progress.failure:
            return progress.failure
        if self._was_cancelled:
            return tr(
                "Cancelled after {done} of {k} folds; the figures are of these alone.",
                done=done,
                k=k,
            )
        if done < k:
            return tr(
                "Fold {fold} of {k}: epoch {epoch} of {epochs}.",
                fold=done + 1,
                k=k,
                epoch=format_integer(progress.epoch),
                epochs=format_integer(progress.epochs),
            )
        rows = sum(fold.rows for fold in progress.done)
        text = tr(
            "Each of the {n} training rows was judged once, by a model that had not seen it. ± is "
            "the standard deviation over the folds.",
            n=format_integer(rows),
        )
        diverged = sum(fold.status is Status.DIVERGED for fold in progress.done)
        if diverged:
            told = tr(
                "{n} of {k} models diverged: train one alone to see what helps.", n=diverged, k=k
            )
            text += f" {told}"
        return text

    def _show_folds(self, progress: Validation) -> None:
        assert self._task is not None
        unit = FAMILY[self._task.config.model.kind].unit
        mean, spread = progress.accuracy
        loss, loss_spread = progress.loss
        off = "" if math.isnan(spread) else f" ± {format_percent(spread)}"
        loss_off = "" if math.isnan(loss_spread) else f" ± {format_fixed(loss_spread, 3)}"
        self.figures.show()
        self.figures.setText(
            tr(
                "<b>{share}</b> <small>right &nbsp; loss {loss} {unit}</small>",
                share=format_percent(mean) + off,
                loss=format_fixed(loss, 3) + loss_off,
                unit=tr(unit),
            )
        )
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.table.setRowCount(len(progress.done))
        for index, fold in enumerate(progress.done):
            figures = format_percent(fold.accuracy), format_fixed(fold.loss, 3)
            texts = (f"{index + 1}", format_integer(fold.rows), *figures)
            for column, text in enumerate(texts):
                is_figure = column >= len(texts) - len(figures)
                said = self.covering.number(text, (index, column)) if is_figure else text
                item = QTableWidgetItem(said)
                item.setTextAlignment(right)
                self.table.setItem(index, column, item)
        k = progress.k
        numbers = [*range(1, len(progress.done) + 1)]
        accuracies = [fold.accuracy for fold in progress.done]
        self.dots.setData(numbers, accuracies)
        self.mean.setData([0.5, k + 0.5], [mean, mean])
        if math.isnan(spread):
            self.band.clear()
        else:
            ends = np.array([0.5, k + 0.5])
            self.band.show_between(ends, 0 * ends + mean - spread, 0 * ends + mean + spread)
        low = min(*accuracies, mean - (0 if math.isnan(spread) else spread))
        self._set_axes(k, low)

    def show_figures(self) -> None:
        if self._shown is not None and self._shown.done:
            self._show_folds(self._shown)

    def _set_axes(self, k: int, low: float) -> None:
        """Set the axes to k folds and to accuracies from `low` to 1."""
        margin = max(1 - low, 0.02) * 0.15
        self.plot.setRange(
            xRange=(0.5, k + 0.5), yRange=(max(low - margin, 0), 1 + margin), padding=0
        )
        ticks = [(number, str(number)) for number in range(1, k + 1)]
        self.plot.getPlotItem().getAxis("bottom").setTicks([ticks])


def _make_table() -> QTableWidget:
    """Return a read-only table of folds."""
    table = QTableWidget(0, len(COLUMNS))
    table.setHorizontalHeaderLabels([tr(name) for name in COLUMNS])
    table.setAccessibleName(tr("Each fold"))
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setFrameShape(table.Shape.NoFrame)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return table
