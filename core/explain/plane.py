"""Predictions of a model as values: on a plane of two features, and for each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from core.explain import vote_boundaries

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Plane:
    """The plane of two features, x across and y up, the other features fixed at `at`, (d,).

    x_range, y_range : the visible ranges, in the features' own units.
    """

    x: int
    y: int
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    at: tuple[float, ...]


class Nodes(NamedTuple):
    """A grid over a plane: xs (columns,), ys (rows,), and X (rows · columns, m) inputs of a model.

    Rows go from the bottom up.
    """

    xs: NDArray[np.float64]
    ys: NDArray[np.float64]
    X: Floats


@dataclass(frozen=True, eq=False)
class DecisionGrid:
    """The model's predictions on a grid over a plane, in rows from the bottom up.

    xs, ys : (columns,) and (rows,) coordinates of the nodes, the outermost ones on the edges.
    probabilities : (rows, columns, classes).
    margins : (rows, columns, classes) each class's score minus the largest other one, so that a
        class's region is where its margin is positive and its boundary is the zero line.
    logits : (rows, columns, pairs) of a model whose pairs vote on more than two classes, of which
        margins are steps; else None.
    """

    xs: NDArray[np.float64]
    ys: NDArray[np.float64]
    probabilities: Floats
    margins: Floats
    logits: Floats | None = None

    @property
    def tied(self) -> NDArray[np.bool_]:
        """Whether several classes have the most votes, (rows, columns)."""
        h = self.margins.shape[2]
        if self.logits is None:
            return np.zeros(self.margins.shape[:2], dtype=np.bool_)
        return vote_boundaries.tied(self.logits, h)


@dataclass(frozen=True, eq=False)
class RowAnswers:
    """The model's predictions for each row of a task, in the data set's order, (n,) each.

    probability : of the row's own class. loss : in the loss's own unit.
    """

    predicted: NDArray[np.int64]
    probability: Floats
    loss: Floats


def boundary_lines(grid: DecisionGrid) -> list[NDArray[np.float64]]:
    """Return the boundaries between the regions, each (points, 2) of x and y."""
    from contourpy import contour_generator  # imported only when a plane is viewed

    h = grid.margins.shape[2]
    if grid.logits is not None:
        return vote_boundaries.lines(grid.xs, grid.ys, grid.logits, h)
    # On a boundary both classes have margin zero: with two classes, one of them is enough.
    classes = range(1) if h == 2 else range(h)
    lines: list[NDArray[np.float64]] = []
    for k in classes:
        contours = contour_generator(grid.xs, grid.ys, grid.margins[:, :, k])
        lines += cast("list[NDArray[np.float64]]", contours.lines(0.0))
    return lines
