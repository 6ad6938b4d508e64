"""What words say of labels: weights of each label's score, and what each word of a text adds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.data.text.words import spans_of
from core.model_family import FAMILY, pairs
from core.train.snapshot import Params

if TYPE_CHECKING:  # SciPy is imported with the first texts
    from core.data.text.vocabulary import Vocabulary

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TextFeatures:
    """The features of one text: f(x), of which nearly all are 0.

    features : (k,) numbers of the words of the vocabulary that are in it, ascending. x : (k,) their
    values. spans : (p, 2) where an occurrence of one begins and ends in the text; the second word
    of a pair. at : (p,) the occurrence's place in `features`. words : where all words are.
    """

    vocabulary: Vocabulary
    features: Numbers
    x: Floats
    spans: Numbers
    at: Numbers
    words: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str, vocabulary: Vocabulary) -> TextFeatures:
        """Return the features of a text by a vocabulary."""
        found = np.array(vocabulary.found(text), dtype=np.int64).reshape(-1, 3)
        features, at, tf = np.unique(found[:, 2], return_inverse=True, return_counts=True)
        x = vocabulary.values(features, tf)
        return cls(vocabulary, features, x, found[:, :2], at.reshape(-1), tuple(spans_of(text)))

    @cached_property
    def counts(self) -> Numbers:
        """(k,) how often each word occurs."""
        return np.bincount(self.at, minlength=len(self.features))

    @cached_property
    def unknown(self) -> int:
        """The number of words that are no feature: not in the vocabulary, or left out."""
        return len(self.words) - len(np.unique(self.spans[:, 0]))

    @cached_property
    def _places(self) -> tuple[Numbers, Numbers]:
        """The distinct spans (s, 2), and the index of each occurrence's, (p,)."""
        spans, place = np.unique(self.spans, axis=0, return_inverse=True)
        return spans, place.reshape(-1)

    def dense(self) -> Floats:
        """Return x with its zeros, (m,)."""
        x = np.zeros(len(self.vocabulary.words), dtype=np.float32)
        x[self.features] = self.x
        return x

    def evidence(self, w: Floats) -> Floats:
        """Return what each word adds to the score with weights w (m,): w · x, (k,)."""
        return np.asarray(w[self.features] * self.x, dtype=np.float32)

    def by_place(self, evidence: Floats) -> tuple[Numbers, Floats]:
        """Return distinct spans (s, 2), and the evidence (k,) of each feature divided among them.

        The occurrences of a word have equal parts, so that all add up to the sum of the evidence. A
        pair of words is added to its second word.
        """
        spans, place = self._places
        parts = evidence[self.at] / self.counts[self.at]
        sums = np.bincount(place, weights=parts, minlength=len(spans))
        return spans, sums.astype(np.float32)


def label_weights(kind: str, params: Params, h: int) -> tuple[Floats, Floats]:
    """Return weights (h, m) and biases (h,) of the score of each label, for h labels.

    The score is the logit; the opposite of it for the label that a neuron says no to; and for pairs
    the sum of the logits of all pairs of the label, signed so that more speaks for it.
    """
    W, b = params.W, params.b
    if FAMILY[kind].is_pairwise:
        signs = np.zeros((h, len(b)), dtype=np.float32)
        for p, (i, j) in enumerate(pairs(h)):
            signs[i, p], signs[j, p] = -1, 1
        return signs @ W, signs @ b
    if len(b) == 1 and h == 2:
        return np.concatenate([-W, W]), np.concatenate([-b, b])
    return W, b


def strongest(weights: Floats, count: int) -> Numbers:
    """Return which `count` words have the largest weights (m,), from the largest on."""
    count = min(count, len(weights))
    if not count:
        return np.empty(0, dtype=np.int64)
    best = np.argpartition(-weights, count - 1)[:count]
    return best[np.lexsort((best, -weights[best]))]
