"""The normaliser z(x; θ): one label's probability needs the scores of all labels."""

from __future__ import annotations

import math
from html import escape

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.explain import prediction
from core.language import mark, tr
from core.number_format import format_fixed, format_integer, format_percent, localised_number
from core.teach.normaliser_cost import MOST_LABELS, Cost, measured
from core.train.snapshot import Snapshot
from gui.kit import plots, zoom
from gui.kit.flow_layout import FlowLayout
from gui.kit.layouts import add_layout
from gui.kit.maths.formula import Formula
from gui.kit.plain_text import sentence_case
from gui.kit.theme import Theme
from gui.stage.demos.columns import Columns, Shaped
from gui.stage.demos.demo import Demo, no_shares
from gui.stage.demos.grid import Grid
from gui.stage.demos.parts import Figure, ValueSlider, caption, note, row
from gui.state.background_tasks import Background, Queue
from gui.state.selected_example import Example

FIRST = 2
MEASURED = (2, 10, 100, 1_000, 10_000, MOST_LABELS)  # numbers of labels, at first
MOST_ROWS = 6  # labels with a column of their own
SNAP = 0.025  # share of a number of labels: half a step of the slider
MICRO = 1e6
WAIT_MS = 150  # after the last move of the slider
MANY = mark("all others")
COSTS = "normaliser-costs"


class NormaliserDemo(Demo):
    """Scores, their exponentials, z(x; θ) and the shares of the chosen example; measured costs."""

    title = mark("The normaliser z(x; θ)")
    watch = mark(
        "One label’s probability is its exp(score) divided by z(x; θ), the sum over <b>all</b> "
        "labels. Move the number of labels: one score costs the same, z(x; θ) does not."
    )
    stops = (("labels", 10.0), ("labels", 100000.0))

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._background: Background | None = None
        self._keys: set[str] = set()  # of what was asked of it
        self._example: Example | None = None
        self._costs: dict[int, Cost] = {}
        self.grid = Grid(
            theme, tr("Scores, exponentials and shares"), (tr("score"), "exp", tr("share")), ()
        )
        self.said = note("")
        self.labels = ValueSlider(
            tr("labels <i>K</i>"),
            FIRST,
            MOST_LABELS,
            1_000,
            name=tr("number of labels"),
            tip=tr("How many labels there are, of a made-up model with 40 words in the document"),
            steps=200,
            logarithmic=True,
            shown=lambda k: format_integer(_near(k)),
            widest="000,000",
        )
        self.score, self.share = (
            Figure(theme, tr("one score")),
            Figure(theme, tr("one share: z(x; θ)")),
        )
        self.ratio = Figure(theme, tr("times as long"))
        self.plot = plots.make_plot(theme, moves_below=False)
        self.plot.setAccessibleName(tr("Measured time against the number of labels"))
        self.plot.setMouseEnabled(False, False)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lines = [plots.Line(self.plot) for _ in range(2)]
        self._spots = [pg.ScatterPlotItem(pxMode=True) for _ in range(2)]
        for spots in self._spots:
            self.plot.addItem(spots)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._measure)
        self._lay_out(theme)
        self.show_theme(theme)
        self.labels.changed.connect(lambda _: self._turn_to())

    def _lay_out(self, theme: Theme) -> None:
        axis = self.plot.getPlotItem().getAxis("bottom")
        axis.setTicks([[(math.log10(k), format_integer(k)) for k in MEASURED]])
        left = self.plot.getPlotItem().getAxis("left")
        left.setTicks([[(e, localised_number(f"{10.0**e:,.9g}")) for e in range(-1, 5)]])
        self.plot.setRange(xRange=(0.1, 5.5), yRange=(-1, 4), padding=0)
        self.plot.setLabel("bottom", tr("labels K"))
        self.plot.setLabel("left", tr("time (µs)"))
        share = Formula(
            theme,
            r"P(Y=\ell\mid x;\theta)=\frac{e^{score(x,\ell;\theta)}}{z(x;\theta)}",
            tr("P of label l given x is e to the score of l, divided by z of x"),
        )
        normaliser = Formula(
            theme,
            r"z(x;\theta)=\sum_{\ell'}e^{score(x,\ell';\theta)}",
            tr("z of x is the sum over all labels of e to their scores"),
        )
        figures = QWidget()
        flow = FlowLayout(figures, 20, 4)
        for figure in (self.score, self.share, self.ratio):
            flow.addWidget(figure)
        layout = Columns(self)
        layout.setSpacing(6)
        add_layout(layout, row(share, normaliser, None, gap=28))
        layout.addWidget(self.grid)
        layout.addWidget(self.said)
        layout.addWidget(
            caption(tr("Measured on this computer: what one label’s probability costs"))
        )
        layout.addWidget(self.labels)
        layout.addWidget(figures)
        layout.addWidget(Shaped(self.plot, low=100, high=420), 1)

    def use(self, background: Background | None) -> None:
        self._background = background

    def end(self) -> None:
        self._later.stop()
        for key in self._keys:
            if self._background is not None:
                self._background.forget(key)

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        plots.paint(self.plot, theme)
        colours = (theme.accent, theme.counter_accent)
        styles = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine)
        for line, spots, colour, style in zip(
            self._lines, self._spots, colours, styles, strict=True
        ):
            line.setPen(plots.pen(self.plot, colour, 2, style))
            spots.setSize(zoom.px(8))
            spots.setPen(plots.pen(self.plot, theme.panel, 1))
            spots.setBrush(pg.mkBrush(colour))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.show_theme(self.theme)

    # The model's own scores -------------------------------------------------------------------

    def show_example(self, example: Example | None) -> None:
        self._example = example

    def show_run(self, task: Task, snapshot: Snapshot) -> None:
        lack, example = no_shares(task), self._example
        if example is None or example.task is not task:
            lack = lack or tr("There is no example to show.")
        self.grid.setVisible(not lack)
        if lack or example is None:
            self.said.setText(escape(lack))
            return
        answer = prediction.ask(task, snapshot.params, example.values)
        self._show_scores(answer.logits.astype(np.float64), task, example)

    def _show_scores(self, z: NDArray[np.float64], task: Task, example: Example) -> None:
        names: tuple[str, ...] = shown_classes(task.dataset)
        if len(z) == 1:  # a neuron: the score of the label that it says no to is 0
            z = np.concatenate([[0.0], z])
        shift = float(z.max()) if z.max() > 80 else 0.0  # beyond it exp has too many digits
        powers = np.exp(z - shift)
        total = float(powers.sum())
        order = np.argsort(-z, kind="stable")
        shown = np.sort(order[:MOST_ROWS]) if len(z) > MOST_ROWS else np.arange(len(z))
        rest = np.setdiff1d(order, shown)
        columns = [names[k] for k in shown] + ([tr(MANY)] if len(rest) else []) + ["z(x; θ)"]
        rows = (
            tr("score"),
            tr("exp(score)") if not shift else tr("exp(score − {shift})", shift=f"{shift:.0f}"),
            tr("share"),
        )
        self.grid.set_headings(rows, columns)
        best = int(order[0])
        for j, k in enumerate(shown.tolist()):
            self.grid.show_number(0, j, float(z[k]), 2)
            self.grid.show_number(1, j, float(powers[k]), 3)
            share = format_percent(float(powers[k] / total))
            self.grid.show_text(2, j, share, is_bold=k == best)
        if len(rest):
            others = float(powers[rest].sum())
            self.grid.show_text(0, len(shown), "")
            self.grid.show_number(1, len(shown), others, 3)
            self.grid.show_text(2, len(shown), format_percent(others / total))
        last = len(columns) - 1
        self.grid.show_text(0, last, "")
        self.grid.show_number(1, last, total, 3)
        self.grid.show_text(2, last, "100 %")
        self.said.setText(
            f"{escape(sentence_case(example.words))}: P({escape(names[best])} | x) = "
            f"{format_fixed(float(powers[best]), 3)} / {format_fixed(total, 3)} = "
            f"<b>{format_percent(float(powers[best] / total))}</b>. "
            + tr("No share is known before all scores are.")
        )

    # What it costs ----------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._costs:
            self._ask(MEASURED)
        self._turn_to()

    def _turn_to(self) -> None:
        self._show_costs()
        if self._count not in self._costs:
            self._later.start(WAIT_MS)

    @property
    def _count(self) -> int:
        """The chosen number of labels."""
        return _near(self.labels.value())

    def _measure(self) -> None:
        self._ask((self._count,))

    def _ask(self, counts: tuple[int, ...]) -> None:
        """Measure on a thread of the background; some numbers of labels at once."""
        if self._background is None:
            self._take([measured(count) for count in counts])
            return
        missing = [count for count in counts if count not in self._costs]
        key = f"{COSTS} {counts[0]}"
        self._keys.add(key)
        self._background.ask(
            key,
            lambda: [measured(count) for count in missing],
            self._take,
            queue=Queue.STUDIES,
        )

    def _take(self, costs: list[Cost]) -> None:
        self._costs |= {cost.labels: cost for cost in costs}
        self._show_costs()

    def _show_costs(self) -> None:
        costs = [self._costs[count] for count in sorted(self._costs)]
        x, low, high = np.log10([cost.labels for cost in costs]), -1.0, 4.0
        for line, spots, times in (
            (self._lines[0], self._spots[0], [cost.score for cost in costs]),
            (self._lines[1], self._spots[1], [cost.share for cost in costs]),
        ):
            y = np.log10(np.array(times) * MICRO)
            line.setData(x, y)
            spots.setData(x, y)
            low, high = min(low, float(y.min(initial=low))), max(high, float(y.max(initial=high)))
        self.plot.setRange(yRange=(low, high + 0.2), padding=0)
        cost = self._costs.get(self._count)
        if cost is None:
            for figure in (self.score, self.share, self.ratio):
                figure.show_text("…")
            return
        self.score.show_text(f"{format_fixed(cost.score * MICRO, 1)} µs")
        self.share.show_text(f"{format_fixed(cost.share * MICRO, 1)} µs")
        self.ratio.show_text(f"{format_integer(cost.share / cost.score)} ×")


def _near(labels: float) -> int:
    """Return the number of labels in whole ones; one of MEASURED if it is nearly that."""
    return next((k for k in MEASURED if abs(labels - k) <= SNAP * k), round(labels))
