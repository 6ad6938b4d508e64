"""The largest eigenvalue of a symmetric matrix that is known by its products alone."""

from __future__ import annotations

from collections.abc import Callable, Generator

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Product = Generator[None, None, Vector]

CLOSE = 1e-5  # of the eigenvalue: the residual at which it is found; its error is far less
MOST = 200  # products


def largest_eigenvalue(
    multiply: Callable[[Vector], Product], start: Vector
) -> Generator[None, None, float]:
    """Return λ_max by the method of Lanczos, slice by slice.

    multiply : v (p,) ↦ H v, itself in slices.
    start : (p,), with a part along every eigenvector that is to be found.

    The eigenvalues of the tridiagonal matrix of (α, β) approach those of H from within, the
    outermost first. |β s|, s the last component of its eigenvector, bounds the distance of one of
    them from the next eigenvalue of H (Parlett, The Symmetric Eigenvalue Problem, 13.2).
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
        for _ in range(2):  # once is not enough where figures have been cancelled
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
