"""Signed pictures as colour levels: only visible changes are painted."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gui.kit import theme as look

Floats = NDArray[np.float32]

LEVELS = 256  # of colour, on either side of zero
VISIBLE = 4  # levels: a smaller change of colour is invisible
SHRINK = 0.5  # the scale shrinks once the largest evidence is below this share of it


class SignedLevels:
    """Signed pictures as colour levels, all on one scale; tells which differ visibly."""

    def __init__(self) -> None:
        self.scale = 0.0
        self._shown: NDArray[np.intp] | None = None

    def forget(self) -> None:
        self._shown = None

    def take(self, parts: Floats, largest: float) -> tuple[NDArray[np.intp], list[int]]:
        """Return the levels (n, m), of 0 … 2·LEVELS, and the indices of those to paint again."""
        largest = max(largest, float(np.abs(parts).max(initial=0.0)))
        if not SHRINK * self.scale < largest <= self.scale:
            # Rounded up to a half power of two: colours are stable while weights grow a little.
            self.scale = 2 ** (math.ceil(2 * math.log2(largest)) / 2) if largest > 1e-30 else 0.0
            self._shown = None
        levels = look.signed_levels(parts, self.scale, LEVELS) + LEVELS
        if self._shown is None or self._shown.shape != levels.shape:
            self._shown = levels
            return levels, list(range(len(levels)))
        away = np.abs(levels - self._shown).max(axis=1) >= VISIBLE
        changed: list[int] = np.flatnonzero(away).tolist()
        self._shown[changed] = levels[changed]
        return levels, changed
