"""The path of the weights over λ₁, against scikit-learn and the conditions of an optimum."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from core.explain import lasso_path
from core.explain.lasso_path import PathSolver, obstacle
from core.train.losses import HEADS


def whole(task, decay=0.0):
    solver = PathSolver(task, decay)
    while not (path := solver.go_on()).is_whole:
        pass
    return path


@pytest.fixture(scope="module")
def softmax(iris, make_task):
    return make_task(iris, {"features": ("all",)})


FIRST = 26  # of the penalties: from here on the classes, which are separable, take ever longer


@pytest.fixture(scope="module")
def path(softmax):
    """The first part of a path, at the penalties that the whole of it has."""
    part = lasso_path.RANGE ** ((FIRST - 1) / (lasso_path.POINTS - 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lasso_path, "POINTS", FIRST)
        patch.setattr(lasso_path, "RANGE", part)
        return whole(softmax)


def test_it_falls_from_the_smallest_penalty_that_leaves_no_weight(path, softmax):
    X = softmax.inputs(softmax.dataset.values(softmax.train_rows)).astype(np.float64)
    Y = np.eye(3)[softmax.dataset.y[softmax.train_rows]]
    slopes = (np.broadcast_to(Y.mean(axis=0), Y.shape) - Y).T @ X / len(X)
    assert path.l1[0] == pytest.approx(np.abs(slopes).max(), rel=1e-5)
    assert len(path.l1) == FIRST and (np.diff(path.l1) < 0).all()
    left = np.count_nonzero(path.W, axis=(1, 2))
    assert left[0] == 0 < left[1] < left[-1]


@pytest.mark.parametrize("at", [5, 15, 25])
def test_each_point_is_scikit_learns_optimum_with_the_same_zeros(at, path, softmax):
    X = softmax.inputs(softmax.dataset.values(softmax.train_rows)).astype(np.float64)
    y = softmax.dataset.y[softmax.train_rows]
    C = 1 / (path.l1[at] * len(X))
    theirs = LogisticRegression(l1_ratio=1, C=C, solver="saga", tol=1e-9, max_iter=100_000)
    theirs.fit(X, y)
    np.testing.assert_allclose(path.W[at], theirs.coef_, atol=1e-3)
    assert np.array_equal(path.W[at] == 0, np.abs(theirs.coef_) < 1e-6)


@pytest.mark.parametrize("kind", ["binary", "ovr", "adaline"])
def test_no_weight_has_a_way_down(kind, iris, make_task):
    """At the optimum a weight's slope is ±λ₁, and at most λ₁ where the weight is 0."""
    model = {"kind": kind} if kind == "ovr" else {"kind": kind, "positive": "versicolor"}
    task, decay = make_task(iris, {"features": ("all",)}, model), 0.01
    path = whole(task, decay)
    X = torch.from_numpy(task.inputs(task.dataset.values(task.train_rows))).double()
    head = HEADS[kind]
    Y = head.encode(torch.from_numpy(task.dataset.y[task.train_rows]), task.outputs).double()
    for l1, W0, b0 in zip(path.l1, path.W, path.b, strict=True):
        W, b = (torch.tensor(array, requires_grad=True) for array in (W0, b0))
        loss = head.loss(X @ W.T + b, Y).mean() + decay / 2 * W.square().sum()
        slope, of_biases = (g.numpy() for g in torch.autograd.grad(loss, (W, b)))
        np.testing.assert_allclose(slope[W0 != 0], -l1 * np.sign(W0[W0 != 0]), atol=1e-5)
        assert (np.abs(slope[W0 == 0]) <= l1 + 1e-5).all() and np.abs(of_biases).max() < 1e-5


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ({"hidden": 3}, "without a hidden layer"),
        ({"kind": "svm", "positive": "setosa"}, "one smooth valley"),
        ({}, ""),
    ],
)
def test_where_there_is_no_path_it_says_why(model, words, iris, make_task):
    said = obstacle(make_task(iris, model=model))
    assert words in said and bool(said) == bool(words)


def test_too_many_weights_are_refused_in_words(digits, make_task, monkeypatch):
    monkeypatch.setattr(lasso_path, "MOST_WEIGHTS", 639)
    assert "at most 639 weights; this model has 640" in obstacle(make_task(digits))
