"""A neuron with the focal loss (Lin et al. 2017), which leaves easy examples alone.

With p the probability of the right answer, L = −(1 − p)² log p.
"""

from __future__ import annotations

import torch
from logitlab import Neuron
from torch import Tensor
from torch.nn.functional import logsigmoid


def loss(Z: Tensor, Y: Tensor) -> Tensor:
    """Return the loss of each example, (n,)."""
    right = (2 * Y - 1) * Z  # p = σ(right); log p without overflow
    return (-torch.sigmoid(-right).square() * logsigmoid(right)).sum(dim=1)


def gradient(Z: Tensor, Y: Tensor) -> Tensor:
    """Return ∂L/∂z of each example, (n, 1)."""
    sign = 2 * Y - 1
    right = sign * Z
    p, wrong = torch.sigmoid(right), torch.sigmoid(-right)
    return sign * wrong.square() * (2 * p * logsigmoid(right) - wrong)


NEURON = Neuron(
    title="Focal",
    words="One sigmoid neuron that leaves easy examples alone",
    loss_name="focal loss",
    unit="nats",
    formula="−(1 − p)² log p, with p = a where y = 1, else 1 − a",
    slope="(2y − 1) (1 − p)² (2p log p − (1 − p))",
    loss=loss,
    gradient=gradient,
    curvature_bound=0.5,
)
