"""Adding the same vector to every row of W changes no probability."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QBoxLayout, QLabel, QVBoxLayout, QWidget

from core.data.shown_names import shown_classes, shown_inputs
from core.data.task import Task
from core.language import in_a_row, mark, tr
from core.model_family import FAMILY
from core.number_format import format_fixed, format_general
from core.teach.demonstrations import EXAMPLE_B, EXAMPLE_W, EXAMPLE_X, Shift, shift
from core.train.snapshot import Snapshot
from gui.kit.fields.choices import Choice
from gui.kit.layouts import add_layout
from gui.kit.maths.formula import Formula
from gui.kit.theme import Theme
from gui.stage.demos.bars import FEW, Bars
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
    together,
)
from gui.state.selected_example import Example

Floats = NDArray[np.float32]
MOST_ROWS = 256  # training rows whose decisions are compared as well
MOST_INPUTS = 16  # inputs offered individually; with more, only all together
BIAS, ALL = -1, -2
SPARED = mark(
    "Weight decay spares the biases and does not see this shift: whatever λ is, all these models "
    "cost the same, and the optimum is not unique."
)
SEEN = mark(
    "Weight decay does see this shift, through Σ w²: with λ > 0 the best W is unique, and its rows "
    "add up to 0. The biases can still move together."
)
ALONE = mark(
    "Every logit of this input moved by {z}. Probabilities and decisions are compared for this "
    "input: what changes is rounding in float32."
)
WITH_OTHERS = mark(
    "Every logit of this input moved by {z}. Probabilities and decisions are compared for this "
    "input and {n} training rows: what changes is rounding in float32."
)
IRIS_CLASSES = (mark("setosa"), mark("versicolor"), mark("virginica"))
IRIS_INPUTS = (mark("sepal width"), mark("petal width"))


class ShiftDemo(Demo):
    """The run's own model, with the same shift added to every row of W and b."""

    title = mark("Shift invariance")
    watch = mark(
        "Move t: the same amount goes to every row of W, or to every bias. All logits move "
        "together; probabilities and decision stay."
    )
    stops = (("t", 5.0),)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._W, self._b, self._X = EXAMPLE_W, EXAMPLE_B, EXAMPLE_X[None]
        self._task: Task | None = None
        self._example: Example | None = None
        self._rows: Floats = EXAMPLE_X[None]
        self.direction = Choice()
        self.direction.setAccessibleName(tr("What is shifted"))
        self.direction.setToolTip(
            tr("Which number of every row of W, or every bias, t is added to")
        )
        self.t = ValueSlider(
            "<i>t</i>",
            -10.0,
            10.0,
            0.0,
            name=tr("Shift t"),
            tip=tr("The number that is added in every row alike"),
            steps=200,
        )
        self.z_before, self.z_after = (
            Bars(theme, (), name, digits=3) for name in (tr("Logits before"), tr("Logits after"))
        )
        self.a_before, self.a_after = (
            Bars(theme, (), name)
            for name in (tr("Probabilities before"), tr("Probabilities after"))
        )
        self.change = Figure(theme, tr("largest change of a"))
        self.decision = Figure(theme, tr("decisions changed"))
        self.norm = Figure(theme, tr("Σ w², before → after"))
        self._source, self._verdict = note(""), note("")
        self._lay_out(theme)
        self._set_options(tuple(map(tr, IRIS_INPUTS)))
        self._name(tuple(map(tr, IRIS_CLASSES)))
        self._show_source("")
        self.t.changed.connect(lambda _: self._show())
        self.direction.activated.connect(lambda _: self._show())
        self._show()

    def _lay_out(self, theme: Theme) -> None:
        layout = Columns(self)
        layout.setSpacing(GAP - 4)  # so that it needs no scroll bar at 1280 × 800, nor on a slide
        layout.addWidget(
            Formula(
                theme,
                r"\frac{e^{z_k+s}}{\sum_j e^{z_j+s}}=\frac{e^s\,e^{z_k}}{e^s\sum_j e^{z_j}}=a_k"
                r"\quad s=v^{\top}x+c",
                tr(
                    "softmax of z + s in every class: e to the s cancels and a k remains; "
                    "s = v transposed x + c"
                ),
            )
        )
        layout.addWidget(self._source)
        layout.addWidget(Wrapped(self.t, together(QLabel(tr("added to")), self.direction)))
        self._rows_of_bars = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        for both in ((self.z_before, self.z_after), (self.a_before, self.a_after)):
            pair = row(gap=3 * GAP)
            for bars in both:
                column = QVBoxLayout()
                column.setSpacing(2)
                column.addWidget(caption(bars.accessibleName(), wraps=True))
                column.addWidget(bars)
                add_layout(pair, column, 1)
            add_layout(self._rows_of_bars, pair, 1)
        add_layout(layout, self._rows_of_bars)
        layout.addWidget(Wrapped(self.change, self.decision, self.norm))
        layout.addWidget(self._verdict)

    def reset(self) -> None:
        self.direction.setCurrentIndex(0)
        self.t.reset()
        self._show()

    def show_run(self, task: Task, snapshot: Snapshot) -> None:
        if task is not self._task:
            self._take(task)
        if not _is_softmax(task):
            return
        self._W, self._b = snapshot.params.W, snapshot.params.b
        self._show()

    def show_example(self, example: Example | None) -> None:
        self._example = example
        if self._task is not None:
            self._follow(self._task)

    def _take(self, task: Task) -> None:
        """Prepare for another task's model, or for the example model if it is not softmax."""
        self._task = task
        if not _is_softmax(task):
            self._W, self._b, self._rows = EXAMPLE_W, EXAMPLE_B, EXAMPLE_X[None]
            self._set_options(tuple(map(tr, IRIS_INPUTS)))
            self._name(tuple(map(tr, IRIS_CLASSES)))
        else:
            self._rows = task.inputs(task.dataset.values(task.train_rows[:MOST_ROWS]))
            self._set_options(shown_inputs(task) if task.m <= MOST_INPUTS else ())
            self._name(shown_classes(task.dataset))
        self._follow(task)

    def _follow(self, task: Task) -> None:
        example = self._example
        if not _is_softmax(task) or example is None or len(example.values) != task.dataset.m:
            self._X = self._rows
            self._show_source("" if not _is_softmax(task) else tr("the first training row"))
        else:
            self._X = np.vstack([task.inputs(example.values[None]), self._rows])
            self._show_source(example.words)
        if not _is_softmax(task):
            self._show()

    def _show_source(self, text: str) -> None:
        if text:
            self._source.setText(tr("This run’s model, {example}.", example=text))
        elif self._task:
            self._source.setText(
                tr(
                    "A softmax model of Iris with two features stands in: this run’s model is no "
                    "softmax of Z = X Wᵀ + b."
                )
            )
        else:
            self._source.setText(tr("A softmax model of Iris with two features."))

    def _set_options(self, names: tuple[str, ...]) -> None:
        options: list[tuple[str, object]] = [(tr("every bias"), BIAS), (tr("every weight"), ALL)]
        options += [(tr("weights of {name}", name=name), j) for j, name in enumerate(names)]
        self.direction.set_options(options, BIAS)

    def _name(self, names: tuple[str, ...]) -> None:
        for bars in (self.z_before, self.z_after, self.a_before, self.a_after):
            bars.set_names(names)
        towards = QBoxLayout.Direction  # all four side by side, where two rows of them are high
        self._rows_of_bars.setDirection(
            towards.TopToBottom if len(names) <= FEW else towards.LeftToRight
        )
        self._rows_of_bars.setSpacing(GAP - 2 if len(names) <= FEW else 3 * GAP)

    def _show(self) -> None:
        found = self._compute(self.t.value())
        known = found.z[np.isfinite(found.z)]
        low, high = (float(end(known, initial=0.0)) for end in (np.min, np.max))
        for bars, z in zip((self.z_before, self.z_after), found.z, strict=True):
            bars.set_range(low, high)
            bars.show_values(z.tolist(), lit=int(z.argmax()))
        for bars, a in zip((self.a_before, self.a_after), found.a, strict=True):
            bars.show_values(a.tolist(), lit=int(a.argmax()))
        self.change.show_text(format_general(found.change, 2))
        self.decision.show_text(tr("{k} of {n}", k=found.changed_decisions, n=found.examples))
        self.norm.show_text(" → ".join(format_fixed(norm, 2) for norm in found.norms))
        moved = float(found.z[1, 0] - found.z[0, 0])
        said = tr(
            ALONE if found.examples == 1 else WITH_OTHERS,
            z=format_fixed(moved, 3),
            n=found.examples - 1,
        )
        seen = SPARED if self.direction.value() == BIAS else SEEN
        self._verdict.setText(in_a_row(said, tr(seen)))

    def _compute(self, t: float) -> Shift:
        which, v, c = self.direction.value(), np.zeros(self._W.shape[1], dtype=np.float32), 0.0
        if which == BIAS:
            c = t
        elif which == ALL:
            v[:] = t
        else:
            assert isinstance(which, int)
            v[which] = t
        return shift(self._W, self._b, self._X, v, c)


def _is_softmax(task: Task) -> bool:
    """Return whether softmax directly follows the linear map, without hidden layers."""
    model = task.config.model
    return FAMILY[model.kind].is_shift_invariant and not model.hidden
