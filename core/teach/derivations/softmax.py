"""Derivations about softmax: its partial derivatives, its Jacobian, the gradient of its weights."""

from __future__ import annotations

from core.language import mark, tr
from core.teach.derivations.derivation import About, Case, Derivation, Line
from core.teach.derivations.expression import (
    Constant,
    Derivative,
    Diagonal,
    Exp,
    Expression,
    Grid,
    Log,
    Negative,
    Sum,
    Symbol,
    Transpose,
    as_expression,
    entrywise,
    times,
)
from core.teach.derivations.terms import SoftmaxTerms, identity, ones


def own_slope(case: Case) -> tuple[Line, ...]:
    """∂aᵢ/∂zᵢ by the quotient rule."""
    t = SoftmaxTerms(case)
    i = case.label
    z, a, S = t.z[i], t.a[i], t.S
    e = Exp(z)
    de, dS = (Derivative(part, z, ("slope", i, n)) for n, part in enumerate((e, S)))
    return (
        Line(e / S, tr("definition of softmax"), a),
        Line(Derivative(e / S, z, ("slope", i, "a")), tr("differentiate"), t.slope(a, z)),
        Line((S * de - e * dS) / S**2, tr("quotient rule")),
        Line((S * e - e * e) / S**2, tr("one term of the sum holds this z")),
        Line(e * (S - e) / S**2, tr("factor out")),
        Line(times(e / S, (S - e) / S), tr("split the fraction")),
        Line(a * (1 - a), tr("that is softmax again")),
    )


def other_slope(case: Case) -> tuple[Line, ...]:
    """∂aᵢ/∂zₖ for another class k by the quotient rule."""
    t = SoftmaxTerms(case)
    i, k = case.label, case.rival
    z, a, S = t.z[k], t.a[i], t.S
    e, other = Exp(t.z[i]), Exp(z)
    de, dS = (Derivative(part, z, ("slope", i, k, n)) for n, part in enumerate((e, S)))
    return (
        Line(e / S, tr("definition of softmax"), a),
        Line(Derivative(e / S, z, ("slope", i, k, "a")), tr("differentiate"), t.slope(a, z)),
        Line((S * de - e * dS) / S**2, tr("quotient rule")),
        Line((S * 0 - e * other) / S**2, tr("only the sum holds this z")),
        Line(-(e * other / S**2), tr("simplify")),
        Line(-times(e / S, other / S), tr("split the fraction")),
        Line(-(a * t.a[k]), tr("that is softmax twice")),
    )


def jacobian(case: Case) -> tuple[Line, ...]:
    """All partial derivatives of softmax as one matrix."""
    t = SoftmaxTerms(case)
    classes, a = range(case.h), t.a
    delta = Constant(float(case.label == case.rival), r"\delta_{ik}", "δ")
    a_i, a_k = a[case.label], a[case.rival]
    column = Symbol(
        ("a",), r"\mathbf{a}", "a", tr("all probabilities"), Grid(tuple((p,) for p in a))
    )
    one, eye = ones(case.h), identity(case.h)
    slopes = Grid(tuple(tuple(t.slope(a[i], t.z[k]) for k in classes) for i in classes))
    J = Symbol(
        ("J",),
        r"\frac{\partial \mathbf{a}}{\partial \mathbf{z}}",
        "∂a/∂z",
        tr("the Jacobian: row i has the slopes of aᵢ"),
        slopes,
    )
    across = Grid(tuple(tuple(a[i] for _ in classes) for i in classes))
    down = Grid(tuple(tuple(a[k] for k in classes) for _ in classes))
    entries = tuple(
        tuple(a[i] * (1 - a[k]) if i == k else -(a[i] * a[k]) for k in classes) for i in classes
    )
    return (
        Line(
            a_i * (delta - a_k),
            tr("both cases: δ = 1 if i = k, else 0"),
            t.slope(a_i, t.z[case.rival]),
        ),
        Line(slopes, tr("one row an output, one column a logit"), J),
        Line(
            entrywise(column @ Transpose(one), eye - one @ Transpose(column)),
            tr("both cases at once"),
        ),
        Line(entrywise(across, eye - down), tr("multiply out")),
        Line(Grid(entries), tr("entry by entry")),
        Line(Diagonal(column) - column @ Transpose(column), tr("in short")),
    )


def weight_gradient(case: Case) -> tuple[Line, ...]:
    """∂L/∂w of one weight, summed over the paths through all activations."""
    t = SoftmaxTerms(case)
    classes, k = range(case.h), case.output
    z, a, y, x = t.z[k], t.a, t.y, t.x
    dz_dw = t.slope(z, t.w, tr("how the logit changes with this weight"))
    dL_dw = t.slope(t.L, t.w, tr("gradient of this example for this weight"))
    dL_da = [t.slope(t.L, a[c], tr("derivative of the loss by a{c}", c=c)) for c in classes]
    da_dz = [t.slope(a[c], z, tr("how a{c} changes with z{k}", c=c, k=k)) for c in classes]
    inner = [a[k] * (1 - a[k]) if c == k else -(a[c] * a[k]) for c in classes]
    outer = [-(y[c] / a[c]) for c in classes]
    i = case.label
    own = -(y[k] * (1 - a[k]))
    cancelled = tuple(own if c == k else y[c] * a[k] for c in classes)

    def over(terms: tuple[Expression, ...]) -> Sum:
        return Sum(terms, t.shown)

    paths = tuple(times(*path, dz_dw) for path in zip(dL_da, da_dz, strict=True))
    inserted = tuple(times(*path, x) for path in zip(outer, inner, strict=True))
    return (
        Line(over(paths), tr("one path through each activation"), dL_dw),
        Line(Derivative(t.cross_entropy, a[i], ("∂", "ce", i)), tr("cross-entropy"), dL_da[i]),
        Line(outer[i], tr("one term holds this activation")),
        Line(inner[k], tr("softmax, i = k"), da_dz[k]),
        *(() if i == k else (Line(inner[i], tr("softmax, i ≠ k"), da_dz[i]),)),
        Line(x, tr("z holds this weight once"), dz_dw),
        Line(over(inserted), tr("insert all"), dL_dw),
        Line(over(cancelled) * x, tr("the activations cancel")),
        Line((a[k] * over(tuple(y)) - y[k]) * x, tr("gather")),
        Line((a[k] - y[k]) * x, tr("one-hot: the y add up to 1")),
    )


def two_classes(case: Case) -> tuple[Line, ...]:
    """With two classes, cross-entropy is binary cross-entropy, and softmax a neuron."""
    t = SoftmaxTerms(case)
    a, y, (z0, z1) = t.a, t.y, t.z
    binary = -((1 - y[1]) * Log(1 - a[1])) - y[1] * Log(a[1])
    one = as_expression(1)
    return (
        Line(t.cross_entropy, tr("cross-entropy"), t.L),
        Line(-(y[0] * Log(a[0])) - y[1] * Log(a[1]), tr("two classes")),
        Line(-(y[0] * Log(1 - a[1])) - y[1] * Log(a[1]), tr("the a add up to 1")),
        Line(binary, tr("the y add up to 1: BCE")),
        Line(Exp(z1) / (Exp(z0) + Exp(z1)), tr("definition of softmax"), a[1]),
        Line(one / (Exp(z0 - z1) + 1), tr("divide by the power of z1")),
        Line(one / (1 + Exp(Negative(z1 - z0))), tr("σ(z) of one neuron, z = z1 − z0")),
    )


OWN_SLOPE = Derivation(
    "softmax-own",
    mark("Softmax by its own logit"),
    About.CLASSES,
    mark("Like the sigmoid's: a probability rises with its own logit by a(1 − a)."),
    own_slope,
)
OTHER_SLOPE = Derivation(
    "softmax-other",
    mark("Softmax by another logit"),
    About.CLASSES,
    mark("A probability falls as another logit rises: there is only 1 to share."),
    other_slope,
)
JACOBIAN = Derivation(
    "softmax-jacobian",
    mark("Jacobian of softmax"),
    About.CLASSES,
    mark("All partial derivatives in one matrix, whose rows and columns add up to 0."),
    jacobian,
)
WEIGHT = Derivation(
    "softmax-gradient",
    mark("Gradient of one softmax weight"),
    About.CLASSES,
    mark("A weight acts on the loss through every activation; all paths together leave the error."),
    weight_gradient,
    has_code=True,
)
TWO_CLASSES = Derivation(
    "two-classes",
    mark("Cross-entropy with two classes"),
    About.CLASSES,
    mark("With two classes, cross-entropy is the binary one, and softmax is one sigmoid neuron."),
    two_classes,
    classes=2,
)
