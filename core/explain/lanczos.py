"""The largest eigenvalue of a symmetric matrix, from matrix-vector products only."""

from __future__ import annotations

from collections.abc import Callable, Generator

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Product = Generator[None, None, Vector]

CLOSE = 1e-5  # tolerance of the residual, relative to the eigenvalue, whose error is far less
MOST = 200  # most products


def largest_eigenvalue(
    multiply: Callable[[Vector], Product], start: Vector
) -> Generator[None, None, float]:
    """Return λ_max by the Lanczos method, yielding after each slice of work.

    multiply : v (p,) ↦ H v, also in slices.
    start : (p,), with a component along every eigenvector of interest.

    The eigenvalues of the tridiagonal matrix of (α, β) converge to those of H from within, the
    outermost first. |β s|, where s is the last component of its eigenvector, bounds the distance
    of each from an eigenvalue of H (Parlett, The Symmetric Eigenvalue Problem, 13.2).
    """
    length = float(np.linalg.norm(start))
    if not length:
        return 0.0
    basis = [start / length]
    diagonal: list[float] = []
    beside: list[float] = []
    while True:
        v = basis[-1]
        w = yield from multiply(v)
        diagonal.append(float(w @ v))
        for _ in range(2):  # once is not enough after cancellation
            for other in basis:
                w = w - (w @ other) * other
        beta = float(np.linalg.norm(w))
        T = np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)
        if not np.isfinite(T).all():
            return float("nan")
        values, vectors = np.linalg.eigh(T)
        found = float(values[-1])
        is_found = beta * abs(vectors[-1, -1]) <= CLOSE * max(abs(found), np.finfo(float).tiny)
        if is_found or len(basis) == min(MOST, len(start)):
            return found
        beside.append(beta)
        basis.append(w / beta)
