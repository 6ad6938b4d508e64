"""The last lines of a derivation: the batch's gradient, and the optimiser's update with it."""

from __future__ import annotations

import re

from core.language import mark, tr
from core.model_family import FAMILY
from core.optimiser_family import PLAIN_DIRECTION, Equation, Step
from gui.derivation.layer import Layer
from gui.derivation.lines import GRADIENT, TERMS, UPDATE, Lines
from gui.derivation.shape import Shape
from gui.kit.maths.notation import (
    CLOSE,
    EQUALS,
    MINUS,
    OPEN,
    PLUS,
    TIMES,
    Flow,
    Line,
    Node,
    Num,
    Sym,
    Word,
    flow,
    row,
    sentence,
    worded,
)

SIGNS = {
    "+": PLUS,
    "×": TIMES,
    "=": EQUALS,
    "(": OPEN,
    ")": CLOSE,
    "−": MINUS,
    "²": Sym(r"^{2}", "²"),
}
TABLES = ("v", "v2", "v3", "s", "s2", "d", "u", "tau", "r", "W", "W2")  # shaped like W
NAMES = re.compile(r"1-[a-z]+\d?|[A-Za-z]+\d?|.")
U = (r"\mathbf{u}", "u")  # the step that a threshold ends


def update_lines(of: Lines) -> list[Line]:
    """Return the lines of the batch gradient and of the update of every layer of `of`."""
    s = of.shape
    if FAMILY[s.kind].is_counted:
        return [_counted()]
    if not s.has_batch:
        return [
            Line(
                UPDATE, Word(tr("batch")), Word(tr("Pause to see the mean over this large batch."))
            )
        ]
    layers = [_Update(s, layer) for layer in of.layers]
    gradients = [line for layer in layers for line in layer.gradients()]
    if not s.has_moves:
        return [
            *gradients,
            Line(UPDATE, Word(tr("update")), flow(*sentence(tr(s.optimiser.words)))),
        ]
    return [*gradients, *(line for layer in layers for line in layer.moves())]


def _counted() -> Line:
    latex = mark(
        r"$w_{kj} = \ln\frac{N_{kj} + \alpha}{\sum_j N_{kj} + \alpha m} - \text{mean over } k$"
    )
    plain = tr("w_kj = ln (N_kj + α)/(Σⱼ N_kj + α m) − mean over k")
    words = tr("N: how much of feature j the rows of class k have; no gradient is followed")
    return Line(UPDATE, Word(tr("counted")), flow(Sym(worded(latex), plain), *sentence(words)))


class _Update:
    """The update of one layer."""

    def __init__(self, shape: Shape, of: Layer) -> None:
        self.of, self.shape = of, shape
        (self.w, self.letter), (self.b, self.plain_b) = of.weights, of.bias

    def gradients(self) -> list[Line]:
        """Return the gradient of the batch, and this example's share of it."""
        return [*self._share(), self._mean(), *self._penalised()]

    def moves(self) -> list[Line]:
        """Return the lines of the new weights and biases."""
        weights = [self._plain_weights()] if self._is_in_one_line else self._by_rule()
        return [*weights, self._biases()]

    @property
    def _is_in_one_line(self) -> bool:
        return self.shape.optimiser.is_plain and not self.shape.has_l1

    # Gradient -------------------------------------------------------------------------------------

    def _share(self) -> list[Line]:
        if self.shape.label is None:
            return []
        is_weighted = self.shape.has_class_weights
        share = Sym(
            rf"\frac{{{'c' if is_weighted else 1}}}{{n}}"
            rf"\,\frac{{\partial L}}{{\partial {self.w}}} =",
            f"{'c ' if is_weighted else ''}∂L/∂{self.letter} / n =",
        )
        weight = [row(Sym("c =", "c ="), Num(("c",)))] if is_weighted else []
        return [
            Line(
                GRADIENT,
                Word(tr("its share")),
                flow(
                    share,
                    self.of.table("share"),
                    row(Sym("n =", "n ="), Num(("n",))),
                    *weight,
                    row(Word(tr("in the batch:")), Num(("in",))),
                ),
            )
        ]

    def _mean(self) -> Line:
        latex, plain = self.of.outer
        if self.shape.has_class_weights:
            latex, plain = rf"c_i\,{latex}", f"c {plain}"
        mean = Sym(
            rf"\nabla_{{\!{self.w}}} = \frac{{1}}{{n}}\textstyle{{\sum}}_i {latex} =",
            tr("∇{w} = mean of {slope} =", w=self.letter, slope=plain),
        )
        return Line(GRADIENT, Word(tr("whole batch")), flow(mean, self.of.table("g")))

    # Plain descent --------------------------------------------------------------------------------

    def _plain_weights(self) -> Line:
        """Return w ← w − η (∇ + λ w) with its numbers, in one line."""
        s, w, letter, of = self.shape, self.w, self.letter, self.of
        rule = rf"{w} \leftarrow {w} - \eta\,\nabla_{{\!{w}}} ="
        plain = f"{letter} ← {letter} − η ∇{letter} ="
        if of.classic_update is not None:
            rule = rf"{of.classic_update[0]} = {w} - \eta\,\nabla_{{\!{w}}} ="
            plain = f"{tr(of.classic_update[1])} = {letter} − η ∇{letter} ="
        decay: tuple[Node, ...] = ()
        if s.has_decay:
            rule = rf"{w} \leftarrow {w} - \eta\,(\nabla_{{\!{w}}} + \lambda {w}) ="
            plain = f"{letter} ← {letter} − η (∇{letter} + λ {letter}) ="
            decay = (row(PLUS, Num(("decay",)), TIMES), of.table("W"))
        parts: list[Node] = [
            Sym(rule, plain),
            of.table("W"),
            row(MINUS, Num(("eta",)), TIMES, *([OPEN] if decay else [])),
            of.table("g"),
            *decay,
            row(*([CLOSE] if decay else []), EQUALS),
            of.table("W2"),
        ]
        return Line(UPDATE, Word(of.title_of_weights), Flow(tuple(parts)))

    # Other rules ----------------------------------------------------------------------------------

    def _penalised(self) -> list[Line]:
        """Return g = ∇ + λ w, if there is a penalty with a gradient that the rule takes as one."""
        s, w, letter = self.shape, self.w, self.letter
        if self._is_in_one_line or not (s.has_penalty and s.has_moves):
            return []
        latex, plain = (
            rf"\mathbf{{g}} = \nabla_{{\!{w}}} + \lambda {w}",
            f"g = ∇{letter} + λ {letter}",
        )
        parts: list[Node] = [
            self.of.table("g"),
            row(PLUS, Num(("decay",)), TIMES),
            self.of.table("W"),
        ]
        return [
            Line(
                GRADIENT,
                Word(tr("with penalty")),
                flow(Sym(latex + " =", plain + " ="), *parts, EQUALS, self.of.table("G")),
            )
        ]

    def _by_rule(self) -> list[Line]:
        rule = self.shape.optimiser
        if not self.shape.has_l1:
            return [*map(self._worked_out, rule.steps), self._step(rule.direction)]
        along = PLAIN_DIRECTION if rule.thresholds_first else rule.direction
        steps = () if rule.thresholds_first else rule.steps
        return [
            *map(self._worked_out, steps),
            self._step(along, U, "u"),
            *map(self._worked_out, rule.proximal),
        ]

    def _worked_out(self, step: Step) -> Line:
        """Return a line of the rule's derivation; each of several equations stays on one line."""
        parts = [
            [
                Sym(f"{self._latex(one.latex)} =", f"{self._plain(one.plain)} ="),
                *self._numbers(one.numbers),
            ]
            for one in step.equations
        ]
        nodes = parts[0] if len(parts) == 1 else [row(*part) for part in parts]
        return Line(UPDATE, Word(tr(step.label)), flow(*nodes))

    def _step(
        self, along: Equation, target: tuple[str, str] | None = None, numbers: str = "W2"
    ) -> Line:
        """Return w ← w − η d, or w ← w − η (d + λ w) if the rule decouples λ.

        target : what is computed, if not w.
        """
        w, letter, of = self.w, self.letter, self.of
        latex, plain = self._latex(along.latex), self._plain(along.plain)
        direction = self._numbers(along.numbers)
        if self.shape.has_decay and self.shape.optimiser.decouples_decay:
            latex, plain = rf"({latex} + \lambda {w})", f"({plain} + λ {letter})"
            decay = row(PLUS, Num(("decay",)), TIMES)
            direction = [OPEN, *direction, decay, of.table("W"), CLOSE]
        begins, said = (
            (rf"{w} \leftarrow", f"{letter} ←")
            if target is None
            else (f"{target[0]} =", f"{target[1]} =")
        )
        return Line(
            UPDATE,
            Word(of.title_of_weights if target is None else tr("step")),
            flow(
                Sym(rf"{begins} {w} - \eta\,{latex} =", f"{said} {letter} − η {plain} ="),
                of.table("W"),
                row(MINUS, Num(("eta",)), TIMES),
                *direction,
                EQUALS,
                of.table(numbers),
            ),
        )

    def _latex(self, formula: str) -> str:
        g = r"\mathbf{g}" if self.shape.has_penalty else rf"\nabla_{{\!{self.w}}}"
        return formula.replace("<g>", g).replace("<w>", self.w)

    def _plain(self, formula: str) -> str:
        g = "g" if self.shape.has_penalty else f"∇{self.letter}"
        return formula.replace("<g>", g).replace("<w>", self.letter)

    def _numbers(self, text: str) -> list[Node]:
        """Return the nodes of `Equation.numbers`."""
        parts = [[self._number(name) for name in NAMES.findall(word)] for word in text.split()]
        return [part[0] if len(part) == 1 else row(*part) for part in parts]

    def _number(self, name: str) -> Node:
        if name in SIGNS:
            return SIGNS[name]
        if name == "g":
            return self.of.table("G" if self.shape.has_penalty else "g")
        return self.of.table(name) if name in TABLES else Num((name,))

    # Biases ---------------------------------------------------------------------------------------

    def _biases(self) -> Line:
        """Return b ← b − η d, with d by the same rule as for the weights but without a penalty."""
        s, b, plain, of = self.shape, self.b, self.plain_b, self.of
        title = Word(of.title_of_biases)
        if not s.has_bias:
            said = sentence(tr("This model has no bias: {b} stays 0.", b=plain))
            return Line(UPDATE, title, flow(*said))
        if s.optimiser.is_plain:
            rule = Sym(
                rf"{b} \leftarrow {b} - \eta\,\nabla_{{\!{b}}} =",
                f"{plain} ← {plain} − η ∇{plain} =",
            )
            direction = "db"
        else:
            rule = Sym(
                rf"{b} \leftarrow {b} - \eta\,\mathbf{{d}}_{{{b}}} =",
                f"{plain} ← {plain} − η d_{plain} =",
            )
            direction = "d_b"
        is_small = len(of.rows) <= TERMS
        parts: list[Node] = [
            rule,
            of.column("b"),
            row(MINUS, Num(("eta",)), TIMES),
            of.column(direction),
            row(EQUALS, of.column("b2")) if is_small else EQUALS,
        ]
        if not is_small:
            parts.append(of.column("b2"))
        if not s.optimiser.is_plain:
            parts.extend(sentence(tr("by the same rule, without a penalty")))
        return Line(UPDATE, title, Flow(tuple(parts)))
