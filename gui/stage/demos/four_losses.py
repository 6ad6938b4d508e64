"""Four loss functions of PyTorch, and the input that each of them takes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from core.language import mark, tr
from core.number_format import format_fixed
from core.teach.demonstrations import (
    BINARY,
    BINARY_LOGITS,
    CROSS,
    INPUTS,
    LOSSES,
    NLL,
    TAKES,
    four_losses,
)
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.fields.choices import Segments
from gui.kit.layouts import add_layout
from gui.kit.maths.formula import Formula
from gui.kit.theme import Theme
from gui.stage.demos.columns import Columns
from gui.stage.demos.demo import Demo
from gui.stage.demos.grid import Grid
from gui.stage.demos.parts import GAP, ValueSlider, caption, note, row

START, START_Y = (0.4, -0.9), 1
GIVEN = ("a", "z", "log a")  # in the order of INPUTS
NAMES = [loss.replace("_with", "\n_with") for loss in LOSSES]
REFUSED = mark("error")
REMARK = mark(
    "The binary losses see class 1 with z = z₁ − z₀. nll_loss takes no logarithm: given "
    "probabilities it returns −a, less than nothing. cross_entropy forgives log a, because "
    "log-softmax leaves it as it is."
)
FORMULA_PX = 17.0
FORMULAE = {
    BINARY: (
        r"-y\log a-(1-y)\log(1-a)",
        mark("minus y log a minus (1 − y) log(1 − a)"),
    ),
    BINARY_LOGITS: (
        r"\log(1+e^{z})-y\,z",
        mark("log(1 + e to the z) minus y z"),
    ),
    NLL: (
        r"-\ell_y,\quad \ell=\log a",
        mark("minus l y, where l is log a"),
    ),
    CROSS: (
        r"\log\sum_j e^{z_j}-z_y",
        mark("log of the sum over j of e to the z j, minus z y"),
    ),
}


class FourLossesDemo(Demo):
    """One example with two logits: all four losses, each given every kind of input."""

    title = mark("PyTorch’s four losses")
    watch = mark(
        "Each loss takes something else: probabilities a, logits z, or log a. Fed rightly (✓) all "
        "four agree; fed wrongly they give an error, or another number without a warning."
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.logits = tuple(
            ValueSlider(
                f"<i>z</i><sub>{k}</sub>",
                -10.0,
                10.0,
                z,
                name=tr("Logit of class {k}", k=k),
                tip=tr("The logit of class {k}", k=k),
                steps=200,
            )
            for k, z in enumerate(START)
        )
        self.truth = Segments(
            tuple((f"y = {y}", y, tr("The example’s true class is {y}", y=y)) for y in (0, 1))
        )
        self._y = START_Y
        self.truth.choose(START_Y)
        self.truth.chosen.connect(self._choose)
        self.grid = Grid(theme, tr("Each loss fed with each input"), NAMES, GIVEN)
        layout = Columns(self)
        formulae = QGridLayout()
        formulae.setHorizontalSpacing(2 * GAP)
        formulae.setVerticalSpacing(2)
        formulae.setColumnStretch(1, 1)
        for k, (loss, (latex, spoken)) in enumerate(FORMULAE.items()):
            name = QLabel(loss)
            zoom.set_type(name, look.SMALL)
            name.setProperty("small", True)
            formula = Formula(theme, latex, tr(spoken), px=FORMULA_PX)
            i, j = 2 * (k % 2), k // 2
            formulae.addWidget(name, i, j)
            formulae.addWidget(formula, i + 1, j, Qt.AlignmentFlag.AlignLeft)
        add_layout(layout, formulae)
        line = row(*self.logits, gap=3 * GAP)
        line.setStretch(0, 1)
        line.setStretch(1, 1)
        add_layout(layout, line)
        add_layout(layout, row(caption(tr("Loss in nats, given a, z or log a")), None, self.truth))
        layout.addWidget(self.grid)
        self._note = note(tr(REMARK))
        layout.addWidget(self._note)
        for slider in self.logits:
            slider.changed.connect(lambda _: self._show())
        self._show()

    def reset(self) -> None:
        for slider in self.logits:
            slider.reset()
        self.truth.choose(START_Y)
        self._choose(START_Y)

    def present(self, is_on: bool) -> None:
        """Leave the remark out of a slide: the speaker says it."""
        super().present(is_on)
        self._note.setHidden(is_on)

    def _choose(self, y: object) -> None:
        assert isinstance(y, int)
        self._y = y
        self._show()

    def _show(self) -> None:
        z0, z1 = (slider.value() for slider in self.logits)
        found = four_losses((z0, z1), self._y)
        for i, loss in enumerate(LOSSES):
            for j, kind in enumerate(INPUTS):
                value, is_right = found[loss, kind], TAKES[loss] == kind
                if value is None:
                    self.grid.show_text(i, j, tr(REFUSED), warns=True)
                else:
                    text = f"✓ {format_fixed(value, 4)}" if is_right else format_fixed(value, 4)
                    self.grid.show_text(i, j, text, is_bold=is_right, exact=f"{value:.9g}")
