"""Quality of predictions: confusion, precision and recall, and confidence intervals.

Functions of arrays; `core.evaluate.model_outputs` runs the model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.model_family import FAMILY

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

HALF = 0.5  # a neuron's default decision threshold
NORMAL_95 = 1.959963984540054  # 97.5 % quantile of the standard normal distribution


IMBALANCED = 1.5  # rows of the largest class over those of a class on average


@dataclass(frozen=True)
class Baseline:
    """The class that is most frequent in training: always saying it is right at no cost.

    label : of this class. is_imbalanced : whether it has far more rows than a class on average.
    """

    label: int
    is_imbalanced: bool

    @classmethod
    def of(cls, counts: Counts) -> Baseline:
        """Return that of training rows of which so many are of each class, (h,), some above 0."""
        most = float(counts.max() / counts.mean())
        return cls(int(counts.argmax()), most >= IMBALANCED)

    def accuracy(self, counts: Counts) -> float:
        """Return the share that it is right about of so many rows of each class, (h,), or NaN."""
        return float(counts[self.label] / counts.sum()) if counts.any() else math.nan


@dataclass(frozen=True, eq=False)
class Answers:
    """A model's predictions for some rows of a data set, (n,) each.

    rows : their numbers in the data set. y, predicted : their true and predicted classes.
    probabilities : (n, classes), in float64; see `losses.Head` for models without any.
    scores : (n, classes); a class's score separates its examples from all others. It has the order
        of the probability; for a single neuron it is the logit z, and −z for class 0.
    loss : of each row, in the unit of the model's loss.
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
    def counts(self) -> Counts:
        """How many of the rows are of each class, (classes,)."""
        return np.bincount(self.y, minlength=self.h)

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
        """The probability of each row's predicted class."""
        confidence: Floats = self.probabilities[np.arange(len(self)), self.predicted]
        return confidence

    def at(self, threshold: float) -> Answers:
        """Return a neuron's answers with this decision threshold on the probability, not ½."""
        if threshold == HALF or self.h != 2:
            return self
        above = self.probabilities[:, 1] > threshold
        return replace(self, predicted=above.astype(np.int64))

    def part(self, indices: NDArray[np.int64] | slice) -> Answers:
        """Return the answers at these indices."""
        return Answers(
            rows=self.rows[indices],
            y=self.y[indices],
            predicted=self.predicted[indices],
            probabilities=self.probabilities[indices],
            scores=self.scores[indices],
            loss=self.loss[indices],
            logits=self.logits[indices],
        )

    def cell(self, true: int, predicted: int) -> Counts:
        """Return the indices in one cell of the confusion matrix, the largest loss first."""
        indices = np.flatnonzero((self.y == true) & (self.predicted == predicted))
        return indices[np.argsort(-self.loss[indices], kind="stable")]

    def mistakes(self) -> Counts:
        """Return the indices of all wrong answers, the most confident first."""
        indices = np.flatnonzero(~self.is_right)
        return indices[np.argsort(-self.confidence[indices], kind="stable")]


def has_threshold(kind: str) -> bool:
    """Return whether the decision threshold of this kind of model can be changed."""
    return FAMILY[kind].has_threshold


def threshold_shift(kind: str, threshold: float) -> float:
    """Return the shift of the threshold on z, relative to the neuron's default threshold."""
    if not has_threshold(kind):
        return 0.0
    return math.log(threshold / (1 - threshold)) if FAMILY[kind].is_sigmoid else threshold - HALF


def confusion(y: Counts, predicted: Counts, h: int) -> Counts:
    """Return the counts (h, h), true class by row, predicted by column."""
    return np.bincount(y * h + predicted, minlength=h * h).reshape(h, h)


@dataclass(frozen=True, eq=False)
class Report:
    """Precision, recall, F1 and support of each class, (h,) each.

    NaN where the denominator is zero: the precision of a class that is never predicted, the recall
    of a class without rows. F1 = 2 hits / (predicted + support) is then 0.
    """

    precision: Floats
    recall: Floats
    f1: Floats
    support: Counts

    def macro(self) -> tuple[float, float, float]:
        """Return the means over the classes of precision, recall and F1; NaN counts as 0."""
        precision, recall = (np.nan_to_num(part).mean() for part in (self.precision, self.recall))
        return float(precision), float(recall), float(self.f1.mean())


def report(counts: Counts) -> Report:
    """Compute precision, recall and F1 from a confusion matrix (h, h)."""
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
    """Return the 95 % confidence interval of a proportion after Wilson (1927); 0 … 1 if n is 0.

    It contains the proportions p whose distance from hits / n is at most 1.96 standard errors
    √(p(1 − p)/n), so it stays within 0 … 1 and has a width even if all answers are right.
    """
    if n == 0:
        return 0.0, 1.0
    p, z2 = hits / n, NORMAL_95**2
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = NORMAL_95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, min(middle - half, p)), min(1.0, max(middle + half, p))
