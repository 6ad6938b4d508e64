"""A value axis with a break: linear below it, with all larger values compressed above it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.number_format import format_significant

Floats = NDArray[np.float64]

BAND = 0.45  # height of the part above the break, as a share of the linear part
MOST = 4.0  # times the usual axis: the greatest length of the linear part
LOWEST, HIGHEST, ENDLESS = 0.25, 0.55, 0.65  # of the band: finite values, infinity
TEETH = 40


@dataclass(frozen=True)
class Break:
    """A break at the value `start`.

    largest : the largest finite value above it. has_endless : whether some values are inf.
    """

    start: float
    largest: float
    has_endless: bool = False

    @property
    def top(self) -> float:
        """The upper end of the axis."""
        return self.start * (1 + BAND)

    def place(self, values: Floats) -> Floats:
        """Return the positions of the values on the axis, logarithmic above the break."""
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.log(values / self.start) / np.log(self.largest / self.start)
        share = np.nan_to_num(share, nan=0.0, posinf=1.0, neginf=0.0)
        share = LOWEST + (HIGHEST - LOWEST) * np.clip(share, 0, 1)
        share = np.where(np.isinf(values), ENDLESS, share)
        beyond = self.start * (1 + BAND * share)
        return np.where(values > self.start, beyond, values)

    @property
    def top_tick(self) -> float:
        """The position of the largest value on the axis."""
        value = np.inf if self.has_endless else self.largest
        return float(self.place(np.array([value]))[0])

    @property
    def top_label(self) -> str:
        """The label of the largest value."""
        return "∞" if self.has_endless else format_significant(self.largest, 3)

    def teeth(self, low: float, high: float) -> tuple[Floats, Floats]:
        """Return a zigzag along the break, from x = low to high."""
        x = np.linspace(low, high, 2 * TEETH + 1)
        y = np.full(len(x), self.start * (1 + 0.05 * BAND))
        y[1::2] = self.start * (1 + 0.13 * BAND)
        return x, y


def find_break(usual_top: float, fallen: Floats) -> tuple[Floats, Break | None]:
    """Return the values of a diverging run that the linear part holds, and a break for the others.

    usual_top : the upper end of the axis without these values.
    """
    values = fallen[~np.isnan(fallen)]
    held = values[values <= MOST * usual_top]
    beyond = values[values > MOST * usual_top]
    if not len(beyond):
        return held, None
    start = usual_top
    while len(held) and start < held.max():
        start *= 2
    finite = beyond[np.isfinite(beyond)]
    largest = float(finite.max()) if len(finite) else 10 * start
    return held, Break(start, largest, has_endless=len(finite) < len(beyond))
