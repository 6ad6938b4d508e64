"""The numbers that a class has answered, as columns of dots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

COLUMNS = 30  # at most, between the smallest and the largest
FAR = 3.0  # interquartile ranges beyond the quartiles: farther numbers stand at the edge
STEPS = (1.0, 2.0, 5.0, 10.0)
LEAST = 1e-9  # of a number, or of 1 if that is more: what differs by less is the same


@dataclass(frozen=True, eq=False)
class Spread:
    """How many numbers are nearest to each multiple of a step.

    step : between two columns. middles, counts : (k,) of the columns, from the smallest on.
    median : of all numbers. below, above : how many are too far to be in a column.
    """

    step: float
    middles: NDArray[np.float64]
    counts: NDArray[np.int64]
    median: float
    below: int
    above: int


def spread(values: Sequence[float], truth: float | None = None) -> Spread | None:
    """Return the columns of finite numbers, so wide that they reach the truth; None of none."""
    if not values:
        return None
    numbers = np.sort(np.asarray(values, dtype=np.float64))
    first, median, third = np.quantile(numbers, [0.25, 0.5, 0.75])
    least = LEAST * max(1.0, float(abs(numbers).max()))
    reach = FAR * (third - first)
    if reach < least:
        reach = abs(median) / 2 if abs(median) > least else 1.0
    is_near = (numbers >= first - reach) & (numbers <= third + reach)
    near = numbers[is_near]
    ends = [near[0], near[-1]] + ([] if truth is None else [truth])
    low, high = min(ends), max(ends)
    step = round_step((high - low if high - low > least else reach) / COLUMNS)
    places = np.round(near / step).astype(np.int64)
    start, end = round(low / step), round(high / step)
    counts = np.bincount(places - start, minlength=end - start + 1)
    middles = np.arange(start, end + 1) * step
    below = int((numbers < first - reach).sum())
    return Spread(step, middles, counts, float(median), below, int((~is_near).sum()) - below)


def round_step(least: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is not less."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in STEPS if step * power >= least * (1 - 1e-9))
