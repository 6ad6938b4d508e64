"""The lines of a hidden layer: what its units make of the input, and the chain rule back."""

from __future__ import annotations

from core.language import mark, tr
from core.number_format import format_integer
from gui.derivation.layer import HIDDEN, OF_HIDDEN, Layer, tall
from gui.derivation.shape import PRODUCTS, Shape
from gui.kit.maths.notation import (
    EQUALS,
    PLUS,
    TIMES,
    Key,
    Line,
    Matrix,
    Node,
    Num,
    Row,
    Sym,
    Word,
    flow,
    joined,
    row,
    sentence,
)

# Each activation f: its value and its slope of z, as LaTeX and plain characters, and a remark.
ACTIVATIONS: dict[str, tuple[tuple[str, str], tuple[str, str], str]] = {
    "relu": (
        (r"\max(0, {z})", "max(0, {z})"),
        (r"[\,{z} > 0\,]", "[{z} > 0]"),
        mark(
            "1 where the unit is active, else 0: an inactive unit learns nothing from this example"
        ),
    ),
    "tanh": (
        (r"\tanh({z})", "tanh({z})"),
        (r"1 - ({a})^2", "1 − ({a})²"),
        mark("next to nothing where a unit is saturated, near −1 or 1"),
    ),
    "sigmoid": (
        (r"\sigma({z})", "σ({z})"),
        (r"{a} \odot (1 - {a})", "{a} ⊙ (1 − {a})"),
        mark("at most ¼, next to nothing where a unit is near 0 or 1"),
    ),
}
(UP, PLAIN_UP), DOT = OF_HIDDEN, Sym(r"\odot", "⊙")


def forward(shape: Shape, part: int) -> list[Line]:
    """Return the lines of the units that are shown: net input and activation of each."""
    lines = [_unit(shape, j, part) for j in shape.units]
    if len(shape.units) < shape.hidden:
        said = tr(
            "… {more} more of {n}; shown are those that add most to the logits",
            more=format_integer(shape.hidden - len(shape.units)),
            n=format_integer(shape.hidden),
        )
        lines.append(Line(part, Word(tr("hidden units", "of a row")), flow(*sentence(said))))
    return lines


def _unit(s: Shape, j: int, part: int) -> Line:
    """Return z⁽¹⁾ⱼ = Σ w x + b = … and a⁽¹⁾ⱼ = f(z⁽¹⁾ⱼ) = … of one unit."""
    at = j + 1
    z, plain = rf"z{UP}_{{{at}}}", f"z{PLAIN_UP}{at}"
    bias: list[Node] = [Num((f"{HIDDEN}b", j), is_term=True)] if s.has_bias else []
    if s.m <= PRODUCTS and not s.is_image:
        products: list[Node] = [
            row(Num((f"{HIDDEN}W", j, i), is_term=n > 0), TIMES, Num(("x", i), is_term=True))
            for n, i in enumerate(s.features)
        ]
        head, terms = Sym(f"{z} =", f"{plain} ="), joined([*products, *bias], PLUS)
    else:
        plus, plain_plus = (rf" + b{UP}_{{{at}}}", " + b") if s.has_bias else ("", "")
        head = Sym(
            rf"{z} = \textstyle{{\sum}}_i w{UP}_{{{at},i}}\, x_i{plus} =",
            f"{plain} = Σ w x{plain_plus} =",
        )
        terms = joined([Num((f"{HIDDEN}wx", j)), *bias], PLUS)
    (squashed, words), _, _ = ACTIVATIONS[s.activation]
    activation = Sym(
        rf"\quad a{UP}_{{{at}}} = {squashed.replace('{z}', z)} =",
        f"  a{PLAIN_UP}{at} = {words.replace('{z}', plain)} =",
    )
    return Line(
        part,
        Word(tr("unit {u}", u=at)),
        flow(
            head,
            *terms,
            row(EQUALS, Num((f"{HIDDEN}z", j))),
            row(activation, Num((f"{HIDDEN}a", j))),
        ),
    )


def backward(shape: Shape, output: Layer, hidden: Layer, part: int) -> list[Line]:
    """Return the chain rule from ∂L/∂z of the outputs to the weights below the units."""
    more, weights = len(shape.units) < shape.hidden, output.weights
    transposed = rf"{{{weights[0]}}}^{{\top}}", f"{weights[1]}ᵀ"
    if output.is_neuron:
        transposed = weights
    by_a = Sym(
        rf"\frac{{\partial L}}{{\partial \mathbf{{a}}{UP}}} = {transposed[0]}\,"
        rf"\frac{{\partial L}}{{\partial {_z(output)}}} =",
        f"∂L/∂a{PLAIN_UP} = {transposed[1]} ∂L/∂z =",
    )
    slopes: list[Key] = [output.key("dz", k) for k in output.rows]
    numbers: list[Node] = []
    if len(slopes) <= PRODUCTS and output.has_all_rows:
        numbers = [_transposed(output, has_more=more), tall(slopes, has_more=False), EQUALS]
    _, (slope, plain), remark = ACTIVATIONS[shape.activation]
    z, a = rf"\mathbf{{z}}{UP}", rf"\mathbf{{a}}{UP}"
    by_z = Sym(
        rf"\mathbf{{\delta}}{UP} = \frac{{\partial L}}{{\partial {z}}} = "
        rf"\frac{{\partial L}}{{\partial {a}}} \odot f'({z}) =",
        f"δ{PLAIN_UP} = ∂L/∂z{PLAIN_UP} = ∂L/∂a{PLAIN_UP} ⊙ f′(z{PLAIN_UP}) =",
    )
    slope = slope.replace("{z}", z).replace("{a}", a)
    plain = plain.replace("{z}", f"z{PLAIN_UP}").replace("{a}", f"a{PLAIN_UP}")
    latex, words = hidden.outer
    by_W = Sym(
        rf"\frac{{\partial L}}{{\partial {hidden.weights[0]}}} = {latex} =",
        f"∂L/∂{hidden.weights[1]} = {words} =",
    )
    by_b = Sym(
        rf"\frac{{\partial L}}{{\partial {hidden.bias[0]}}} = {hidden.slope[0]} =",
        f"∂L/∂{hidden.bias[1]} = {hidden.slope[1]} =",
    )
    lines = [
        Line(
            part,
            Word(tr("hidden units", "of a row")),
            flow(by_a, Row((*numbers, hidden.tall("da")))),
        ),
        Line(
            part,
            Word(tr("net inputs")),
            flow(
                by_z,
                row(hidden.tall("da"), DOT, hidden.tall("slope"), EQUALS, hidden.tall("dz")),
                Sym(rf"\quad f'({z}) = {slope}", f"f′(z{PLAIN_UP}) = {plain}"),
                *sentence(tr(remark)),
            ),
        ),
        Line(part, Word(hidden.title_of_weights), flow(by_W, hidden.table("dW"))),
    ]
    if shape.has_bias:
        lines.append(Line(part, Word(hidden.title_of_biases), flow(by_b, hidden.column("dz"))))
    return lines


def _z(output: Layer) -> str:
    return "z" if output.is_neuron else r"\mathbf{z}"


def _transposed(output: Layer, *, has_more: bool) -> Matrix:
    """Return Wᵀ of the outputs: a row for each unit that is shown."""
    below = Sym(r"\vdots", "⋮")
    cells: list[tuple[Node, ...]] = [
        tuple(Num(output.key("W", k, j)) for k in output.rows) for j in output.columns
    ]
    return Matrix(tuple([*cells, tuple(below for _ in output.rows)] if has_more else cells))
