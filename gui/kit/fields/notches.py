"""The numbers at which arrows and wheel stop: 1, 2, 5, 10, …, and the powers of two."""

from __future__ import annotations

import math


def notch_above(value: float) -> float:
    """Return the next of 1, 2, 5, 10, 20, 50, … (times any power of ten) above a positive value."""
    power = 10.0 ** math.floor(math.log10(value))
    for digit in (1, 2, 5, 10, 20):
        if digit * power > value * (1 + 1e-9):
            return float(f"{digit * power:.12g}")
    raise AssertionError(value)


def notch_below(value: float) -> float:
    """Return the next of 1, 2, 5, 10, 20, 50, … (times any power of ten) below a positive value."""
    power = 10.0 ** math.floor(math.log10(value))
    for digit in (5, 2, 1, 0.5):
        if digit * power < value * (1 - 1e-9):
            return float(f"{digit * power:.12g}")
    raise AssertionError(value)


def power_beside(value: int, *, up: bool) -> int:
    if up:
        return int(2 ** value.bit_length())
    return max(1, int(2 ** ((value - 1).bit_length() - 1))) if value > 1 else 1
