"""The loss surface against direct evaluation by PyTorch; its lowest point against scikit-learn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from torch.nn import functional as F  # noqa: N812

from core.config import ACTIVATIONS
from core.explain.optimum import optimum
from core.explain.surface import direction, loss_surface
from core.explain.surface.direction import unit
from core.model_family import FAMILY, pairs
from core.train.snapshot import Params
from core.train.trainer import Trainer
from core.train.trajectory import Trajectory


def some_params(task, seed: int = 3) -> Params:
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(task.outputs, task.m)).astype(np.float32)
    return Params(W, rng.normal(size=task.outputs).astype(np.float32))


def by_torch(task, params: Params, loss_name: str, decay: float, l1: float = 0.0) -> float:
    """The same loss, straight from the data by PyTorch's own functions."""
    rows, kind = task.train_rows, task.config.model.kind
    X = torch.from_numpy(task.inputs(task.dataset.values(rows))).double()
    y = torch.from_numpy(task.dataset.y[rows])
    W, b = torch.from_numpy(params.W).double(), torch.from_numpy(params.b).double()
    Z = X @ W.T + b
    penalty = decay / 2 * float((W**2).sum()) + l1 * float(W.abs().sum())
    found = torch.zeros(())
    if kind in ("softmax", "bayes"):
        one_hot = F.one_hot(y, task.outputs).double()
        found = (
            F.cross_entropy(Z, y, reduction="sum")
            if loss_name == "cross-entropy"
            else F.mse_loss(torch.softmax(Z, 1), one_hot, reduction="sum")
        )
    elif loss_name == "of the line":
        found = F.mse_loss(Z[:, 0], y.double(), reduction="sum")
    elif loss_name == "hinge":
        found = F.margin_ranking_loss(
            Z[:, 0], torch.zeros_like(Z[:, 0]), 2 * y - 1, margin=1.0, reduction="sum"
        )
    elif loss_name == "criterion":
        found = F.relu(-(2 * y - 1) * Z[:, 0]).sum()
    else:
        binary = (
            F.binary_cross_entropy_with_logits
            if loss_name == "cross-entropy"
            else lambda z, t, reduction: F.mse_loss(torch.sigmoid(z), t, reduction=reduction)
        )
        for k, (mine, target) in enumerate(questions(kind, task.outputs, y)):
            found = found + binary(Z[mine, k], target.double()[mine], reduction="sum")
    return found.item() / len(y) + penalty


def questions(kind: str, outputs: int, y: torch.Tensor):
    """Yield for each neuron the rows that it is asked about, and what it should say."""
    if kind == "ovo":
        for i, j in pairs(3):
            yield (y == i) | (y == j), y == j
    else:
        for k in range(outputs):
            yield torch.ones_like(y, dtype=torch.bool), y == (k if outputs > 1 else 1)


@pytest.mark.parametrize("kind", FAMILY)
@pytest.mark.parametrize("which", [loss_surface.own_loss, loss_surface.other_loss])
@pytest.mark.parametrize("penalties", [(0.0, 0.0), (0.3, 0.0), (0.1, 0.2)])
def test_each_node_is_the_loss_of_the_model_there(iris, make_task, kind, which, penalties):
    task = make_task(iris, model={"kind": kind})
    params, loss_name = some_params(task), which(kind)
    k = task.outputs - 1
    pair = direction.of_parameter(task, k, 0), direction.of_parameter(task, k, None)
    sample = loss_surface.Sample.of(task)
    found = loss_surface.surface(
        sample, params, pair, (-4, 3), (-2, 5), (5, 4), (loss_name,), *penalties
    )
    for i, y in enumerate(found.ys):
        for j, x in enumerate(found.xs):
            there = direction.moved(params, pair, x, y)
            expected = by_torch(task, there, loss_name, *penalties)
            assert found.losses[loss_name][i, j] == pytest.approx(expected, rel=2e-5, abs=1e-6)
    assert loss_surface.value(sample, params, loss_name, *penalties) == pytest.approx(
        by_torch(task, params, loss_name, *penalties), rel=1e-9
    )


@pytest.mark.parametrize("kind", FAMILY)
def test_downhill_is_minus_the_gradient_of_the_models_own_loss(iris, make_task, kind):
    task = make_task(iris, model={"kind": kind})
    params, sample = some_params(task), loss_surface.Sample.of(task)
    found = loss_surface.downhill(sample, params)
    dW, step = np.zeros_like(found.dW), 1e-6
    for place in np.ndindex(*dW.shape):
        sides = []
        for sign in (1, -1):
            W = params.W.astype(np.float64)
            W[place] += sign * step
            exact: Any = W  # in float64, for so small a step
            there = Params(exact, params.b)
            sides.append(loss_surface.value(sample, there, loss_surface.own_loss(kind)))
        dW[place] = (sides[1] - sides[0]) / (2 * step)
    ratio = np.vdot(dW, found.dW) / np.linalg.norm(dW) / np.linalg.norm(found.dW)
    assert ratio == pytest.approx(1, abs=1e-6)


def test_without_a_bias_no_direction_has_one(iris, make_task):
    task = make_task(iris, model={"has_bias": False})
    params = some_params(task)
    sample = loss_surface.Sample.of(task)
    assert not direction.at_random(task, 1).db.any()
    assert not loss_surface.downhill(sample, params).db.any()
    found = optimum(task, 0.1).params
    assert found is not None and not found.b.any()


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_the_optimum_of_adaline_is_that_of_least_squares(iris, make_task, decay):
    task = make_task(iris, model={"kind": "adaline"})
    rows = task.train_rows
    X = task.inputs(task.dataset.values(rows)).astype(float)
    X1 = np.hstack([X, np.ones((len(X), 1))])
    penalty = np.diag([decay / 2] * task.m + [0.0]) * len(X)  # of Σ (y − z)² + nλ/2 ‖w‖²
    w = np.linalg.solve(X1.T @ X1 + penalty, X1.T @ task.dataset.y[rows])
    found = optimum(task, decay)
    assert found.params is not None
    np.testing.assert_allclose(found.params.W[0], w[:-1], atol=1e-5)
    np.testing.assert_allclose(found.params.b, w[-1:], atol=1e-5)
    assert found.loss == pytest.approx(by_torch(task, found.params, "of the line", decay), rel=1e-5)


@pytest.mark.parametrize(
    ("kind", "wrapper"), [("ovr", OneVsRestClassifier), ("ovo", OneVsOneClassifier)]
)
def test_the_optimum_of_many_binary_neurons_is_that_of_scikit_learn(iris, make_task, kind, wrapper):
    task = make_task(iris, model={"kind": kind})
    rows = task.train_rows
    X, y = task.inputs(task.dataset.values(rows)).astype(float), task.dataset.y[rows]
    own = LogisticRegression(C=1 / (len(rows) * 0.01), tol=1e-10, max_iter=10_000)
    reference = wrapper(own).fit(X, y)
    found = optimum(task, 0.01).params
    assert found is not None
    W = np.vstack([one.coef_ for one in reference.estimators_])
    np.testing.assert_allclose(found.W, W, atol=1e-3)


@pytest.mark.parametrize(
    ("model", "l1", "words"),
    [
        ({"kind": "perceptron"}, 0.0, "where all weights are 0"),
        ({"kind": "svm"}, 0.0, "kinks"),
        ({"kind": "mse"}, 0.0, "several valleys"),
        ({}, 0.1, "kinks"),
    ],
)
def test_where_newton_has_no_business_no_optimum_is_claimed(iris, make_task, model, l1, words):
    found = optimum(make_task(iris, model=model), 0.1, l1)
    assert found.params is None and words in found.words


@pytest.mark.parametrize("seed", [2, 1], ids=["another", "the same"])
def test_the_two_directions_are_orthogonal_and_of_length_one(iris, make_task, seed):
    task = make_task(iris)
    first = direction.at_random(task, 1)
    second = direction.beside(first, direction.at_random(task, seed), task)
    for one in (first, second):
        assert (one.dW**2).sum() + (one.db**2).sum() == pytest.approx(1)
    assert np.vdot(first.dW, second.dW) + np.vdot(first.db, second.db) == pytest.approx(
        0, abs=1e-12
    )


@pytest.mark.parametrize(("has_bias", "is_two"), [(True, True), (False, False)])
def test_a_neuron_of_one_input_has_two_parameters_with_its_bias(iris, make_task, has_bias, is_two):
    model = {"kind": "binary", "has_bias": has_bias}
    task = make_task(iris, data={"features": ("petal width",)}, model=model)
    assert direction.has_two_parameters(task) is is_two


def test_moving_changes_the_two_parameters_and_no_other(iris, make_task):
    task = make_task(iris)
    params = some_params(task)
    pair = direction.of_parameter(task, 1, 0), direction.of_parameter(task, 2, None)
    there = direction.moved(params, pair, 7.0, -3.0)
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
    found = loss_surface.downhill(loss_surface.Sample.of(task), params)
    np.testing.assert_allclose(found.dW, -dW / length, atol=1e-9)
    np.testing.assert_allclose(found.db, -db / length, atol=1e-9)


@pytest.mark.parametrize("kind", ["softmax", "binary"])
@pytest.mark.parametrize("decay", [0.01, 1.0])
def test_the_optimum_is_that_of_scikit_learn(iris, make_task, kind, decay):
    task = make_task(iris, model={"kind": kind})
    rows = task.train_rows
    X, y = task.inputs(task.dataset.values(rows)).astype(float), task.dataset.y[rows]
    reference = LogisticRegression(C=1 / (len(rows) * decay), tol=1e-10, max_iter=10_000).fit(X, y)
    found = optimum(task, decay).params
    assert found is not None
    np.testing.assert_allclose(found.W, reference.coef_, atol=1e-3)
    centred = found.b - found.b.mean() if kind == "softmax" else found.b
    expected = reference.intercept_
    expected = expected - expected.mean() if kind == "softmax" else expected
    np.testing.assert_allclose(centred, expected, atol=1e-3)


def test_separable_data_have_no_optimum_until_there_is_a_penalty(iris, make_task):
    task = make_task(iris)  # setosa lies apart
    without = optimum(task, 0.0)
    assert without.params is None and "without end" in without.words
    assert optimum(task, 0.001).params is not None


def test_inseparable_data_have_an_optimum_without_a_penalty(iris, make_task):
    task = make_task(
        iris, model={"kind": "binary", "positive": "virginica", "negative": "versicolor"}
    )
    found = optimum(task, 0.0)
    rows = task.train_rows
    X, y = task.inputs(task.dataset.values(rows)).astype(float), task.dataset.y[rows]
    reference = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(X, y)
    assert found.params is not None
    np.testing.assert_allclose(found.params.W, reference.coef_, rtol=1e-3)
    assert found.loss == pytest.approx(by_torch(task, found.params, "cross-entropy", 0.0), rel=1e-5)


def test_pictures_with_thousands_of_weights_say_that_no_optimum_is_searched_for(digits, make_task):
    found = optimum(make_task(digits), 0.0)
    assert found.params is None and "650 parameters" in found.words


def test_a_large_task_is_measured_on_a_fixed_sample(digits, make_task):
    task = make_task(digits)
    first, second = loss_surface.Sample.of(task, 100), loss_surface.Sample.of(task, 100)
    assert len(first.X) == 100 and first.total == len(task.train_rows)
    np.testing.assert_array_equal(first.X, second.X)


def test_contours_lie_where_the_loss_is_their_level(iris, make_task):
    task = make_task(iris)
    params = some_params(task)
    pair = direction.of_parameter(task, 0, 0), direction.of_parameter(task, 0, 1)
    sample = loss_surface.Sample.of(task)
    found = loss_surface.surface(
        sample, params, pair, (-4, 4), (-4, 4), (80, 80), ("cross-entropy",)
    )
    contours = found.contours("cross-entropy")[::4]
    assert any(lines for _, lines in contours)
    for level, lines in contours:
        for line in lines:
            x, y = line[len(line) // 2]
            there = direction.moved(params, pair, x, y)
            assert loss_surface.value(sample, there, "cross-entropy") == pytest.approx(
                level, rel=0.02
            )


def test_the_boundary_runs_where_two_classes_tie(iris, make_task):
    task = make_task(replace(iris), model={"kind": "binary"})
    params = some_params(task)
    (line, *_) = loss_surface.boundary(task, params, (0, 8), (0, 3))
    Z = task.inputs(line.astype(np.float32)) @ params.W.T + params.b
    np.testing.assert_allclose(Z, 0, atol=0.05)


def test_the_coordinates_of_a_path_are_those_of_its_points():
    rng = np.random.default_rng(3)
    direction = unit("d", rng.normal(size=(4, 500)), rng.normal(size=4))
    W, b = rng.normal(size=(30, 4, 500)).astype(np.float32), np.zeros((30, 4), np.float32)
    path = Trajectory(np.arange(30), W, b)
    each = [direction.along(Params(*point)) for point in zip(W, b, strict=True)]
    np.testing.assert_allclose(direction.along_path(path), each, atol=1e-4)
    assert direction.along_path(path[:0]).shape == (0,)


# Through a hidden layer --------------------------------------------------------------------------


def deep_params(task, seed: int = 3) -> Params:
    rng, u = np.random.default_rng(seed), task.config.model.hidden
    shapes: tuple[tuple[int, ...], ...] = (
        (task.outputs, u),
        (task.outputs,),
        (u, task.m),
        (u,),
    )
    return Params.of(task.config.model, [rng.normal(size=s).astype(np.float32) for s in shapes])


def deep_loss(task, leaves, decay: float = 0.0, l1: float = 0.0) -> torch.Tensor:
    """The mean cross-entropy of softmax through a hidden layer, by PyTorch's own functions."""
    W, b, V, c = leaves
    X = torch.from_numpy(task.inputs(task.dataset.values(task.train_rows))).double()
    squash = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}
    H = squash[task.config.model.activation](F.linear(X, V, c))
    y = torch.from_numpy(task.dataset.y[task.train_rows])
    penalty = sum((w**2).sum() * decay / 2 + w.abs().sum() * l1 for w in (W, V))
    loss: torch.Tensor = F.cross_entropy(F.linear(H, W, b), y) + penalty
    return loss


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_each_node_is_the_loss_through_the_hidden_layer(iris, make_task, activation):
    task = make_task(iris, model={"hidden": 4, "activation": activation})
    params, sample = deep_params(task), loss_surface.Sample.of(task)
    first = direction.at_random(task, 1)
    pair = first, direction.beside(first, direction.of_hidden_parameter(task, 2, 1), task)
    found = loss_surface.surface(
        sample, params, pair, (-4, 3), (-2, 5), (5, 4), ("cross-entropy",), 0.1, 0.02
    )
    for i, y in enumerate(found.ys):
        for j, x in enumerate(found.xs):
            there = direction.moved(params, pair, x, y)
            assert first.along(there) == pytest.approx(x, abs=1e-5)
            leaves = [torch.from_numpy(array).double() for array in there.arrays]
            expected = float(deep_loss(task, leaves, 0.1, 0.02))
            assert found.losses["cross-entropy"][i, j] == pytest.approx(expected, rel=2e-5)
            value = loss_surface.value(sample, there, "cross-entropy", 0.1, 0.02)
            assert value == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_downhill_through_a_hidden_layer_is_the_negative_gradient(iris, make_task, activation):
    task = make_task(iris, model={"hidden": 4, "activation": activation})
    params = deep_params(task)
    leaves = [torch.from_numpy(a).double().requires_grad_() for a in params.arrays]
    slopes = torch.autograd.grad(deep_loss(task, leaves), leaves)
    length = float(sum((slope**2).sum() for slope in slopes)) ** 0.5
    found = loss_surface.downhill(loss_surface.Sample.of(task), params)
    for mine, slope in zip(found.arrays, slopes, strict=True):
        np.testing.assert_allclose(mine, -slope / length, atol=1e-9)


def test_the_way_through_a_hidden_layer_has_all_its_coordinates_and_main_directions(
    iris, make_task
):
    task = make_task(iris, model={"hidden": 4, "activation": "tanh"}, learning_rate=0.5)
    trainer = Trainer(task)
    for _ in range(20):
        trainer.step()
    path = trainer.history.trajectory()
    points = [direction.point_of(task, path, at) for at in range(len(path.steps))]
    flat = np.array([np.concatenate([a.ravel() for a in one.arrays]) for one in points])
    np.testing.assert_array_equal(
        flat[-1], np.concatenate([a.ravel() for a in trainer.params().arrays])
    )
    _, _, main = np.linalg.svd(flat - flat[-1], full_matrices=False)
    for number in (1, 2):
        found = direction.principal(task, path, number)
        each = [found.along(one) for one in points]
        np.testing.assert_allclose(found.along_path(path), each, atol=1e-5)
        own = np.concatenate([a.ravel() for a in found.arrays])
        assert abs(own @ main[number - 1]) == pytest.approx(1, abs=1e-4)
    older = Trajectory(path.steps, path.W, path.b)
    assert not len(direction.at_random(task, 1).along_path(older))
    assert len(older.until(99, *trainer.params().arrays).steps) == 1
    assert "not convex" in optimum(task, 0.0).words
