"""Numbers of exercises: drawn so that they are decent to compute by hand, and as text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from core.number_format import format_fixed, format_shortest, listed, localised_number


def from_(rng: Generator, values: Sequence[float]) -> float:
    """Return one of these."""
    return float(values[int(rng.integers(len(values)))])


def several(rng: Generator, values: Sequence[float], count: int) -> tuple[float, ...]:
    """Return so many different ones of these."""
    return tuple(float(values[k]) for k in rng.permutation(len(values))[:count])


def halves(low: float, high: float) -> tuple[float, ...]:
    """Return the multiples of ½ from low to high without 0."""
    return tuple(float(value) for value in np.arange(low, high + 0.25, 0.5) if value)


def short(value: float) -> str:
    """Write a number that is given: 2, −0.5."""
    return localised_number(format_shortest(round(value, 6)))


def vector(values: Sequence[float]) -> str:
    """Write a vector that is given: (1, −0.5)."""
    return f"({listed(map(short, values))})"


def rounded(value: float) -> str:
    """Write a number that was computed, to three decimals."""
    return format_fixed(value, 3)


def product(values: Sequence[float], weights: Sequence[float]) -> str:
    """Write a sum of products: 2 · 1 + (−1) · 3."""
    terms = (f"{factor(w)} · {factor(x)}" for x, w in zip(values, weights, strict=True))
    return " + ".join(terms)


def factor(value: float) -> str:
    """Write a number that follows a sign: 2, (−0.5)."""
    return short(value) if value >= 0 else f"({short(value)})"
