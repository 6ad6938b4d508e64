"""Probabilities passed to cross_entropy, which expects logits: softmax is applied twice."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from core.language import mark, tr
from core.number_format import format_fixed
from core.teach.demonstrations import probabilities_as_logits
from gui.kit.fields.choices import Segments
from gui.kit.layouts import add_layout
from gui.kit.maths.formula import Formula
from gui.kit.theme import Theme
from gui.stage.demos.chart import Chart
from gui.stage.demos.columns import Columns
from gui.stage.demos.demo import Demo
from gui.stage.demos.parts import GAP, Figure, ValueSlider, Wrapped, note, row

CLASSES = (2, 3, 10)
START_H, START_LOGIT = 3, 5.0
LOGITS = np.linspace(-8.0, 8.0, 161)


class SoftmaxTwiceDemo(Demo):
    """One example: a chosen logit for the true class, 0 for all others."""

    title = mark("Softmax taken twice")
    watch = mark(
        "cross_entropy takes logits. Move the true class’s logit and compare: fed with "
        "probabilities, the loss never comes near 0, and a wrong model hardly gets a gradient."
    )
    stops = (("logit", 5.0), ("logit", 10.0))

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.h = Segments(tuple((f"h = {h}", h, tr("{h} classes", h=h)) for h in CLASSES))
        self._h = START_H
        self.h.choose(START_H)
        self.h.chosen.connect(self._choose)
        self.logit = ValueSlider(
            "<i>z<sub>y</sub></i>",
            float(LOGITS[0]),
            float(LOGITS[-1]),
            START_LOGIT,
            name=tr("Logit of the true class"),
            tip=tr("The logit of the true class; all others are 0"),
            steps=len(LOGITS) - 1,
        )
        self.a = Figure(theme, tr("a of the true class"))
        self.right, self.wrong = (
            Figure(theme, tr("loss, given z")),
            Figure(theme, tr("loss, given a")),
        )
        self.gradient = Figure(theme, tr("gradient, given z"))
        self.wrong_gradient = Figure(theme, tr("gradient, given a"))
        self.chart = Chart(
            theme, tr("Loss over the logit of the true class"), tr("logit of the true class")
        )
        self.right_line = self.chart.add(tr("loss, given z"), "accent")
        self.wrong_line = self.chart.add(tr("given a"), "counter_accent")
        self.floor_line = self.chart.add(tr("never below"), "counter_accent", width=1, dashed=True)
        self.here = self.chart.add("", "muted", width=1)
        self._verdict = note("")
        layout = Columns(self)
        layout.addWidget(
            Formula(
                theme,
                r"-\log\frac{e^{a_y}}{\sum_j e^{a_j}}\;\geq\;\log(e+h-1)-1",
                tr(
                    "minus log of e to the a y over the sum of e to the a j is at least "
                    "log(e + h − 1) − 1"
                ),
            )
        )
        line = row(self.logit, self.h, gap=2 * GAP)
        line.setStretch(0, 1)
        add_layout(layout, line)
        layout.addWidget(Wrapped(self.a, self.right, self.wrong))
        layout.addWidget(Wrapped(self.gradient, self.wrong_gradient))
        layout.addWidget(self._verdict)
        layout.addWidget(self.chart)
        self.logit.changed.connect(lambda _: self._show())
        self._draw()

    def reset(self) -> None:
        self.logit.reset()
        self.h.choose(START_H)
        self._choose(START_H)

    def _choose(self, h: object) -> None:
        assert isinstance(h, int)
        self._h = h
        self._draw()

    def _draw(self) -> None:
        """Draw both losses over the logit of the true class, for the current number of classes."""
        found = probabilities_as_logits(LOGITS, self._h)
        self.right_line.setData(LOGITS, found.loss)
        self.wrong_line.setData(LOGITS, found.wrong_loss)
        self.floor_line.setData(LOGITS[[0, -1]], [found.floor, found.floor])
        self._top = 1.4 * float(found.wrong_loss.max())
        self.chart.set_range((float(LOGITS[0]), float(LOGITS[-1])), (0.0, self._top))
        self._show()

    def _show(self) -> None:
        z = self.logit.value()
        found = probabilities_as_logits(np.array([z]), self._h)
        self.here.setData([z, z], [0.0, self._top])
        for figure, numbers in (
            (self.a, found.a),
            (self.right, found.loss),
            (self.wrong, found.wrong_loss),
            (self.gradient, found.gradient),
            (self.wrong_gradient, found.wrong_gradient),
        ):
            figure.show_number(float(numbers[0]))
        self._verdict.setText(
            tr(
                "With h = {h}, the loss given a is never below {floor}, however sure and right the "
                "model is. The gradient is the length of ∂L/∂z: given a, it went through softmax "
                "once more, whose slope is nearly 0 where the model is sure, even if wrong.",
                h=self._h,
                floor=format_fixed(found.floor, 4),
            )
        )
