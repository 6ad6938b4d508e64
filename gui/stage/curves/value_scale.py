"""The positions of values on the value axis, linear, logarithmic or broken, and its range."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.train.history import Floats
from gui.kit.broken_axis import Break, find_break
from gui.stage.curves.quantity import Quantity

LOSS_FLOOR = 1e-12
ACCURACY_FLOORS = (0.0, 0.2, 0.4, 0.5, 0.6, 0.8)
MARGIN = 0.06  # of a whole run's range, below it


class ValueScale:
    """The value axis of one quantity.

    For a whole run its range grows by doubling; for a part of a run it fits the values closely.
    `range` is in the units of the plot, which on a logarithmic axis are powers of ten.
    """

    def __init__(self, quantity: Quantity) -> None:
        self._quantity = quantity
        self.is_log = False
        self.guess: float | None = None  # the loss of guessing; a whole run's range includes it
        self.classes = 2
        self.range = (0.0, 1.0)
        self.broken_at: Break | None = None
        self._endless = 1.0  # the value at which a logarithmic axis shows infinity

    def place(self, values: Floats) -> NDArray[np.float64]:
        """Return the positions of the values on the axis."""
        if self.is_log:
            values = np.where(np.isinf(values), self._endless, values)
            return np.log10(np.maximum(values, LOSS_FLOOR))
        return self.broken_at.place(values) if self.broken_at else values

    @property
    def first_tick(self) -> float | None:
        """The first tick, from which two intervals span the whole range; None for round ticks."""
        return None if self._quantity.is_loss else self.range[0] + MARGIN

    def fit(
        self, values: Floats, kept: Sequence[Floats], fallen: Floats | None, *, is_part: bool
    ) -> None:
        """Fit the axis to these values; too large values of a divergence go above a break.

        fallen : the visible values of the divergence; None if the run did not diverge.
        """
        broken_at = None
        if fallen is not None:
            values, broken_at = self._with_fall(values, kept, fallen)
        self.broken_at = broken_at
        values = np.concatenate([values, *kept])
        values = values[np.isfinite(values)]
        if is_part and len(values):
            self.range = _close_range(self.place(values))
        elif self._quantity.is_loss:
            is_held = self.guess is not None or not len(values)
            guess = 1.0 if self.guess is None else self.guess
            self.range = self._whole_range(np.append(values, guess) if is_held else values)
        else:
            self.range = self._whole_range(values if len(values) else np.zeros(1))
        if self.broken_at is not None:
            self.range = self.range[0], self.broken_at.top

    def _with_fall(
        self, values: Floats, kept: Sequence[Floats], fallen: Floats
    ) -> tuple[Floats, Break | None]:
        """Return all values for the axis to include, and the break below those too large."""
        if not self._quantity.is_loss or not len(fallen):
            return np.append(values, fallen), None
        usual = np.concatenate([values, *kept])
        usual = np.append(usual[np.isfinite(usual)], self.guess or 0.0)
        if self.is_log:
            finite = np.append(values, fallen[np.isfinite(fallen)])
            self._endless = 10 * float(np.nanmax(np.append(finite, usual)))
            return (np.append(finite, self._endless) if np.isinf(fallen).any() else finite), None
        held, broken_at = find_break(self._whole_range(usual)[1], fallen)
        return np.append(values, held), broken_at

    def _whole_range(self, values: NDArray[np.float64]) -> tuple[float, float]:
        low, high = float(values.min()), float(values.max())
        if not self._quantity.is_loss:
            floor = max(floor for floor in ACCURACY_FLOORS if floor <= low)
            return floor - MARGIN, 1 + MARGIN
        if self.is_log:
            bottom = math.floor(math.log10(max(low, LOSS_FLOOR)) - 1e-9)
            top = math.ceil(math.log10(max(high, LOSS_FLOOR)) * 2) / 2 + 0.25
            return bottom, max(top, bottom + 1)
        # Data of a single class has no loss to show, and ln 1 would never double past one.
        top = 1.25 * math.log(max(self.classes, 2))
        while top < high:
            top *= 2
        return -MARGIN * top, top


def _close_range(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return a range around the values of a part of a run."""
    low, high = float(values.min()), float(values.max())
    margin = 0.08 * (high - low) or 0.01 * max(abs(high), 1e-6)
    return low - margin, high + margin
