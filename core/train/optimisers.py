"""First-order update rules in order of complexity, each a row of RULES, and schedules of η.

Further properties of a rule are in the row of the same name in `core.optimiser_family.OPTIMISERS`.
A rule updates parameters θ from their gradient g, overwriting both. Its state between updates is
its moments, tensors of θ's shape that start as zeros. All are the rules of `torch.optim`, with the
same constants.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from core.optimiser_family import (
    MEAN_SQUARE_STAYS,
    MEAN_STAYS,
    OPTIMISERS,
    SQUARE_STAYS,
    OptimiserName,
)

EPSILON = 1e-8
FALLS = 4  # the schedule “step” halves η this many times, at equal intervals
TENTH = 10  # the schedule “1/t” has halved η after a tenth of the epochs


@dataclass(frozen=True)
class StepParams:
    """The parameters of one update, besides the gradient.

    eta : current η. momentum : μ. t : number of this update, from 1.
    """

    eta: float
    momentum: float
    t: int


Update = Callable[[Tensor, Tensor, tuple[Tensor, ...], StepParams], None]


@dataclass(frozen=True)
class Rule:
    """An update rule: its name in the config, and the function that applies it.

    is_steady : the update does not depend on t, so that a CUDA graph can repeat it.
    """

    name: OptimiserName
    update: Update
    is_steady: bool = True

    @property
    def moments(self) -> int:
        """Number of state tensors per parameter."""
        return len(OPTIMISERS[self.name].remembers)


def sgd(theta: Tensor, g: Tensor, _: tuple[Tensor, ...], now: StepParams) -> None:
    """θ ← θ − η g"""
    theta.sub_(g, alpha=now.eta)


def momentum(theta: Tensor, g: Tensor, moments: tuple[Tensor, ...], now: StepParams) -> None:
    """v ← μ v + g;  θ ← θ − η v"""
    (v,) = moments
    v.mul_(now.momentum).add_(g)
    theta.sub_(v, alpha=now.eta)


def nesterov(theta: Tensor, g: Tensor, moments: tuple[Tensor, ...], now: StepParams) -> None:
    """v ← μ v + g;  θ ← θ − η (g + μ v): it looks ahead along the velocity."""
    (v,) = moments
    v.mul_(now.momentum).add_(g)
    theta.sub_(g.add_(v, alpha=now.momentum), alpha=now.eta)


def rmsprop(theta: Tensor, g: Tensor, moments: tuple[Tensor, ...], now: StepParams) -> None:
    """s ← α s + (1 − α) g²;  θ ← θ − η g / (√s + ε): each parameter has a rate of its own."""
    (s,) = moments
    s.mul_(MEAN_SQUARE_STAYS).addcmul_(g, g, value=1 - MEAN_SQUARE_STAYS)
    theta.addcdiv_(g, s.sqrt().add_(EPSILON), value=-now.eta)


def adam(theta: Tensor, g: Tensor, moments: tuple[Tensor, ...], now: StepParams) -> None:
    """v ← β₁ v + (1 − β₁) g;  s ← β₂ s + (1 − β₂) g²;  θ ← θ − η v̂ / (√ŝ + ε)

    v̂ = v / (1 − β₁ᵗ) and ŝ = s / (1 − β₂ᵗ) correct the bias of starting from zeros.
    """
    v, s = moments
    v.lerp_(g, 1 - MEAN_STAYS)
    s.mul_(SQUARE_STAYS).addcmul_(g, g, value=1 - SQUARE_STAYS)
    v_scale, s_scale = 1 - MEAN_STAYS**now.t, 1 - SQUARE_STAYS**now.t
    root = torch.sqrt(s, out=g).div_(math.sqrt(s_scale)).add_(EPSILON)
    theta.addcdiv_(v, root, value=-now.eta / v_scale)


RULES: dict[OptimiserName, Rule] = {
    rule.name: rule
    for rule in (
        Rule("sgd", sgd),
        Rule("momentum", momentum),
        Rule("nesterov", nesterov),
        Rule("rmsprop", rmsprop),
        Rule("adam", adam, is_steady=False),
        Rule("adamw", adam, is_steady=False),  # `Update` applies the decoupled λ
    )
}


def scheduled(schedule: str, eta: float, epoch: int, epochs: int) -> float:
    """Return η for epoch e (from 0) of E epochs.

    step : halved after each quarter. cosine : η ½(1 + cos(π e/E)), down to 0 at the end.
    1/t : η / (1 + e/τ) with τ = E/10. After the planned epochs, η stays as in the last one.
    """
    e = min(epoch, epochs - 1)
    match schedule:
        case "step":
            return eta * 0.5 ** (FALLS * e // epochs)
        case "cosine":
            return eta * 0.5 * (1 + math.cos(math.pi * e / epochs))
        case "1/t":
            return eta / (1 + TENTH * e / epochs)
        case _:
            return eta
