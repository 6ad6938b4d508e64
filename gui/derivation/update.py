"""The last lines of a trace: the batch's gradient, and how the optimiser's rule moves by it."""

from __future__ import annotations

from gui.derivation.lines import GRADIENT, TERMS, UPDATE, Lines
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
)

PLAIN = "sgd"  # the rule that follows the gradient itself
SQUARED = Sym(r"^{2}", "²")
BY_CURVATURE = {
    "newton": "Newton’s step comes from the whole curvature: from the gradient and the second "
    "derivatives of the loss over all training rows, solved for all parameters at once.",
    "lbfgs": "L-BFGS’s step comes from the whole curvature: from the gradient over all training "
    "rows and from how it changed in the last steps, for all parameters at once.",
}


def update_lines(of: Lines) -> list[Line]:
    """Return the gradient of the batch and the update, in the letters of these lines."""
    return _Update(of).lines()


class _Update:
    def __init__(self, of: Lines) -> None:
        self.of, self.shape = of, of.shape
        self.w, self.b, self.letter = of.bold

    def lines(self) -> list[Line]:
        s = self.shape
        if not s.has_batch:
            return [
                Line(UPDATE, Word("batch"), Word("Pause to see the mean over this large batch."))
            ]
        lines = [*self._share(), self._mean()]
        if not s.has_moves:
            return [*lines, Line(UPDATE, Word("update"), flow(*sentence(BY_CURVATURE[s.rule])))]
        if s.rule == PLAIN and not s.has_l1:
            lines.append(self._plain_weights())
        else:
            lines += [*self._penalised(), *self._by_rule()]
        return [*lines, self._biases()]

    # Gradient -------------------------------------------------------------------------------------

    def _share(self) -> list[Line]:
        if self.shape.label is None:
            return []
        share = Sym(
            rf"\frac{{1}}{{n}}\,\frac{{\partial L}}{{\partial {self.w}}} =",
            f"∂L/∂{self.letter} / n =",
        )
        return [
            Line(
                GRADIENT,
                Word("its share"),
                flow(
                    share,
                    self.of.table("share"),
                    row(Sym("n =", "n ="), Num(("n",))),
                    row(Word("in the batch:"), Num(("in",))),
                ),
            )
        ]

    def _mean(self) -> Line:
        latex, plain = self.of.outer
        mean = Sym(
            rf"\nabla_{{\!{self.w}}} = \frac{{1}}{{n}}\textstyle\sum_i {latex} =",
            f"∇{self.letter} = mean of {plain} =",
        )
        return Line(GRADIENT, Word("whole batch"), flow(mean, self.of.table("g")))

    # Plain descent --------------------------------------------------------------------------------

    def _plain_weights(self) -> Line:
        """w ← w − η (∇ + λ w), with its numbers in one line."""
        s, w, letter, of = self.shape, self.w, self.letter, self.of
        rule = rf"{w} \leftarrow {w} - \eta\,\nabla_{{\!{w}}} ="
        plain = f"{letter} ← {letter} − η ∇{letter} ="
        if of.classic_update is not None:
            rule = rf"{of.classic_update[0]} = {w} - \eta\,\nabla_{{\!{w}}} ="
            plain = f"{of.classic_update[1]} = {letter} − η ∇{letter} ="
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
        return Line(UPDATE, Word("weights"), Flow(tuple(parts)))

    # Other rules ----------------------------------------------------------------------------------

    @property
    def _g(self) -> str:
        """The table of the gradient that the rule takes, with the penalties."""
        return "G" if self.shape.has_decay or self.shape.has_l1 else "g"

    def _penalised(self) -> list[Line]:
        """g = ∇ + λ w + λ₁ sign w, where there is a penalty."""
        s, w, letter = self.shape, self.w, self.letter
        if not s.has_decay and not s.has_l1:
            return []
        latex, plain = rf"\mathbf{{g}} = \nabla_{{\!{w}}}", f"g = ∇{letter}"
        parts: list[Node] = [self.of.table("g")]
        if s.has_decay:
            latex, plain = rf"{latex} + \lambda {w}", f"{plain} + λ {letter}"
            parts += [row(PLUS, Num(("decay",)), TIMES), self.of.table("W")]
        if s.has_l1:
            latex = rf"{latex} + \lambda_1\,\mathrm{{sign}}\,{w}"
            plain = f"{plain} + λ₁ sign {letter}"
            parts += [row(PLUS, Num(("l1",)), TIMES), self.of.table("sign")]
        return [
            Line(
                GRADIENT,
                Word("with penalty"),
                flow(Sym(latex + " =", plain + " ="), *parts, EQUALS, self.of.table("G")),
            )
        ]

    def _by_rule(self) -> list[Line]:
        rule = self.shape.rule
        if rule == PLAIN:
            return [self._step(r"\mathbf{g}", "g", self.of.table("G"))]
        if rule == "momentum":
            return [self._velocity(), self._step(r"\mathbf{v}", "v", self.of.table("v2"))]
        if rule == "nesterov":
            ahead: list[Node] = [OPEN, self.of.table(self._g), row(PLUS, Num(("mu",)), TIMES)]
            return [
                self._velocity(),
                self._step(
                    rf"({self._g_latex} + \mu\,\mathbf{{v}})",
                    "(g + μ v)",
                    *ahead,
                    self.of.table("v2"),
                    CLOSE,
                ),
            ]
        root = r"\frac{\mathbf{g}}{\sqrt{\mathbf{s}}+\varepsilon}", "g / (√s + ε)"
        lines = [self._mean_square(r"\alpha", "α")]
        if rule == "adam":
            lines = [self._mean_gradient(), self._mean_square(r"\beta_2", "β₂")]
            root = (
                r"\frac{\mathbf{v}/(1-\beta_1^{t})}{\sqrt{\mathbf{s}/(1-\beta_2^{t})}+\varepsilon}",
                "(v / (1 − β₁ᵗ)) / (√(s / (1 − β₂ᵗ)) + ε)",
            )
            lines.append(self._corrections())
        return [
            *lines,
            Line(
                UPDATE,
                Word("direction"),
                flow(Sym(rf"\mathbf{{d}} = {root[0]} =", f"d = {root[1]} ="), self.of.table("d")),
            ),
            self._step(r"\mathbf{d}", "d", self.of.table("d")),
        ]

    @property
    def _g_latex(self) -> str:
        return r"\mathbf{g}" if self._g == "G" else rf"\nabla_{{\!{self.w}}}"

    @property
    def _g_plain(self) -> str:
        return "g" if self._g == "G" else f"∇{self.letter}"

    def _velocity(self) -> Line:
        return Line(
            UPDATE,
            Word("velocity"),
            flow(
                Sym(
                    rf"\mathbf{{v}} \leftarrow \mu\,\mathbf{{v}} + {self._g_latex} =",
                    f"v ← μ v + {self._g_plain} =",
                ),
                row(Num(("mu",)), TIMES),
                self.of.table("v"),
                PLUS,
                self.of.table(self._g),
                EQUALS,
                self.of.table("v2"),
            ),
        )

    def _mean_gradient(self) -> Line:
        return Line(
            UPDATE,
            Word("mean"),
            flow(
                Sym(
                    r"\mathbf{v} \leftarrow \beta_1\mathbf{v} + (1-\beta_1)\,"
                    rf"{self._g_latex} =",
                    f"v ← β₁ v + (1 − β₁) {self._g_plain} =",
                ),
                row(Num(("beta1",)), TIMES),
                self.of.table("v"),
                row(PLUS, Num(("1-beta1",)), TIMES),
                self.of.table(self._g),
                EQUALS,
                self.of.table("v2"),
            ),
        )

    def _mean_square(self, symbol: str, plain: str) -> Line:
        return Line(
            UPDATE,
            Word("mean square"),
            flow(
                Sym(
                    rf"\mathbf{{s}} \leftarrow {symbol}\,\mathbf{{s}} + (1-{symbol})\,"
                    rf"{self._g_latex}^{{2}} =",
                    f"s ← {plain} s + (1 − {plain}) {self._g_plain}² =",
                ),
                row(Num(("stays",)), TIMES),
                self.of.table("s"),
                row(PLUS, Num(("1-stays",)), TIMES),
                row(self.of.table(self._g), SQUARED),
                EQUALS,
                self.of.table("s2"),
            ),
        )

    def _corrections(self) -> Line:
        """Both means began as zeros: what they are divided by until they have warmed up."""
        return Line(
            UPDATE,
            Word("warm-up"),
            flow(
                row(Sym("t =", "t ="), Num(("t",))),
                row(Sym(r"1-\beta_1^{t} =", "1 − β₁ᵗ ="), Num(("fix1",))),
                row(Sym(r"1-\beta_2^{t} =", "1 − β₂ᵗ ="), Num(("fix2",))),
            ),
        )

    def _step(self, latex: str, plain: str, *direction: Node) -> Line:
        w, letter = self.w, self.letter
        return Line(
            UPDATE,
            Word("weights"),
            flow(
                Sym(rf"{w} \leftarrow {w} - \eta\,{latex} =", f"{letter} ← {letter} − η {plain} ="),
                self.of.table("W"),
                row(MINUS, Num(("eta",)), TIMES),
                *direction,
                EQUALS,
                self.of.table("W2"),
            ),
        )

    # Biases ---------------------------------------------------------------------------------------

    def _biases(self) -> Line:
        """b ← b − η d, with d by the same rule as the weights' but without a penalty."""
        s, b, of = self.shape, self.b, self.of
        if not s.has_bias:
            return Line(UPDATE, of.biases, flow(*sentence("This model has no bias: b stays 0.")))
        if s.rule == PLAIN:
            rule = Sym(rf"{b} \leftarrow {b} - \eta\,\nabla_{{\!{b}}} =", "b ← b − η ∇b =")
            direction = "db"
        else:
            rule = Sym(
                rf"{b} \leftarrow {b} - \eta\,\mathbf{{d}}_{{{b}}} =",
                "b ← b − η d_b =",
            )
            direction = "d_b"
        is_small = len(of.k) <= TERMS
        parts: list[Node] = [
            rule,
            of.column("b"),
            row(MINUS, Num(("eta",)), TIMES),
            of.column(direction),
            row(EQUALS, of.column("b2")) if is_small else EQUALS,
        ]
        if not is_small:
            parts.append(of.column("b2"))
        if s.rule != PLAIN:
            parts.extend(sentence("by the same rule, without a penalty"))
        return Line(UPDATE, of.biases, Flow(tuple(parts)))
