"""The numbers of the next update, in float64."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from core.config import TrainingConfig
from core.train.optimisers import EPSILON, RULES, StepParams

Reals = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Move:
    """The update of one array of parameters θ: θ ← θ − η d.

    g : gradient with the penalty λ. before, after : the optimiser's state, v or s or both.
    d : the direction; an optimiser with decoupled weight decay adds λ θ to it. new : θ after the
    update. threshold : what λ₁ adds, if it is in the update.
    """

    g: Reals
    before: tuple[Reals, ...]
    after: tuple[Reals, ...]
    d: Reals
    new: Reals
    threshold: Threshold | None = None


@dataclass(frozen=True, eq=False)
class Threshold:
    """The soft threshold r = S(u, τ) that ends an update with λ₁.

    u, r : before and after. tau : τ, of each weight. v : the velocity afterwards, if there is one.
    """

    u: Reals
    tau: Reals
    r: Reals
    v: Reals | None


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
        g = g + settings.l2 * theta
        decay = settings.weight_decay - settings.l2
    before = tuple(moment.astype(np.float64) for moment in moments)
    after, d = _step(settings, g, before, t)
    plain = Move(g, before, after, d, theta - eta * (d + decay * theta))
    if not (is_weight and settings.l1):
        return plain
    return _with_threshold(plain, theta, theta * (1 - eta * decay), settings, eta, t)


def _with_threshold(
    plain: Move, theta: Reals, shrunk: Reals, settings: TrainingConfig, eta: float, t: int
) -> Move:
    """Return the move in its proximal form; `shrunk` is θ after a decoupled weight decay."""
    rule = settings.rule
    u = theta - eta * plain.g if rule.thresholds_first else plain.new
    tau = np.full_like(u, eta * settings.l1)
    if "s" in rule.remembers:
        square = plain.after[rule.remembers.index("s")] / rule.constants(t).get("fix2", 1.0)
        tau /= np.sqrt(square) + EPSILON
    new, after = torch.tensor(shrunk), tuple(torch.tensor(v) for v in plain.before)
    now = StepParams(eta, settings.momentum, t, settings.l1)
    RULES[settings.optimiser].proximal(new, torch.tensor(plain.g), after, now)
    v = after[0].numpy() if rule.uses_momentum else None
    threshold = Threshold(u, tau, np.sign(u) * np.maximum(np.abs(u) - tau, 0.0), v)
    if rule.thresholds_first:
        plain = replace(plain, after=tuple(v.numpy() for v in after))
    return replace(plain, new=new.numpy(), threshold=threshold)


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
