"""From raw features to the inputs of the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROWS_AT_ONCE = 8192  # float64 copies of image data stay below 60 MB


@dataclass(frozen=True, eq=False)
class Standardiser:
    """x ↦ (x − mean) / std, feature by feature.

    mean, std : (m,) float64; std is the unbiased estimate, as in the lecture. A feature that is
    constant in the rows it was fitted on has std 1, so that it is only centred.
    """

    mean: NDArray[np.float64]
    std: NDArray[np.float64]

    @classmethod
    def identity(cls, m: int) -> Standardiser:
        """Leave every feature as it is."""
        return cls(np.zeros(m), np.ones(m))

    @classmethod
    def fit(cls, X: NDArray[np.float32] | NDArray[np.uint8], scale: float = 1.0) -> Standardiser:
        """Measure mean and spread of X / scale, X (n, m)."""
        n, m = X.shape
        if n == 0:
            return cls.identity(m)
        mean = X.mean(axis=0, dtype=np.float64)
        squares = np.zeros(m)
        for start in range(0, n, ROWS_AT_ONCE):  # two passes: no cancellation for large means
            squares += ((X[start : start + ROWS_AT_ONCE] - mean) ** 2).sum(axis=0)
        std = np.sqrt(squares / max(n - 1, 1)) / scale
        mean = mean / scale
        constant = std <= 1e-12 * np.maximum(np.abs(mean), 1e-300)
        return cls(mean, np.where(constant, 1.0, std))

    @property
    def is_identity(self) -> bool:
        return not self.mean.any() and bool((self.std == 1).all())

    def apply(self, X: NDArray[np.floating] | NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the standardised X (n, m) in float32; the arithmetic is done in float64."""
        return ((X - self.mean) / self.std).astype(np.float32)
