"""The numbers of the next update, in float64."""

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
    """The update of one array of parameters θ: θ ← θ − η d.

    g : gradient with the penalties. before, after : the optimiser's state, v or s or both.
    d : the direction; an optimiser with decoupled weight decay adds λ θ to it. new : θ after the
    update.
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
    """Return the move of θ by this mean gradient in update number t; biases have no penalty."""
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
    """Return the optimiser's state after the update, and the direction d.

    An update of θ = 0 with η = 1 gives −d without the cancellation of subtracting two θ.
    """
    theta, after = torch.zeros(g.shape, dtype=torch.float64), [torch.tensor(v) for v in before]
    now = StepParams(1.0, settings.momentum, t)
    RULES[settings.optimiser].update(theta, torch.tensor(g), tuple(after), now)
    return tuple(v.numpy() for v in after), 0.0 - theta.numpy()
