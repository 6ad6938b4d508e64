"""First-order update rules in order of complexity, each a row of RULES, and schedules of η.

Further properties of a rule are in the row of the same name in `core.optimiser_family.OPTIMISERS`.
A rule updates parameters θ from their gradient g, overwriting both. Its state between updates is
its moments, tensors of θ's shape that start as zeros. All are the rules of `torch.optim`, with the
same constants.

The penalty λ₁ Σ|w| has no gradient at 0. Each rule therefore has a proximal form: g is the gradient
of everything else, and the update ends with the soft threshold S(u, τ) = sign u · max(|u| − τ, 0),
which gives exact zeros. τ is λ₁ times the step that the rule takes along the coordinate: η; or
η / (√s + ε) where each coordinate has a rate of its own, for with η alone the weights would come to
rest where g is not ±λ₁ but ±λ₁ (√s + ε). What remembers velocities takes the threshold's part of
the move into the velocity, so that λ₁ is not outweighed by what it gathers, 1 / (1 − μ) gradients:
momentum is then the inertial proximal method (Ochs et al. 2014, iPiano), Nesterov FISTA with a
constant μ (Beck and Teboulle 2009), RMSProp and Adam are ProxGen (Yun et al. 2021).
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

    eta : current η. momentum : μ. t : number of this update, from 1. l1 : λ₁ of a proximal form.
    """

    eta: float
    momentum: float
    t: int
    l1: float = 0.0


Update = Callable[[Tensor, Tensor, tuple[Tensor, ...], StepParams], None]


@dataclass(frozen=True)
class Rule:
    """An update rule: its name in the config, and the function that applies it.

    proximal : its form with λ₁. is_steady : the update does not depend on t, so that a CUDA graph
    can repeat it.
    """

    name: OptimiserName
    update: Update
    proximal: Update
    is_steady: bool = True

    @property
    def moments(self) -> int:
        """Number of state tensors per parameter."""
        return len(OPTIMISERS[self.name].remembers)


def sgd(theta: Tensor, g: Tensor, _: tuple[Tensor, ...], now: StepParams) -> None:
    """θ ← θ − η g"""
    theta.sub_(g, alpha=now.eta)


def shrink(u: Tensor, threshold: float | Tensor) -> Tensor:
    """u ← S(u, τ), in place; return what was subtracted, which is u itself where 0 is left."""
    if isinstance(threshold, Tensor):
        taken = torch.minimum(torch.maximum(u, -threshold), threshold)
    else:
        taken = u.clamp(-threshold, threshold)
    u.sub_(taken)
    return taken


def proximal_sgd(theta: Tensor, g: Tensor, _: tuple[Tensor, ...], now: StepParams) -> None:
    """θ ← S(θ − η g, η λ₁)"""
    theta.sub_(g, alpha=now.eta)
    shrink(theta, now.eta * now.l1)


def momentum(theta: Tensor, g: Tensor, moments: tuple[Tensor, ...], now: StepParams) -> None:
    """v ← μ v + g;  θ ← θ − η v"""
    (v,) = moments
    v.mul_(now.momentum).add_(g)
    theta.sub_(v, alpha=now.eta)


def proximal_momentum(
    theta: Tensor, g: Tensor, moments: tuple[Tensor, ...], now: StepParams
) -> None:
    """v ← μ v + g;  u = θ − η v;  θ ← S(u, η λ₁);  v ← v + (u − θ) / η"""
    (v,) = moments
    momentum(theta, g, moments, now)
    v.add_(shrink(theta, now.eta * now.l1).div_(now.eta))


def nesterov(theta: Tensor, g: Tensor, moments: tuple[Tensor, ...], now: StepParams) -> None:
    """v ← μ v + g;  θ ← θ − η (g + μ v): it looks ahead along the velocity."""
    (v,) = moments
    v.mul_(now.momentum).add_(g)
    theta.sub_(g.add_(v, alpha=now.momentum), alpha=now.eta)


def proximal_nesterov(
    theta: Tensor, g: Tensor, moments: tuple[Tensor, ...], now: StepParams
) -> None:
    """x = S(θ − η g, η λ₁);  v ← μ v + (θ − x) / η;  θ ← x − η μ v"""
    (v,) = moments
    x = theta.sub(g, alpha=now.eta)
    shrink(x, now.eta * now.l1)
    v.mul_(now.momentum).add_(torch.sub(theta, x, out=g).div_(now.eta))
    theta.copy_(x).sub_(v, alpha=now.eta * now.momentum)


def rmsprop(theta: Tensor, g: Tensor, moments: tuple[Tensor, ...], now: StepParams) -> None:
    """s ← α s + (1 − α) g²;  θ ← θ − η g / (√s + ε): each parameter has a rate of its own."""
    _rmsprop(theta, g, moments, now)


def proximal_rmsprop(
    theta: Tensor, g: Tensor, moments: tuple[Tensor, ...], now: StepParams
) -> None:
    """As `rmsprop`, then θ ← S(θ, η λ₁ / (√s + ε))."""
    root = _rmsprop(theta, g, moments, now)
    shrink(theta, root.reciprocal_().mul_(now.eta * now.l1))


def _rmsprop(theta: Tensor, g: Tensor, moments: tuple[Tensor, ...], now: StepParams) -> Tensor:
    """Update, and return √s + ε."""
    (s,) = moments
    s.mul_(MEAN_SQUARE_STAYS).addcmul_(g, g, value=1 - MEAN_SQUARE_STAYS)
    root = s.sqrt().add_(EPSILON)
    theta.addcdiv_(g, root, value=-now.eta)
    return root


def adam(theta: Tensor, g: Tensor, moments: tuple[Tensor, ...], now: StepParams) -> None:
    """v ← β₁ v + (1 − β₁) g;  s ← β₂ s + (1 − β₂) g²;  θ ← θ − η v̂ / (√ŝ + ε)

    v̂ = v / (1 − β₁ᵗ) and ŝ = s / (1 − β₂ᵗ) correct the bias of starting from zeros.
    """
    _adam(theta, g, moments, now)


def proximal_adam(theta: Tensor, g: Tensor, moments: tuple[Tensor, ...], now: StepParams) -> None:
    """As `adam`, then θ ← S(θ, η λ₁ / (√ŝ + ε))."""
    root = _adam(theta, g, moments, now)
    shrink(theta, root.reciprocal_().mul_(now.eta * now.l1))


def _adam(theta: Tensor, g: Tensor, moments: tuple[Tensor, ...], now: StepParams) -> Tensor:
    """Update, and return √ŝ + ε."""
    v, s = moments
    v.lerp_(g, 1 - MEAN_STAYS)
    s.mul_(SQUARE_STAYS).addcmul_(g, g, value=1 - SQUARE_STAYS)
    v_scale, s_scale = 1 - MEAN_STAYS**now.t, 1 - SQUARE_STAYS**now.t
    root = torch.sqrt(s, out=g).div_(math.sqrt(s_scale)).add_(EPSILON)
    theta.addcdiv_(v, root, value=-now.eta / v_scale)
    return root


RULES: dict[OptimiserName, Rule] = {
    rule.name: rule
    for rule in (
        Rule("sgd", sgd, proximal_sgd),
        Rule("momentum", momentum, proximal_momentum),
        Rule("nesterov", nesterov, proximal_nesterov),
        Rule("rmsprop", rmsprop, proximal_rmsprop),
        Rule("adam", adam, proximal_adam, is_steady=False),
        Rule("adamw", adam, proximal_adam, is_steady=False),  # `Update` applies the decoupled λ
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
