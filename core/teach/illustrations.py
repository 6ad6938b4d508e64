"""Computations of demonstrations: closed forms in float64, and products in floating point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.model_family import DEFAULT_KIND, FAMILY
from core.train.snapshot import Params

Reals = NDArray[np.float64]

# The worked example of the lecture: 4 examples, 3 classes.
PUBLISHED_LOGITS = (
    (-0.3, -0.5, -0.5),
    (-0.4, -0.1, -0.5),
    (-0.3, -0.94, -0.5),
    (-0.99, -0.88, -0.5),
)
PUBLISHED_CLASSES = (0, 1, 2, 2)

SMALLEST_32 = float(np.finfo(np.float32).smallest_subnormal)  # 1.4e−45
SMALLEST_64 = float(np.finfo(np.float64).smallest_subnormal)  # 4.9e−324
OFF = 0.01  # relative error above which a product counts as wrong

# Corners of an equilateral triangle with sides of length 1: upper, lower left, lower right.
CORNERS: Reals = np.array([[0.5, np.sqrt(0.75)], [0.0, 0.0], [1.0, 0.0]])


def log_softmax(Z: NDArray[np.floating]) -> Reals:
    """Return log softmax of each row, (n, h), by log-sum-exp: finite for logits of any size."""
    Z = np.asarray(Z, dtype=np.float64)
    shifted = Z - Z.max(axis=1, keepdims=True)
    log_a: Reals = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return log_a


def softmax(Z: NDArray[np.floating]) -> Reals:
    """Return the probabilities of each row, (n, h)."""
    return np.exp(log_softmax(Z))


def one_hot(y: NDArray[np.int64], h: int) -> Reals:
    """Return the one-hot encoding (n, h) of class numbers y (n,)."""
    return np.eye(h)[y]


def distances(points: Reals) -> Reals:
    """Return the Euclidean distances between points, (n, n); points : one per row."""
    gaps: Reals = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    return gaps


@dataclass(frozen=True, eq=False)
class WorkedExample:
    """A batch from its logits Z (n, h) and classes y (n,) to the gradient.

    A : (n, h) probabilities. losses : (n,) nats. loss : their mean. by_logit : (n, h) ∂L/∂z.
    by_bias : (h,) ∂L/∂b, the column sums of by_logit.
    """

    Z: Reals
    y: NDArray[np.int64]
    A: Reals
    losses: Reals
    loss: float
    by_logit: Reals
    by_bias: Reals


def work_out(Z: Reals, y: NDArray[np.int64]) -> WorkedExample:
    """Compute softmax, cross-entropies and gradient of a batch of n ≥ 1 examples."""
    n, h = Z.shape
    log_a = log_softmax(Z)
    A = np.exp(log_a)
    losses = np.abs(log_a[np.arange(n), y])  # −log a, without a negative zero
    dZ = (A - one_hot(y, h)) / n
    return WorkedExample(Z, y, A, losses, float(losses.mean()), dZ, dZ.sum(axis=0))


@dataclass(frozen=True, eq=False)
class Product:
    """A running product in floats of one width.

    log10 : (n,) log10 of the product so far, −inf where it is 0.
    value : the final product.
    zero_at, wrong_at : number of factors after which it is first 0, or wrong by more than 1 %;
        None if it never is.
    """

    log10: Reals
    value: float
    zero_at: int | None
    wrong_at: int | None


@dataclass(frozen=True, eq=False)
class Likelihood:
    """The likelihood of n examples, as a product and as a sum of logs.

    log_sum : (n,) Σ log pᵢ so far, in nats. loss : the negative of its mean at the end.
    """

    log_sum: Reals
    single: Product
    double: Product
    loss: float

    @property
    def n(self) -> int:
        return len(self.log_sum)


def likelihood(p: Reals, log_p: Reals | None = None) -> Likelihood:
    """Multiply the probabilities p (n,) one after the other, and sum their logs.

    log_p : the logs, (n,), if known more precisely than log p.
    """
    log_sum = np.cumsum(np.log(p) if log_p is None else log_p)
    exact = log_sum / np.log(10)
    return Likelihood(
        log_sum=log_sum,
        single=_multiplied(p.astype(np.float32), exact),
        double=_multiplied(p.astype(np.float64), exact),
        loss=float(-log_sum[-1] / len(p)) + 0.0,
    )


def _multiplied(p: NDArray[np.floating], exact: Reals) -> Product:
    """Multiply in the precision of p; `exact` is log10 of the exact product, (n,)."""
    with np.errstate(under="ignore", divide="ignore"):
        product = np.multiply.accumulate(p)  # one factor after the other, each result rounded
        log10 = np.log10(product.astype(np.float64))
    zero = np.flatnonzero(product == 0)
    wrong = np.flatnonzero(np.abs(log10 - exact) > np.log10(1 + OFF))
    return Product(
        log10=log10,
        value=float(product[-1]),
        zero_at=int(zero[0]) + 1 if len(zero) else None,
        wrong_at=int(wrong[0]) + 1 if len(wrong) else None,
    )


def power_of_ten(log_e: float) -> tuple[float, int]:
    """Return (d, k) with exp(log_e) = d · 10ᵏ and 1 ≤ d < 10, however small that is."""
    log10 = log_e / np.log(10)
    k = int(np.floor(log10))
    d = float(10 ** (log10 - k))
    return (1.0, k + 1) if round(d, 1) >= 10 else (d, k)


def log_probabilities(
    X: NDArray[np.float32], params: Params, kind: str = DEFAULT_KIND
) -> Reals | None:
    """Return log of the model's probabilities, (n, classes), for inputs X (n, m).

    With one output, a neuron's, they are those of classes 0 and 1; else softmax of the logits.
    None if this kind has no probabilities that sum to 1, the weights do not fit the inputs, or the
    weights are not finite, as after divergence.
    """
    inputs = params.W if params.hidden is None else params.hidden.V
    if not FAMILY[kind].outputs_sum_to_one or X.shape[1] != inputs.shape[1]:
        return None
    if not all(np.isfinite(array).all() for array in params.arrays):
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        Z = _logits(X, params)
    if not np.isfinite(Z).all():  # beyond float32, but not beyond float64
        Z = _logits(X.astype(np.float64), params)
    if Z.shape[1] == 1:
        Z = np.concatenate([np.zeros_like(Z), Z], axis=1)  # σ(z) is softmax of 0 and z
    return log_softmax(Z)


def _logits(X: NDArray[np.floating], params: Params) -> NDArray[np.floating]:
    if params.hidden is not None:
        H = X @ params.hidden.V.T.astype(X.dtype) + params.hidden.c
        match params.hidden.activation:
            case "relu":
                X = np.maximum(H, 0)
            case "tanh":
                X = np.tanh(H)
            case "sigmoid":
                X = 1 / (1 + np.exp(-np.clip(H, -80, 80)))
    return X @ params.W.T.astype(X.dtype) + params.b


def among(log_a: Reals, classes: tuple[int, ...]) -> Reals:
    """Return the probabilities among these classes alone, (n, len(classes)); rows sum to one."""
    return softmax(log_a[:, list(classes)])


def on_simplex(A: Reals) -> Reals:
    """Return the positions (n, 2) of probabilities (n, 3) in the triangle CORNERS.

    With two classes, (n, 2), these are on the triangle's lower side.
    """
    positions: Reals = A @ CORNERS[-A.shape[1] :]
    return positions
