"""Derivations about what a loss does to learning: squared error, and three rules side by side."""

from __future__ import annotations

from core.language import mark, tr
from core.teach.derivations.derivation import About, Case, Derivation, Line
from core.teach.derivations.expression import (
    Derivative,
    Expression,
    Step,
    Symbol,
    Total,
    times,
)
from core.teach.derivations.terms import NeuronTerms, sigmoid


def squared_error(case: Case) -> tuple[Line, ...]:
    """The squared error of a sigmoid neuron, from one example to the mean, and where it dies."""
    t = NeuronTerms(case)
    error = (t.y - t.a) ** 2
    s = Symbol(("se",), r"\ell", "ℓ", tr("squared error of this example"), error)
    ds_da = t.slope(s, t.a, tr("derivative of the squared error by the activation"))
    da_dz = t.slope(t.a, t.z, tr("slope of the sigmoid"))
    dz_dw = t.slope(t.z, t.w, tr("how the logit changes with this weight"))
    ds_dw = t.slope(s, t.w, tr("gradient of this example for this weight"))
    ds_dz = t.slope(s, t.z, tr("derivative of the squared error by the logit"))
    dL_dz = Derivative(t.L, t.z, ("∂", "bce", "z"), tr("the same for cross-entropy"))
    by_z = -times(2 * (t.y - t.a), t.a * (1 - t.a))
    n, dL_dw, each = _over_batch(case, t.w)
    return (
        Line(times(ds_da, da_dz, dz_dw), tr("chain rule"), ds_dw),
        Line(Derivative(error, t.a, ("∂", "error")), tr("squared error"), ds_da),
        Line(-(2 * (t.y - t.a)), tr("power rule, chain rule")),
        Line(-times(2 * (t.y - t.a), t.a * (1 - t.a), t.x), tr("insert all three"), ds_dw),
        Line(1 / n * Derivative(each, t.w, ("∂", "sum")), tr("mean over the batch"), dL_dw),
        Line(-(2 / n * _total(case, t.w)), tr("each example as above")),
        Line(by_z, tr("dies if a is near 0 or 1: right or wrong"), ds_dz),
        Line(t.a - t.y, tr("cross-entropy dies only if right"), dL_dz),
    )


class _BatchTerms:
    """The terms of all examples of a batch, (n,) each."""

    def __init__(self, case: Case, w: Symbol) -> None:
        j = case.feature
        x = Symbol(("X", j), rf"x_{{{j}}}^{{[i]}}", f"x{j}[i]", tr("the input of example i"))
        rest = Symbol(("rest", "i"), "r^{[i]}", "r[i]", tr("the rest of the logit of example i"))
        z = Symbol(("z", "i"), "z^{[i]}", "z[i]", tr("logit of example i"), w * x + rest)
        self.x = x
        self.a = Symbol(("a", "i"), "a^{[i]}", "a[i]", tr("activation of example i"), sigmoid(z))
        self.y = Symbol(("y", "i"), "y^{[i]}", "y[i]", tr("target of example i"))


def _over_batch(case: Case, w: Symbol) -> tuple[Symbol, Derivative, Expression]:
    """Return n, the gradient of the mean squared error, and the sum that is divided by n."""
    t = _BatchTerms(case, w)
    each = Total(
        ("Σℓ",), "i", (t.y - t.a) ** 2, meaning=tr("sum of the squared errors of the batch")
    )
    n = Symbol(("n",), "n", "n", tr("examples in the batch"))
    L = Symbol(("mean ℓ",), "L", "L", tr("mean squared error of the batch"), 1 / n * each)
    return (
        n,
        Derivative(L, w, ("∂", "mean ℓ", "w"), tr("gradient of the batch for this weight")),
        each,
    )


def _total(case: Case, w: Symbol) -> Total:
    t = _BatchTerms(case, w)
    body = (t.y - t.a) * t.a * (1 - t.a) * t.x
    return Total(("Σ∂ℓ",), "i", body, meaning=tr("sum over the examples of the batch"))


def three_rules(case: Case) -> tuple[Line, ...]:
    """Perceptron, ADALINE and logistic regression: one form, three activations."""
    t = NeuronTerms(case)
    eta = Symbol(("eta",), r"\eta", "η", tr("learning rate"))
    said = Symbol(("ŷ",), r"\hat{y}", "ŷ", tr("what the perceptron says: 1 or 0"), Step(t.z))
    squared = (t.y - t.z) ** 2
    L = Symbol(("se of z",), r"L_{\mathrm{A}}", "L_A", tr("squared error of the logit"), squared)
    by_squared = Derivative(L, t.w, ("∂", "se of z"), tr("gradient of ADALINE's loss"))
    by_bce = t.slope(t.L, t.w, tr("gradient of the cross-entropy"))
    moves = [
        Symbol(
            ("Δ", name),
            rf"\Delta w_{{\mathrm{{{name[0]}}}}}",
            f"Δw {name}",
            meaning,
            rule,
        )
        for name, meaning, rule in (
            ("Perceptron", tr("move by the perceptron"), eta * (t.y - said) * t.x),
            ("Adaline", tr("move by ADALINE"), -(eta * by_squared)),
            ("Logistic", tr("move by logistic regression"), -(eta * by_bce)),
        )
    ]
    return (
        Line(Step(t.z), tr("perceptron: a step, without slope"), said),
        Line(eta * (t.y - said) * t.x, tr("perceptron: only if it is wrong"), moves[0]),
        Line(squared, tr("ADALINE: squared error of z"), L),
        Line(-(eta * by_squared), tr("ADALINE: down the slope"), moves[1]),
        Line(2 * eta * (t.y - t.z) * t.x, tr("power rule; z holds w once")),
        Line(sigmoid(t.z), tr("logistic: σ(z)"), t.a),
        Line(-(eta * by_bce), tr("logistic: down the slope"), moves[2]),
        Line(eta * (t.y - t.a) * t.x, tr("as derived: L′ is (a − y)x")),
    )


SQUARED_ERROR = Derivation(
    "squared-error",
    mark("Squared error of a sigmoid neuron"),
    About.NEURON,
    mark(
        "The slope of σ stays as a factor, so that a neuron that is sure and wrong hardly learns."
    ),
    squared_error,
    needs_batch=True,
)
THREE_RULES = Derivation(
    "three-rules",
    mark("Perceptron, ADALINE, logistic"),
    About.NEURON,
    mark("All three move w by rate × error × input; they differ in what they compare y with."),
    three_rules,
)
