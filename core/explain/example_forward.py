"""From one example's logits to its loss and gradient for each kind of model, in float64.

Activation, loss and gradient come from the model's head, which the trainer uses in float32; the
intermediate values (exponentials, votes, ∂L/∂a) are computed here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.model_family import FAMILY, pairs
from core.model_kind import Kind
from core.train.losses import ABSENT, HEADS

Reals = NDArray[np.float64]

LARGEST_EXPONENT = 80.0  # beyond it eᶻ is shown with the largest logit subtracted


@dataclass(frozen=True, eq=False)
class Response:
    """From logits z (outputs,) to the loss and its gradient.

    shift : subtracted from softmax's logits before exponentiating, 0 unless they are large.
    powers : (outputs,) e^(z − shift) for softmax, e^(−z) for sigmoids; otherwise empty.
    total : the sum of softmax's powers, 1 + e^(−z) for one sigmoid, else 0.
    a : (outputs,) activations. slope : (outputs,) ∂a/∂z for sigmoids, else empty.
    decided : the class chosen. tied : for pairs, the classes with the most votes; else empty.
    votes, confidence : (classes,) for pairs, the sums of votes and of logits; else empty.
    y : (outputs,) targets, NaN where a pair does not contain the class. If the class is unknown,
    y is None, and so are loss, losses (one per output; softmax has one), dz = ∂L/∂z and da = ∂L/∂a.
    """

    shift: float
    powers: Reals
    total: float
    a: Reals
    slope: Reals
    decided: int
    tied: tuple[int, ...]
    votes: Reals
    confidence: Reals
    y: Reals | None
    loss: float | None
    losses: Reals | None
    dz: Reals | None
    da: Reals | None


NONE: Reals = np.empty(0)


def respond(kind: str, z: Reals, h: int, label: int | None) -> Response:
    """Return the response to one example's logits; h : classes; label : its class, if known."""
    model, head, Z = FAMILY[kind], HEADS[kind], torch.from_numpy(z)[None]
    a: Reals = head.activation(Z)[0].numpy()
    shift, powers, total = _exponentials(model, z)
    slope = a * (1 - a) if model.is_sigmoid else NONE
    votes, confidence = _count(z, h) if model.is_pairwise else (NONE, NONE)
    tied = tuple(int(k) for k in np.flatnonzero(votes == votes.max(initial=0)))
    y, loss, losses, dz, da = None, None, None, None, None
    if label is not None:
        Y = head.encode(torch.tensor([label]), len(z)).to(Z.dtype)
        y = Y[0].masked_fill(Y[0] == ABSENT, torch.nan).numpy()
        # Independent outputs are passed as one example each, to get a loss per output.
        losses = (head.loss(Z, Y) if model.is_shift_invariant else head.loss(Z.mT, Y.mT)).numpy()
        dz = head.gradient(Z, Y)[0].numpy()
        loss = float(losses.sum()) + 0.0
        da = _by_activation(model, a, y, slope)
    return Response(
        shift=shift,
        powers=powers,
        total=total,
        a=a,
        slope=slope,
        decided=int(head.decide(Z)[0]),
        tied=tied,
        votes=votes,
        confidence=confidence,
        y=y,
        loss=loss,
        losses=losses,
        dz=dz,
        da=da,
    )


def _exponentials(model: Kind, z: Reals) -> tuple[float, Reals, float]:
    """Return shift, powers and total of a Response."""
    with np.errstate(over="ignore"):
        if model.is_shift_invariant:
            largest = float(z.max())
            shift = largest if abs(largest) > LARGEST_EXPONENT else 0.0
            powers = np.exp(z - shift)
            return shift, powers, float(powers.sum())
        if model.is_sigmoid:
            powers = np.exp(-z)
            return 0.0, powers, 1 + float(powers[0]) if len(z) == 1 else 0.0
    return 0.0, NONE, 0.0


def _count(z: Reals, h: int) -> tuple[Reals, Reals]:
    """Return votes and sums of logits for each class: i against j votes for j where z > 0."""
    votes, confidence = np.zeros(h), np.zeros(h)
    for (i, j), logit in zip(pairs(h), z, strict=True):
        votes[j if logit > 0 else i] += 1
        confidence[j] += logit
        confidence[i] -= logit
    return votes, confidence


def _by_activation(model: Kind, a: Reals, y: Reals, slope: Reals) -> Reals | None:
    """Return ∂L/∂a for one sigmoid neuron; infinite for cross-entropy if ∂a/∂z underflows."""
    if not (model.is_neuron and model.is_sigmoid):
        return None
    if not model.chain_collapses:
        return 2 * (a - y)
    return np.array([float((a - y)[0] / slope[0]) if slope[0] else np.inf])
