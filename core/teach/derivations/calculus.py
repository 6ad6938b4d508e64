"""Formulae computed and differentiated, in float64."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import cast

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
    Reals,
    Step,
    Sum,
    Symbol,
    Total,
    Transpose,
    Value,
    as_expression,
)

ZERO, ONE = as_expression(0), as_expression(1)


class Evaluation:
    """Values of expressions where some terms are known; the others follow from their definitions.

    What overflows is infinite or not a number; 0 times infinity is 0, as in 0 log 0.
    """

    def __init__(self, known: Mapping[Key, Value]) -> None:
        self._known = dict(known)

    def value(self, node: Expression) -> Value:
        """Return the value of an expression. Raises KeyError for a term that nothing gives."""
        with np.errstate(all="ignore"):
            return self._value(node)

    def _symbol(self, key: Key, definition: Expression | None) -> Value:
        if key not in self._known:
            if definition is None:
                raise KeyError(key)
            self._known[key] = self._value(definition)
        return self._known[key]

    def _value(self, node: Expression) -> Value:
        """Return the value of what needs no function of one variable."""
        match node:
            case Symbol(key, definition=definition):
                return self._symbol(key, definition)
            case Constant(value):
                return value
            case Sum(terms):
                return reduce(lambda a, b: a + b, map(self._value, terms))
            case Product(factors):
                return reduce(_times, map(self._value, factors))
            case Quotient(top, bottom):
                return cast(Value, np.divide(self._value(top), self._value(bottom)))
            case Power(base, exponent):
                return cast(Value, np.power(self._value(base), self._value(exponent)))
            case Negative(of):
                return -self._value(of)
            case Total(body=body, terms=terms):
                if terms:
                    return self._value(Sum(terms))
                return cast(Reals, np.asarray(self._value(body)).sum(axis=0))
            case Derivative(of, by):
                return self._value(differentiate(of, by))
            case Exp(of) | Log(of) | Step(of):
                return self._function(node, self._value(of))
            case _:
                return self._matrix(node)

    def _function(self, node: Expression, argument: Value) -> Value:
        if isinstance(node, Step):
            return np.where(np.asarray(argument) > 0, 1.0, 0.0)
        return cast(Value, np.exp(argument) if isinstance(node, Exp) else np.log(argument))

    def _matrix(self, node: Expression) -> Value:
        match node:
            case MatrixProduct(left, right):
                return cast(Reals, np.asarray(self._value(left)) @ np.asarray(self._value(right)))
            case Transpose(of):
                return cast(Reals, np.asarray(self._value(of)).swapaxes(-1, -2))
            case Diagonal(of):
                return np.diag(np.asarray(self._value(of))[:, 0])
            case Grid(rows):
                return np.array([[float(self._value(cell)) for cell in row] for row in rows])
        raise AssertionError(node)


def differentiate(node: Expression, by: Symbol) -> Expression:
    """Return ∂node/∂by; other terms are followed into their definitions."""
    match node:
        case Symbol(key, definition=definition):
            if key == by.key:
                return ONE
            return ZERO if definition is None else differentiate(definition, by)
        case Constant() | Step():
            return ZERO
        case Sum(terms):
            return _sum([differentiate(term, by) for term in terms])
        case Total(terms=terms) if terms:
            return _sum([differentiate(term, by) for term in terms])
        case Total(key, index, body):
            slope = differentiate(body, by)
            return ZERO if slope is ZERO else Total(key, index, slope)
        case Negative(of):
            slope = differentiate(of, by)
            return ZERO if slope is ZERO else Negative(slope)
        case Product(factors):
            return _sum([_of_product(factors, i, by) for i in range(len(factors))])
        case Quotient(top, bottom):
            up, down = differentiate(top, by), differentiate(bottom, by)
            if down is ZERO:
                return ZERO if up is ZERO else Quotient(up, bottom)
            return Quotient(Sum((bottom * up, Negative(top * down))), bottom**2)
        case _:
            return _of_function(node, by)


def _of_function(node: Expression, by: Symbol) -> Expression:
    """Return the derivative of a function of one variable, by the chain rule."""
    match node:
        case Power(base, exponent):  # the exponents here are free of what is differentiated by
            slope = differentiate(base, by)
            return ZERO if slope is ZERO else exponent * base ** (exponent - 1) * slope
        case Exp(of):
            slope = differentiate(of, by)
            return ZERO if slope is ZERO else node * slope
        case Log(of):
            slope = differentiate(of, by)
            return ZERO if slope is ZERO else slope / of
    raise AssertionError(node)


def _of_product(factors: tuple[Expression, ...], i: int, by: Symbol) -> Expression:
    slope = differentiate(factors[i], by)
    return ZERO if slope is ZERO else Product((*factors[:i], slope, *factors[i + 1 :]))


def _sum(terms: list[Expression]) -> Expression:
    left = [term for term in terms if term is not ZERO]
    return Sum(tuple(left)) if left else ZERO


def _times(a: Value, b: Value) -> Value:
    return np.where((np.asarray(a) == 0) | (np.asarray(b) == 0), 0.0, np.multiply(a, b))
