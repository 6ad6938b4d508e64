"""The boundaries of one-vs-one: against the decisions of the model at points on and off them."""

import numpy as np
import pytest
import torch

from core.explain import vote_boundaries
from core.explain.plane import boundary_lines
from core.explain.probe import decide_grid
from core.train.losses import HEADS
from core.train.snapshot import Params


def a_model(rng, h):
    """Return weights (pairs, 2) and biases (pairs,) that vote on h classes."""
    outputs = h * (h - 1) // 2
    return rng.normal(size=(outputs, 2)), rng.normal(size=outputs)


def decided(W, b, points):
    return HEADS["ovo"].decide(torch.from_numpy(points @ W.T + b)).numpy()


@pytest.mark.parametrize("h", [3, 4, 6])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_decision_changes_on_the_lines_and_nowhere_else(h, seed):
    rng = np.random.default_rng(seed)
    W, b = a_model(rng, h)
    xs, ys = np.linspace(-3, 3, 41), np.linspace(-2, 2, 33)
    X = np.stack(np.meshgrid(xs, ys), axis=-1)
    lines = vote_boundaries.lines(xs, ys, X @ W.T + b, h)
    ends = np.concatenate([np.stack([line[:-1], line[1:]], axis=1) for line in lines])
    lengths = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
    long = ends[lengths > 1e-6]
    along = (long[:, 1] - long[:, 0]) / lengths[lengths > 1e-6][:, None]
    middles, across = long.mean(axis=1), np.stack([-along[:, 1], along[:, 0]], axis=1)
    sides = [decided(W, b, middles + sign * 1e-7 * across) for sign in (-1, 1)]
    assert (sides[0] != sides[1]).all()

    # Nowhere else: where the decision differs between two near points, a line is between them.
    P = rng.uniform((-2.9, -1.9), (2.9, 1.9), size=(4000, 2))
    Q = P + rng.normal(scale=0.02, size=P.shape)
    for p, q in zip(*(part[decided(W, b, P) != decided(W, b, Q)] for part in (P, Q)), strict=True):
        assert crosses(p, q, ends)


def crosses(p, q, ends) -> bool:
    """Return whether the segment from p to q meets one of the segments (n, 2, 2)."""
    d, e = q - p, ends[:, 1] - ends[:, 0]
    away = ends[:, 0] - p
    cross = d[0] * e[:, 1] - d[1] * e[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (away[:, 0] * e[:, 1] - away[:, 1] * e[:, 0]) / cross
        s = (away[:, 0] * d[1] - away[:, 1] * d[0]) / cross
    slack = 1e-6
    return bool(((t > -slack) & (t < 1 + slack) & (s > -slack) & (s < 1 + slack)).any())


def test_a_tie_is_where_several_classes_have_the_most_votes(rng):
    Z = rng.normal(size=(500, 6))
    votes = vote_boundaries.count(Z, 4)
    scores = HEADS["ovo"].scores(torch.from_numpy(Z)).numpy()
    np.testing.assert_array_equal(votes, np.rint(scores))
    several = [(row == row.max()).sum() > 1 for row in votes]
    np.testing.assert_array_equal(vote_boundaries.tied(Z, 4), several)


def test_a_plane_of_one_vs_one_has_these_lines_and_its_ties(iris, make_task):
    from core.explain.plane import Plane
    from core.explain.probe import nodes

    task = make_task(iris, model={"kind": "ovo"})
    W = np.array([[1, 0], [-0.5, 1], [-0.5, -1]], np.float32)
    params = Params(W, np.array([0.2, -0.5, 0.1], np.float32))
    plane = Plane(0, 1, (1.0, 7.0), (0.0, 2.6), (0.0, 0.0))
    grid = decide_grid(task, params, nodes(task, plane, 50, 40))
    assert grid.logits is not None and grid.tied.any() and not grid.tied.all()
    assert all(line.shape[1] == 2 for line in boundary_lines(grid))
