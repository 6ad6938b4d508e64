"""How good a model's answers are: confusion, precision and recall, and how sure one can be of it.

Arrays go in and come out; nothing here asks a model. That is `core.evaluate.model_outputs`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.model_family import FAMILY

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

HALF = 0.5  # the threshold that a neuron decides at by itself
NORMAL_95 = 1.959963984540054  # 97.5 % of a standard normal variable lie below it


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model says of some rows of a data set, (n,) each.

    rows : their numbers in the data set. y, predicted : their true class, and the model's.
    probabilities : (n, classes), in float64; see `losses.Head` for models that have none.
    scores : (n, classes); by a class's score its examples are told from all others. It orders
        them as the probability does, and of a single neuron it is the logit z, or −z for no.
    loss : each row's own, in the unit of the model's loss.
    logits : (n, outputs), float32.
    """

    rows: Counts
    y: Counts
    predicted: Counts
    probabilities: Floats
    scores: Floats
    loss: Floats
    logits: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def h(self) -> int:
        return int(self.probabilities.shape[1])

    @property
    def is_right(self) -> NDArray[np.bool_]:
        is_right: NDArray[np.bool_] = self.predicted == self.y
        return is_right

    @property
    def own(self) -> Floats:
        """The probability of each row's true class."""
        own: Floats = self.probabilities[np.arange(len(self)), self.y]
        return own

    @property
    def confidence(self) -> Floats:
        """The probability of the class that each row is put into."""
        confidence: Floats = self.probabilities[np.arange(len(self)), self.predicted]
        return confidence

    def at(self, threshold: float) -> Answers:
        """Return a neuron's answers where it says yes above this probability, and not above ½."""
        if threshold == HALF or self.h != 2:
            return self
        above = self.probabilities[:, 1] > threshold
        return replace(self, predicted=above.astype(np.int64))

    def part(self, places: NDArray[np.int64] | slice) -> Answers:
        """Return the answers at some places of these."""
        return Answers(
            rows=self.rows[places],
            y=self.y[places],
            predicted=self.predicted[places],
            probabilities=self.probabilities[places],
            scores=self.scores[places],
            loss=self.loss[places],
            logits=self.logits[places],
        )

    def cell(self, true: int, predicted: int) -> Counts:
        """Return the places of one cell of the confusion matrix, the largest loss first."""
        places = np.flatnonzero((self.y == true) & (self.predicted == predicted))
        return places[np.argsort(-self.loss[places], kind="stable")]

    def mistakes(self) -> Counts:
        """Return the places of all wrong answers, the surest first."""
        places = np.flatnonzero(~self.is_right)
        return places[np.argsort(-self.confidence[places], kind="stable")]


def has_threshold(kind: str) -> bool:
    """Whether a model of this kind says yes above a probability that one could put elsewhere."""
    return FAMILY[kind].has_threshold


def threshold_shift(kind: str, threshold: float) -> float:
    """Return by how much further z must go for a yes, above what the neuron itself asks."""
    if not has_threshold(kind):
        return 0.0
    return math.log(threshold / (1 - threshold)) if FAMILY[kind].is_sigmoid else threshold - HALF


def confusion(y: Counts, predicted: Counts, h: int) -> Counts:
    """Return the counts (h, h), true class by row, predicted by column."""
    return np.bincount(y * h + predicted, minlength=h * h).reshape(h, h)


@dataclass(frozen=True, eq=False)
class Report:
    """Precision, recall, F1 and support of each class, (h,) each.

    NaN where there is nothing to divide by: the precision of a class that is never predicted,
    the recall of one that has no rows. F1 = 2 hits / (predicted + support) is 0 there.
    """

    precision: Floats
    recall: Floats
    f1: Floats
    support: Counts

    def macro(self) -> tuple[float, float, float]:
        """Return the means over the classes; what has no value counts as 0."""
        precision, recall = (np.nan_to_num(part).mean() for part in (self.precision, self.recall))
        return float(precision), float(recall), float(self.f1.mean())


def report(counts: Counts) -> Report:
    """Read precision and recall off a confusion matrix (h, h)."""
    hits, predicted, support = counts.diagonal(), counts.sum(axis=0), counts.sum(axis=1)
    return Report(
        precision=_share(hits, predicted, math.nan),
        recall=_share(hits, support, math.nan),
        f1=_share(2 * hits, predicted + support, 0.0),
        support=support,
    )


def _share(part: Counts, whole: Counts, otherwise: float) -> Floats:
    share: Floats = np.full(part.shape, otherwise)
    return np.divide(part, whole, out=share, where=whole > 0)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Return the 95 % confidence interval of a share after Wilson (1927); 0 … 1 where n is 0.

    It holds the shares p whose distance from hits / n is at most 1.96 standard errors
    √(p(1 − p)/n), so it stays within 0 … 1 and has a width also where all answers are right.
    """
    if n == 0:
        return 0.0, 1.0
    p, z2 = hits / n, NORMAL_95**2
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = NORMAL_95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, min(middle - half, p)), min(1.0, max(middle + half, p))
