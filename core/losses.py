"""Heads: what turns logits into probabilities, what it costs, and its gradient, by hand.

A head is a row of HEADS: target coding, activation, loss, dL/dZ and decision. Everything before
it (the linear map) and after it (the update) is the same for all of them.

Throughout, Z is (n, outputs), an example a row. In memory the models keep it class by class,
so that Z.mT is contiguous: a softmax down contiguous columns ran 15 times faster than along
rows of ten. The functions are right for any layout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import one_hot, softplus


def softmax(Z: Tensor, out: Tensor | None = None) -> Tensor:
    """Return A = exp(z_k) / Σⱼ exp(zⱼ), row by row; safe for logits of any size.

    It is written over `out`, if that is given, which may be Z.
    """
    return torch.softmax(Z.mT, dim=0, out=None if out is None else out.mT).mT


def softmax_cross_entropy(Z: Tensor, Y: Tensor) -> Tensor:
    """Return −log a_y of each example in nats, (n,).

    It is log Σ exp(zⱼ) − z_y: the row maximum is taken out before exponentiating, and no
    probability is ever formed, so that logits of ±1000 cost what they should.
    """
    return torch.logsumexp(Z, dim=1) - (Z * Y).sum(dim=1)


def softmax_gradient(Z: Tensor, Y: Tensor, out: Tensor | None = None) -> Tensor:
    """Return dL/dz = a − y of each example, (n, h): exp and log cancel; rows sum to zero."""
    return softmax(Z, out).sub_(Y)


def sigmoid_cross_entropy(Z: Tensor, Y: Tensor) -> Tensor:
    """Return −y log σ(z) − (1 − y) log(1 − σ(z)) of each example in nats, (n,).

    From the logit: log(1 + eᶻ) − y z, with log(1 + eᶻ) computed without overflow.
    """
    return (softplus(Z, threshold=80.0) - Z * Y).sum(dim=1)


def sigmoid_gradient(Z: Tensor, Y: Tensor, out: Tensor | None = None) -> Tensor:
    """Return dL/dz = a − y of each example, (n, 1)."""
    return torch.sigmoid(Z, out=out).sub_(Y)


class Gradient(Protocol):
    """Z (n, outputs), Y → dL/dZ, written over `out`, if that is given, which may be Z."""

    def __call__(self, Z: Tensor, Y: Tensor, out: Tensor | None = None) -> Tensor: ...


@dataclass(frozen=True)
class Head:
    """One way to read logits; (n, outputs) goes in everywhere.

    encode : class numbers (n,) and the number of outputs → targets Y (n, outputs).
    probabilities : Z → (n, classes), rows sum to one.
    loss : Z, Y → (n,) nats.
    gradient : Z, Y → dL/dZ of each example's own loss, (n, outputs); divide by n for the mean.
    decide : Z → class numbers (n,).
    """

    name: str
    encode: Callable[[Tensor, int], Tensor]
    probabilities: Callable[[Tensor], Tensor]
    loss: Callable[[Tensor, Tensor], Tensor]
    gradient: Gradient
    decide: Callable[[Tensor], Tensor]


def _two_sided(Z: Tensor) -> Tensor:
    return torch.sigmoid(torch.cat([-Z, Z], dim=1))  # 1 − σ(z) = σ(−z), without cancellation


HEADS = {
    head.name: head
    for head in (
        Head(
            name="softmax",
            encode=one_hot,
            probabilities=softmax,
            loss=softmax_cross_entropy,
            gradient=softmax_gradient,
            decide=lambda Z: Z.argmax(dim=1),
        ),
        Head(
            name="binary",
            encode=lambda y, outputs: y[:, None].expand(-1, outputs),
            probabilities=_two_sided,
            loss=sigmoid_cross_entropy,
            gradient=sigmoid_gradient,
            decide=lambda Z: (Z[:, 0] > 0).long(),
        ),
    )
}
