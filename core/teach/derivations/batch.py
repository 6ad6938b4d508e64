"""The gradient of a batch: from one example's outer product to one matrix product."""

from __future__ import annotations

from core.language import mark, tr
from core.teach.derivations.derivation import About, Case, Derivation, Line
from core.teach.derivations.expression import Symbol, Total, Transpose


def batch_gradient(_: Case) -> tuple[Line, ...]:
    """−(Xᵀ(Y − A))ᵀ/n, from one example to n."""
    a = Symbol(("a", "col"), r"\mathbf{a}", "a", tr("activations of the example"))
    y = Symbol(("y", "col"), r"\mathbf{y}", "y", tr("targets of the example"))
    x = Symbol(("x", "col"), r"\mathbf{x}", "x", tr("inputs of the example"))
    a_i = Symbol(("a", "each"), r"\mathbf{a}^{[i]}", "a[i]", tr("activations of example i"))
    y_i = Symbol(("y", "each"), r"\mathbf{y}^{[i]}", "y[i]", tr("targets of example i"))
    x_i = Symbol(("x", "each"), r"\mathbf{x}^{[i]}", "x[i]", tr("inputs of example i"))
    A = Symbol(("A",), r"\mathbf{A}", "A", tr("activations of the batch, a row an example"))
    Y = Symbol(("Y",), r"\mathbf{Y}", "Y", tr("targets of the batch, a row an example"))
    X = Symbol(("X",), r"\mathbf{X}", "X", tr("inputs of the batch, a row an example"))
    n = Symbol(("n",), "n", "n", tr("examples in the batch"))
    one = (a - y) @ Transpose(x)
    each = Total(("Σ∇",), "i", (a_i - y_i) @ Transpose(x_i), meaning=tr("sum over the batch"))
    of_one = Symbol(
        ("∇ℓ",), r"\nabla_{\mathbf{W}} \ell", "∇ℓ", tr("gradient of this example's loss ℓ"), one
    )
    of_all = Symbol(
        ("∇L",),
        r"\nabla_{\mathbf{W}} L",
        "∇L",
        tr("gradient of the mean loss of the batch"),
        1 / n * each,
    )
    return (
        Line(one, tr("∂ℓ/∂w is (a − y) x, for every weight"), of_one),
        Line(1 / n * each, tr("mean over the n examples"), of_all),
        Line(1 / n * (Transpose(A - Y) @ X), tr("sum of outer products")),
        Line(-(1 / n * (Transpose(Y - A) @ X)), tr("turn the difference round")),
        Line(-(1 / n * Transpose(Transpose(X) @ (Y - A))), tr("transpose of a product")),
    )


BATCH = Derivation(
    "batch-gradient",
    mark("From one example to the batch"),
    About.ANY,
    mark("A sum over examples is one matrix product: that is what makes the loop unnecessary."),
    batch_gradient,
    needs_batch=True,
    has_code=True,
)
