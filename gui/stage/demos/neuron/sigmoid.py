"""One logit, dragged: the sigmoid, the log-odds that undo it, and both losses."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from core.language import mark, tr
from core.teach.neuron import losses_at
from gui.kit.fields.choices import Segments
from gui.kit.layouts import add_layout
from gui.kit.maths.formula import Formula
from gui.kit.theme import Theme
from gui.stage.demos.chart import Chart
from gui.stage.demos.columns import Columns
from gui.stage.demos.demo import Demo
from gui.stage.demos.parts import GAP, Figure, ValueSlider, Wrapped, row

FARTHEST = 6.0
START_Z, START_Y = -2.0, 1
HIGHEST_LOSS = 6.2
Z = np.linspace(-FARTHEST, FARTHEST, 121)
FORMULAE = (
    (
        r"a=\sigma(z)=\frac{1}{1+e^{-z}}",
        mark("a = sigmoid of z = 1 over 1 plus e to the minus z"),
    ),
    (r"z=\log\frac{a}{1-a}", mark("z = log of a over 1 minus a")),
    (
        r"P(y\,|\,x)=a^{y}(1-a)^{1-y}",
        mark("the probability of y = a to the y times 1 minus a to the 1 minus y"),
    ),
)
FIGURES = (  # of `Losses`, in the order in which they are read
    ("a", "P(1 | x) = a"),
    ("rest", "P(0 | x) = 1 − a"),
    ("likelihood", mark("likelihood of y")),
    ("log_odds", "log a/(1 − a)"),
    ("cross_entropy", mark("cross-entropy")),
    ("cross_slope", mark("its slope, a − y")),
    ("squared", mark("squared error")),
    ("squared_slope", mark("its slope")),
)


class SigmoidDemo(Demo):
    """A slider for z; all else follows."""

    title = mark("Sigmoid and log-odds")
    watch = mark(
        "Move z. The sigmoid makes it a probability, and the log-odds lead back. At z = 0 the "
        "neuron changes its mind. Far on the wrong side the cross-entropy still pulls, and the "
        "squared error hardly does."
    )
    stops = (("logit", 0.0), ("logit", -4.0))

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.logit = ValueSlider(
            "<i>z</i>",
            -FARTHEST,
            FARTHEST,
            START_Z,
            name=tr("Logit z"),
            tip=tr("The logit of one example"),
            steps=120,
        )
        self.truth = Segments(
            tuple((f"y = {y}", y, tr("The example’s true class is {y}", y=y)) for y in (0, 1))
        )
        self._y = START_Y
        self.truth.choose(START_Y)
        self.truth.chosen.connect(self._choose)
        self.figures = {name: Figure(theme, tr(text)) for name, text in FIGURES}
        self.decision = Figure(theme, tr("decision"))
        self.sigmoid = Chart(theme, tr("The sigmoid over z"), "z")
        self.half = self.sigmoid.add("", "muted", width=1, dashed=True)
        self.curve = self.sigmoid.add("a = σ(z)", "accent")
        self.here = self.sigmoid.add("", "muted", width=1)
        self.sigmoid.set_range((-FARTHEST, FARTHEST), (-0.03, 1.03))
        self.losses = Chart(theme, tr("Both losses over z"), "z")
        self.cross = self.losses.add(tr("cross-entropy"), "accent")
        self.squared = self.losses.add(tr("squared error"), "counter_accent", dashed=True)
        self.there = self.losses.add("", "muted", width=1)
        self.losses.set_range((-FARTHEST, FARTHEST), (-0.2, HIGHEST_LOSS))
        self._lay_out(theme)
        self.logit.changed.connect(lambda _: self._show())
        self._show()

    def _lay_out(self, theme: Theme) -> None:
        layout = Columns(self)
        layout.addWidget(Wrapped(*(Formula(theme, latex, tr(said)) for latex, said in FORMULAE)))
        line = row(self.logit, QLabel(tr("true class")), self.truth, gap=GAP)
        line.setStretch(0, 1)
        add_layout(layout, line)
        layout.addWidget(Wrapped(*self.figures.values(), self.decision))
        charts = QHBoxLayout()
        charts.setSpacing(2 * GAP)
        for chart in (self.sigmoid, self.losses):
            charts.addWidget(chart, 1)
        add_layout(layout, charts, 1)

    def reset(self) -> None:
        self.logit.reset()
        self.truth.choose(START_Y)
        self._choose(START_Y)

    def _choose(self, y: object) -> None:
        self._y = int(str(y))
        self._show()

    def _show(self) -> None:
        z, y = self.logit.value(), self._y
        now, curves = losses_at(np.array([z]), y), losses_at(Z, y)
        numbers = {
            "a": now.a,
            "rest": 1 - now.a,
            "likelihood": now.likelihood,
            "log_odds": now.log_odds,
            "cross_entropy": now.cross_entropy,
            "cross_slope": now.slopes[0],
            "squared": now.squared,
            "squared_slope": now.slopes[1],
        }
        for name, value in numbers.items():
            self.figures[name].show_number(float(value[0]))
        says = int(now.says_one[0])
        self.decision.show_text(f"{says} {'✓' if says == y else '✗'}", warns=says != y)
        self.half.setData([-FARTHEST, FARTHEST], [0.5, 0.5])
        self.curve.setData(Z, curves.a)
        self.here.setData([z, z], [0.0, float(now.a[0])])
        self.cross.setData(Z, curves.cross_entropy)
        self.squared.setData(Z, curves.squared)
        self.there.setData([z, z], [0.0, float(now.cross_entropy[0])])
