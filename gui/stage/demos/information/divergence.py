"""Cross-entropy is entropy plus divergence, and the mean of negative log-likelihoods."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from core.language import mark, tr
from core.number_format import format_fixed
from core.teach.information import EXAMPLES, cross_entropies, information
from gui.kit.layouts import add_layout
from gui.kit.maths.formula import Formula
from gui.kit.theme import Theme
from gui.stage.demos.chart import Chart
from gui.stage.demos.columns import Columns
from gui.stage.demos.demo import Demo
from gui.stage.demos.parts import GAP, Figure, ValueSlider, Wrapped, note, row

START_P, START_Q = 0.7, 0.4
LOW, HIGH = 0.01, 0.99  # of the believed share
MOST = 3.0  # nats that the chart shows
SHOWN = 0.005  # what is 0 to two digits


class DivergenceDemo(Demo):
    """Two sliders, the true and the believed share; all else follows."""

    title = mark("Entropy and KL")
    watch = mark(
        "Move the believed share q: what it costs is least at q = p, where it is the entropy. "
        "The rest is the KL divergence. At p = 1 or 0, as labels are, the entropy is 0."
    )
    stops = (("believed", 0.7), ("believed", 0.95), ("true", 1.0))

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.true = ValueSlider(
            tr("true <i>p</i>"),
            0.0,
            1.0,
            START_P,
            name=tr("true share of yes"),
            tip=tr("The share of examples whose label is yes"),
        )
        self.believed = ValueSlider(
            tr("believed <i>q</i>"),
            LOW,
            HIGH,
            START_Q,
            name=tr("believed share of yes"),
            tip=tr("The probability of yes that the model gives to each of them"),
            steps=98,
        )
        self.entropy, self.cross = Figure(theme, tr("entropy H(p)")), Figure(theme, "H(p, q), BCE")
        self.divergence = Figure(theme, "KL = H(p, q) − H(p)")
        self.nll = Figure(theme, tr("mean NLL of {n} examples", n=EXAMPLES))
        self.said = note("")
        self.chart = Chart(theme, tr("Cross-entropy against the believed share"), "q")
        self.curve = self.chart.add("H(p, q)", "accent")
        self.least = self.chart.add("H(p)", "muted", dashed=True)
        self.gap = self.chart.add("KL", "counter_accent", width=4)
        self.chart.set_range((0, 1), (0, MOST))
        self._lay_out(theme)
        for slider in (self.true, self.believed):
            slider.changed.connect(lambda _: self._show())
        self._show()

    def _lay_out(self, theme: Theme) -> None:
        layout = Columns(self)
        divergence = Formula(theme, r"D(p\,\|\,q) = H(p,q) - H(p)", tr("D is H of p and q minus H"))
        likelihood = Formula(
            theme,
            r"H(y,q) = -\ln\,q^{y}(1-q)^{1-y}",
            tr("H of y and q is minus log of q to the y times 1 minus q to the 1 minus y"),
        )
        layout.addWidget(Wrapped(divergence, likelihood))
        line = row(self.true, self.believed, gap=3 * GAP)
        line.setStretch(0, 1)
        line.setStretch(1, 1)
        add_layout(layout, line)
        layout.addWidget(Wrapped(self.entropy, self.cross, self.divergence, self.nll))
        layout.addWidget(self.said)
        layout.addWidget(self.chart, 1)

    def reset(self) -> None:
        for slider in (self.true, self.believed):
            slider.reset()

    def _show(self) -> None:
        p, q = self.true.value(), self.believed.value()
        found = information(p, q)
        for figure, value in (
            (self.entropy, found.entropy),
            (self.cross, found.cross_entropy),
            (self.divergence, found.divergence),
            (self.nll, found.nll),
        ):
            figure.show_number(value)
        grid = np.linspace(LOW, HIGH, 197)
        self.curve.setData(grid, cross_entropies(p, grid))
        self.least.setData([0, 1], [found.entropy] * 2)
        self.gap.setData([q, q], [found.entropy, found.cross_entropy])
        if found.entropy == 0:
            text = tr(
                "Sure labels have no entropy: cross-entropy and KL divergence are one number."
            )
        elif found.divergence < SHOWN:
            text = tr("Belief and truth agree: what is left to pay is the entropy.")
        else:
            wasted = format_fixed(found.divergence, 2)
            text = tr(
                "To believe q where p is true wastes {wasted} nats an example.", wasted=wasted
            )
        mean = tr("The mean NLL is the binary cross-entropy, by another way.")
        self.said.setText(f"{text} {mean}")
