"""Naive softmax overflows in float32; with the largest logit subtracted it does not."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from core.language import mark, tr
from core.number_format import format_fixed, format_general
from core.teach.demonstrations import (
    Exponentials,
    breaking_scale,
    naive_exponentials,
    safe_exponentials,
)
from gui.kit.fields.choices import Segments
from gui.kit.layouts import add_layout
from gui.kit.maths.formula import Formula
from gui.kit.theme import Theme
from gui.stage.demos.columns import Columns
from gui.stage.demos.demo import Demo
from gui.stage.demos.grid import Grid
from gui.stage.demos.parts import (
    GAP,
    Figure,
    ValueSlider,
    Wrapped,
    caption,
    note,
    row,
)

SHAPE = np.array([1.0, 0.5, -0.5], dtype=np.float32)
START_SCALE, START_Y = 10.0, 2


class OverflowDemo(Demo):
    """Three logits of growing scale, exponentiated naively and safely."""

    title = mark("Overflow of exp")
    watch = mark(
        "Let the logits s · (1, 0.5, −0.5) grow, and watch the numbers become inf and nan in "
        "float32. The safe way computes the same and never fails."
    )
    stops = (("scale", 100.0), ("scale", 500.0))

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._y = START_Y
        self.scale = ValueSlider(
            "<i>s</i>",
            1.0,
            1000.0,
            START_SCALE,
            name=tr("Size of the logits"),
            tip=tr("The logits are s times (1, 0.5, −0.5)"),
            steps=240,
            logarithmic=True,
            shown=lambda value: format_fixed(value, 1),
            widest="0000.0",
        )
        self.truth = Segments(
            tuple(
                (f"y = {y}", y, tr("The example’s true class is {y}", y=y))
                for y in range(len(SHAPE))
            )
        )
        self.truth.choose(START_Y)
        self.truth.chosen.connect(self._choose)
        self.loss_breaks = Figure(theme, tr("naive loss breaks at s ="))
        self.sum_breaks = Figure(theme, tr("Σ exp z is inf from s ="))
        rows = [tr("class {k}", k=k) for k in range(len(SHAPE))]
        self.naive = Grid(theme, tr("The naive way"), rows, ("z", "exp z", "a", "log a"))
        self.safe = Grid(theme, tr("The safe way"), rows, ("z − M", "exp(z − M)", "a", "log a"))
        for grid in (self.naive, self.safe):  # powers of ten need the most width
            grid.widest = "1.11 × 10⁻⁴⁴"
            grid.fix_columns({0: "−1500.0", 3: "−1500.00 "})
        self.naive_total, self.naive_loss, self.safe_total, self.safe_loss = (
            Figure(theme, words, is_flat=True) for words in (tr("sum"), tr("loss")) * 2
        )
        self._verdict = note("")
        layout = Columns(self)
        layout.setSpacing(GAP - 2)
        formula = Formula(
            theme,
            r"\log\sum_j e^{z_j}=M+\log\sum_j e^{z_j-M}",
            tr(
                "log of the sum over j of e to the z j = M plus log of the sum over j of "
                "e to the z j minus M"
            ),
        )
        layout.addWidget(Wrapped(formula, self.loss_breaks, self.sum_breaks))
        layout.addWidget(Wrapped(self.scale, self.truth))
        layout.addWidget(self._verdict)
        for words, grid, total, loss in (
            (tr("As the formula is written"), self.naive, self.naive_total, self.naive_loss),
            (tr("With M = max z taken out"), self.safe, self.safe_total, self.safe_loss),
        ):
            head = row(caption(words, wraps=True), total, loss)
            head.setStretch(0, 1)
            add_layout(layout, head)
            layout.addWidget(grid)
        self.scale.changed.connect(lambda _: self._show())
        self._choose(START_Y)

    def reset(self) -> None:
        self.scale.reset()
        self.truth.choose(START_Y)
        self._choose(START_Y)

    def _choose(self, y: object) -> None:
        assert isinstance(y, int)
        self._y = y
        self._breaks_at = breaking_scale(SHAPE, y)
        for figure, s in zip((self.loss_breaks, self.sum_breaks), self._breaks_at, strict=True):
            figure.show_number(s, 1)
        self._show()

    def _show(self) -> None:
        s, y = self.scale.value(), self._y
        z = (SHAPE * np.float32(s)).astype(np.float32)
        naive, safe = naive_exponentials(z, y), safe_exponentials(z, y)
        _fill(self.naive, z, naive)
        _fill(self.safe, z - z.max(), safe)
        for figure, total in ((self.naive_total, naive.total), (self.safe_total, safe.total)):
            figure.show_text(format_general(total, 3), warns=not math.isfinite(total))
        self.naive_loss.show_number(naive.loss)
        self.safe_loss.show_number(safe.loss)
        loss_breaks, sum_breaks = self._breaks_at
        if s >= sum_breaks:
            text = tr(
                "float32 ends at 3.4 × 10³⁸, and exp(88.73) lies beyond it. inf / inf is nan, "
                "and one nan in a gradient destroys all weights at once."
            )
        elif s >= loss_breaks:
            text = tr(
                "The probability of class {y} has become 0 in float32, and log 0 = −inf: one such "
                "example makes the mean loss inf.",
                y=y,
            )
        else:
            text = tr("Both ways agree, as they do up to s = {s}.", s=format_fixed(loss_breaks, 1))
        self._verdict.setText(text)


def _fill(grid: Grid, z: NDArray[np.float32], found: Exponentials) -> None:
    for k in range(len(z)):
        grid.show_number(k, 0, float(z[k]), 1)
        for j, numbers in ((1, found.powers), (2, found.a)):
            number = float(numbers[k])
            words, exact = format_general(number, 3), f"{number:.9g}"
            grid.show_text(k, j, words, warns=not math.isfinite(number), exact=exact)
        grid.show_number(k, 3, float(found.log_a[k]), 2)
