"""The update that comes next, number by number, in float64."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.config import TrainingConfig
from core.train.optimisers import RULES, StepParams

Reals = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Move:
    """How one array of parameters θ moves: θ ← θ − η d.

    g : its gradient with the penalties. before, after : what the rule remembers, v or s or both.
    d : the direction; a rule that decouples λ adds λ θ to it. new : θ after the update.
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
    g, decay = gradient, 0.0
    if is_weight:
        g = g + settings.l2 * theta + settings.l1 * np.sign(theta)
        decay = settings.weight_decay - settings.l2
    before = tuple(moment.astype(np.float64) for moment in moments)
    after, d = _step(settings, g, before, t)
    return Move(g, before, after, d, theta - eta * (d + decay * theta))


def _step(
    settings: TrainingConfig, g: Reals, before: tuple[Reals, ...], t: int
) -> tuple[tuple[Reals, ...], Reals]:
    """Return what the rule remembers afterwards, and the direction d.

    From θ = 0 with η = 1 it leads to −d; the difference of two θ would lose a small step's digits.
    """
    theta, after = torch.zeros(g.shape, dtype=torch.float64), [torch.tensor(v) for v in before]
    now = StepParams(1.0, settings.momentum, t)
    RULES[settings.optimiser].update(theta, torch.tensor(g), tuple(after), now)
    return tuple(v.numpy() for v in after), 0.0 - theta.numpy()
