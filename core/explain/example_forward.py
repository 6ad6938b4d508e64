"""What one example's logits lead to in each model of the family, by its formulae, in float64.

It is written out here once more, in NumPy and for one example, so that a trace can be held
against what the trainer does with `core.train.losses`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.model_family import pairs

Reals = NDArray[np.float64]

LARGEST_EXPONENT = 80.0  # beyond it eᶻ is written with the largest logit taken out


@dataclass(frozen=True, eq=False)
class Response:
    """From logits z (outputs,) to the loss and its slope.

    shift : taken out of softmax's logits before exponentiating, 0 unless they are large.
    powers : (outputs,) e^(z − shift) of softmax, e^(−z) of sigmoids; empty for all others.
    total : the sum of softmax's powers, 1 + e^(−z) of one sigmoid, else 0.
    a : (outputs,) activations. slope : (outputs,) ∂a/∂z of sigmoids, else empty.
    decided : the class chosen. tied : the classes with the most votes, for pairs; else empty.
    votes, confidence : (classes,) of pairs, their sums of votes and of logits; else empty.
    y : (outputs,) targets, NaN where a pair has not the class; None where the class is not
    known; with it loss, losses (each output's own; softmax has one), dz = ∂L/∂z and dL/da are.
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
    """Follow the logits of one example of h classes; label is its class, if that is known."""
    shift, powers, total = 0.0, NONE, 0.0
    with np.errstate(over="ignore"):
        if kind == "softmax":
            largest = float(z.max())
            shift = largest if abs(largest) > LARGEST_EXPONENT else 0.0
            powers = np.exp(z - shift)
            total = float(powers.sum())
            a = powers / total
        elif kind == "perceptron":
            a = (z > 0).astype(np.float64)
        elif kind == "adaline":
            a = z
        else:
            powers = np.exp(-z)
            a = 1 / (1 + powers)
            total = 1 + float(powers[0]) if len(z) == 1 else 0.0
    is_sigmoid = kind in ("mse", "binary", "ovr", "ovo")
    slope = a * (1 - a) if is_sigmoid else NONE
    votes, confidence = NONE, NONE
    tied: tuple[int, ...] = ()
    if kind == "ovo":
        votes, confidence = _count(z, h)
        tied = tuple(int(k) for k in np.flatnonzero(votes == votes.max()))
        decided = max(tied, key=lambda k: float(confidence[k]))
    elif len(z) == 1:
        decided = int(z[0] > (0.5 if kind == "adaline" else 0.0))
    else:
        decided = int(z.argmax())
    y, loss, losses, dz, da = None, None, None, None, None
    if label is not None:
        y = _targets(kind, label, len(z), h)
        losses, dz = LEARNS[kind](z, a, y)
        loss = float(losses.sum()) + 0.0
        da = _by_activation(kind, a, y, slope)
    return Response(
        shift, powers, total, a, slope, decided, tied, votes, confidence, y, loss, losses, dz, da
    )


def _targets(kind: str, label: int, outputs: int, h: int) -> Reals:
    if kind == "ovo":
        targets = {True: 1.0, False: 0.0}
        return np.array(
            [targets[label == j] if label in (i, j) else np.nan for i, j in pairs(h)],
            dtype=np.float64,
        )
    return np.array([float(label)]) if outputs == 1 else np.eye(outputs)[label]


def _count(z: Reals, h: int) -> tuple[Reals, Reals]:
    """Return votes and sums of logits for each class: i against j votes for j where z > 0."""
    votes, confidence = np.zeros(h), np.zeros(h)
    for (i, j), logit in zip(pairs(h), z, strict=True):
        votes[j if logit > 0 else i] += 1
        confidence[j] += logit
        confidence[i] -= logit
    return votes, confidence


def _by_activation(kind: str, a: Reals, y: Reals, slope: Reals) -> Reals | None:
    """Return ∂L/∂a of one sigmoid, which is infinite where the sigmoid has no slope left."""
    if kind == "mse":
        return 2 * (a - y)
    if kind == "binary":
        return np.array([float((a - y)[0] / slope[0]) if slope[0] else np.inf])
    return None


Learnt = tuple[Reals, Reals]


def _perceptron(z: Reals, a: Reals, y: Reals) -> Learnt:
    return np.maximum(0.0, -(2 * y - 1) * z), a - y


def _adaline(z: Reals, _: Reals, y: Reals) -> Learnt:
    return (y - z) ** 2, -2 * (y - z)


def _sigmoid_squared(_: Reals, a: Reals, y: Reals) -> Learnt:
    return (y - a) ** 2, -2 * (y - a) * a * (1 - a)


def _sigmoids(z: Reals, a: Reals, y: Reals) -> Learnt:
    """Each its own cross-entropy log(1 + eᶻ) − y z; a pair without the class has none."""
    is_asked = ~np.isnan(y)
    t = np.where(is_asked, y, 0.0)
    losses = np.where(is_asked, np.logaddexp(0.0, z) - t * z, 0.0)
    return losses, np.where(is_asked, a - t, 0.0)


def _softmax(z: Reals, a: Reals, y: Reals) -> Learnt:
    """−log a_y from the logits: log Σ exp(zⱼ) − z_y."""
    return np.array([np.logaddexp.reduce(z) - z[y.argmax()]]), a - y


LEARNS: dict[str, Callable[[Reals, Reals, Reals], Learnt]] = {
    "perceptron": _perceptron,
    "adaline": _adaline,
    "mse": _sigmoid_squared,
    "binary": _sigmoids,
    "softmax": _softmax,
    "ovr": _sigmoids,
    "ovo": _sigmoids,
}
