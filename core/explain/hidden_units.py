"""Hidden units: which are strongest, and where in a plane each switches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.data.task import Reader
from core.explain.plane import Plane
from core.train.snapshot import Hidden

Reals = NDArray[np.float64]

NODES = (64, 48)
MOST_LINES = 48  # more would be unreadable


def strongest(W: NDArray[np.float32], most: int) -> NDArray[np.int64]:
    """Return at most `most` units of W (outputs, u), sorted by descending ‖W[:, j]‖."""
    size = np.linalg.norm(W.astype(np.float64), axis=0)
    return np.argsort(-size, kind="stable")[:most]


def switching_lines(
    reader: Reader, hidden: Hidden, plane: Plane, units: NDArray[np.int64]
) -> list[Reals]:
    """Return where the net input Vⱼ·x + cⱼ of these units is zero, each line (points, 2).

    There ReLU has its kink, and tanh and the sigmoid are steepest. Without a feature map the lines
    are straight.
    """
    from contourpy import contour_generator  # imported only when a plane is viewed

    columns, rows = NODES
    xs, ys = np.linspace(*plane.x_range, columns), np.linspace(*plane.y_range, rows)
    values = np.tile(np.asarray(plane.at, dtype=np.float64), (rows * columns, 1))
    values[:, plane.x] = np.tile(xs, rows)
    values[:, plane.y] = np.repeat(ys, columns)
    V, c = hidden.V[units].astype(np.float64), hidden.c[units].astype(np.float64)
    if not (np.isfinite(V).all() and np.isfinite(c).all()):
        return []
    nets = (reader.inputs(values).astype(np.float64) @ V.T + c).reshape(rows, columns, len(units))
    lines: list[Reals] = []
    for j in range(len(units)):
        generator = contour_generator(xs, ys, nets[:, :, j])
        lines += [np.asarray(line) for line in generator.lines(0.0)]
    return lines
