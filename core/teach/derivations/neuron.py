"""Derivations about one neuron: its sigmoid, its likelihood, the gradient of its weights."""

from __future__ import annotations

from core.language import mark, tr
from core.teach.derivations.derivation import About, Case, Derivation, Line
from core.teach.derivations.expression import (
    Derivative,
    Exp,
    Expression,
    Log,
    Symbol,
    as_expression,
    times,
)
from core.teach.derivations.terms import NeuronTerms


def sigmoid_slope(case: Case) -> tuple[Line, ...]:
    """σ′(z) = a(1 − a) by the quotient rule."""
    t = NeuronTerms(case)
    z, a, one = t.z, t.a, as_expression(1)
    e = Exp(-z)

    def slope_of(node: Expression, name: str) -> Derivative:
        return Derivative(node, z, ("slope", name), tr("slope of {name}", name=name), is_only=True)

    below = 1 + e
    da = Derivative(a, z, ("∂", *a.key, *z.key), tr("slope of the sigmoid"), is_only=True)
    ratio = below * slope_of(one, "1") - one * slope_of(below, "1 + e⁻ᶻ")
    return (
        Line(one / below, tr("definition of σ"), a),
        Line(slope_of(one / below, "σ"), tr("differentiate"), da),
        Line(ratio / below**2, tr("quotient rule")),
        Line((below * 0 - one * -e) / below**2, tr("constant; chain rule")),
        Line(e / below**2, tr("simplify")),
        Line(times(one / below, e / below), tr("split the fraction")),
        Line(times(one / below, (below - 1) / below), tr("add 1, subtract 1")),
        Line(times(one / below, 1 - one / below), tr("divide")),
        Line(a * (1 - a), tr("that is σ again")),
    )


def likelihood(case: Case) -> tuple[Line, ...]:
    """From the probability of the label to the binary cross-entropy."""
    t = NeuronTerms(case)
    bernoulli = t.a**t.y * (1 - t.a) ** (1 - t.y)
    P = Symbol(
        ("P",), r"P(y \mid \mathbf{x})", "P(y|x)", tr("probability of the true label"), bernoulli
    )
    parts = t.y * Log(t.a) + (1 - t.y) * Log(1 - t.a)
    return (
        Line(bernoulli, tr("a if y = 1, 1 − a if y = 0"), P),
        Line(Log(bernoulli), tr("logarithm: it grows with P"), Log(P)),
        Line(Log(t.a**t.y) + Log((1 - t.a) ** (1 - t.y)), tr("log of a product")),
        Line(parts, tr("log of a power")),
        Line(-parts, tr("minimise the negative (NLL)"), -Log(P)),
        Line(t.bce, tr("distribute the minus")),
        Line(t.L, tr("binary cross-entropy: NLL = BCE")),
    )


def logistic_gradient(case: Case) -> tuple[Line, ...]:
    """∂L/∂w = (a − y)x by the chain rule."""
    t = NeuronTerms(case)
    dL_da = t.slope(t.L, t.a, tr("derivative of the loss by the activation"))
    da_dz = t.slope(t.a, t.z, tr("slope of the sigmoid"))
    dz_dw = t.slope(t.z, t.w, tr("how the logit changes with this weight"))
    dL_dw = t.slope(t.L, t.w, tr("gradient of this example for this weight"))
    dL_db = t.slope(t.L, t.b, tr("gradient of this example for the bias"))
    by_a = Derivative(t.bce, t.a, ("∂", "bce", *t.a.key))
    by_w = Derivative(t.logit, t.w, ("∂", "logit", *t.w.key))
    ratio = (t.a - t.y) / (t.a * (1 - t.a))
    return (
        Line(times(dL_da, da_dz, dz_dw), tr("chain rule"), dL_dw),
        Line(by_a, tr("binary cross-entropy"), dL_da),
        Line(-(t.y / t.a) + (1 - t.y) / (1 - t.a), tr("slope of ln u is 1/u")),
        Line(ratio, tr("common denominator")),
        Line(t.a * (1 - t.a), tr("slope of σ"), da_dz),
        Line(by_w, tr("definition of z"), dz_dw),
        Line(t.x, tr("one term holds this weight")),
        Line(times(ratio, t.a * (1 - t.a), t.x), tr("insert all three"), dL_dw),
        Line((t.a - t.y) * t.x, tr("a(1 − a) cancels")),
        *(() if len(case.features) < case.m else (Line(t.a - t.y, tr("z holds b once"), dL_db),)),
    )


def logit(case: Case) -> tuple[Line, ...]:
    """The logit is the inverse of σ: the logarithm of the odds."""
    t = NeuronTerms(case)
    z, a, one = t.z, t.a, as_expression(1)
    return (
        Line(one / (1 + Exp(-z)), tr("definition of σ"), a),
        Line(one, tr("times the denominator"), a * (1 + Exp(-z))),
        Line(one / a - 1, tr("divide by a, subtract 1"), Exp(-z)),
        Line((1 - a) / a, tr("common denominator")),
        Line(Log((1 - a) / a), tr("logarithm of both sides"), -z),
        Line(Log(a / (1 - a)), tr("−ln u is ln 1/u"), z),
        Line(Log(a) - Log(1 - a), tr("logit: the log of the odds")),
    )


SLOPE = Derivation(
    "sigmoid-slope",
    mark("Slope of the sigmoid"),
    About.NEURON,
    mark("The slope of σ is made of σ itself: largest at z = 0, and nearly 0 where |z| is large."),
    sigmoid_slope,
)
LIKELIHOOD = Derivation(
    "likelihood",
    mark("Likelihood to cross-entropy"),
    About.NEURON,
    mark(
        "The binary cross-entropy is the negative logarithm of the probability of the true label."
    ),
    likelihood,
)
GRADIENT = Derivation(
    "logistic-gradient",
    mark("Gradient of logistic regression"),
    About.NEURON,
    mark("Three slopes are multiplied; the slope of σ cancels, and the error a − y is left."),
    logistic_gradient,
    has_code=True,
)
LOGIT = Derivation(
    "logit",
    mark("Logit, the inverse of σ"),
    About.NEURON,
    mark("Solved for z, the sigmoid gives the logarithm of the odds."),
    logit,
)
