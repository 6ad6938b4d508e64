"""Formulae as LaTeX, in which each term can be marked, and in plain characters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from core.teach.derivations.expression import (
    Constant,
    Derivative,
    Diagonal,
    Exp,
    Expression,
    Grid,
    Key,
    Log,
    MatrixProduct,
    Negative,
    Power,
    Product,
    Quotient,
    Step,
    Sum,
    Symbol,
    Total,
    Transpose,
    walk,
)

Mark: TypeAlias = Callable[[Key, str], str]

MOST_ROWS = 4  # of a matrix that is written whole
FIRST_ROWS = 2  # of one that is not; then comes its last


@dataclass(frozen=True)
class Style:
    """How the parts of a formula are written; {} stands for what they are made of."""

    bracket: str
    low_bracket: str  # around what is no higher than a letter
    square: str
    quotient: str
    power: str
    exp: str
    log: str
    step: str
    total: str
    transpose: str
    diagonal: str
    minus: str
    signs: tuple[str, str, str]  # for factors side by side, "·" and "∘"
    dots: str
    operator: str  # ∂/∂{} before what is differentiated
    slope: str  # ∂{}/∂{}
    only: tuple[str, str]  # of both, with d
    cells: tuple[str, str, str]  # between cells, between rows, around all


LATEX = Style(
    bracket=r"\left({}\right)",
    low_bracket="({})",
    square=r"\left[{}\right]",
    quotient=r"\frac{{{}}}{{{}}}",
    power=r"{}^{{{}}}",
    exp=r"e^{{{}}}",
    log=r"\ln {}",
    step=r"\left[{} > 0\right]",
    total=r"{{\textstyle\sum_{{{}}}}}\,{}",
    transpose=r"{{{}}}^{{\top}}",
    diagonal=r"\operatorname{{diag}}({})",
    minus="-",
    signs=(r"\,", r" \cdot ", r" \circ "),
    dots=r"\cdots",
    operator=r"\frac{{\partial}}{{\partial {}}}",
    slope=r"\frac{{\partial {}}}{{\partial {}}}",
    only=(r"\frac{{d}}{{d{}}}", r"\frac{{d{}}}{{d{}}}"),
    cells=(" & ", r" \\ ", r"\begin{{bmatrix}}{}\end{{bmatrix}}"),
)
PLAIN = Style(
    bracket="({})",
    low_bracket="({})",
    square="[{}]",
    quotient="{} / {}",
    power="{}^{}",
    exp="e^{}",
    log="ln {}",
    step="[{} > 0]",
    total="Σ_{} {}",
    transpose="{}ᵀ",
    diagonal="diag({})",
    minus="−",
    signs=(" ", " · ", " ∘ "),
    dots="…",
    operator="∂/∂{} ",
    slope="∂{}/∂{}",
    only=("d/d{} ", "d{}/d{}"),
    cells=(", ", "; ", "[{}]"),
)
SUMS = Sum | Negative | Total
SIGNS = ("", "·", "∘")
HIGH = Quotient | Total | Grid | Derivative | Power | Exp  # higher than a letter
LARGE = SUMS | Product | Quotient | Derivative | Exp | Power | Log | MatrixProduct


def to_latex(node: Expression, mark: Mark = lambda _, latex: latex) -> str:
    """Return the formula as LaTeX. mark : dresses a term with this key."""
    return _Writer(LATEX, mark).write(node)


def to_text(node: Expression) -> str:
    """Return the formula in plain characters."""
    return _Writer(PLAIN, lambda _, text: text).write(node)


def shown_rows(count: int) -> tuple[int | None, ...]:
    """Return which of so many rows or columns of a matrix are written; None stands for dots."""
    if count <= MOST_ROWS:
        return tuple(range(count))
    return (*range(FIRST_ROWS), None, count - 1)


class _Writer:
    def __init__(self, style: Style, mark: Mark) -> None:
        self._style, self._mark = style, mark
        self._is_latex = style is LATEX

    def write(self, node: Expression) -> str:
        style = self._style
        match node:
            case Symbol(key, latex, text):
                return self._mark(key, latex if self._is_latex else text)
            case Constant(_, latex, text):
                return latex if self._is_latex else text
            case Sum():
                return self._sum(node)
            case Product(factors, sign):
                return self._product(factors, sign)
            case Quotient(top, bottom):
                return style.quotient.format(self._stacked(top), self._stacked(bottom))
            case Power(base, exponent):
                return style.power.format(self._raised(base), self._stacked(exponent))
            case Exp(of):
                return style.exp.format(self._stacked(of))
            case Negative(of):
                return style.minus + self._wrapped(of, Sum | Negative)
            case Total(key, index, body):
                within = _Writer(style, lambda _, words: words)  # one term in the whole
                words = style.total.format(index, within._wrapped(body, Sum))
                return self._mark(key, words)
            case Derivative():
                return self._derivative(node)
            case _:
                return self._other(node)

    def _other(self, node: Expression) -> str:
        style = self._style
        match node:
            case Log(of):
                is_plain = self._is_latex and isinstance(of, Quotient)
                return style.log.format(self.write(of) if is_plain else self._tight(of))
            case Step(of):
                return style.step.format(self.write(of))
            case MatrixProduct(left, right):
                parts = (self._wrapped(part, SUMS) for part in (left, right))
                return style.signs[0].join(parts)
            case Transpose(of):
                return style.transpose.format(self._tight(of))
            case Diagonal(of):
                return style.diagonal.format(self.write(of))
            case Grid(rows):
                cell, line, whole = style.cells
                columns = shown_rows(len(rows[0]))
                written = (
                    cell.join(
                        style.dots if i is None or j is None else self.write(rows[i][j])
                        for j in columns
                    )
                    for i in shown_rows(len(rows))
                )
                return whole.format(line.join(written))
        raise AssertionError(node)

    def _sum(self, node: Sum) -> str:
        style, words = self._style, ""
        shown = range(len(node.terms)) if node.shown is None else node.shown
        expected = 0
        for i in shown:
            if i > expected:
                words += f" + {style.dots}" if words else style.dots
            expected = i + 1
            term = node.terms[i]
            is_minus = isinstance(term, Negative)
            part = self._wrapped(term.of if isinstance(term, Negative) else term, Sum | Negative)
            if words:
                words += f" {style.minus if is_minus else '+'} {part}"
            else:
                words = f"{style.minus}{part}" if is_minus else part
        return words + (f" + {style.dots}" if expected < len(node.terms) else "")

    def _derivative(self, node: Derivative) -> str:
        style, by = self._style, node.by
        name = by.latex if self._is_latex else by.text
        if isinstance(node.of, Symbol):
            form = style.only[1] if node.is_only else style.slope
            of = node.of.latex if self._is_latex else node.of.text
            return self._mark(node.key, form.format(of, name))
        form = style.only[0] if node.is_only else style.operator
        return form.format(name) + style.square.format(self.write(node.of))

    def _product(self, factors: tuple[Expression, ...], sign: str) -> str:
        style, words = self._style, ""
        last = len(factors) - 1
        for i, factor in enumerate(factors):
            part = self._wrapped(factor, Sum | Negative if i == last else SUMS)
            if i:
                is_number = isinstance(factor, Constant) or _is_one(factors[i - 1])
                between = style.signs[SIGNS.index("·" if is_number and not sign else sign)]
                # A bracket keeps its distance by itself.
                words += "" if between == r"\," and part.startswith("(") else between
            words += part
        return words

    def _wrapped(self, node: Expression, kinds: object) -> str:
        words = self.write(node)
        if not isinstance(node, kinds):  # type: ignore[arg-type]
            return words
        style = self._style
        is_low = not any(isinstance(part, HIGH) for part in walk(node))
        return (style.low_bracket if is_low else style.bracket).format(words)

    def _tight(self, node: Expression) -> str:
        return self._wrapped(node, LARGE)

    def _raised(self, node: Expression) -> str:
        """Return the base of a power, in brackets also if it has a superscript already."""
        words = self._tight(node)
        has_one = self._is_latex and isinstance(node, Symbol) and "^" in node.latex
        return self._style.bracket.format(words) if has_one else words

    def _stacked(self, node: Expression) -> str:
        return self.write(node) if self._is_latex else self._tight(node)


def _is_one(node: Expression) -> bool:
    return isinstance(node, Constant) and np.ndim(node.value) == 0 and node.value in (0, 1)
