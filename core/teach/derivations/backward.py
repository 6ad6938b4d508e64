"""The gradient through a hidden layer: the chain rule back, from one weight to the batch."""

from __future__ import annotations

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
    "relu": "slope of ReLU: 1 if active, else 0",
    "tanh": "slope of tanh",
    "sigmoid": "slope of σ",
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
        self.x = Symbol(("x", j), f"x_{{{j}}}", f"x{j}", "its input, as the model takes it")
        self.w = _one(("hidden W", k, j), "w", LOWER, f"{k},{j}", "the weight that is followed")
        rest = _one(("hidden rest", k), "r", LOWER, str(k), "all other products in the net input")
        net = self.w * self.x + rest
        self.z = _one(("hidden z", k), "z", LOWER, str(k), "net input of the hidden unit", net)
        out = activated(layer.activation, self.z)
        self.a = _one(("hidden a", k), "a", LOWER, str(k), "activation of the hidden unit", out)
        outputs = range(case.h)
        self.up = [
            _one(("W", c, k), "w", UPPER, f"{c},{k}", "a weight of the outputs") for c in outputs
        ]
        others = [_one(("rest", c), "r", UPPER, str(c), "all other products") for c in outputs]
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
                f"activation of output {c}",
                Exp(z) / powers if layer.is_softmax else sigmoid(z),
            )
            for c, z in enumerate(self.logits)
        ]
        self.y = [Symbol(("y", c), f"y_{{{c}}}", f"y{c}", f"target of output {c}") for c in outputs]
        terms = [
            y * Log(a) if layer.is_softmax else y * Log(a) + (1 - y) * Log(1 - a)
            for y, a in zip(self.y, self.out, strict=True)
        ]
        self.L = Symbol(("L",), r"\ell", "ℓ", "loss of this example", -Sum(tuple(terms)))

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
    by_z = [t.slope(t.L, z, f"error of output {c}") for c, z in enumerate(t.logits)]
    dz_da = [t.slope(z, t.a, f"how logit {c} changes") for c, z in enumerate(t.logits)]
    by_a = t.slope(t.L, t.a, "how the loss changes with the hidden unit")
    da_dz = t.slope(t.a, t.z, "slope of the hidden unit's activation")
    by_net = t.slope(t.L, t.z, "error of the hidden unit")
    dz_dw = t.slope(t.z, t.w, "how the net input changes with this weight")
    by_w = t.slope(t.L, t.w, "gradient of this example for this weight")
    paths = tuple(times(*path) for path in zip(by_z, dz_da, strict=True))
    taken = Sum(tuple(times(dz, w) for dz, w in zip(by_z, t.up, strict=True)), shown)
    return (
        Line(t.out[i] - t.y[i], "error of an output, as derived", by_z[i]),
        Line(Sum(paths, shown), "one path through each output", by_a),
        Line(taken, "each logit holds this unit once"),
        Line(slope_of(layer.activation, t.a), SLOPES[layer.activation], da_dz),
        Line(times(by_a, da_dz), "chain rule: error of the unit", by_net),
        Line(times(by_net, dz_dw), "chain rule again", by_w),
        Line(times(by_net, t.x), "the net input holds this weight once"),
    )


class _Arrays:
    """The terms of an example as columns, ends "col"; or of a batch, ends "each"."""

    def __init__(self, layer: HiddenLayer, end: str) -> None:
        up = "" if end == "col" else "[i]"
        whose = "the example" if end == "col" else "example i"

        def term(
            name: str, latex: str, text: str, meaning: str, definition: Expression | None = None
        ) -> Symbol:
            key = name, end
            return Symbol(key, f"{latex}{up}", f"{text}{up}", f"{meaning} of {whose}", definition)

        W = _upper_weights()
        self.x = term("x", r"\mathbf{x}", "x", "inputs")
        self.units = term("hidden a", rf"\mathbf{{a}}{LOWER[0]}", "a⁽¹⁾", "hidden activations")
        out = term("a", rf"\mathbf{{a}}{UPPER[0]}", "a⁽²⁾", "activations of the outputs")
        y = term("y", r"\mathbf{y}", "y", "targets")
        self.error = out - y
        self.delta = term(
            "δ2", rf"\delta{UPPER[0]}", "δ⁽²⁾", "∂ℓ/∂z of all outputs, the error,", self.error
        )
        self.slope = term(
            "g′",
            rf"g'(\mathbf{{z}}{LOWER[0]})",
            "g′(z⁽¹⁾)",
            "slopes of the hidden units",
            slope_of(layer.activation, self.units),
        )
        self.back = entrywise(Transpose(W) @ self.delta, self.slope)
        self.below = term(
            "δ1", rf"\delta{LOWER[0]}", "δ⁽¹⁾", "∂ℓ/∂z of all hidden units", self.back
        )


def _upper_weights() -> Symbol:
    return Symbol(("W2",), rf"\mathbf{{W}}{UPPER[0]}", "W⁽²⁾", "weights of the outputs")


def _gradient(layer: tuple[str, str], letter: str, of: str, definition: Expression) -> Symbol:
    """Return the gradient of a loss by all weights of a layer."""
    return Symbol(
        ("∇", letter, layer[1]),
        rf"\nabla_{{\mathbf{{W}}{layer[0]}}} {letter}",
        f"∇W{layer[1]} {letter}".replace(r"\ell", "ℓ"),
        f"gradient of {of} for these weights",
        definition,
    )


def _of_all_weights(layer: HiddenLayer) -> tuple[Line, ...]:
    """Return the same for all weights of both layers at once."""
    t = _Arrays(layer, "col")
    of_upper, of_lower = t.delta @ Transpose(t.units), t.below @ Transpose(t.x)
    loss = "this example's loss"
    return (
        Line(t.error, "all outputs at once", t.delta),
        Line(of_upper, "error × input", _gradient(UPPER, r"\ell", loss, of_upper)),
        Line(t.back, "back through Wᵀ, times the slope", t.below),
        Line(of_lower, "error × input, one layer below", _gradient(LOWER, r"\ell", loss, of_lower)),
    )


def _of_batch(layer: HiddenLayer) -> tuple[Line, ...]:
    """Return the mean gradients of a batch, as sums and as matrix products."""
    t, n = _Arrays(layer, "each"), Symbol(("n",), "n", "n", "examples in the batch")
    A = Symbol(("A",), rf"\mathbf{{A}}{UPPER[0]}", "A⁽²⁾", "activations of the outputs")
    Y = Symbol(("Y",), r"\mathbf{Y}", "Y", "targets of the batch, a row an example")
    H = Symbol(("H",), rf"\mathbf{{A}}{LOWER[0]}", "A⁽¹⁾", "hidden activations of the batch")
    X = Symbol(("X",), r"\mathbf{X}", "X", "inputs of the batch, a row an example")
    G = Symbol(
        ("G",),
        rf"g'(\mathbf{{Z}}{LOWER[0]})",
        "g′(Z⁽¹⁾)",
        "slopes of the hidden units, a row an example",
        slope_of(layer.activation, H),
    )
    upper = Symbol(
        ("Δ2",), rf"\Delta{UPPER[0]}", "Δ⁽²⁾", "errors of the outputs, a row an example", A - Y
    )
    back = entrywise(upper @ _upper_weights(), G)
    lower = Symbol(
        ("Δ1",), rf"\Delta{LOWER[0]}", "Δ⁽¹⁾", "errors of the hidden units, a row an example", back
    )
    sums = [
        1 / n * Total(("Σ∇", name), "i", delta @ Transpose(given), meaning="sum over the batch")
        for name, delta, given in (("2", t.delta, t.units), ("1", t.below, t.x))
    ]
    loss = "the mean loss of the batch"
    return (
        Line(sums[0], "mean over the n examples", _gradient(UPPER, "L", loss, sums[0])),
        Line(1 / n * (Transpose(upper) @ H), "sum of outer products"),
        Line(back, "all examples at once", lower),
        Line(sums[1], "mean over the n examples", _gradient(LOWER, "L", loss, sums[1])),
        Line(1 / n * (Transpose(lower) @ X), "sum of outer products"),
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
    "Backpropagation",
    About.HIDDEN,
    "The errors of the outputs go back through the same weights, and are scaled by each unit’s "
    "slope; then every layer’s gradient is error × input.",
    backpropagation,
    needs_batch=True,
)
