"""The reliability diagram, accuracy against confidence, and temperature scaling."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.evaluate.calibration import BINS, Reliability, reliability
from core.evaluate.classification import Answers
from core.language import localised, mark, tr
from core.model_family import FAMILY
from core.number_format import format_fixed, format_integer, format_percent
from gui.kit import plots, zoom
from gui.kit import theme as look
from gui.kit.buttons import text_button
from gui.kit.covers.covering import Coverable
from gui.kit.covers.figures import FigureLabel, small_figures
from gui.kit.layouts import add_layout
from gui.kit.theme import Theme
from gui.stage.evaluation.page import MARGIN, Inspection, Page, share_ticks

TIP = mark(
    "Divide all logits by one number T, fitted by cross-entropy on one half of these rows; "
    "both curves are then of the other half. No decision changes"
)
COUNTS_HEIGHT = 104  # px at 100 %
COUNTS_MOST = 0.32  # fraction of the height of the page


class Calibrated(NamedTuple):
    """The diagram of the answers, and after temperature scaling, if any.

    told : text about the effect of T.
    """

    words: str
    before: Reliability
    after: Reliability | None
    told: str


class ReliabilityPage(Coverable, Page):
    """Accuracy by confidence in ten bins, and below it the number of answers in each bin."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._is_neuron = self._has_temperature = False
        self._shown: Reliability | None = None
        self._name = self._obstacle = ""
        self.temper = text_button(tr("Fit a temperature"), tr(TIP))
        self.temper.setCheckable(True)
        self.temper.toggled.connect(lambda _: self.changed.emit())
        self.title = FigureLabel()
        self.title.setToolTip(tr("Expected calibration error: how far off the probabilities are"))
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.temper)
        self.plot = _shares(theme, tr("Reliability diagram"))
        self.plot.getPlotItem().getAxis("bottom").setStyle(showValues=False)  # shown below
        self.diagonal = plots.Line(self.plot)
        self.diagonal.setData([0, 1], [0, 1])
        self.before, self.after = plots.Line(self.plot), plots.Line(self.plot)
        self._dots, self._dots_after = pg.ScatterPlotItem(), pg.ScatterPlotItem()
        for dots in (self._dots, self._dots_after):
            self.plot.addItem(dots)
        self.counts = _shares(theme, tr("Answers in each bin"))
        self.counts.getPlotItem().getAxis("left").setTicks([[]])  # the numbers are on the bars
        self.bars = pg.BarGraphItem(x=[], height=[], width=1 / BINS)
        self.counts.addItem(self.bars)
        self.count_labels = [pg.TextItem(anchor=(0.5, 1.0)) for _ in range(BINS)]
        for label in self.count_labels:
            self.counts.addItem(label, ignoreBounds=True)
        self.counts.scene().sigMouseClicked.connect(lambda _: self.uncover())
        self.words = small_figures(wraps=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        add_layout(layout, head)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.counts)
        layout.addWidget(self.words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_counts()

    def _fit_counts(self) -> None:
        """Limit the height of the counts, so that the curve has most of a low page."""
        self.counts.setFixedHeight(min(zoom.px(COUNTS_HEIGHT), round(COUNTS_MOST * self.height())))

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        for plot in (self.plot, self.counts):
            plots.paint(plot, theme)
            plot.getPlotItem().getAxis("left").setWidth(
                self.fontMetrics().horizontalAdvance("0") * 7
            )
        self._fit_counts()
        zoom.set_type(self.title, look.LARGE)
        self.diagonal.setPen(plots.pen(self.plot, theme.muted, 1.2, Qt.PenStyle.DotLine))
        for line, dots, colour in (
            (self.before, self._dots, theme.accent),
            (self.after, self._dots_after, theme.counter_accent),
        ):
            line.setPen(plots.pen(self.plot, colour, 2))
            dots.setBrush(pg.mkBrush(colour))
            dots.setPen(plots.pen(self.plot, theme.panel, 1))
        self.bars.setOpts(brush=pg.mkBrush(theme.rest), pen=plots.pen(self.counts, theme.panel, 1))
        for label in self.count_labels:
            zoom.set_type(label, look.SMALL)
            label.setColor(theme.ink)

    def show_task(self, task: Task) -> None:
        kind = FAMILY[task.config.model.kind]
        self._is_neuron = task.is_neuron
        self._obstacle = ""
        if not kind.is_smooth:
            self._obstacle = tr(
                "A {kind} says yes or no, and never how sure it is of it.", kind=kind.title_in_text
            )
        self._has_temperature = kind.has_probabilities
        self.temper.setVisible(self._has_temperature)
        self._name = shown_classes(task.dataset)[-1]
        across, up = tr("confidence: p of the class said"), tr("share that is right")
        if self._is_neuron:
            across, up = f"p({self._name})", tr("share that is {name}", name=self._name)
        plots.name_axis(self.plot, "left", up)
        plots.name_axis(self.counts, "bottom", across)
        self.counts.getPlotItem().setLabel("left", tr("rows"))
        self._clear()

    def _clear(self) -> None:
        for line in (self.before, self.after):
            line.setData([], [])
        for dots in (self._dots, self._dots_after):
            dots.setData([], [])
        self.bars.setOpts(x=[], height=[])
        for label in self.count_labels:
            label.setText("")
        self._shown = None
        self.title.setText(self._obstacle)
        self.words.clear()

    def inspect(self, task: Task, text: str) -> Inspection:
        is_neuron, obstacle = self._is_neuron, self._obstacle
        has_temperature = self.temper.isChecked() and self._has_temperature

        def diagram(answers: Answers) -> Reliability:
            if is_neuron:
                return reliability(answers.probabilities[:, 1], answers.y == 1)
            return reliability(answers.confidence, answers.is_right)

        def work(answers: Answers) -> Calibrated | None:
            if obstacle:
                return None
            if not has_temperature:
                return Calibrated(text, diagram(answers), None, "")
            from core.evaluate.model_outputs import temper  # imports PyTorch

            tempered = temper(task, answers)
            told = tr(
                "T is fitted on a random half of the {rows} ({fitted}); both curves are of the "
                "other {n}. There the cross-entropy goes from {before} to {after} nats.",
                rows=text,
                fitted=format_integer(tempered.fitted),
                n=format_integer(len(tempered.before)),
                before=format_fixed(tempered.loss_before, 3),
                after=format_fixed(tempered.loss_after, 3),
            )
            if tempered.is_bound:
                bound = tr(
                    "T is at the end of its range: the fitted half has too few mistakes to say how "
                    "sure is too sure."
                )
                told += f" {bound}"
            before, after = diagram(tempered.before), diagram(tempered.after)
            title = localised(f"<b>T = {tempered.T:.3g}</b>") + ", "
            return Calibrated(title, before, after, told)

        return work

    def show_result(self, result: Calibrated | None) -> None:
        if result is None:
            self._clear()
            return
        before, after = result.before, result.after
        _draw(self.before, self._dots, before)
        if after is None:
            self.after.setData([], [])
            self._dots_after.setData([], [])
            self.title.setText(f"ECE <b>{format_percent(before.error)}</b>")
            self.words.setText(
                tr(
                    "On the dotted line the probabilities mean what they say: of all answers with "
                    "80 %, 80 % are {what}. Below it they are too high. The expected calibration "
                    "error (ECE) is the mean distance from it over all {rows}.",
                    what=escape(self._name) if self._is_neuron else tr("right answers"),
                    rows=result.words,
                )
            )
        else:
            _draw(self.after, self._dots_after, after)
            blue, orange = self.theme.accent, self.theme.counter_accent
            self.title.setText(
                f"{result.words}ECE <b style='color:{blue}'>{format_percent(before.error)}"
                f"</b> → <b style='color:{orange}'>{format_percent(after.error)}</b>"
            )
            self.words.setText(result.told)
        self._shown = before if after is None else after
        self.show_figures()

    def show_figures(self) -> None:
        """Show how many answers are in each bin."""
        shown = self._shown
        if shown is None:
            return
        centres = (np.arange(BINS) + 0.5) / BINS
        self.bars.setOpts(x=centres, height=shown.counts)
        most = max(int(shown.counts.max()), 1)
        self.counts.setRange(xRange=(-MARGIN, 1 + MARGIN), yRange=(0, 1.7 * most), padding=0)
        for label, x, count in zip(self.count_labels, centres, shown.counts, strict=True):
            label.setText(self.covering.number(_compact(int(count))))
            label.setPos(float(x), float(count))


def _compact(count: int) -> str:
    """Format a count for the width of a bar; a count of 0 is empty."""
    if count >= 10_000:
        return localised(f"{count / 1000:.0f}k")
    return format_integer(count) if count else ""


def _draw(line: plots.Line, dots: pg.ScatterPlotItem, shown: Reliability) -> None:
    """Draw the non-empty bins as a line with dots; the more answers, the larger the dot."""
    filled = shown.is_filled
    x, y = shown.confidence[filled], shown.accuracy[filled]
    share = shown.counts[filled] / max(int(shown.counts.sum()), 1)
    line.setData(x, y)
    dots.setData(x=x, y=y, size=zoom.factor() * (8 + 10 * np.sqrt(share)))


def _shares(theme: Theme, name: str) -> plots.Plot:
    plot = plots.make_plot(theme, moves_below=False)
    plot.setAccessibleName(name)
    plot.getPlotItem().getViewBox().setMouseEnabled(False, False)
    plot.setRange(xRange=(-MARGIN, 1 + MARGIN), yRange=(-2 * MARGIN, 1 + 3 * MARGIN), padding=0)
    plot.getPlotItem().showGrid(x=True, y=True, alpha=0.25)
    for side in ("left", "bottom"):
        plot.getPlotItem().getAxis(side).setTicks([share_ticks()])
    return plot
