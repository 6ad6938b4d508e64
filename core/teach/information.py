"""Entropy, cross-entropy and divergence of two shares of yes, and the likelihood behind them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
EXAMPLES = 100  # of the likelihood


@dataclass(frozen=True)
class Information:
    """What is to be paid, in nats, where p is the true share of yes and q the believed one.

    entropy : H(p), the least. cross_entropy : H(p, q). divergence : D(p‖q), their difference.
    nll : −ln of the likelihood of EXAMPLES labels, a share p of which are yes, divided by their
    number: the mean of −ln q or −ln(1 − q). It is the cross-entropy, for the nearest such share.
    """

    entropy: float
    cross_entropy: float
    divergence: float
    nll: float


def information(p: float, q: float) -> Information:
    """Compute all of it for 0 ≤ p ≤ 1 and 0 < q < 1."""
    y = (np.arange(EXAMPLES) < round(EXAMPLES * p)).astype(np.float64)
    likelihood = q**y * (1 - q) ** (1 - y)
    divergence = float(times_log(p, p / q) + times_log(1 - p, (1 - p) / (1 - q)))
    return Information(
        entropy=float(cross_entropies(p, np.array([p]))[0]),
        cross_entropy=float(cross_entropies(p, np.array([q]))[0]),
        divergence=divergence,
        nll=math.fsum(-np.log(likelihood)) / EXAMPLES,
    )


def cross_entropies(p: float, q: Reals) -> Reals:
    """Return −p ln q − (1 − p) ln(1 − q) for each q (n,); 0 where nothing is to be paid."""
    costs: Reals = -times_log(p, q) - times_log(1 - p, 1 - q)
    return costs + 0.0


def times_log(x: float, y: Reals | float) -> Reals:
    """Return x ln y for each y ≥ 0 (n,); 0 where x = 0, also if y = 0.

    It is SciPy's xlogy, whose package takes 60 ms to import: a window would wait for it.
    """
    return x * np.log(y) if x else np.zeros(np.shape(y))
