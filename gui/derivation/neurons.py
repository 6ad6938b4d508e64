"""The derivations of the models that are one neuron, which says yes or no."""

from __future__ import annotations

from core.language import mark, tr
from core.model_family import FAMILY
from gui.derivation.lines import FORWARD, GRADIENT, LN, LOSS, Lines
from gui.kit.maths.notation import (
    CLOSE,
    EQUALS,
    MINUS,
    OPEN,
    PLUS,
    TIMES,
    Frac,
    Line,
    Node,
    Num,
    Sym,
    Word,
    flow,
    row,
    sentence,
)


class Neuron(Lines):
    """One neuron; subclasses define loss and slope, and override activation and threshold."""

    threshold, threshold_plain = "0", "0"

    def lines(self) -> list[Line]:
        s = self.shape
        found = [self.inputs(), *self.logits(), self.activation(), self.verdict()]
        if s.label is None:
            return found
        target = Line(
            LOSS,
            Word(tr("target")),
            row(Sym("y =", "y ="), Num(("y", 0)), self.of_class(s.label)),
        )
        (w, plain_w), (b, plain_b), (x, plain_x) = (
            self.layer.weights,
            self.layer.bias,
            self.layer.taken,
        )
        latex, plain = rf"\frac{{\partial z}}{{\partial {w}}} = {x}", f"∂z/∂{plain_w} = {plain_x}"
        if s.has_bias:
            latex += rf",\qquad\frac{{\partial z}}{{\partial {b}}} = 1"
            plain += f", ∂z/∂{plain_b} = 1"
        by_w = Line(GRADIENT, Word(tr("z by w")), Sym(latex, plain))
        return [*found, target, self.loss(s.label), *self.slopes(), by_w, *self.gradient()]

    def verdict(self) -> Line:
        sign, plain = (">", ">") if self.shape.decided else (r"\le", "≤")
        return self.decision(
            row(
                Sym("z =", "z ="),
                Num(("z", 0)),
                Sym(rf"{sign} {self.threshold}", f"{plain} {self.threshold_plain}"),
            )
        )

    def activation(self) -> Line:
        return Line(
            FORWARD,
            self.title(0),
            flow(
                Sym(r"a = \sigma(z) = \frac{1}{1+e^{-z}} =", "a = σ(z) = 1 / (1 + e^−z) ="),
                row(
                    Frac(Sym("1", "1"), row(Sym("1 +", "1 +"), Num(("e", 0)))),
                    EQUALS,
                    Num(("a", 0)),
                ),
            ),
        )

    def loss(self, label: int) -> Line:
        raise NotImplementedError

    def slopes(self) -> list[Line]:
        raise NotImplementedError


class Perceptron(Neuron):
    slope = (r"\hat{y}-y", "ŷ − y")
    all_slopes = (r"(\hat{Y}-Y)", "(Ŷ − Y)")
    answer = (r"\hat{y}", "ŷ")
    activation_words = mark("step of the logit: 1 for yes, 0 for no")
    classic_update = (
        r"\mathbf{w} \leftarrow \mathbf{w} + \eta\,\frac{1}{n}\textstyle{\sum}_i"
        r" (y-\hat{y})\,\mathbf{x}",
        mark("w ← w + η · mean of (y − ŷ) x"),
    )

    def activation(self) -> Line:
        return Line(
            FORWARD,
            self.title(0),
            flow(
                Sym(r"\hat{y} = \mathrm{step}(z) =", "ŷ = step(z) ="),
                row(Sym(r"\mathrm{step}(", "step("), Num(("z", 0)), CLOSE, EQUALS, Num(("a", 0))),
                *sentence(tr("1 where z > 0, else 0")),
            ),
        )

    def loss(self, label: int) -> Line:
        sign = Sym(r"\max(0, -", "max(0, −") if label else Sym(r"\max(0,", "max(0,")
        return Line(
            LOSS,
            Word(tr("criterion")),
            flow(
                Sym(r"L = \max\bigl(0, -(2y-1)\,z\bigr) =", "L = max(0, −(2y − 1) z) ="),
                row(sign, Num(("z", 0), is_term=bool(label)), CLOSE, EQUALS, Num(("L",))),
            ),
        )

    def slopes(self) -> list[Line]:
        return [
            Line(
                GRADIENT,
                Word(tr("logit")),
                flow(
                    Sym(
                        r"\frac{\partial L}{\partial z} = \hat{y}-y =",
                        "∂L/∂z = ŷ − y =",
                    ),
                    row(Num(("a", 0)), MINUS, Num(("y", 0)), EQUALS, Num(("dz", 0))),
                    *sentence(tr("0 unless it is wrong: only mistakes move the weights")),
                ),
            )
        ]


class OfLogit(Neuron):
    """A neuron without an activation function: its loss is a function of the logit."""

    activation_words = mark("the logit itself")
    is_difference = False

    def activation(self) -> Line:
        return Line(
            FORWARD,
            self.title(0),
            flow(
                row(Sym("a = z =", "a = z ="), Num(("a", 0))),
                *sentence(tr("the straight line itself")),
            ),
        )


class Adaline(OfLogit):
    slope = ("-2\\,(y-z)", "−2(y − z)")
    all_slopes = (r"2\,(Z-Y)", "2 (Z − Y)")
    threshold, threshold_plain = r"\frac{1}{2}", "½"

    def loss(self, label: int) -> Line:
        return Line(
            LOSS,
            Word(tr("loss")),
            flow(
                Sym("L = (y-z)^2 =", "L = (y − z)² ="),
                row(
                    OPEN,
                    Num(("y", 0)),
                    MINUS,
                    Num(("z", 0), is_term=True),
                    Sym(")^2", ")²"),
                    EQUALS,
                    Num(("L",)),
                ),
            ),
        )

    def slopes(self) -> list[Line]:
        return [
            Line(
                GRADIENT,
                Word(tr("logit")),
                flow(
                    Sym(r"\frac{\partial L}{\partial z} = -2\,(y-z) =", "∂L/∂z = −2(y − z) ="),
                    row(
                        Sym("-2\\,(", "−2("),
                        Num(("y", 0)),
                        MINUS,
                        Num(("z", 0), is_term=True),
                        CLOSE,
                        EQUALS,
                        Num(("dz", 0)),
                    ),
                ),
            )
        ]


class Hinge(OfLogit):
    slope = (r"-(2y-1)\,[(2y-1)\,z<1]", "−(2y − 1) [(2y − 1) z < 1]")
    all_slopes = (r"-(2Y-1)\odot[(2Y-1)\odot Z<1]", "−(2Y − 1) ⊙ [(2Y − 1) ⊙ Z < 1]")

    def loss(self, label: int) -> Line:
        return Line(
            LOSS,
            Word(tr("hinge loss")),
            flow(
                Sym(r"L = \max\bigl(0, 1-(2y-1)\,z\bigr) =", "L = max(0, 1 − (2y − 1) z) ="),
                row(
                    Sym(r"\max(0, 1", "max(0, 1"),
                    MINUS if label else PLUS,
                    Num(("z", 0), is_term=True),
                    CLOSE,
                    EQUALS,
                    Num(("L",)),
                ),
            ),
        )

    def slopes(self) -> list[Line]:
        latex, plain = self.slope
        return [
            Line(
                GRADIENT,
                Word(tr("logit")),
                flow(
                    Sym(rf"\frac{{\partial L}}{{\partial z}} = {latex} =", f"∂L/∂z = {plain} ="),
                    Num(("dz", 0)),
                    *sentence(tr("0 beyond the margin: whoever is there pulls no more")),
                ),
            )
        ]


class Sigmoid(Neuron):
    """The chain rule ∂L/∂a · ∂a/∂z, which both sigmoid neurons share."""

    by_a = (r"\frac{a-y}{a\,(1-a)}", "(a − y) / (a (1 − a))")
    is_starving = False  # whether ∂a/∂z does not cancel

    def slopes(self) -> list[Line]:
        starving = Num(("dadz",), is_marked=self.is_starving)
        collapse: list[Node] = [] if self.is_starving else [Sym("a - y =", "a − y =")]
        return [
            Line(
                GRADIENT,
                Word(tr("loss by a")),
                flow(
                    Sym(
                        rf"\frac{{\partial L}}{{\partial a}} = {self.by_a[0]} =",
                        f"∂L/∂a = {self.by_a[1]} =",
                    ),
                    Num(("dLda",)),
                ),
            ),
            Line(
                GRADIENT,
                Word(tr("a by z")),
                flow(
                    Sym(r"\frac{\partial a}{\partial z} = a\,(1-a) =", "∂a/∂z = a (1 − a) ="),
                    starving,
                    *(
                        sentence(tr("at most ¼: it starves whoever is far on the wrong side"))
                        if self.is_starving
                        else []
                    ),
                ),
            ),
            Line(
                GRADIENT,
                Word(tr("the chain")),
                flow(
                    Sym(
                        r"\frac{\partial L}{\partial z} = \frac{\partial L}{\partial a}\cdot"
                        r"\frac{\partial a}{\partial z} =",
                        "∂L/∂z = ∂L/∂a · ∂a/∂z =",
                    ),
                    row(Num(("dLda",)), TIMES, starving, EQUALS, *collapse, Num(("dz", 0))),
                ),
            ),
        ]


class Squared(Sigmoid):
    slope = (r"2\,(a-y)\,a\,(1-a)", "2(a − y) a(1 − a)")
    all_slopes = (r"2\,\bigl((A-Y)\odot A\odot(1-A)\bigr)", "2 ((A − Y) ⊙ A ⊙ (1 − A))")
    activation_words = mark("σ of the logit of {name}")
    is_difference = False
    by_a = (r"2\,(a-y)", "2(a − y)")
    is_starving = True

    def loss(self, label: int) -> Line:
        return Line(
            LOSS,
            Word(tr("loss")),
            flow(
                Sym("L = (y-a)^2 =", "L = (y − a)² ="),
                row(
                    OPEN,
                    Num(("y", 0)),
                    MINUS,
                    Num(("a", 0)),
                    Sym(")^2", ")²"),
                    EQUALS,
                    Num(("L",)),
                ),
            ),
        )


class Logistic(Sigmoid):
    def loss(self, label: int) -> Line:
        a = Num(("a", 0))
        inner: Node = a if label else row(Sym("(1 -", "(1 −"), a, CLOSE)
        loss = Sym(r"L = -y \ln a - (1-y) \ln (1-a) =", "L = −y ln a − (1 − y) ln(1 − a) =")
        return Line(LOSS, Word(tr("loss")), flow(loss, row(LN, inner, EQUALS, Num(("L",)))))


class Brought(Neuron):
    """A neuron of another package, whose loss and slope are known as texts and numbers."""

    slope = (r"\frac{\partial L}{\partial z}", "∂L/∂z")
    all_slopes = (r"\frac{\partial L}{\partial Z}", "∂L/∂Z")
    is_difference = False

    def loss(self, label: int) -> Line:
        kind = FAMILY[self.shape.kind]
        formula = sentence(f"{kind.formula} =")
        return Line(LOSS, Word(tr(kind.loss)), flow(Sym("L =", "L ="), *formula, Num(("L",))))

    def slopes(self) -> list[Line]:
        latex, plain = self.slope
        formula = sentence(f"{FAMILY[self.shape.kind].gradient} =")
        words = flow(Sym(f"{latex} =", f"{plain} ="), *formula, Num(("dz", 0)))
        return [Line(GRADIENT, Word(tr("logit")), words)]
