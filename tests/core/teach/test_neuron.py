"""The numbers of a neuron against closed forms and autograd."""

import numpy as np
import pytest
import torch

from core.teach.neuron import losses_at

Z = np.array([-5.0, -0.5, 0.0, 1e-9, 0.5, 5.0])


@pytest.mark.parametrize("y", [0, 1])
def test_log_odds_undo_the_sigmoid_and_the_loss_is_minus_the_log_likelihood(y):
    found = losses_at(Z, y)
    np.testing.assert_allclose(found.log_odds, Z, atol=1e-12)
    np.testing.assert_allclose(-np.log(found.likelihood), found.cross_entropy, rtol=1e-12)
    np.testing.assert_allclose(found.likelihood, found.a if y else 1 - found.a)


@pytest.mark.parametrize("y", [0, 1])
def test_slopes_are_autograds(y):
    z = torch.tensor(Z, requires_grad=True)
    a = torch.sigmoid(z)
    for loss, slope in zip(
        (-(y * a.log() + (1 - y) * (1 - a).log()), (y - a) ** 2),
        losses_at(Z, y).slopes,
        strict=True,
    ):
        (expected,) = torch.autograd.grad(loss.sum(), z, retain_graph=True)
        np.testing.assert_allclose(slope, expected, rtol=1e-10)


def test_it_decides_for_class_one_where_z_is_positive():
    np.testing.assert_array_equal(losses_at(Z, 1).says_one, Z > 0)


def test_far_on_the_wrong_side_only_the_cross_entropy_pulls():
    cross, squared = losses_at(np.array([-6.0]), 1).slopes
    assert cross[0] == pytest.approx(-1, abs=0.01) and abs(squared[0]) < 0.01
