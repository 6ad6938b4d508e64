"""Softmax with two classes and the binary neuron are the same model."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QLabel, QWidget

from core.language import mark, tr
from core.number_format import format_general
from core.teach.demonstrations import curves_of_class_one, two_classes
from gui.kit.fields.choices import Segments
from gui.kit.layouts import add_layout
from gui.kit.maths.formula import Formula
from gui.kit.theme import Theme
from gui.stage.demos.chart import Chart
from gui.stage.demos.columns import Columns
from gui.stage.demos.demo import Demo
from gui.stage.demos.grid import Grid
from gui.stage.demos.parts import GAP, Figure, ValueSlider, row

X = np.linspace(-5.0, 5.0, 101)
SLIDERS = (  # label, name, tip, start
    ("<i>w</i><sub>0</sub>", mark("Weight of class 0"), mark("The weight of class 0"), -0.6),
    ("<i>b</i><sub>0</sub>", mark("Bias of class 0"), mark("The bias of class 0"), 0.2),
    ("<i>w</i><sub>1</sub>", mark("Weight of class 1"), mark("The weight of class 1"), 0.9),
    ("<i>b</i><sub>1</sub>", mark("Bias of class 1"), mark("The bias of class 1"), -0.3),
    ("<i>x</i>", mark("Input x"), mark("The one feature"), 1.5),
)


class TwoClassesDemo(Demo):
    """One feature, two classes; the neuron has the differences of weights and biases."""

    title = mark("Two classes, one neuron")
    watch = mark(
        "Set both classes’ weights as you like. The neuron with the differences w = w₁ − w₀ and "
        "b = b₁ − b₀ gives the same probability and the same loss."
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.sliders = tuple(
            ValueSlider(label, -5.0, 5.0, start, name=tr(name), tip=tr(tip), steps=100)
            for label, name, tip, start in SLIDERS
        )
        self.truth = Segments(
            tuple((f"y = {y}", y, tr("The example’s true class is {y}", y=y)) for y in (0, 1))
        )
        self._y = 1
        self.truth.choose(1)
        self.truth.chosen.connect(self._choose)
        self.grid = Grid(
            theme,
            tr("Softmax of two classes and the binary neuron"),
            (tr("class {k}", k=0), tr("class {k}", k=1), tr("neuron")),
            ("w", "b", tr("logit z"), "a", tr("loss")),
        )
        self.chart = Chart(theme, tr("Probability of class 1 over x, both ways"), "x")
        self.by_softmax = self.chart.add(tr("softmax, class 1"), "accent", width=6)
        self.by_neuron = self.chart.add(tr("neuron"), "counter_accent", dashed=True)
        self.here = self.chart.add("", "muted", width=1)
        self.chart.set_range((float(X[0]), float(X[-1])), (-0.03, 1.03))
        self.difference = Figure(theme, tr("largest difference of a and loss"))
        self._lay_out(theme)
        for slider in self.sliders:
            slider.changed.connect(lambda _: self._show())
        self._show()

    def _lay_out(self, theme: Theme) -> None:
        layout = Columns(self)
        formula = Formula(
            theme,
            r"\frac{e^{z_1}}{e^{z_0}+e^{z_1}}=\frac{1}{1+e^{-(z_1-z_0)}}=\sigma(z_1-z_0)",
            tr("e to the z1 over e to the z0 plus e to the z1 = sigmoid of z1 minus z0"),
        )
        layout.addWidget(formula)
        layout.addWidget(self.grid)
        w0, b0, w1, b1, x = self.sliders
        for pair in ((w0, w1), (b0, b1)):
            line = row(*pair, gap=3 * GAP)
            line.setStretch(0, 1)
            line.setStretch(1, 1)
            add_layout(layout, line)
        line = row(x, QLabel(tr("true class")), self.truth, gap=GAP)
        line.setStretch(0, 1)
        add_layout(layout, line)
        layout.addWidget(self.difference)
        layout.addWidget(self.chart)

    def reset(self) -> None:
        for slider in self.sliders:
            slider.reset()
        self.truth.choose(1)
        self._choose(1)

    def _choose(self, y: object) -> None:
        self._y = int(str(y))
        self._show()

    def _show(self) -> None:
        w0, b0, w1, b1, x = (slider.value() for slider in self.sliders)
        found = two_classes((w0, w1), (b0, b1), x, self._y)
        rows = (
            (w0, b0, found.z[0], found.a[0], found.loss if self._y == 0 else None),
            (w1, b1, found.z[1], found.a[1], found.loss if self._y == 1 else None),
            (w1 - w0, b1 - b0, found.neuron_z, found.neuron_a, found.neuron_loss),
        )
        for i, numbers in enumerate(rows):
            for j, number in enumerate(numbers):
                if number is None:
                    self.grid.show_text(i, j, "")
                else:
                    self.grid.show_number(i, j, number, 2 if j < 2 else 4)
        gaps = abs(found.a[1] - found.neuron_a), abs(found.loss - found.neuron_loss)
        self.difference.show_text(format_general(max(gaps), 2))
        by_softmax, by_neuron = curves_of_class_one((w0, w1), (b0, b1), X)
        self.by_softmax.setData(X, by_softmax)
        self.by_neuron.setData(X, by_neuron)
        self.here.setData([x, x], [-0.03, 1.03])
