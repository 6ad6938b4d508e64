"""Dividing logits by a temperature makes softmax more or less confident."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtWidgets import QWidget

from core.language import mark, tr
from core.number_format import format_fixed
from core.teach.demonstrations import at_temperature
from gui.kit.layouts import add_layout
from gui.kit.maths.formula import Formula
from gui.kit.theme import Theme
from gui.stage.demos.bars import Bars
from gui.stage.demos.columns import Columns
from gui.stage.demos.demo import Demo
from gui.stage.demos.parts import (
    GAP,
    Figure,
    ValueSlider,
    Wrapped,
    caption,
    note,
    row,
)

START = (2.0, 1.0, 0.5, -1.0)
SURE, UNSURE = 0.99, 0.02  # the largest probability; the relative gap to the largest entropy


class TemperatureDemo(Demo):
    """Four logits, one temperature."""

    title = mark("Temperature")
    watch = mark(
        "Move T. Below 1 the largest logit takes nearly all; far above 1 all classes become "
        "equally likely. The order of the classes never changes."
    )
    stops = (("temperature", 0.2), ("temperature", 5.0))

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.temperature = ValueSlider(
            "<i>T</i>",
            0.1,
            10.0,
            1.0,
            name=tr("Temperature T"),
            tip=tr("The temperature, from 0.1 to 10; the logits are divided by it"),
            logarithmic=True,
        )
        self.logits = [
            ValueSlider(
                f"<i>z</i><sub>{k}</sub>",
                -5.0,
                5.0,
                z,
                name=tr("Logit of class {k}", k=k),
                tip=tr("The logit of class {k}, before it is divided by T", k=k),
            )
            for k, z in enumerate(START)
        ]
        self.bars = Bars(
            theme, [tr("class {k}", k=k) for k in range(len(START))], tr("Probabilities at T")
        )
        self.entropy = Figure(theme, tr("entropy H, in nats"))
        self.largest = Figure(theme, tr("largest probability"))
        self._verdict = note("")
        layout = Columns(self)
        softmax = Formula(
            theme,
            r"a_k=\frac{e^{z_k/T}}{\sum_j e^{z_j/T}}",
            tr("a k = e to the z k over T, divided by the sum over j of e to the z j over T"),
        )
        entropy = Formula(
            theme, r"H=-\sum_k a_k\,\log a_k", tr("H = minus the sum over k of a k times log a k")
        )
        add_layout(layout, row(softmax, entropy, None, gap=4 * GAP))
        layout.addWidget(self.temperature)
        layout.addWidget(self.bars)
        layout.addWidget(Wrapped(self.entropy, self.largest))
        layout.addWidget(self._verdict)
        layout.addWidget(caption(tr("Logits")))
        for slider in self.logits:
            layout.addWidget(slider)
        for slider in (self.temperature, *self.logits):
            slider.changed.connect(lambda _: self._show())
        self._show()

    def reset(self) -> None:
        for slider in (self.temperature, *self.logits):
            slider.reset()

    def _show(self) -> None:
        z = np.array([slider.value() for slider in self.logits])
        a, entropy = at_temperature(z, self.temperature.value())
        self.bars.show_values(a.tolist(), lit=int(a.argmax()))
        self.entropy.show_number(entropy)
        self.largest.show_number(float(a.max()))
        most = math.log(len(a))
        uniform = format_fixed(most, 4)
        if a.max() > SURE:
            text = tr("T → 0: all probability on the largest logit (argmax), entropy → 0.")
        elif entropy > most * (1 - UNSURE):
            text = tr("T → ∞: every class 1/4, entropy → log 4 = {uniform}.", uniform=uniform)
        else:
            text = tr(
                "Entropy lies between 0 (argmax) and log 4 = {uniform} (uniform).", uniform=uniform
            )
        self._verdict.setText(text)
