"""The loss surface against direct evaluation by PyTorch; its lowest point against scikit-learn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch.nn import functional as F  # noqa: N812

from core import landscape
from core.snapshot import Params


def some_params(task, seed: int = 3) -> Params:
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(task.outputs, task.m)).astype(np.float32)
    return Params(W, rng.normal(size=task.outputs).astype(np.float32))


def by_torch(task, params: Params, cost: str, decay: float) -> float:
    """The same loss, straight from the data by PyTorch's own functions."""
    rows = task.train_rows
    X = torch.from_numpy(task.inputs(task.dataset.values(rows))).double()
    y = torch.from_numpy(task.dataset.y[rows])
    W, b = torch.from_numpy(params.W).double(), torch.from_numpy(params.b).double()
    Z = X @ W.T + b
    if task.outputs == 1:
        target = y[:, None].double()
        found = (
            F.binary_cross_entropy_with_logits(Z, target)
            if cost == "cross-entropy"
            else F.mse_loss(torch.sigmoid(Z), target)
        )
    elif cost == "cross-entropy":
        found = F.cross_entropy(Z, y)
    else:
        one_hot = F.one_hot(y, task.outputs).double()
        found = F.mse_loss(torch.softmax(Z, 1), one_hot, reduction="sum") / len(y)
    return found.item() + decay / 2 * float((W**2).sum())


@pytest.mark.parametrize("kind", ["softmax", "binary"])
@pytest.mark.parametrize("cost", ["cross-entropy", "squared error"])
@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_each_node_is_the_loss_of_the_model_there(iris, make_task, kind, cost, decay):
    task = make_task(iris, model={"kind": kind})
    params = some_params(task)
    k = task.outputs - 1
    pair = landscape.of_parameter(task, k, 0), landscape.of_parameter(task, k, None)
    found = landscape.surface(
        landscape.Sample.of(task), params, pair, (-4, 3), (-2, 5), (5, 4), (cost,), decay
    )
    for i, y in enumerate(found.ys):
        for j, x in enumerate(found.xs):
            there = landscape.moved(params, pair, x, y)
            assert found.losses[cost][i, j] == pytest.approx(
                by_torch(task, there, cost, decay), rel=2e-5, abs=1e-6
            )


def test_two_free_directions_are_orthogonal_and_of_length_one(iris, make_task):
    task = make_task(iris)
    first = landscape.at_random(task, 1)
    second = landscape.at_random(task, 2).without(first)
    for one in (first, second):
        assert (one.dW**2).sum() + (one.db**2).sum() == pytest.approx(1)
    assert np.vdot(first.dW, second.dW) + np.vdot(first.db, second.db) == pytest.approx(
        0, abs=1e-12
    )


def test_moving_changes_the_two_parameters_and_no_other(iris, make_task):
    task = make_task(iris)
    params = some_params(task)
    pair = landscape.of_parameter(task, 1, 0), landscape.of_parameter(task, 2, None)
    there = landscape.moved(params, pair, 7.0, -3.0)
    assert there.W[1, 0] == 7 and there.b[2] == -3
    same = params.W != there.W
    same[1, 0] = False
    assert not same.any()
    assert (params.b != there.b).tolist() == [False, False, True]


def test_downhill_is_the_negative_gradient_of_autograd(iris, make_task):
    task = make_task(iris)
    params = some_params(task)
    rows = task.train_rows
    X = torch.from_numpy(task.inputs(task.dataset.values(rows))).double()
    W = torch.tensor(params.W, dtype=torch.float64, requires_grad=True)
    b = torch.tensor(params.b, dtype=torch.float64, requires_grad=True)
    loss = F.cross_entropy(X @ W.T + b, torch.from_numpy(task.dataset.y[rows]))
    dW, db = torch.autograd.grad(loss, (W, b))
    length = float((dW**2).sum() + (db**2).sum()) ** 0.5
    found = landscape.downhill(landscape.Sample.of(task), params)
    np.testing.assert_allclose(found.dW, -dW / length, atol=1e-9)
    np.testing.assert_allclose(found.db, -db / length, atol=1e-9)


@pytest.mark.parametrize("kind", ["softmax", "binary"])
@pytest.mark.parametrize("decay", [0.01, 1.0])
def test_the_optimum_is_that_of_scikit_learn(iris, make_task, kind, decay):
    task = make_task(iris, model={"kind": kind})
    rows = task.train_rows
    X, y = task.inputs(task.dataset.values(rows)).astype(float), task.dataset.y[rows]
    reference = LogisticRegression(C=1 / (len(rows) * decay), tol=1e-10, max_iter=10_000).fit(X, y)
    found = landscape.optimum(task, decay).params
    assert found is not None
    np.testing.assert_allclose(found.W, reference.coef_, atol=1e-3)
    centred = found.b - found.b.mean() if kind == "softmax" else found.b
    expected = reference.intercept_
    expected = expected - expected.mean() if kind == "softmax" else expected
    np.testing.assert_allclose(centred, expected, atol=1e-3)


def test_separable_data_have_no_optimum_until_there_is_a_penalty(iris, make_task):
    task = make_task(iris)  # setosa lies apart
    without = landscape.optimum(task, 0.0)
    assert without.params is None and "without end" in without.words
    assert landscape.optimum(task, 0.001).params is not None


def test_inseparable_data_have_an_optimum_without_a_penalty(iris, make_task):
    task = make_task(
        iris, model={"kind": "binary", "positive": "virginica", "negative": "versicolor"}
    )
    found = landscape.optimum(task, 0.0)
    rows = task.train_rows
    X, y = task.inputs(task.dataset.values(rows)).astype(float), task.dataset.y[rows]
    reference = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(X, y)
    assert found.params is not None
    np.testing.assert_allclose(found.params.W, reference.coef_, rtol=1e-3)
    assert found.loss == pytest.approx(by_torch(task, found.params, "cross-entropy", 0.0), rel=1e-5)


def test_pictures_with_thousands_of_weights_say_that_no_optimum_is_searched_for(digits, make_task):
    found = landscape.optimum(make_task(digits), 0.0)
    assert found.params is None and "650 parameters" in found.words


def test_a_large_task_is_measured_on_a_fixed_sample(digits, make_task):
    task = make_task(digits)
    first, second = landscape.Sample.of(task, 100), landscape.Sample.of(task, 100)
    assert len(first.X) == 100 and first.total == len(task.train_rows)
    np.testing.assert_array_equal(first.X, second.X)


def test_contours_lie_where_the_loss_is_their_level(iris, make_task):
    task = make_task(iris)
    params = some_params(task)
    pair = landscape.of_parameter(task, 0, 0), landscape.of_parameter(task, 0, 1)
    sample = landscape.Sample.of(task)
    found = landscape.surface(sample, params, pair, (-4, 4), (-4, 4), (80, 80), ("cross-entropy",))
    for level, lines in found.contours("cross-entropy")[::4]:
        for line in lines:
            x, y = line[len(line) // 2]
            there = landscape.moved(params, pair, x, y)
            assert landscape.value(sample, there, "cross-entropy") == pytest.approx(level, rel=0.02)


def test_the_boundary_runs_where_two_classes_tie(iris, make_task):
    task = make_task(replace(iris), model={"kind": "binary"})
    params = some_params(task)
    (line, *_) = landscape.boundary(task, params, (0, 8), (0, 3))
    Z = task.inputs(line.astype(np.float32)) @ params.W.T + params.b
    np.testing.assert_allclose(Z, 0, atol=0.05)
