"""How well a score separates one class from the others at every threshold: ROC and PR."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Truth = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Ranking:
    """Counts of rows above the threshold as it falls from score to score.

    found, false_alarms : (k,) counts of rows of the class and of others that score at least
        `scores`, (k,), which are distinct and descending.
    positives, negatives : number of rows of the class, and of others.
    """

    scores: Floats
    found: NDArray[np.int64]
    false_alarms: NDArray[np.int64]
    positives: int
    negatives: int

    @property
    def has_both(self) -> bool:
        """Whether there are positives and negatives; otherwise the curves are undefined."""
        return self.positives > 0 and self.negatives > 0

    def roc(self) -> tuple[Floats, Floats]:
        """Return the false-positive rate and the true-positive rate, from (0, 0) to (1, 1)."""
        across = np.concatenate([[0], self.false_alarms]) / self.negatives
        up = np.concatenate([[0], self.found]) / self.positives
        return across, up

    def precision_recall(self) -> tuple[Floats, Floats]:
        """Return recall, ascending, and precision; starts at the highest score, not at recall 0."""
        return self.found / self.positives, self.found / (self.found + self.false_alarms)

    @property
    def auc(self) -> float:
        """The area under the ROC curve: how often a positive scores above a negative."""
        across, up = self.roc()
        return float(np.trapezoid(up, across))

    @property
    def average_precision(self) -> float:
        """The mean precision over the rows of the class, each at its own score."""
        recall, precision = self.precision_recall()
        return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def rank(scores: Floats, is_positive: Truth) -> Ranking:
    """Rank rows by their scores (n,); is_positive : (n,) which belong to the class."""
    order = np.argsort(-scores, kind="stable")
    falling, hits = scores[order], np.cumsum(is_positive[order], dtype=np.int64)
    ends = np.flatnonzero(np.append(falling[1:] != falling[:-1], True)) if len(falling) else order
    found = hits[ends]
    positives = int(is_positive.sum())
    return Ranking(
        scores=falling[ends],
        found=found,
        false_alarms=ends + 1 - found,
        positives=positives,
        negatives=len(scores) - positives,
    )


def thinned(x: Floats, y: Floats, most: int) -> tuple[Floats, Floats]:
    """Return the corners of a curve, or `most` of them, evenly chosen, if there are more."""
    if len(x) <= 2:
        return x, y
    bends = (np.diff(x[:-1]) * np.diff(y[1:])) != (np.diff(x[1:]) * np.diff(y[:-1]))
    kept = np.flatnonzero(np.concatenate([[True], bends, [True]]))
    if len(kept) > most:
        kept = kept[np.unique(np.linspace(0, len(kept) - 1, most).astype(np.int64))]
    return x[kept], y[kept]
