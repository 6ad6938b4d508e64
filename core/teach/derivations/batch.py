"""The gradient of a batch: from one example's outer product to one matrix product."""

from __future__ import annotations

from core.teach.derivations.derivation import About, Case, Derivation, Line
from core.teach.derivations.expression import Symbol, Total, Transpose


def batch_gradient(_: Case) -> tuple[Line, ...]:
    """−(Xᵀ(Y − A))ᵀ/n, from one example to n."""
    a = Symbol(("a", "col"), r"\mathbf{a}", "a", "activations of the example")
    y = Symbol(("y", "col"), r"\mathbf{y}", "y", "targets of the example")
    x = Symbol(("x", "col"), r"\mathbf{x}", "x", "inputs of the example")
    a_i = Symbol(("a", "each"), r"\mathbf{a}^{[i]}", "a[i]", "activations of example i")
    y_i = Symbol(("y", "each"), r"\mathbf{y}^{[i]}", "y[i]", "targets of example i")
    x_i = Symbol(("x", "each"), r"\mathbf{x}^{[i]}", "x[i]", "inputs of example i")
    A = Symbol(("A",), r"\mathbf{A}", "A", "activations of the batch, a row an example")
    Y = Symbol(("Y",), r"\mathbf{Y}", "Y", "targets of the batch, a row an example")
    X = Symbol(("X",), r"\mathbf{X}", "X", "inputs of the batch, a row an example")
    n = Symbol(("n",), "n", "n", "examples in the batch")
    one = (a - y) @ Transpose(x)
    each = Total(("Σ∇",), "i", (a_i - y_i) @ Transpose(x_i), meaning="sum over the batch")
    of_one = Symbol(
        ("∇ℓ",), r"\nabla_{\mathbf{W}} \ell", "∇ℓ", "gradient of this example's loss ℓ", one
    )
    of_all = Symbol(
        ("∇L",),
        r"\nabla_{\mathbf{W}} L",
        "∇L",
        "gradient of the mean loss of the batch",
        1 / n * each,
    )
    return (
        Line(one, "∂ℓ/∂w is (a − y) x, for every weight", of_one),
        Line(1 / n * each, "mean over the n examples", of_all),
        Line(1 / n * (Transpose(A - Y) @ X), "sum of outer products"),
        Line(-(1 / n * (Transpose(Y - A) @ X)), "turn the difference round"),
        Line(-(1 / n * Transpose(Transpose(X) @ (Y - A))), "transpose of a product"),
    )


BATCH = Derivation(
    "batch-gradient",
    "From one example to the batch",
    About.ANY,
    "A sum over examples is one matrix product: that is what makes the loop unnecessary.",
    batch_gradient,
    needs_batch=True,
    has_code=True,
)
