"""Questions about a model, with NumPy's own arithmetic as the oracle."""

import numpy as np
import pytest

from core.explain import probe
from core.explain.plane import Plane
from core.train.snapshot import Params

PLANE = Plane(x=2, y=0, x_range=(0.0, 7.0), y_range=(4.0, 8.0), at=(5.8, 3.0, 3.8, 1.2))


@pytest.fixture(params=["softmax", "binary"])
def task(request, iris, make_task):
    return make_task(iris, data={"features": ("all",)}, model={"kind": request.param})


@pytest.fixture
def params(task, rng):
    W = rng.normal(size=(task.outputs, 4)).astype(np.float32)
    return Params(W, rng.normal(size=task.outputs).astype(np.float32))


def by_definition(task, params, values):
    """Return the probabilities by NumPy in float64, a binary neuron as softmax of (0, z)."""
    X = (values - task.standardiser.mean) / task.standardiser.std
    Z = X @ params.W.T.astype(np.float64) + params.b
    if task.outputs == 1:
        Z = np.hstack([0 * Z, Z])
    A = np.exp(Z - Z.max(axis=1, keepdims=True))
    return A / A.sum(axis=1, keepdims=True)


def nodes(grid):
    values = np.tile(PLANE.at, (len(grid.ys), len(grid.xs), 1))
    values[..., PLANE.x], values[..., PLANE.y] = np.meshgrid(grid.xs, grid.ys)
    return values.reshape(-1, 4)


def test_the_grid_spans_the_plane(task, params):
    grid = probe.decision_grid(task, params, PLANE, columns=9, rows=5)
    assert (grid.xs[0], grid.xs[-1]) == PLANE.x_range and len(grid.xs) == 9
    assert (grid.ys[0], grid.ys[-1]) == PLANE.y_range and len(grid.ys) == 5
    assert grid.probabilities.shape == grid.margins.shape == (5, 9, task.dataset.h)


def test_probabilities_on_the_grid_equal_the_definition_at_its_nodes(task, params):
    grid = probe.decision_grid(task, params, PLANE, columns=9, rows=5)
    expected = by_definition(task, params, nodes(grid)).reshape(grid.probabilities.shape)
    np.testing.assert_allclose(grid.probabilities, expected, atol=1e-5)
    np.testing.assert_allclose(grid.probabilities.sum(axis=2), 1, rtol=1e-6)


def test_only_the_most_probable_class_has_a_positive_margin(task, params):
    grid = probe.decision_grid(task, params, PLANE, columns=31, rows=17)
    best = grid.probabilities.argmax(axis=2)
    assert np.array_equal(grid.margins.argmax(axis=2), best)
    assert ((grid.margins > 0).sum(axis=2) == 1).all()


def test_a_margin_is_the_logarithm_of_the_odds_against_the_next_class(task, params):
    grid = probe.decision_grid(task, params, PLANE, columns=7, rows=4)
    A = by_definition(task, params, nodes(grid)).reshape(grid.margins.shape)
    for k in range(task.dataset.h):
        others = np.delete(A, k, axis=2).max(axis=2)
        expected = np.log(A[..., k]) - np.log(others)
        np.testing.assert_allclose(grid.margins[..., k], expected, rtol=1e-4, atol=1e-4)


def test_equal_logits_have_no_margin(task):
    zeros = Params(np.zeros((task.outputs, 4), np.float32), np.zeros(task.outputs, np.float32))
    assert not probe.decision_grid(task, zeros, PLANE, columns=3, rows=3).margins.any()


def test_probabilities_of_rows_equal_the_definition(task, params):
    values = task.dataset.values(task.test_rows)
    expected = by_definition(task, params, values)
    np.testing.assert_allclose(probe.probabilities(task, params, values), expected, atol=1e-5)


def test_mistakes_are_the_rows_of_another_class_than_the_most_probable(task, params):
    rows = task.test_rows
    decided = by_definition(task, params, task.dataset.values(rows)).argmax(axis=1)
    wrong = probe.mistakes(task, params, rows)
    assert wrong.any() and not wrong.all()
    assert np.array_equal(wrong, decided != task.dataset.y[rows])


@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.9])
def test_a_neuron_with_a_threshold_says_yes_above_it(iris, make_task, rng, threshold):
    task = make_task(iris, data={"features": ("all",)}, model={"kind": "binary"})
    W = rng.normal(size=(1, 4)).astype(np.float32)
    params = Params(W, np.zeros(1, dtype=np.float32))
    rows = task.train_rows
    says_yes = by_definition(task, params, iris.X[rows])[:, 1] > threshold
    wrong = probe.mistakes(task, params, rows, threshold=threshold)
    assert 0 < wrong.sum() < len(rows)
    np.testing.assert_array_equal(wrong, says_yes != (task.dataset.y[rows] == 1))


def test_pixels_are_read_in_their_own_scale(digits, make_task, rng):
    task = make_task(digits)
    params = Params(rng.normal(size=(10, 64)).astype(np.float32), np.zeros(10, np.float32))
    values = digits.values(task.test_rows)
    expected = by_definition(task, params, digits.X[task.test_rows] / 16)
    np.testing.assert_allclose(probe.probabilities(task, params, values), expected, atol=1e-5)
