"""ROC and precision–recall curves over all thresholds, with the point of the current one."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.evaluate.classification import Answers
from core.evaluate.roc_curves import rank, thinned
from core.language import tr, tr_n
from core.number_format import format_fixed, format_integer, format_percent
from gui.kit import plots, zoom
from gui.kit.covers.figures import FigureLabel
from gui.kit.fields.choices import Choice
from gui.kit.labels import small_label
from gui.kit.layouts import add_layout
from gui.kit.theme import Theme
from gui.stage.evaluation.page import MARGIN, Inspection, Page, share_ticks

Floats = NDArray[np.float64]
MAX_POINTS = 600
POINT_PX = 13


class Drawn(NamedTuple):
    """Data of both curves; `chosen` has the counts at the threshold of a neuron, else None."""

    words: str
    name: str
    roc: tuple[Floats, Floats]
    pr: tuple[Floats, Floats]
    auc: float
    average_precision: float
    positives: int
    negatives: int
    chosen: tuple[int, int] | None  # true positives, false positives


class CurvesPage(Page):
    """Both curves side by side, for one class against all others."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._is_neuron = False
        self.of = Choice()
        self.of.setAccessibleName(tr("class against the rest"))
        self.of.setToolTip(tr("This class against all others, by the model's probability for it"))
        self.of.chosen.connect(lambda _: self.changed.emit())
        self._of_row = QWidget()
        row = QHBoxLayout(self._of_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(small_label(tr("class")))
        row.addWidget(self.of)
        row.addWidget(small_label(tr("against all others")))
        row.addStretch(1)
        self.roc = _Square(theme, tr("ROC curve"), tr("false-positive rate"), tr("recall"))
        self.pr = _Square(theme, tr("Precision–recall curve"), tr("recall"), tr("precision"))
        both = QHBoxLayout()
        both.setSpacing(12)
        both.addWidget(self.roc, 1)
        both.addWidget(self.pr, 1)
        self.words = FigureLabel()
        self.words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._of_row)
        add_layout(layout, both, 1)
        layout.addWidget(self.words)

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        for square in (self.roc, self.pr):
            square.show_theme(theme)

    def show_task(self, task: Task) -> None:
        names = shown_classes(task.dataset)
        self._is_neuron = task.is_neuron
        chosen = self.of.value()
        k = chosen if isinstance(chosen, int) and chosen < len(names) else 0
        self.of.set_options([(name, j) for j, name in enumerate(names)], k)
        self._of_row.setVisible(not self._is_neuron)
        for square in (self.roc, self.pr):
            square.clear()
        self.words.clear()

    def inspect(self, task: Task, text: str) -> Inspection:
        k = 1 if self._is_neuron else int(str(self.of.value()))
        is_neuron, name = self._is_neuron, shown_classes(task.dataset)[k]

        def work(answers: Answers) -> Drawn | str:
            is_yes = answers.y == k
            ranking = rank(answers.scores[:, k], is_yes)
            if not ranking.has_both:
                if ranking.positives == 0:
                    return tr(
                        "There are no rows of {name} among the {rows}: nothing to tell apart.",
                        name=name,
                        rows=text,
                    )
                return tr(
                    "There are only rows of {name} among the {rows}: nothing to tell apart.",
                    name=name,
                    rows=text,
                )
            chosen = None
            if is_neuron:
                said = answers.predicted == k
                chosen = int((said & is_yes).sum()), int((said & ~is_yes).sum())
            return Drawn(
                words=text,
                name=name,
                roc=thinned(*ranking.roc(), MAX_POINTS),
                pr=thinned(*ranking.precision_recall(), MAX_POINTS),
                auc=ranking.auc,
                average_precision=ranking.average_precision,
                positives=ranking.positives,
                negatives=ranking.negatives,
                chosen=chosen,
            )

        return work

    def show_result(self, result: Drawn | str) -> None:
        if isinstance(result, str):
            self.roc.clear()
            self.pr.clear()
            self.words.setText(result)
            return
        base = result.positives / (result.positives + result.negatives)
        point = precision = None
        if result.chosen is not None:
            found, alarms = result.chosen
            recall = found / result.positives
            point = alarms / result.negatives, recall
            precision = (recall, found / (found + alarms)) if found + alarms else None
        self.roc.show_curve(
            result.roc,
            ((0, 1), (0, 1)),
            tr("ROC: AUC {auc}", auc=format_fixed(result.auc, 4)),
            point,
        )
        title = tr("Precision–recall: AP {ap}", ap=format_fixed(result.average_precision, 4))
        self.pr.show_curve(result.pr, ((0, 1), (base, base)), title, precision)
        self.words.setText(_describe(result, self.theme))


def _describe(result: Drawn, theme: Theme) -> str:
    name = escape(result.name)
    if result.chosen is None:
        return tr(
            "AUC: of a {name} and another of the {rows}, the {name} gets the higher probability in "
            "{share} of all pairs. Dotted: guessing.",
            name=name,
            rows=result.words,
            share=format_percent(result.auc),
        )
    found, alarms = result.chosen
    said = tr_n(
        "At this threshold {found} of {positives} {name} are found, with {n} false alarm among "
        "{others} others. Dotted: guessing.",
        "At this threshold {found} of {positives} {name} are found, with {n} false alarms among "
        "{others} others. Dotted: guessing.",
        alarms,
        found=format_integer(found),
        positives=format_integer(result.positives),
        name=name,
        others=format_integer(result.negatives),
    )
    return f"<span style='color:{theme.counter_accent}'>●</span> {said}"


class _Square(QWidget):
    """A plot with both axes from 0 to 1: a title, a curve, a line for guessing, a point."""

    def __init__(self, theme: Theme, name: str, across: str, up: str) -> None:
        super().__init__()
        self.name = name
        self.title = FigureLabel(name)
        self.title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.title.setWordWrap(True)
        self.plot = plots.make_plot(theme, moves_below=False)
        self.plot.setAccessibleName(name)
        box = self.plot.getPlotItem().getViewBox()
        box.setMouseEnabled(False, False)
        ends = -2 * MARGIN, 1 + 2 * MARGIN
        self.plot.setRange(xRange=ends, yRange=ends, padding=0)
        for side in ("left", "bottom"):
            self.plot.getPlotItem().getAxis(side).setTicks([share_ticks()])
        self.plot.getPlotItem().showGrid(x=True, y=True, alpha=0.25)
        self.plot.getPlotItem().setLabel("bottom", across)
        self.plot.getPlotItem().setLabel("left", up)
        self.guess = plots.Line(self.plot)
        self.curve = plots.Line(self.plot)
        self.point = pg.ScatterPlotItem(symbol="o")
        self.plot.addItem(self.point)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.title)
        layout.addWidget(self.plot, 1)
        self.show_theme(theme)

    def show_theme(self, theme: Theme) -> None:
        plots.paint(self.plot, theme)
        zoom.set_type(self.title, 1.0, bold=True)
        self.curve.setPen(plots.pen(self.plot, theme.accent, 2.4))
        self.guess.setPen(plots.pen(self.plot, theme.muted, 1.2, Qt.PenStyle.DotLine))
        self.point.setBrush(pg.mkBrush(theme.counter_accent))
        self.point.setSize(zoom.px(POINT_PX))
        self.point.setPen(plots.pen(self.plot, theme.panel, 1.5))

    def show_curve(
        self,
        curve: tuple[Floats, Floats],
        guess: tuple[tuple[float, float], tuple[float, float]],
        title: str,
        point: tuple[float, float] | None,
    ) -> None:
        self.curve.setData(*curve)
        self.guess.setData(*guess)
        self.title.setText(title)
        self.point.setData(*(([], []) if point is None else ([point[0]], [point[1]])))

    def clear(self) -> None:
        self.title.setText(self.name)
        self.curve.setData([], [])
        self.guess.setData([], [])
        self.point.setData([], [])
