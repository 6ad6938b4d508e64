"""Formulae as trees: what is written on a line is what is computed and what is checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Key: TypeAlias = tuple[str | int, ...]  # names a term: ("z", 1) is the logit of class 1
Reals: TypeAlias = NDArray[np.float64]
Value: TypeAlias = float | Reals


class Expression:
    """Part of a formula; +, −, *, / and ** make larger ones, as they would be written.

    Arrays are combined as NumPy does, so that a formula of one example holds for n of them.
    """

    def __add__(self, other: Expression | float) -> Expression:
        return Sum((*_terms(self), *_terms(as_expression(other))))

    def __radd__(self, other: float) -> Expression:
        return as_expression(other) + self

    def __sub__(self, other: Expression | float) -> Expression:
        return Sum((*_terms(self), Negative(as_expression(other))))

    def __rsub__(self, other: float) -> Expression:
        return as_expression(other) - self

    def __mul__(self, other: Expression | float) -> Expression:
        return Product((*_factors(self), *_factors(as_expression(other))))

    def __rmul__(self, other: float) -> Expression:
        return as_expression(other) * self

    def __truediv__(self, other: Expression | float) -> Expression:
        return Quotient(self, as_expression(other))

    def __rtruediv__(self, other: float) -> Expression:
        return as_expression(other) / self

    def __pow__(self, exponent: Expression | float) -> Expression:
        return Power(self, as_expression(exponent))

    def __matmul__(self, other: Expression) -> Expression:
        return MatrixProduct(self, other)

    def __neg__(self) -> Expression:
        return Negative(self)


@dataclass(frozen=True, eq=False)
class Symbol(Expression):
    """A term with a name, which is lit wherever it appears.

    meaning : in words. definition : what it stands for; None for what is given.
    """

    key: Key
    latex: str
    text: str
    meaning: str = ""
    definition: Expression | None = None


@dataclass(frozen=True, eq=False)
class Constant(Expression):
    """A number, or a matrix with a letter of its own such as I."""

    value: Value
    latex: str
    text: str


@dataclass(frozen=True, eq=False)
class Sum(Expression):
    """Terms that are added. shown : the positions of those that are written; None writes all."""

    terms: tuple[Expression, ...]
    shown: tuple[int, ...] | None = None


@dataclass(frozen=True, eq=False)
class Product(Expression):
    """Factors, element by element. sign : "" if side by side, else "·" or "∘"."""

    factors: tuple[Expression, ...]
    sign: str = ""


@dataclass(frozen=True, eq=False)
class Quotient(Expression):
    top: Expression
    bottom: Expression


@dataclass(frozen=True, eq=False)
class Power(Expression):
    base: Expression
    exponent: Expression


@dataclass(frozen=True, eq=False)
class Negative(Expression):
    of: Expression


@dataclass(frozen=True, eq=False)
class Exp(Expression):
    of: Expression


@dataclass(frozen=True, eq=False)
class Log(Expression):
    """The natural logarithm."""

    of: Expression


@dataclass(frozen=True, eq=False)
class Step(Expression):
    """1 where its argument is above 0, else 0. Its derivative is taken as 0."""

    of: Expression


@dataclass(frozen=True, eq=False)
class Total(Expression):
    """A sum with an index, as in Σⱼ e^zⱼ.

    body : what is written behind the sign. terms : what is added; empty if the body is an array
        over the index, whose first axis is summed.
    """

    key: Key
    index: str
    body: Expression
    terms: tuple[Expression, ...] = ()
    meaning: str = ""


@dataclass(frozen=True, eq=False)
class Derivative(Expression):
    """∂/∂`by` of a term or of a formula. key : of its number. is_only : written with d, not ∂."""

    of: Expression
    by: Symbol
    key: Key
    meaning: str = ""
    is_only: bool = False


@dataclass(frozen=True, eq=False)
class MatrixProduct(Expression):
    left: Expression
    right: Expression


@dataclass(frozen=True, eq=False)
class Transpose(Expression):
    """The last two axes exchanged."""

    of: Expression


@dataclass(frozen=True, eq=False)
class Diagonal(Expression):
    """The square matrix with the column `of`, (h, 1), on its diagonal."""

    of: Expression


@dataclass(frozen=True, eq=False)
class Grid(Expression):
    """A matrix by its entries."""

    rows: tuple[tuple[Expression, ...], ...]


def as_expression(value: Expression | float) -> Expression:
    """Return an expression as it is, and a number as a constant."""
    if isinstance(value, Expression):
        return value
    words = f"{value:g}"
    return Constant(float(value), words, words)


def times(*factors: Expression | float) -> Expression:
    """Return a product with a dot between the factors, as of a chain rule."""
    return Product(tuple(as_expression(factor) for factor in factors), "·")


def entrywise(left: Expression, right: Expression) -> Expression:
    """Return the product of two matrices entry by entry."""
    return Product((left, right), "∘")


def parts(node: Expression) -> tuple[Expression, ...]:
    """Return what an expression is made of, as it is written."""
    match node:
        case Sum(terms, shown):
            return terms if shown is None else tuple(terms[i] for i in shown)
        case Product(factors):
            return factors
        case Quotient(first, second) | Power(first, second) | MatrixProduct(first, second):
            return first, second
        case Derivative(of, by):
            return of, by
        case Grid(rows):
            return tuple(cell for row in rows for cell in row)
        case Negative(of) | Exp(of) | Log(of) | Step(of) | Transpose(of) | Diagonal(of):
            return (of,)
        case _:
            return ()


def walk(node: Expression) -> Iterator[Expression]:
    """Yield the expression and all that is written of it; not what its symbols stand for."""
    yield node
    for part in parts(node):
        yield from walk(part)


def _terms(node: Expression) -> tuple[Expression, ...]:
    return node.terms if isinstance(node, Sum) and node.shown is None else (node,)


def _factors(node: Expression) -> tuple[Expression, ...]:
    return node.factors if isinstance(node, Product) and not node.sign else (node,)
