"""One sigmoid neuron at one logit: its probability, likelihood and both of its losses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.train.losses import (
    sigmoid_cross_entropy,
    sigmoid_gradient,
    sigmoid_squared_error,
    sigmoid_squared_gradient,
)

Reals = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Losses:
    """The losses of a neuron over its logits z (n,), in float64.

    a : σ(z), the probability of class 1. likelihood : of the true class
        y, a if it is 1 and 1 − a if it is 0.
    log_odds : log(a / (1 − a)), computed from a alone.
    cross_entropy, squared : −log of the likelihood, and (y − a)²; slopes : dL/dz of each.
    """

    a: Reals
    likelihood: Reals
    log_odds: Reals
    cross_entropy: Reals
    squared: Reals
    slopes: tuple[Reals, Reals]

    @property
    def says_one(self) -> NDArray[np.bool_]:
        """Whether the neuron decides for class 1: a > ½, which is z > 0."""
        return self.a > 0.5


def losses_at(z: Reals, y: int) -> Losses:
    """Return the losses at the logits z (n,) of examples whose true class is y, 0 or 1."""
    Z = torch.from_numpy(np.asarray(z, dtype=np.float64))[:, None]
    Y = torch.full_like(Z, y)
    a = torch.sigmoid(Z)[:, 0].numpy()
    with np.errstate(divide="ignore"):
        log_odds = np.log(a / (1 - a))
    return Losses(
        a=a,
        likelihood=a**y * (1 - a) ** (1 - y),
        log_odds=log_odds,
        cross_entropy=sigmoid_cross_entropy(Z, Y).numpy(),
        squared=sigmoid_squared_error(Z, Y).numpy(),
        slopes=(
            sigmoid_gradient(Z, Y)[:, 0].numpy(),
            sigmoid_squared_gradient(Z, Y)[:, 0].numpy(),
        ),
    )
