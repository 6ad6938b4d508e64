"""One linear map of the model in a derivation: the names of its numbers, and its letters."""

from __future__ import annotations

from dataclasses import dataclass

from core.language import tr
from gui.derivation.shape import Shape
from gui.kit.maths.notation import Flow, Key, Matrix, Node, Num, Pic, Sym, many, row

HIDDEN = "hidden "  # begins the names of the numbers of a hidden layer
MORE = Sym(r"\cdots", "…")
MORE_BELOW = Sym(r"\vdots", "⋮")
OF_HIDDEN = (r"^{(1)}", "⁽¹⁾")
AFTER_HIDDEN = (r"^{(2)}", "⁽²⁾")


@dataclass(frozen=True)
class Layer:
    """A linear map W x + b, whose numbers are named `prefix` and W, b, dW and so on.

    rows : of W that are shown, of `all_rows`; columns : likewise, of `all_columns`.
    is_image : its rows are shown as pictures. x : the name of what it takes.
    weights, bias : their letters, as LaTeX and in plain characters; a neuron has one row of them.
    slope : ∂L/∂z for all examples, bracketed where products need it; taken : the letter of x.
    mark : ends the titles of its lines, if there is another layer.
    classic_update : the textbook form of its update by plain descent, if that is another one.
    """

    prefix: str
    rows: tuple[int, ...]
    all_rows: int
    columns: tuple[int, ...]
    all_columns: int
    is_image: bool
    is_neuron: bool
    x: str
    weights: tuple[str, str]
    bias: tuple[str, str]
    slope: tuple[str, str]
    taken: tuple[str, str]
    mark: str
    classic_update: tuple[str, str] | None

    def key(self, name: str, *at: int) -> Key:
        return (f"{self.prefix}{name}", *at)

    def table(self, name: str) -> Node:
        """Return the numbers or pictures of an array shaped like W."""
        if self.is_image:
            pictures: list[Node] = [Pic(self.key(name, k)) for k in self.rows]
            return Flow(tuple(pictures if self.has_all_rows else [*pictures, MORE]))
        more = () if len(self.columns) == self.all_columns else (MORE,)
        cells: list[tuple[Node, ...]] = [
            (*(Num(self.key(name, k, j)) for j in self.columns), *more) for k in self.rows
        ]
        if not self.has_all_rows and self.prefix:
            cells.append(tuple(MORE_BELOW for _ in cells[0]))
        return Matrix(tuple(cells))

    def column(self, name: str) -> Node:
        """Return the numbers of an array shaped like b."""
        numbers = many([self.key(name, k) for k in self.rows])
        return numbers if self.has_all_rows or not self.prefix else row(numbers, MORE)

    def tall(self, name: str) -> Matrix:
        """Return the same as a column of a matrix."""
        return tall([self.key(name, k) for k in self.rows], has_more=not self.has_all_rows)

    @property
    def has_all_rows(self) -> bool:
        return len(self.rows) == self.all_rows

    @property
    def outer(self) -> tuple[str, str]:
        """∂L/∂z times x, as LaTeX and in plain characters."""
        (slope, plain), (x, plain_x) = self.slope, self.taken
        if self.is_neuron:
            return rf"{slope}\,{x}", f"{plain} {plain_x}"
        return rf"{slope}\,{{{x}}}^{{\top}}", f"{plain} {plain_x}ᵀ"

    @property
    def title_of_weights(self) -> str:
        return f"{tr('weights')}{self.mark}"

    @property
    def title_of_biases(self) -> str:
        return f"{tr('bias') if self.all_rows == 1 else tr('biases')}{self.mark}"


def tall(keys: list[Key], *, has_more: bool) -> Matrix:
    """Return numbers as a column of a matrix."""
    cells: list[tuple[Node, ...]] = [(Num(key),) for key in keys]
    return Matrix(tuple([*cells, (MORE_BELOW,)] if has_more else cells))


def output_layer(
    shape: Shape,
    slope: tuple[str, str],
    classic_update: tuple[str, str] | None,
) -> Layer:
    """Return the layer of the outputs; slope and classic_update are those of `Layer`."""
    above, plain = AFTER_HIDDEN if shape.hidden else ("", "")
    letters = ("w", "b") if shape.is_neuron else ("W", "b")
    bias = f"b{above}" if shape.is_neuron else rf"\mathbf{{b}}{above}"
    return Layer(
        prefix="",
        rows=shape.outputs,
        all_rows=shape.rows,
        columns=shape.units if shape.hidden else shape.features,
        all_columns=shape.hidden or shape.m,
        is_image=shape.is_image and not shape.hidden,
        is_neuron=shape.is_neuron,
        x=f"{HIDDEN}a" if shape.hidden else "x",
        weights=(rf"\mathbf{{{letters[0]}}}{above}", f"{letters[0]}{plain}"),
        bias=(bias, f"b{plain}"),
        slope=slope,
        taken=(rf"\mathbf{{a}}{OF_HIDDEN[0]}", f"a{OF_HIDDEN[1]}")
        if shape.hidden
        else (r"\mathbf{x}", "x"),
        mark=plain,
        classic_update=None if shape.hidden else classic_update,
    )


def hidden_layer(shape: Shape) -> Layer:
    """Return the layer of the hidden units, for a shape that has one."""
    above, plain = OF_HIDDEN
    slope = rf"\mathbf{{\delta}}{above}", f"δ{plain}"
    return Layer(
        prefix=HIDDEN,
        rows=shape.units,
        all_rows=shape.hidden,
        columns=shape.features,
        all_columns=shape.m,
        is_image=shape.is_image,
        is_neuron=False,
        x="x",
        weights=(rf"\mathbf{{W}}{above}", f"W{plain}"),
        bias=(rf"\mathbf{{b}}{above}", f"b{plain}"),
        slope=slope,
        taken=(r"\mathbf{x}", "x"),
        mark=plain,
        classic_update=None,
    )
