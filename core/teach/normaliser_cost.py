"""What the normaliser z(x; θ) costs: timings of one score, and of the scores of all labels."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

MOST_LABELS = 100_000
WORDS = 40  # that are in the document: all others are 0 and cost nothing
ENOUGH = 2e-3  # s of repetitions, of which the quickest counts
FEWEST, MOST = 3, 200  # repetitions


@dataclass(frozen=True)
class Cost:
    """Measured seconds for a number of labels: of one label's score, and of one label's share."""

    labels: int
    score: float
    share: float


def share_of(W: NDArray[np.float32], x: NDArray[np.float32], label: int) -> float:
    """Return P(label | x) = exp(score) / z(x), for weights W (labels, words) and x (words,).

    The largest score is subtracted from all before exp, which could overflow.
    """
    scores = W @ x
    powers = np.exp(scores - scores.max())
    return float(powers[label] / powers.sum())


def measured(labels: int) -> Cost:
    """Return the cost for so many labels, of random weights and a document of WORDS words."""
    W, x = _weights()[:labels], _document()
    return Cost(
        labels,
        _quickest(lambda: float(W[0] @ x)),
        _quickest(lambda: share_of(W, x, 0)),
    )


@cache
def _weights() -> NDArray[np.float32]:
    rng = np.random.Generator(np.random.PCG64(1))
    return rng.standard_normal((MOST_LABELS, WORDS), dtype=np.float32)


def _document() -> NDArray[np.float32]:
    return np.ones(WORDS, dtype=np.float32)


def _quickest(work: Callable[[], float]) -> float:
    """Return the seconds of the quickest of some repetitions: others were interrupted."""
    best, since = float("inf"), time.perf_counter()
    for i in range(MOST):
        begun = time.perf_counter()
        work()
        now = time.perf_counter()
        best = min(best, now - begun)
        if i + 1 >= FEWEST and now - since > ENOUGH:
            break
    return best
