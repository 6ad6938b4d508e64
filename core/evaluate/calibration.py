"""Calibration of probabilities: of all predictions with 80 %, are 80 % right?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BINS = 10


@dataclass(frozen=True, eq=False)
class Reliability:
    """Predictions grouped by confidence in bins of equal width from 0 to 1, (bins,) each.

    confidence : mean predicted probability; accuracy : share that came true; both NaN in an empty
        bin. counts : predictions in each bin.
    """

    confidence: Floats
    accuracy: Floats
    counts: NDArray[np.int64]

    @property
    def is_filled(self) -> NDArray[np.bool_]:
        return self.counts > 0

    @property
    def error(self) -> float:
        """The expected calibration error: the mean of |accuracy − confidence| over predictions."""
        n = int(self.counts.sum())
        if n == 0:
            return 0.0
        gaps = np.abs(self.accuracy - self.confidence)[self.is_filled]
        return float((gaps * self.counts[self.is_filled]).sum() / n)


def reliability(said: Floats, is_so: NDArray[np.bool_], bins: int = BINS) -> Reliability:
    """Group probabilities (n,) and whether their events came true, (n,), into bins.

    Bins include their lower end but not their upper one, except the last, which includes both.
    """
    bin_of = np.minimum((said * bins).astype(np.int64), bins - 1)
    counts = np.bincount(bin_of, minlength=bins)
    none = np.full(bins, np.nan)
    filled = counts > 0
    mean = np.divide(np.bincount(bin_of, said, bins), counts, out=none.copy(), where=filled)
    share = np.divide(np.bincount(bin_of, is_so, bins), counts, out=none.copy(), where=filled)
    return Reliability(mean, share, counts)
