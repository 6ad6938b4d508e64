"""The Jacobian of softmax and of the sigmoid against autograd; the collapse to a − y."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.explain.jacobian import collapse, jacobian

logits = hnp.arrays(np.float64, st.integers(2, 10), elements=st.floats(-8, 8))


def softmax(z):
    return torch.softmax(torch.from_numpy(z), dim=0).numpy()


@given(logits)
def test_it_is_the_jacobian_that_autograd_finds(z):
    expected = torch.autograd.functional.jacobian(
        lambda z: torch.softmax(z, dim=0), torch.from_numpy(z)
    )
    np.testing.assert_allclose(jacobian(softmax(z)), expected.numpy(), atol=1e-15)


@given(logits)
def test_rows_and_columns_sum_to_zero(z):
    J = jacobian(softmax(z))
    np.testing.assert_allclose(J.sum(axis=0), 0, atol=1e-15)
    np.testing.assert_allclose(J.sum(axis=1), 0, atol=1e-15)


@given(logits)
def test_no_entry_is_larger_than_a_quarter(z):
    assert np.abs(jacobian(softmax(z))).max() <= 0.25


def test_of_a_single_probability_it_is_the_slope_of_the_sigmoid():
    z = torch.tensor([-3.0, 0.0, 0.5, 20.0], dtype=torch.float64, requires_grad=True)
    a = torch.sigmoid(z)
    (expected,) = torch.autograd.grad(a.sum(), z)
    found = [jacobian(np.array([value])).item() for value in a.tolist()]
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-16)


@given(logits, st.data())
def test_the_chain_rule_comes_out_as_a_minus_y(z, data):
    a = softmax(z)
    y = data.draw(st.integers(0, len(a) - 1))
    found = collapse(a, y)
    np.testing.assert_allclose(found.product, a - np.eye(len(a))[y], atol=1e-14)
    assert not found.overflows
    assert found.difference == np.abs(found.product - found.short).max()


@given(logits, st.data())
def test_both_factors_are_those_of_autograd(z, data):
    y = data.draw(st.integers(0, len(z) - 1))
    a = torch.from_numpy(softmax(z)).requires_grad_()
    (by_a,) = torch.autograd.grad(-torch.log(a[y]), a)
    Z = torch.from_numpy(z).requires_grad_()
    (by_z,) = torch.autograd.grad(-torch.log_softmax(Z, dim=0)[y], Z)
    found = collapse(softmax(z), y)
    np.testing.assert_allclose(found.upstream, by_a.numpy(), rtol=1e-12)
    np.testing.assert_allclose(found.product, by_z.numpy(), atol=1e-14)


@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("p", [1e-9, 0.3, 0.5, 0.999])
def test_the_chain_rule_of_a_sigmoid_comes_out_as_a_minus_y(p, y):
    a = torch.tensor([p], dtype=torch.float64, requires_grad=True)
    loss = torch.nn.functional.binary_cross_entropy(a, torch.tensor([float(y)]).double())
    (by_a,) = torch.autograd.grad(loss, a)
    found = collapse(np.array([p]), y)
    np.testing.assert_allclose(found.upstream, by_a.numpy(), rtol=1e-7)
    np.testing.assert_allclose(found.product, [p - y], rtol=1e-12)


@pytest.mark.parametrize("small", [0.0, 5e-324, 1e-310])
def test_a_probability_too_small_to_divide_by_is_said_to_overflow(small):
    found = collapse(np.array([1.0, small]), 1)
    assert found.overflows and np.isinf(found.difference)
    np.testing.assert_array_equal(found.short, [1.0, small - 1.0])


def test_a_small_probability_of_another_class_overflows_nothing():
    found = collapse(np.array([1.0, 0.0]), 0)
    assert not found.overflows and found.difference == 0


@pytest.mark.parametrize(("p", "y"), [(1.0, 0), (0.0, 1), (1.0, 1)])
def test_a_saturated_sigmoid_is_said_to_overflow(p, y):
    assert collapse(np.array([p]), y).overflows
