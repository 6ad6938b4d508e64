"""The optimisers as text: a row of a table for each function of `core.train.optimisers.RULES`.

θ, its gradient g and the moments are changed in place; η, μ, λ₁ and t are globals. PyTorch's lines
make the operations of the rules, in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.exports.code.pieces import Language
from core.optimiser_family import MEAN_SQUARE_STAYS, MEAN_STAYS, SQUARE_STAYS, OptimiserName
from core.train import optimisers
from core.train.optimisers import EPSILON, RULES, Update


@dataclass(frozen=True)
class RuleCode:
    """The body of an update, and of its proximal form for the weights with λ₁; per language."""

    torch: tuple[str, ...]
    torch_proximal: tuple[str, ...]
    numpy: tuple[str, ...]
    numpy_proximal: tuple[str, ...]

    def of(self, language: Language, *, proximal: bool = False) -> tuple[str, ...]:
        if language == "torch":
            return self.torch_proximal if proximal else self.torch
        return self.numpy_proximal if proximal else self.numpy


_SGD = ("theta.sub_(g, alpha=eta)  # θ ← θ − η g",)
_SGD_NUMPY = ("theta -= eta * g  # θ ← θ − η g",)
_VELOCITY = "v.mul_(mu).add_(g)  # v ← μ v + g"
_MOMENTUM = (_VELOCITY, "theta.sub_(v, alpha=eta)  # θ ← θ − η v")
_VELOCITY_NUMPY = ("v *= mu  # v ← μ v + g", "v += g")
_MOMENTUM_NUMPY = (*_VELOCITY_NUMPY, "theta -= eta * v  # θ ← θ − η v")
_THRESHOLD = "shrink(theta, eta * l1)  # θ ← S(θ, η λ₁)"
_TAKEN = "v += shrink(theta, eta * l1) / eta  # what S takes belongs to the velocity"
_A, _B1, _B2 = MEAN_SQUARE_STAYS, MEAN_STAYS, SQUARE_STAYS
_RMSPROP = (
    f"s.mul_({_A}).addcmul_(g, g, value=1 - {_A})  # s ← α s + (1 − α) g²",
    f"root = s.sqrt().add_({EPSILON})  # √s + ε",
    "theta.addcdiv_(g, root, value=-eta)  # θ ← θ − η g / (√s + ε)",
)
_RMSPROP_NUMPY = (
    f"s *= {_A}  # s ← α s + (1 − α) g²",
    f"s += (1 - {_A}) * g * g",
    f"root = np.sqrt(s) + {EPSILON}",
    "theta -= eta * g / root  # θ ← θ − η g / (√s + ε)",
)
_OWN = "shrink(theta, root.reciprocal_().mul_(eta * l1))  # θ ← S(θ, η λ₁ / (√s + ε))"
_OWN_NUMPY = "shrink(theta, eta * l1 / root)  # θ ← S(θ, η λ₁ / (√s + ε))"
_ADAM = (
    f"v.lerp_(g, 1 - {_B1})  # v ← β₁ v + (1 − β₁) g",
    f"s.mul_({_B2}).addcmul_(g, g, value=1 - {_B2})  # s ← β₂ s + (1 − β₂) g²",
    f"root = s.sqrt().div_(math.sqrt(1 - {_B2}**t)).add_({EPSILON})  # √ŝ + ε",
    f"theta.addcdiv_(v, root, value=-eta / (1 - {_B1}**t))  # θ ← θ − η v̂ / (√ŝ + ε)",
)
_ADAM_NUMPY = (
    f"v += (1 - {_B1}) * (g - v)  # v ← β₁ v + (1 − β₁) g",
    f"s *= {_B2}  # s ← β₂ s + (1 − β₂) g²",
    f"s += (1 - {_B2}) * g * g",
    f"root = np.sqrt(s) / math.sqrt(1 - {_B2}**t) + {EPSILON}  # √ŝ + ε",
    f"theta -= eta / (1 - {_B1}**t) * v / root  # θ ← θ − η v̂ / (√ŝ + ε)",
)
_ADAM_CODE = RuleCode(_ADAM, (*_ADAM, _OWN), _ADAM_NUMPY, (*_ADAM_NUMPY, _OWN_NUMPY))

RULE_CODE: dict[Update, RuleCode] = {
    optimisers.sgd: RuleCode(_SGD, (*_SGD, _THRESHOLD), _SGD_NUMPY, (*_SGD_NUMPY, _THRESHOLD)),
    optimisers.momentum: RuleCode(
        _MOMENTUM,
        (*_MOMENTUM, _TAKEN),
        _MOMENTUM_NUMPY,
        (*_MOMENTUM_NUMPY, _TAKEN),
    ),
    optimisers.nesterov: RuleCode(
        (_VELOCITY, "theta.sub_(g.add_(v, alpha=mu), alpha=eta)  # θ ← θ − η (g + μ v)"),
        (
            "x = theta.sub(g, alpha=eta)",
            "shrink(x, eta * l1)  # x = S(θ − η g, η λ₁)",
            "v.mul_(mu).add_(theta.sub(x).div_(eta))  # v ← μ v + (θ − x) / η",
            "theta.copy_(x).sub_(v, alpha=eta * mu)  # θ ← x − η μ v",
        ),
        (*_VELOCITY_NUMPY, "theta -= eta * (g + mu * v)  # θ ← θ − η (g + μ v)"),
        (
            "x = theta - eta * g",
            "shrink(x, eta * l1)  # x = S(θ − η g, η λ₁)",
            "v *= mu  # v ← μ v + (θ − x) / η",
            "v += (theta - x) / eta",
            "theta[:] = x - eta * mu * v  # θ ← x − η μ v",
        ),
    ),
    optimisers.rmsprop: RuleCode(
        _RMSPROP, (*_RMSPROP, _OWN), _RMSPROP_NUMPY, (*_RMSPROP_NUMPY, _OWN_NUMPY)
    ),
    optimisers.adam: _ADAM_CODE,
}

SHRINK: dict[Language, tuple[str, ...]] = {
    "torch": (
        "def shrink(u, tau):",
        '    """u ← S(u, τ) = sign u · max(|u| − τ, 0), in place; return what was subtracted."""',
        "    taken = u.clamp(-tau, tau)",
        "    u.sub_(taken)",
        "    return taken",
    ),
    "numpy": (
        "def shrink(u, tau):",
        '    """u ← S(u, τ) = sign u · max(|u| − τ, 0), in place; return what was subtracted."""',
        "    taken = np.clip(u, -tau, tau)",
        "    u -= taken",
        "    return taken",
    ),
}


def code_of(name: OptimiserName) -> RuleCode:
    """Return the text of a first-order optimiser."""
    return RULE_CODE[RULES[name].update]
