"""The Jacobian of softmax and of the sigmoid, and the chain rule simplified to a − y."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Collapse:
    """∂L/∂z of one example's cross-entropy, by the chain rule and in short form, (h,) each.

    upstream : ∂L/∂a, which is −y/a for softmax and (a − y)/(a(1 − a)) for a sigmoid.
    product : ∂L/∂a times ∂a/∂z.
    short : a − y.
    difference : the largest |product − short|; infinite where `overflows`.
    overflows : whether a probability is so small that ∂L/∂a or the product is not finite.
    """

    upstream: Floats
    product: Floats
    short: Floats
    difference: float
    overflows: bool


def jacobian(a: NDArray[np.floating]) -> Floats:
    """Return ∂aᵢ/∂z_k = aᵢ(δᵢₖ − a_k), which is diag(a) − a aᵀ, (h, h), from probabilities a (h,).

    A single a is a sigmoid's: it gives da/dz = a(1 − a).
    """
    a = np.asarray(a, dtype=np.float64)
    return np.diag(a) - np.outer(a, a)


def collapse(a: NDArray[np.floating], y: int) -> Collapse:
    """Multiply ∂L/∂a by the Jacobian and compare with a − y; y is the number of the true class.

    For a sigmoid a is (1,), and y is 0 or 1.
    """
    a = np.asarray(a, dtype=np.float64)
    J = jacobian(a)
    Y = np.array([float(y)]) if len(a) == 1 else np.eye(len(a))[y]
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        # 0 / a is 0 even if a has underflowed: the other classes do not enter the loss.
        parts = np.where(Y > 0, -Y / a, 0.0) if len(a) > 1 else (a - Y) / J[0]
        product = parts @ J
        difference = np.abs(product - (a - Y)).max()
    overflows = not (np.isfinite(parts).all() and np.isfinite(product).all())
    return Collapse(parts, product, a - Y, np.inf if overflows else float(difference), overflows)
