"""What demonstrations compute, against PyTorch, closed forms and the published example."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F  # noqa: N812

from core.explain import probe
from core.teach import illustrations
from core.train.snapshot import Hidden, Params


@pytest.fixture
def published():
    return illustrations.work_out(
        np.array(illustrations.PUBLISHED_LOGITS), np.array(illustrations.PUBLISHED_CLASSES)
    )


def test_the_worked_example_has_the_published_figures(published):
    assert [f"{loss:.4f}" for loss in published.losses] == ["0.9698", "0.8801", "1.0527", "0.8314"]
    assert f"{published.loss:.4f}" == "0.9335"
    rows = [" ".join(f"{a:.4f}" for a in row) for row in published.A]
    assert rows == [
        "0.3792 0.3104 0.3104",
        "0.3072 0.4147 0.2780",
        "0.4263 0.2248 0.3490",
        "0.2668 0.2978 0.4354",
    ]


@given(st.integers(1, 6), st.integers(2, 5), st.integers(0, 1000), st.floats(0.01, 1000))
def test_a_batch_is_worked_out_as_by_autograd(n, h, seed, size):
    rng = np.random.default_rng(seed)
    Z, y = size * rng.normal(size=(n, h)), rng.integers(0, h, n)
    worked = illustrations.work_out(Z, y)
    logits = torch.tensor(Z, requires_grad=True)
    b = torch.zeros(h, dtype=torch.float64, requires_grad=True)
    losses = F.cross_entropy(logits + b, torch.tensor(y), reduction="none")
    by_logit, by_bias = torch.autograd.grad(losses.mean(), (logits, b))
    np.testing.assert_allclose(worked.A, torch.softmax(logits, 1).detach(), atol=1e-14)
    np.testing.assert_allclose(worked.losses, losses.detach(), rtol=1e-12, atol=1e-12)
    assert worked.loss == pytest.approx(losses.mean().item(), rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(worked.by_logit, by_logit, atol=1e-14)
    np.testing.assert_allclose(worked.by_bias, by_bias, atol=1e-14)


def test_logits_of_a_thousand_cost_what_they_should():
    worked = illustrations.work_out(np.array([[1000.0, -1000.0], [0.0, 0.0]]), np.array([1, 0]))
    assert worked.losses == pytest.approx([2000, math.log(2)])
    assert np.isfinite(worked.by_logit).all()


def test_one_hot_rows_are_those_of_pytorch_and_all_equally_far_apart():
    y = np.array([2, 0, 1, 2])
    Y = illustrations.one_hot(y, 4)
    np.testing.assert_array_equal(Y, F.one_hot(torch.tensor(y), 4))
    apart = illustrations.distances(illustrations.one_hot(np.arange(5), 5))
    np.testing.assert_allclose(apart, math.sqrt(2) * (1 - np.eye(5)))


def test_distances_are_those_of_pytorch():
    points = np.random.default_rng(1).normal(size=(6, 3))
    other_way = torch.cdist(torch.tensor(points), torch.tensor(points))
    np.testing.assert_allclose(illustrations.distances(points), other_way, atol=1e-6)


@pytest.mark.parametrize(
    ("p", "single", "double"),
    [
        (0.5, 150, 1075),  # the smallest floats are 2⁻¹⁴⁹ and 2⁻¹⁰⁷⁴; half of them rounds to 0
        (0.25, 75, 538),  # 4⁻⁷⁵ = 2⁻¹⁵⁰ and 4⁻⁵³⁸ = 2⁻¹⁰⁷⁶
    ],
)
def test_a_product_of_equal_halves_becomes_zero_where_powers_of_two_end(p, single, double):
    result = illustrations.likelihood(np.full(2000, p))
    assert result.single.zero_at == single
    assert result.double.zero_at == double
    assert result.single.value == result.double.value == 0
    assert result.log_sum[-1] == pytest.approx(2000 * math.log(p))
    assert result.loss == pytest.approx(-math.log(p))


def test_a_product_is_the_one_that_a_loop_in_python_floats_makes():
    p = np.random.default_rng(3).uniform(0.05, 1, 900)
    result = illustrations.likelihood(p)
    product, zero_at = 1.0, None
    for n, factor in enumerate(p.tolist(), 1):
        product *= factor
        if product == 0 and zero_at is None:
            zero_at = n
    assert zero_at is not None
    assert result.double.zero_at == zero_at
    before = math.prod(p[: zero_at - 1].tolist())
    assert result.double.log10[zero_at - 2] == pytest.approx(math.log10(before))
    assert result.log_sum[-1] == pytest.approx(math.fsum(map(math.log, p)))


def test_rounding_holds_a_product_of_large_factors_at_the_smallest_float():
    result = illustrations.likelihood(np.full(5000, 0.6))
    assert result.single.zero_at is None
    assert result.single.value == illustrations.SMALLEST_32 == 2.0**-149
    wrong_at = result.single.wrong_at
    assert wrong_at is not None
    exact = -149 * math.log10(2)
    assert wrong_at * math.log10(0.6) == pytest.approx(exact, abs=3)  # where digits run out
    assert result.double.value == illustrations.SMALLEST_64


def test_a_product_that_floats_can_hold_is_right():
    result = illustrations.likelihood(np.full(50, 0.9))
    assert result.single.zero_at is result.single.wrong_at is None
    assert result.single.value == pytest.approx(0.9**50, rel=1e-5)
    assert result.double.value == pytest.approx(0.9**50)


def test_a_certain_example_costs_nothing():
    result = illustrations.likelihood(np.ones(3))
    assert str(result.loss) == "0.0"
    assert result.single.value == 1


@given(st.floats(-1e5, -1e-9))
def test_a_power_of_ten_is_the_exponential_it_stands_for(log_e):
    d, k = illustrations.power_of_ten(log_e)
    assert 0.95 <= d < 10
    assert math.log(d) + k * math.log(10) == pytest.approx(log_e, rel=1e-9, abs=0.06)


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_log_probabilities_go_through_a_hidden_layer(iris, make_task, rng, activation):
    task = make_task(iris, model={"hidden": 5, "activation": activation})
    V, W = (rng.normal(size=shape).astype(np.float32) for shape in ((5, task.m), (3, 5)))
    c, b = (rng.normal(size=n).astype(np.float32) for n in (5, 3))
    params = Params(W, b, Hidden(V, c, activation))
    values = task.dataset.values()
    log_a = illustrations.log_probabilities(task.inputs(values), params)
    assert log_a is not None
    np.testing.assert_allclose(np.exp(log_a), probe.probabilities(task, params, values), atol=1e-5)


@pytest.mark.parametrize("kind", ["perceptron", "adaline", "svm", "ovr", "ovo"])
def test_models_whose_outputs_do_not_sum_to_one_have_none(kind):
    X, params = np.ones((2, 3), np.float32), Params(np.ones((1, 3), "f4"), np.zeros(1, "f4"))
    assert illustrations.log_probabilities(X, params, kind) is None


@pytest.mark.parametrize("model", [{}, {"kind": "binary"}, {"kind": "mse"}])
def test_log_probabilities_are_those_of_the_models_own_head(iris, make_task, rng, model):
    task = make_task(iris, model=model)
    params = Params(
        rng.normal(size=(task.outputs, task.m)).astype(np.float32),
        rng.normal(size=task.outputs).astype(np.float32),
    )
    values = task.dataset.values()
    log_a = illustrations.log_probabilities(task.inputs(values), params)
    assert log_a is not None
    np.testing.assert_allclose(np.exp(log_a), probe.probabilities(task, params, values), atol=1e-6)


def test_weights_that_are_no_numbers_give_no_probabilities():
    X = np.ones((2, 3), dtype=np.float32)
    W = np.zeros((2, 3), dtype=np.float32)
    W[1, 1] = np.nan
    assert illustrations.log_probabilities(X, Params(W, np.zeros(2, np.float32))) is None
    other = Params(np.zeros((2, 4), np.float32), np.zeros(2, np.float32))
    assert illustrations.log_probabilities(X, other) is None


def test_logits_beyond_float32_still_have_logs():
    X = np.full((1, 2), 10, dtype=np.float32)
    W = np.array([[3e38, 0], [0, 3e38], [-3e38, 0]], dtype=np.float32)
    log_a = illustrations.log_probabilities(X, Params(W, np.zeros(3, np.float32)))
    assert log_a is not None
    np.testing.assert_allclose(np.exp(log_a[0]), [0.5, 0.5, 0])
    assert log_a[0, 2] == pytest.approx(-6e39, rel=1e-6)


def test_probabilities_among_some_classes_are_divided_by_their_sum(rng):
    A = rng.dirichlet(np.ones(10), size=20)
    among = illustrations.among(np.log(A), (7, 2, 4))
    chosen = A[:, [7, 2, 4]]
    np.testing.assert_allclose(among, chosen / chosen.sum(axis=1, keepdims=True))


def test_the_simplex_has_equal_sides_and_puts_what_is_not_known_in_the_middle():
    corners = illustrations.on_simplex(np.eye(3))
    np.testing.assert_allclose(illustrations.distances(corners), 1 - np.eye(3), atol=1e-12)
    middle = illustrations.on_simplex(np.full((1, 3), 1 / 3))
    np.testing.assert_allclose(middle[0], corners.mean(axis=0))
    np.testing.assert_allclose(
        np.linalg.norm(corners - middle, axis=1), math.sqrt(1 / 3)
    )  # the radius around a triangle with sides of 1


def test_two_classes_lie_on_a_segment():
    at = illustrations.on_simplex(np.array([[1.0, 0.0], [0.25, 0.75], [0.0, 1.0]]))
    np.testing.assert_allclose(at, np.array([[0, 0], [0.75, 0], [1, 0]]))
