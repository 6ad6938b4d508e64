"""Derivations about softmax: its partial derivatives, its Jacobian, the gradient of its weights."""

from __future__ import annotations

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
        Line(e / S, "definition of softmax", a),
        Line(Derivative(e / S, z, ("slope", i, "a")), "differentiate", t.slope(a, z)),
        Line((S * de - e * dS) / S**2, "quotient rule"),
        Line((S * e - e * e) / S**2, "one term of the sum holds this z"),
        Line(e * (S - e) / S**2, "factor out"),
        Line(times(e / S, (S - e) / S), "split the fraction"),
        Line(a * (1 - a), "that is softmax again"),
    )


def other_slope(case: Case) -> tuple[Line, ...]:
    """∂aᵢ/∂zₖ for another class k by the quotient rule."""
    t = SoftmaxTerms(case)
    i, k = case.label, case.rival
    z, a, S = t.z[k], t.a[i], t.S
    e, other = Exp(t.z[i]), Exp(z)
    de, dS = (Derivative(part, z, ("slope", i, k, n)) for n, part in enumerate((e, S)))
    return (
        Line(e / S, "definition of softmax", a),
        Line(Derivative(e / S, z, ("slope", i, k, "a")), "differentiate", t.slope(a, z)),
        Line((S * de - e * dS) / S**2, "quotient rule"),
        Line((S * 0 - e * other) / S**2, "only the sum holds this z"),
        Line(-(e * other / S**2), "simplify"),
        Line(-times(e / S, other / S), "split the fraction"),
        Line(-(a * t.a[k]), "that is softmax twice"),
    )


def jacobian(case: Case) -> tuple[Line, ...]:
    """All partial derivatives of softmax as one matrix."""
    t = SoftmaxTerms(case)
    classes, a = range(case.h), t.a
    delta = Constant(float(case.label == case.rival), r"\delta_{ik}", "δ")
    a_i, a_k = a[case.label], a[case.rival]
    column = Symbol(("a",), r"\mathbf{a}", "a", "all probabilities", Grid(tuple((p,) for p in a)))
    one, eye = ones(case.h), identity(case.h)
    slopes = Grid(tuple(tuple(t.slope(a[i], t.z[k]) for k in classes) for i in classes))
    J = Symbol(
        ("J",),
        r"\frac{\partial \mathbf{a}}{\partial \mathbf{z}}",
        "∂a/∂z",
        "the Jacobian: row i has the slopes of aᵢ",
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
            "both cases: δ = 1 if i = k, else 0",
            t.slope(a_i, t.z[case.rival]),
        ),
        Line(slopes, "one row an output, one column a logit", J),
        Line(
            entrywise(column @ Transpose(one), eye - one @ Transpose(column)), "both cases at once"
        ),
        Line(entrywise(across, eye - down), "multiply out"),
        Line(Grid(entries), "entry by entry"),
        Line(Diagonal(column) - column @ Transpose(column), "in short"),
    )


def weight_gradient(case: Case) -> tuple[Line, ...]:
    """∂L/∂w of one weight, summed over the paths through all activations."""
    t = SoftmaxTerms(case)
    classes, k = range(case.h), case.output
    z, a, y, x = t.z[k], t.a, t.y, t.x
    dz_dw = t.slope(z, t.w, "how the logit changes with this weight")
    dL_dw = t.slope(t.L, t.w, "gradient of this example for this weight")
    dL_da = [t.slope(t.L, a[c], f"derivative of the loss by a{c}") for c in classes]
    da_dz = [t.slope(a[c], z, f"how a{c} changes with z{k}") for c in classes]
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
        Line(over(paths), "one path through each activation", dL_dw),
        Line(Derivative(t.cross_entropy, a[i], ("∂", "ce", i)), "cross-entropy", dL_da[i]),
        Line(outer[i], "one term holds this activation"),
        Line(inner[k], "softmax, i = k", da_dz[k]),
        *(() if i == k else (Line(inner[i], "softmax, i ≠ k", da_dz[i]),)),
        Line(x, "z holds this weight once", dz_dw),
        Line(over(inserted), "insert all", dL_dw),
        Line(over(cancelled) * x, "the activations cancel"),
        Line((a[k] * over(tuple(y)) - y[k]) * x, "gather"),
        Line((a[k] - y[k]) * x, "one-hot: the y add up to 1"),
    )


def two_classes(case: Case) -> tuple[Line, ...]:
    """With two classes, cross-entropy is binary cross-entropy, and softmax a neuron."""
    t = SoftmaxTerms(case)
    a, y, (z0, z1) = t.a, t.y, t.z
    binary = -((1 - y[1]) * Log(1 - a[1])) - y[1] * Log(a[1])
    one = as_expression(1)
    return (
        Line(t.cross_entropy, "cross-entropy", t.L),
        Line(-(y[0] * Log(a[0])) - y[1] * Log(a[1]), "two classes"),
        Line(-(y[0] * Log(1 - a[1])) - y[1] * Log(a[1]), "the a add up to 1"),
        Line(binary, "the y add up to 1: BCE"),
        Line(Exp(z1) / (Exp(z0) + Exp(z1)), "definition of softmax", a[1]),
        Line(one / (Exp(z0 - z1) + 1), "divide by the power of z1"),
        Line(one / (1 + Exp(Negative(z1 - z0))), "σ(z) of one neuron, z = z1 − z0"),
    )


OWN_SLOPE = Derivation(
    "softmax-own",
    "Softmax by its own logit",
    About.CLASSES,
    "Like the sigmoid's: a probability rises with its own logit by a(1 − a).",
    own_slope,
)
OTHER_SLOPE = Derivation(
    "softmax-other",
    "Softmax by another logit",
    About.CLASSES,
    "A probability falls as another logit rises: there is only 1 to share.",
    other_slope,
)
JACOBIAN = Derivation(
    "softmax-jacobian",
    "Jacobian of softmax",
    About.CLASSES,
    "All partial derivatives in one matrix, whose rows and columns add up to 0.",
    jacobian,
)
WEIGHT = Derivation(
    "softmax-gradient",
    "Gradient of one softmax weight",
    About.CLASSES,
    "A weight acts on the loss through every activation; all paths together leave the error.",
    weight_gradient,
    has_code=True,
)
TWO_CLASSES = Derivation(
    "two-classes",
    "Cross-entropy with two classes",
    About.CLASSES,
    "With two classes, cross-entropy is the binary one, and softmax is one sigmoid neuron.",
    two_classes,
    classes=2,
)
