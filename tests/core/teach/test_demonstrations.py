"""The facts that demonstrations show, held against PyTorch and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from core.teach import demonstrations
from core.teach.demonstrations import (
    BINARY,
    BINARY_LOGITS,
    CROSS,
    EXAMPLE_B,
    EXAMPLE_W,
    EXAMPLE_X,
    LOSSES,
    NLL,
    TAKES,
    at_temperature,
    breaking_scale,
    curves_of_class_one,
    descend,
    four_losses,
    naive_exponentials,
    overlapping_points,
    probabilities_as_logits,
    safe_exponentials,
    shift,
    two_classes,
)

LOGITS = st.floats(-20, 20)
SHAPE = np.array([1.0, 0.5, -0.5], dtype=np.float32)


def test_a_shift_of_weights_moves_every_logit_by_its_product_with_the_input():
    v = np.array([2.0, -1.0], dtype=np.float32)
    found = shift(EXAMPLE_W, EXAMPLE_B, EXAMPLE_X[None], v, 0.5)
    assert found.z[0] == pytest.approx(EXAMPLE_W @ EXAMPLE_X + EXAMPLE_B, abs=1e-6)
    assert found.z[1] - found.z[0] == pytest.approx(v @ EXAMPLE_X + 0.5, abs=1e-6)


@given(st.lists(st.floats(-10, 10), min_size=3, max_size=3))
def test_a_shift_leaves_probabilities_but_for_rounding_and_all_decisions(t):
    rng = np.random.default_rng(2)
    X = rng.normal(size=(40, 2)).astype(np.float32)
    found = shift(EXAMPLE_W, EXAMPLE_B, X, np.array(t[:2], dtype=np.float32), t[2])
    assert found.change < 2e-5
    assert found.changed_decisions == 0 and found.examples == 40
    assert found.a.sum(axis=1) == pytest.approx(1, abs=1e-6)


def test_a_shift_is_seen_by_weight_decay():
    v = np.array([3.0, 0.0], dtype=np.float32)
    before, after = shift(EXAMPLE_W, EXAMPLE_B, EXAMPLE_X[None], v, 0).norms
    moved = EXAMPLE_W.astype(float) + v
    assert (before, after) == pytest.approx(
        (np.sum(EXAMPLE_W.astype(float) ** 2), np.sum(moved**2))
    )


def test_weight_decay_makes_the_best_weights_unique_and_leaves_the_biases_free():
    """What the demonstration says: from any start to one W with rows that add up to 0."""
    rng = np.random.default_rng(3)
    X = torch.from_numpy(rng.normal(size=(40, 2)))
    y = torch.from_numpy(rng.integers(0, 3, 40))
    ends = []
    for seed in (1, 2):
        start = torch.Generator().manual_seed(seed)
        W = torch.randn(3, 2, generator=start, dtype=torch.float64, requires_grad=True)
        b = torch.randn(3, generator=start, dtype=torch.float64, requires_grad=True)
        descent = torch.optim.LBFGS(
            [W, b],
            max_iter=500,
            tolerance_grad=1e-12,
            tolerance_change=1e-15,
            line_search_fn="strong_wolfe",
        )

        def cost(W=W, b=b, descent=descent):
            descent.zero_grad()
            loss = functional.cross_entropy(X @ W.mT + b, y) + 0.05 * W.square().sum()
            loss.backward()
            return loss

        descent.step(cost)
        ends.append((W.detach().numpy(), b.detach().numpy(), cost().item()))
    (one_W, one_b, one_cost), (other_W, other_b, other_cost) = ends
    assert other_cost == pytest.approx(one_cost, abs=1e-10)
    np.testing.assert_allclose(other_W, one_W, atol=1e-5)
    np.testing.assert_allclose(one_W.sum(axis=0), 0, atol=1e-5)
    apart = other_b - one_b
    assert np.ptp(apart) < 1e-4
    assert abs(apart.mean()) > 0.1  # all biases alike, by as much as the starts say


@given(st.tuples(LOGITS, LOGITS), st.tuples(LOGITS, LOGITS), st.floats(-5, 5), st.integers(0, 1))
def test_softmax_of_two_classes_is_the_neuron_with_the_differences(w, b, x, y):
    found = two_classes(w, b, x, y)
    z = torch.tensor([[w[0] * x + b[0], w[1] * x + b[1]]], dtype=torch.float64)
    assert found.a == pytest.approx(tuple(torch.softmax(z, 1)[0].tolist()), abs=1e-12)
    loss = float(functional.cross_entropy(z, torch.tensor([y])))
    assert found.loss == pytest.approx(loss, abs=1e-12)
    assert found.neuron_z == pytest.approx(found.z[1] - found.z[0], abs=1e-10)
    assert found.neuron_a == pytest.approx(found.a[1], abs=1e-12)
    assert found.neuron_loss == pytest.approx(found.loss, abs=1e-10)


def test_both_curves_of_class_one_are_the_logistic_function():
    x = np.linspace(-4, 4, 33)
    by_softmax, by_neuron = curves_of_class_one((0.5, 2.0), (1.0, -0.5), x)
    expected = 1 / (1 + np.exp(-(1.5 * x - 1.5)))
    assert by_softmax == pytest.approx(expected, abs=1e-14)
    assert by_neuron == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("T", [0.1, 0.7, 1.0, 10.0])
def test_a_temperature_divides_the_logits(T):
    z = np.array([2.0, 1.0, 0.5, -1.0])
    a, entropy = at_temperature(z, T)
    expected = torch.distributions.Categorical(logits=torch.from_numpy(z / T))
    assert a == pytest.approx(expected.probs.numpy(), abs=1e-12)
    assert entropy == pytest.approx(float(expected.entropy()), abs=1e-12)


def test_temperatures_reach_from_argmax_to_uniform():
    z = np.array([2.0, 1.0, 0.5, -1.0])
    cold, none = at_temperature(z, 1e-3)
    hot, most = at_temperature(z, 1e6)
    assert cold.tolist() == [1, 0, 0, 0] and none == 0
    assert hot == pytest.approx(0.25, abs=1e-5) and most == pytest.approx(math.log(4))


def test_both_ways_of_exponentiating_agree_for_small_logits():
    z = SHAPE * 10
    naive, safe = naive_exponentials(z, 2), safe_exponentials(z, 2)
    expected = torch.log_softmax(torch.from_numpy(z.astype(float)), 0).numpy()
    for found in (naive, safe):
        assert found.log_a == pytest.approx(expected, rel=1e-5)
        assert found.loss == pytest.approx(-expected[2], rel=1e-5)


def test_large_logits_break_the_naive_way_and_not_the_safe_one():
    z = SHAPE * 1000
    naive, safe = naive_exponentials(z, 2), safe_exponentials(z, 2)
    assert naive.total == math.inf and math.isnan(naive.a[0])
    assert safe.loss == pytest.approx(1500) and safe.a.tolist() == [1, 0, 0]


def test_exp_overflows_where_float32_ends():
    loss, total = breaking_scale(SHAPE, 2)
    assert total == pytest.approx(math.log(np.finfo(np.float32).max), abs=1e-3)  # 88.72
    # exp(−s/2) / exp(s) rounds to 0 below half of the smallest subnormal number.
    smallest = float(np.finfo(np.float32).smallest_subnormal)
    assert loss == pytest.approx(-math.log(smallest / 2) / 1.5, abs=0.05)


def test_a_scale_that_never_breaks_is_infinite():
    assert breaking_scale(np.zeros(3, dtype=np.float32), 0) == (math.inf, math.inf)


@given(st.tuples(st.floats(-10, 10), st.floats(-10, 10)), st.integers(0, 1))
def test_all_four_losses_agree_when_they_are_fed_rightly(z, y):
    found = four_losses(z, y)
    expected = math.log1p(math.exp(z[1 - y] - z[y]))
    for loss in LOSSES:
        assert found[loss, TAKES[loss]] == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_wrong_inputs_give_what_pytorch_gives():
    z, y = (0.4, -0.9), 1
    found = four_losses(z, y)
    Z = torch.tensor([z], dtype=torch.float64)
    a = torch.softmax(Z, 1)
    assert found[NLL, "probabilities"] == pytest.approx(-float(a[0, 1]))
    assert found[NLL, "logits"] == pytest.approx(0.9)
    again = float(functional.cross_entropy(a, torch.tensor([1])))
    assert found[CROSS, "probabilities"] == pytest.approx(again)
    assert found[BINARY_LOGITS, "probabilities"] == pytest.approx(math.log1p(math.exp(-a[0, 1])))
    assert found[BINARY, "logits"] is None and found[BINARY, "log-probabilities"] is None


@pytest.mark.parametrize("h", [2, 3, 10])
def test_probabilities_in_cross_entropy_keep_the_loss_above_a_floor(h):
    found = probabilities_as_logits(np.array([-30.0, 0.0, 5.0, 40.0]), h)
    assert found.floor == pytest.approx(math.log(math.e + h - 1) - 1)
    assert (found.wrong_loss >= found.floor - 1e-12).all()
    assert found.wrong_loss[-1] == pytest.approx(found.floor)
    assert found.loss[1] == pytest.approx(math.log(h))


def test_three_classes_never_come_below_0_551():
    assert probabilities_as_logits(np.zeros(1), 3).floor == pytest.approx(0.551, abs=5e-4)


def test_the_gradient_of_a_wrong_model_vanishes_through_softmax_taken_twice():
    """By hand: a − y for logits; J (softmax(a) − y) with J = diag(a) − a aᵀ for probabilities."""
    found = probabilities_as_logits(np.array([-6.0]), 4)
    z = np.array([-6.0, 0, 0, 0])
    a = np.exp(z) / np.exp(z).sum()
    y = np.eye(4)[0]
    twice = np.exp(a) / np.exp(a).sum()
    J = np.diag(a) - np.outer(a, a)
    assert found.a[0] == pytest.approx(a[0])
    assert found.gradient[0] == pytest.approx(np.linalg.norm(a - y))
    assert found.wrong_gradient[0] == pytest.approx(np.linalg.norm(J @ (twice - y)))
    assert found.wrong_gradient[0] < 0.01 * found.gradient[0]


@pytest.mark.parametrize("n", [10, 137])
def test_a_summed_loss_with_the_rate_over_n_takes_the_steps_of_the_mean(n):
    X, y = overlapping_points(n)
    mean = descend(X, y, 0.3, 25, summed=False)
    summed = descend(X, y, 0.3 / n, 25, summed=True)
    assert np.abs(summed.W - mean.W).max() < 1e-12
    assert summed.losses == pytest.approx(mean.losses, abs=1e-12)


def test_a_descent_follows_autograd():
    X, y = overlapping_points(30)
    found = descend(X, y, 0.4, 6, summed=False)
    inputs, targets = torch.from_numpy(X).double(), torch.from_numpy(y).double()
    w = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    for step in range(7):
        z = inputs @ w[:2] + w[2]
        loss = functional.binary_cross_entropy_with_logits(z, targets)
        assert found.losses[step] == pytest.approx(loss.item())
        assert found.W[step] == pytest.approx(w.detach().numpy())
        (gradient,) = torch.autograd.grad(loss, w)
        w = (w - 0.4 * gradient).detach().requires_grad_()


def test_the_same_rate_is_too_large_for_the_sum_over_many_examples():
    few, many = overlapping_points(10), overlapping_points(demonstrations.MOST_EXAMPLES)
    assert (np.diff(descend(*few, 0.2, 40, summed=True).losses) < 0).all()
    assert (np.diff(descend(*many, 0.2, 40, summed=False).losses) < 0).all()
    assert descend(*many, 0.2, 40, summed=True).losses.max() > 1
