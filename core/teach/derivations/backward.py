"""The gradient through a hidden layer: the chain rule back, from one weight to the batch."""

from __future__ import annotations

from core.language import mark, tr
from core.teach.derivations.derivation import About, Case, Derivation, HiddenLayer, Line
from core.teach.derivations.expression import (
    Derivative,
    Exp,
    Expression,
    Log,
    Step,
    Sum,
    Symbol,
    Total,
    Transpose,
    entrywise,
    times,
)
from core.teach.derivations.terms import shown_classes, sigmoid

SLOPES = {
    "relu": mark("slope of ReLU: 1 if active, else 0"),
    "tanh": mark("slope of tanh"),
    "sigmoid": mark("slope of σ"),
}
LOWER, UPPER = ("^{(1)}", "⁽¹⁾"), ("^{(2)}", "⁽²⁾")


def activated(name: str, z: Expression) -> Expression:
    """Return the activation of hidden units with net input z."""
    if name == "relu":
        return Step(z) * z
    return sigmoid(z) if name == "sigmoid" else (Exp(z) - Exp(-z)) / (Exp(z) + Exp(-z))


def slope_of(name: str, a: Expression) -> Expression:
    """Return the slope of the activation by its net input, written by its value a."""
    if name == "relu":
        return Step(a)
    return a * (1 - a) if name == "sigmoid" else 1 - a**2


class _Scalars:
    """One example; w leads from the followed input to the followed hidden unit."""

    def __init__(self, case: Case, layer: HiddenLayer) -> None:
        k, j = layer.unit, case.feature
        self.x = Symbol(("x", j), f"x_{{{j}}}", f"x{j}", tr("its input, as the model takes it"))
        self.w = _one(("hidden W", k, j), "w", LOWER, f"{k},{j}", tr("the weight that is followed"))
        rest = _one(
            ("hidden rest", k), "r", LOWER, str(k), tr("all other products in the net input")
        )
        net = self.w * self.x + rest
        self.z = _one(("hidden z", k), "z", LOWER, str(k), tr("net input of the hidden unit"), net)
        out = activated(layer.activation, self.z)
        self.a = _one(("hidden a", k), "a", LOWER, str(k), tr("activation of the hidden unit"), out)
        outputs = range(case.h)
        self.up = [
            _one(("W", c, k), "w", UPPER, f"{c},{k}", tr("a weight of the outputs"))
            for c in outputs
        ]
        others = [_one(("rest", c), "r", UPPER, str(c), tr("all other products")) for c in outputs]
        self.logits = [
            _one(("z", c), "z", UPPER, str(c), f"logit {c}", w * self.a + rest)
            for c, w, rest in zip(outputs, self.up, others, strict=True)
        ]
        powers = Sum(tuple(map(Exp, self.logits)))
        self.out = [
            _one(
                ("a", c),
                "a",
                UPPER,
                str(c),
                tr("activation of output {c}", c=c),
                Exp(z) / powers if layer.is_softmax else sigmoid(z),
            )
            for c, z in enumerate(self.logits)
        ]
        self.y = [
            Symbol(("y", c), f"y_{{{c}}}", f"y{c}", tr("target of output {c}", c=c))
            for c in outputs
        ]
        terms = [
            y * Log(a) if layer.is_softmax else y * Log(a) + (1 - y) * Log(1 - a)
            for y, a in zip(self.y, self.out, strict=True)
        ]
        self.L = Symbol(("L",), r"\ell", "ℓ", tr("loss of this example"), -Sum(tuple(terms)))

    def slope(self, of: Symbol, by: Symbol, meaning: str) -> Derivative:
        return Derivative(of, by, ("∂", *of.key, *by.key), meaning)


def _one(
    key: tuple[str | int, ...],
    letter: str,
    layer: tuple[str, str],
    index: str,
    meaning: str,
    definition: Expression | None = None,
) -> Symbol:
    """Return a term of a layer, which its superscript names."""
    latex = f"{letter}{layer[0]}_{{{index}}}"
    return Symbol(key, latex, f"{letter}{layer[1]}{index}", meaning, definition)


def _of_one_weight(case: Case, layer: HiddenLayer) -> tuple[Line, ...]:
    """Return the chain rule from the loss of an example to one weight of a hidden unit."""
    t, i, shown = _Scalars(case, layer), case.output, shown_classes(case)
    by_z = [t.slope(t.L, z, tr("error of output {c}", c=c)) for c, z in enumerate(t.logits)]
    dz_da = [t.slope(z, t.a, tr("how logit {c} changes", c=c)) for c, z in enumerate(t.logits)]
    by_a = t.slope(t.L, t.a, tr("how the loss changes with the hidden unit"))
    da_dz = t.slope(t.a, t.z, tr("slope of the hidden unit's activation"))
    by_net = t.slope(t.L, t.z, tr("error of the hidden unit"))
    dz_dw = t.slope(t.z, t.w, tr("how the net input changes with this weight"))
    by_w = t.slope(t.L, t.w, tr("gradient of this example for this weight"))
    paths = tuple(times(*path) for path in zip(by_z, dz_da, strict=True))
    taken = Sum(tuple(times(dz, w) for dz, w in zip(by_z, t.up, strict=True)), shown)
    return (
        Line(t.out[i] - t.y[i], tr("error of an output, as derived"), by_z[i]),
        Line(Sum(paths, shown), tr("one path through each output"), by_a),
        Line(taken, tr("each logit holds this unit once")),
        Line(slope_of(layer.activation, t.a), tr(SLOPES[layer.activation]), da_dz),
        Line(times(by_a, da_dz), tr("chain rule: error of the unit"), by_net),
        Line(times(by_net, dz_dw), tr("chain rule again"), by_w),
        Line(times(by_net, t.x), tr("the net input holds this weight once")),
    )


class _Arrays:
    """The terms of an example as columns, ends "col"; or of a batch, ends "each"."""

    def __init__(self, layer: HiddenLayer, end: str) -> None:
        up = "" if end == "col" else "[i]"
        whose = tr("{what} of the example") if end == "col" else tr("{what} of example i")

        def term(
            name: str, latex: str, text: str, meaning: str, definition: Expression | None = None
        ) -> Symbol:
            key = name, end
            said = whose.format(what=meaning)
            return Symbol(key, f"{latex}{up}", f"{text}{up}", said, definition)

        W = _upper_weights()
        self.x = term("x", r"\mathbf{x}", "x", tr("inputs"))
        self.units = term("hidden a", rf"\mathbf{{a}}{LOWER[0]}", "a⁽¹⁾", tr("hidden activations"))
        out = term("a", rf"\mathbf{{a}}{UPPER[0]}", "a⁽²⁾", tr("activations of the outputs"))
        y = term("y", r"\mathbf{y}", "y", tr("targets"))
        self.error = out - y
        self.delta = term(
            "δ2", rf"\delta{UPPER[0]}", "δ⁽²⁾", tr("∂ℓ/∂z of all outputs, the error,"), self.error
        )
        self.slope = term(
            "g′",
            rf"g'(\mathbf{{z}}{LOWER[0]})",
            "g′(z⁽¹⁾)",
            tr("slopes of the hidden units"),
            slope_of(layer.activation, self.units),
        )
        self.back = entrywise(Transpose(W) @ self.delta, self.slope)
        self.below = term(
            "δ1", rf"\delta{LOWER[0]}", "δ⁽¹⁾", tr("∂ℓ/∂z of all hidden units"), self.back
        )


def _upper_weights() -> Symbol:
    return Symbol(("W2",), rf"\mathbf{{W}}{UPPER[0]}", "W⁽²⁾", tr("weights of the outputs"))


def _gradient(layer: tuple[str, str], letter: str, of: str, definition: Expression) -> Symbol:
    """Return the gradient of a loss by all weights of a layer."""
    return Symbol(
        ("∇", letter, layer[1]),
        rf"\nabla_{{\mathbf{{W}}{layer[0]}}} {letter}",
        f"∇W{layer[1]} {letter}".replace(r"\ell", "ℓ"),
        tr("gradient of {of} for these weights", of=of),
        definition,
    )


def _of_all_weights(layer: HiddenLayer) -> tuple[Line, ...]:
    """Return the same for all weights of both layers at once."""
    t = _Arrays(layer, "col")
    of_upper, of_lower = t.delta @ Transpose(t.units), t.below @ Transpose(t.x)
    loss = tr("this example's loss")
    return (
        Line(t.error, tr("all outputs at once"), t.delta),
        Line(of_upper, tr("error × input"), _gradient(UPPER, r"\ell", loss, of_upper)),
        Line(t.back, tr("back through Wᵀ, times the slope"), t.below),
        Line(
            of_lower,
            tr("error × input, one layer below"),
            _gradient(LOWER, r"\ell", loss, of_lower),
        ),
    )


def _of_batch(layer: HiddenLayer) -> tuple[Line, ...]:
    """Return the mean gradients of a batch, as sums and as matrix products."""
    t, n = _Arrays(layer, "each"), Symbol(("n",), "n", "n", tr("examples in the batch"))
    A = Symbol(("A",), rf"\mathbf{{A}}{UPPER[0]}", "A⁽²⁾", tr("activations of the outputs"))
    Y = Symbol(("Y",), r"\mathbf{Y}", "Y", tr("targets of the batch, a row an example"))
    H = Symbol(("H",), rf"\mathbf{{A}}{LOWER[0]}", "A⁽¹⁾", tr("hidden activations of the batch"))
    X = Symbol(("X",), r"\mathbf{X}", "X", tr("inputs of the batch, a row an example"))
    G = Symbol(
        ("G",),
        rf"g'(\mathbf{{Z}}{LOWER[0]})",
        "g′(Z⁽¹⁾)",
        tr("slopes of the hidden units, a row an example"),
        slope_of(layer.activation, H),
    )
    upper = Symbol(
        ("Δ2",), rf"\Delta{UPPER[0]}", "Δ⁽²⁾", tr("errors of the outputs, a row an example"), A - Y
    )
    back = entrywise(upper @ _upper_weights(), G)
    lower = Symbol(
        ("Δ1",),
        rf"\Delta{LOWER[0]}",
        "Δ⁽¹⁾",
        tr("errors of the hidden units, a row an example"),
        back,
    )
    sums = [
        1 / n * Total(("Σ∇", name), "i", delta @ Transpose(given), meaning=tr("sum over the batch"))
        for name, delta, given in (("2", t.delta, t.units), ("1", t.below, t.x))
    ]
    loss = tr("the mean loss of the batch")
    return (
        Line(sums[0], tr("mean over the n examples"), _gradient(UPPER, "L", loss, sums[0])),
        Line(1 / n * (Transpose(upper) @ H), tr("sum of outer products")),
        Line(back, tr("all examples at once"), lower),
        Line(sums[1], tr("mean over the n examples"), _gradient(LOWER, "L", loss, sums[1])),
        Line(1 / n * (Transpose(lower) @ X), tr("sum of outer products")),
    )


def backpropagation(case: Case) -> tuple[Line, ...]:
    """The gradient of both layers: of one weight, of all of them, of a batch."""
    assert case.hidden is not None
    return (
        *_of_one_weight(case, case.hidden),
        *_of_all_weights(case.hidden),
        *_of_batch(case.hidden),
    )


BACKPROPAGATION = Derivation(
    "backpropagation",
    mark("Backpropagation"),
    About.HIDDEN,
    mark(
        "The errors of the outputs go back through the same weights, and are scaled by "
        "each unit’s slope; then every layer’s gradient is error × input."
    ),
    backpropagation,
    needs_batch=True,
)
