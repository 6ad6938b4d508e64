"""Gradient descent on a summed loss with rate η equals that on the mean loss with rate η n."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from core.language import mark, tr
from core.number_format import format_general, format_integer, format_plain, localised_number
from core.teach.demonstrations import descend, overlapping_points
from gui.kit.fields.choices import Segments
from gui.kit.layouts import add_layout
from gui.kit.maths.formula import Formula
from gui.kit.theme import Theme
from gui.stage.demos.chart import Chart
from gui.stage.demos.columns import Columns
from gui.stage.demos.demo import Demo
from gui.stage.demos.parts import (
    Figure,
    ValueSlider,
    Wrapped,
    note,
    row,
)

STEPS = 40
START_N, START_RATE = 10.0, 0.2
HIGHEST = 3.0  # nats: upper limit of the plot


class ReductionDemo(Demo):
    """Gradient descent on the same points, once on the mean loss and once on the summed loss."""

    title = mark("Sum or mean")
    watch = mark(
        "Let n grow while both use the same η: the step of the summed loss grows with n until it "
        "no longer descends. With η/n it takes the very steps of the mean."
    )
    stops = (("n", 100.0), ("n", 1000.0))

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.n = ValueSlider(
            "<i>n</i>",
            10.0,
            1000.0,
            START_N,
            name=tr("Number of examples n"),
            tip=tr("How many examples are in the batch"),
            logarithmic=True,
            shown=format_integer,
            widest="0,000",
        )
        self.rate = ValueSlider(
            "<i>η</i>",
            0.001,
            1.0,
            START_RATE,
            name=tr("Learning rate η"),
            tip=tr("The learning rate of the mean loss"),
            steps=60,
            logarithmic=True,
            shown=lambda value: format_plain(value, 3),
            widest="0.0000",
        )
        self.choice = Segments(
            (
                (
                    tr("sum uses η"),
                    False,
                    tr("The summed loss descends with the same learning rate"),
                ),
                (
                    tr("sum uses η/n"),
                    True,
                    tr("The summed loss descends with the rate divided by n"),
                ),
            )
        )
        self._is_divided = False
        self.choice.choose(False)
        self.choice.chosen.connect(self._choose)
        self.chart = Chart(theme, tr("Mean loss after each step of both descents"), tr("steps"))
        self.sum_line = self.chart.add(tr("summed loss"), "counter_accent", dashed=True)
        self.mean_line = self.chart.add(tr("mean loss"), "accent")
        self.mean_loss = Figure(theme, tr("after {n} steps, mean", n=STEPS))
        self.sum_loss = Figure(theme, tr("after {n} steps, sum", n=STEPS))
        self.gap = Figure(theme, tr("largest difference of W"))
        self._verdict = note("")
        self._lay_out(theme)
        for slider in (self.n, self.rate):
            slider.changed.connect(lambda _: self._show())
        self._show()

    def _lay_out(self, theme: Theme) -> None:
        layout = Columns(self)
        layout.addWidget(
            Formula(
                theme,
                r"\eta\,\nabla\sum_{i=1}^{n}\ell_i=(\eta\,n)\,\nabla\frac{1}{n}\sum_{i=1}^{n}\ell_i",
                tr(
                    "eta times the gradient of the summed losses = eta n times the gradient of "
                    "their mean"
                ),
            )
        )
        layout.addWidget(self.n)
        layout.addWidget(self.rate)
        add_layout(layout, row(self.choice, None))
        layout.addWidget(self.chart)
        layout.addWidget(Wrapped(self.mean_loss, self.sum_loss, self.gap))
        layout.addWidget(self._verdict)

    def reset(self) -> None:
        self.choice.choose(False)
        self._is_divided = False
        self.n.reset()
        self.rate.reset()
        self._show()

    def _choose(self, is_divided: object) -> None:
        self._is_divided = bool(is_divided)
        self._show()

    def _show(self) -> None:
        n, rate = round(self.n.value()), self.rate.value()
        X, y = overlapping_points(n)
        mean = descend(X, y, rate, STEPS, summed=False)
        summed = descend(X, y, rate / n if self._is_divided else rate, STEPS, summed=True)
        steps = np.arange(STEPS + 1)
        self.mean_line.setData(steps, mean.losses)
        self.sum_line.setData(steps, summed.losses)
        top = min(HIGHEST, 1.08 * max(mean.losses.max(), summed.losses.max()))
        self.chart.set_range((0.0, STEPS), (0.0, top))
        self.mean_loss.show_number(float(mean.losses[-1]))
        self.sum_loss.show_number(float(summed.losses[-1]))
        self.gap.show_text(format_general(float(np.abs(mean.W - summed.W).max()), 2))
        effective = rate if self._is_divided else rate * n
        text = tr(
            "In terms of the mean, the sum descends with η = {eta}.",
            eta=localised_number(f"{effective:,.4g}"),
        )
        if self._is_divided:
            text += " " + tr("Both take the same steps; what differs is rounding.")
        elif (np.diff(summed.losses) > 0).any():
            text += " " + tr(
                "That is too far at once: instead of descending, the loss jumps about, up to "
                "{loss} nats.",
                loss=format_plain(summed.losses.max(), 3),
            )
        else:
            text += " " + tr("Here it still descends, only faster.")
        self._verdict.setText(text)
