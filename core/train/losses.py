"""Heads: activations of logits, their losses, and gradients written out by hand.

A head is a row of HEADS: target coding, activation, loss, dL/dZ and decision; its texts are in the
row of the same name in `core.model_family.FAMILY`. Everything before it (the linear map) and
after it (the update) is the same for all heads.

Throughout, Z is (n, outputs), one example per row. In memory the models keep it class by class,
so that Z.mT is contiguous: a softmax down contiguous columns ran 15 times faster than along
rows of ten. The functions are correct for any layout.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import one_hot, softplus

from core import brought_head


def softmax(Z: Tensor, out: Tensor | None = None) -> Tensor:
    """Return A = exp(z_k) / Σⱼ exp(zⱼ), row by row; no overflow for logits of any size.

    The result is written to `out` if given, which may be Z.
    """
    by_class = Z.mT
    if out is None:
        return torch.softmax(by_class, dim=0).mT
    torch.softmax(by_class, dim=0, out=by_class if out is Z else out.mT)
    return out  # each further view takes as long as a sum


def softmax_cross_entropy(Z: Tensor, Y: Tensor) -> Tensor:
    """Return −log a_y of each example in nats, (n,).

    Computed as log Σ exp(zⱼ) − z_y: the row maximum is subtracted before exponentiating, and no
    probability is ever formed, so that logits of ±1000 give the exact loss.
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
    """Return dL/dz = a − y of each example, (n, outputs)."""
    return torch.sigmoid(Z, out=out).sub_(Y)


def perceptron_criterion(Z: Tensor, Y: Tensor) -> Tensor:
    """Return max(0, −(2y − 1) z) of each example, (n,): how far it is on the wrong side."""
    return torch.relu((1 - 2 * Y) * Z).sum(dim=1)


def perceptron_gradient(Z: Tensor, Y: Tensor, out: Tensor | None = None) -> Tensor:
    """Return ŷ − y, with ŷ = 1 where z > 0: the perceptron's rule, zero for correct examples.

    It is a subgradient of the criterion, which has a kink at 0.
    """
    return torch.sub(_step(Z), Y, out=out)


def hinge_loss(Z: Tensor, Y: Tensor) -> Tensor:
    """Return max(0, 1 − (2y − 1) z) of each example, (n,): how far it is from the margin of 1."""
    return torch.relu(1 + (1 - 2 * Y) * Z).sum(dim=1)


def hinge_gradient(Z: Tensor, Y: Tensor, out: Tensor | None = None) -> Tensor:
    """Return −(2y − 1) where (2y − 1) z < 1, else 0: examples beyond the margin have no gradient.

    It is a subgradient of the hinge loss, which has a kink at the margin.
    """
    signs = 1 - 2 * Y
    return torch.mul(signs, signs * Z > -1, out=out)


def squared_error(Z: Tensor, Y: Tensor) -> Tensor:
    """Return (y − z)² of each example, (n,)."""
    return (Y - Z).square().sum(dim=1)


def squared_gradient(Z: Tensor, Y: Tensor, out: Tensor | None = None) -> Tensor:
    """Return −2(y − z) of each example, (n, 1)."""
    return torch.sub(Z, Y, out=out).mul_(2)


def sigmoid_squared_error(Z: Tensor, Y: Tensor) -> Tensor:
    """Return (y − σ(z))² of each example, (n,)."""
    return (Y - torch.sigmoid(Z)).square().sum(dim=1)


def sigmoid_squared_gradient(Z: Tensor, Y: Tensor, out: Tensor | None = None) -> Tensor:
    """Return −2(y − a)·a(1 − a): the last factor vanishes for confident mistakes."""
    A = torch.sigmoid(Z, out=out)
    slope = A * (1 - A)
    return A.sub_(Y).mul_(slope).mul_(2)


ABSENT = 0.5  # the target of a pair's neuron for an example of neither of its classes


def pair_targets(y: Tensor, outputs: int) -> Tensor:
    """Return targets (n, pairs): for i against j, 1 for class j, 0 for class i, else ABSENT."""
    first, second = _pair_indices(outputs, y.device)
    Y = torch.full((len(y), outputs), ABSENT, device=y.device)
    Y[y[:, None] == first] = 0.0
    Y[y[:, None] == second] = 1.0
    return Y


def pair_cross_entropy(Z: Tensor, Y: Tensor) -> Tensor:
    """Return the summed cross-entropies of the neurons whose pair has the example's class, (n,)."""
    losses = softplus(Z, threshold=80.0) - Z * Y
    return (losses * (Y != ABSENT)).sum(dim=1)


def pair_gradient(Z: Tensor, Y: Tensor, out: Tensor | None = None) -> Tensor:
    """Return a − t of each pair that has the example's class, 0 for the others, (n, pairs)."""
    return torch.sigmoid(Z, out=out).sub_(Y).mul_(Y != ABSENT)


def pair_scores(Z: Tensor) -> Tensor:
    """Return the votes for each class, (n, classes), plus a confidence of magnitude below ½.

    The neuron of i against j votes for j where z > 0. The confidence is the sum of the logits
    for a class, squashed to (−⅓, ⅓), so that it only breaks ties.
    """
    first, second = _pair_indices(Z.shape[1], Z.device)
    h = int(second[-1]) + 1
    # Pair by pair, as Z is laid out in memory: along its rows it took five times as long.
    by_pair = Z.mT
    votes, confidence = Z.new_zeros(h, len(Z)), Z.new_zeros(h, len(Z))
    wins = (by_pair > 0).to(Z.dtype)
    votes.index_add_(0, second, wins).index_add_(0, first, 1 - wins)
    confidence.index_add_(0, second, by_pair).index_add_(0, first, -by_pair)
    return (votes + confidence / (3 * (confidence.abs() + 1))).mT


def pair_shares(Z: Tensor) -> Tensor:
    """Return the summed probabilities that a class's neurons give it, over pairs, (n, classes).

    Rows sum to 1: each of the h(h−1)/2 neurons divides 1 between its two classes.
    """
    first, second = _pair_indices(Z.shape[1], Z.device)
    by_pair, shares = Z.mT, Z.new_zeros(int(second[-1]) + 1, len(Z))
    shares.index_add_(0, second, torch.sigmoid(by_pair))
    shares.index_add_(0, first, torch.sigmoid(-by_pair))
    return (shares / Z.shape[1]).mT


def _pair_indices(outputs: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the first and the second class of each pair, (pairs,) each."""
    h = (1 + math.isqrt(1 + 8 * outputs)) // 2
    first, second = torch.triu_indices(h, h, 1, device=device)
    return first, second


class Gradient(Protocol):
    """Z (n, outputs), Y → dL/dZ, written to `out` if given, which may be Z."""

    def __call__(self, Z: Tensor, Y: Tensor, out: Tensor | None = None) -> Tensor: ...


@dataclass(frozen=True)
class Head:
    """An interpretation of logits; Z is (n, outputs) throughout.

    encode : class numbers (n,) and the number of outputs → targets Y (n, outputs).
    activation : Z → A (n, outputs).
    probabilities : Z → (n, classes) in 0 … 1. Rows sum to one except for one-vs-rest. A perceptron,
        a linear SVM and ADALINE have no probabilities; theirs are steps or clipped outputs.
    scores : Z → (n, classes); the largest decides, and on a boundary two are equal.
    loss : Z, Y → (n,), in nats for cross-entropies.
    gradient : Z, Y → dL/dZ of each example's loss, (n, outputs); divide by n for the mean.
    decide : Z → class numbers (n,).
    curvature_bound : upper bound of the second derivative of one example's loss along z; 0 for
        piecewise linear losses.
    hessian : Z, Y → d²L/dz² of each example, (n, outputs, outputs); None if Newton's method does
        not apply.
    hessian_times : Z, Y, D (n, outputs) → the product of each Hessian with its row of D,
        (n, outputs), without forming the Hessians (100 MB per example for 4,950 neurons).
    """

    name: str
    encode: Callable[[Tensor, int], Tensor]
    activation: Callable[[Tensor], Tensor]
    probabilities: Callable[[Tensor], Tensor]
    scores: Callable[[Tensor], Tensor]
    loss: Callable[[Tensor, Tensor], Tensor]
    gradient: Gradient
    decide: Callable[[Tensor], Tensor]
    curvature_bound: float
    hessian: Callable[[Tensor, Tensor], Tensor] | None = None
    hessian_times: Callable[[Tensor, Tensor, Tensor], Tensor] | None = None


def _yes_or_no(y: Tensor, outputs: int) -> Tensor:
    return y[:, None].expand(-1, outputs)


def _step(Z: Tensor) -> Tensor:
    return (Z > 0).to(Z.dtype)


def _identity(Z: Tensor) -> Tensor:
    return Z


def _two_sided(Z: Tensor) -> Tensor:
    return torch.sigmoid(torch.cat([-Z, Z], dim=1))  # 1 − σ(z) = σ(−z), without cancellation


def _largest(Z: Tensor) -> Tensor:
    # The first of several that are equal, as `argmax` has it, which took seven times as long.
    return Z.max(dim=1).indices


def _above(Z: Tensor, threshold: float) -> Tensor:
    return (Z[:, 0] > threshold).long()


def _against(threshold: float) -> Callable[[Tensor], Tensor]:
    return lambda Z: torch.cat([torch.full_like(Z, threshold), Z], dim=1)


def _both(share: Tensor) -> Tensor:
    return torch.cat([1 - share, share], dim=1)


def _softmax_hessian(Z: Tensor, _: Tensor) -> Tensor:
    A = softmax(Z)
    return torch.diag_embed(A) - A[:, :, None] * A[:, None, :]


def _softmax_hessian_times(Z: Tensor, _: Tensor, D: Tensor) -> Tensor:
    A = softmax(Z)
    AD = A * D
    return AD - A * AD.sum(dim=1, keepdim=True)


def _sigmoid_hessian(Z: Tensor, _: Tensor) -> Tensor:
    A = torch.sigmoid(Z)
    return torch.diag_embed(A * (1 - A))


def _sigmoid_hessian_times(Z: Tensor, _: Tensor, D: Tensor) -> Tensor:
    A = torch.sigmoid(Z)
    return A * (1 - A) * D


def _pair_hessian(Z: Tensor, Y: Tensor) -> Tensor:
    A = torch.sigmoid(Z)
    return torch.diag_embed(A * (1 - A) * (Y != ABSENT))


def _pair_hessian_times(Z: Tensor, Y: Tensor, D: Tensor) -> Tensor:
    return _sigmoid_hessian_times(Z, Y, D) * (Y != ABSENT)


class _Heads(dict[str, Head]):
    """The heads by name: those of this page, and those brought that have been asked for."""

    def __missing__(self, name: str) -> Head:
        """Raise KeyError for a name that nobody has, DataError if what a package brings is none."""
        neuron = brought_head.checked(name)
        self[name] = head = replace(
            self["mse"],
            name=name,
            loss=neuron.loss,
            gradient=brought_head.written_to_out(neuron.gradient),
            curvature_bound=float(neuron.curvature_bound),
        )
        return head


HEADS: dict[str, Head] = _Heads(
    (head.name, head)
    for head in (
        Head(
            name="perceptron",
            encode=_yes_or_no,
            activation=_step,
            probabilities=lambda Z: _both(_step(Z)),
            scores=_against(0.0),
            loss=perceptron_criterion,
            gradient=perceptron_gradient,
            decide=lambda Z: _above(Z, 0.0),
            curvature_bound=0.0,
        ),
        Head(
            name="adaline",
            encode=_yes_or_no,
            activation=_identity,
            probabilities=lambda Z: _both(Z.clamp(0, 1)),
            scores=_against(0.5),
            loss=squared_error,
            gradient=squared_gradient,
            decide=lambda Z: _above(Z, 0.5),
            curvature_bound=2.0,
            hessian=lambda Z, _: torch.full_like(Z, 2.0)[:, :, None],
            hessian_times=lambda _, __, D: 2.0 * D,
        ),
        Head(
            name="mse",
            encode=_yes_or_no,
            activation=torch.sigmoid,
            probabilities=_two_sided,
            scores=_against(0.0),
            loss=sigmoid_squared_error,
            gradient=sigmoid_squared_gradient,
            decide=lambda Z: _above(Z, 0.0),
            # The maximum of 2a²(1 − a)·|2 − 3a|, and of its mirror image for y = 1.
            curvature_bound=0.155,
        ),
        Head(
            name="binary",
            encode=_yes_or_no,
            activation=torch.sigmoid,
            probabilities=_two_sided,
            scores=_against(0.0),
            loss=sigmoid_cross_entropy,
            gradient=sigmoid_gradient,
            decide=lambda Z: _above(Z, 0.0),
            curvature_bound=0.25,
            hessian=_sigmoid_hessian,
            hessian_times=_sigmoid_hessian_times,
        ),
        Head(
            name="svm",
            encode=_yes_or_no,
            activation=_identity,
            probabilities=lambda Z: _both(_step(Z)),
            scores=_against(0.0),
            loss=hinge_loss,
            gradient=hinge_gradient,
            decide=lambda Z: _above(Z, 0.0),
            curvature_bound=0.0,
        ),
        Head(
            name="softmax",
            encode=one_hot,
            activation=softmax,
            probabilities=softmax,
            scores=lambda Z: Z,
            loss=softmax_cross_entropy,
            gradient=softmax_gradient,
            decide=_largest,
            curvature_bound=0.5,
            hessian=_softmax_hessian,
            hessian_times=_softmax_hessian_times,
        ),
        Head(
            name="ovr",
            encode=one_hot,
            activation=torch.sigmoid,
            probabilities=torch.sigmoid,
            scores=lambda Z: Z,
            loss=sigmoid_cross_entropy,
            gradient=sigmoid_gradient,
            decide=_largest,
            curvature_bound=0.25,
            hessian=_sigmoid_hessian,
            hessian_times=_sigmoid_hessian_times,
        ),
        Head(
            name="ovo",
            encode=pair_targets,
            activation=torch.sigmoid,
            probabilities=pair_shares,
            scores=pair_scores,
            loss=pair_cross_entropy,
            gradient=pair_gradient,
            decide=lambda Z: _largest(pair_scores(Z)),
            curvature_bound=0.25,
            hessian=_pair_hessian,
            hessian_times=_pair_hessian_times,
        ),
    )
)
HEADS["bayes"] = replace(HEADS["softmax"], name="bayes")  # whose weights are counted
