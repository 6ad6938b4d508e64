"""The update that comes next, by the formula of its rule, in NumPy and float64.

Everything is as in `core.train.optimisers`, which the trainer uses, but written out once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.config import TrainingConfig
from core.train.optimisers import EPSILON, MEAN_SQUARE_STAYS, MEAN_STAYS, SQUARE_STAYS

Reals = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Move:
    """How one array of parameters θ moves: θ ← θ − η d.

    g : its gradient with the penalties. before, after : what the rule remembers, v or s or both.
    d : the direction. new : θ after the update.
    """

    g: Reals
    before: tuple[Reals, ...]
    after: tuple[Reals, ...]
    d: Reals
    new: Reals


def move(
    theta: Reals,
    gradient: Reals,
    moments: Sequence[NDArray[np.float32]],
    settings: TrainingConfig,
    eta: float,
    t: int,
    *,
    is_weight: bool,
) -> Move:
    """Return how θ moves by this mean gradient in update number t; biases bear no penalty."""
    g = gradient
    if is_weight:
        g = g + settings.weight_decay * theta + settings.l1 * np.sign(theta)
    before = tuple(moment.astype(np.float64) for moment in moments)
    after, d = _step(settings.optimiser, g, before, settings.momentum, t)
    return Move(g, before, after, d, theta - eta * d)


def _step(
    rule: str, g: Reals, before: tuple[Reals, ...], mu: float, t: int
) -> tuple[tuple[Reals, ...], Reals]:
    """Return what the rule remembers afterwards, and the direction."""
    if rule in ("momentum", "nesterov"):
        v = mu * before[0] + g
        return (v,), v if rule == "momentum" else g + mu * v
    if rule == "rmsprop":
        s = MEAN_SQUARE_STAYS * before[0] + (1 - MEAN_SQUARE_STAYS) * g**2
        return (s,), g / (np.sqrt(s) + EPSILON)
    if rule == "adam":
        v = MEAN_STAYS * before[0] + (1 - MEAN_STAYS) * g
        s = SQUARE_STAYS * before[1] + (1 - SQUARE_STAYS) * g**2
        v_hat, s_hat = v / (1 - MEAN_STAYS**t), s / (1 - SQUARE_STAYS**t)
        return (v, s), v_hat / (np.sqrt(s_hat) + EPSILON)
    return (), g


def constants(rule: str, t: int) -> dict[str, float]:
    """Return the numbers in a rule's formula, by name; t is the number of the update."""
    if rule == "rmsprop":
        return {"stays": MEAN_SQUARE_STAYS, "1-stays": 1 - MEAN_SQUARE_STAYS}
    if rule == "adam":
        return {
            "beta1": MEAN_STAYS,
            "1-beta1": 1 - MEAN_STAYS,
            "stays": SQUARE_STAYS,
            "1-stays": 1 - SQUARE_STAYS,
            "fix1": 1 - MEAN_STAYS**t,
            "fix2": 1 - SQUARE_STAYS**t,
        }
    return {}
