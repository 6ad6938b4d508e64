"""The linear map: logits and gradients against autograd, and where training starts."""

import pytest
import torch
from torch import Generator

from core.train import models

SIZES = [(1, 1, 1), (7, 2, 3), (30, 5, 1), (64, 20, 10)]
every_size = pytest.mark.parametrize(("n", "m", "h"), SIZES)


def arrays(n, m, h, rng):
    X, W, b, dZ = (
        torch.from_numpy(rng.normal(size=shape)) for shape in ((n, m), (h, m), (h,), (n, h))
    )
    return X, W.requires_grad_(), b.requires_grad_(), dZ


@every_size
def test_logits_equal_the_formula(n, m, h, rng):
    X, W, b, _ = arrays(n, m, h, rng)
    torch.testing.assert_close(models.logits(X, W, b), X @ W.mT + b)


@every_size
def test_gradients_equal_autograd(n, m, h, rng):
    X, W, b, dZ = arrays(n, m, h, rng)
    expected = torch.autograd.grad(models.logits(X, W, b), (W, b), grad_outputs=dZ)
    dW, db = torch.full_like(W, torch.nan), torch.full_like(b, torch.nan)
    models.gradients(dZ, X, dW, db)
    torch.testing.assert_close((dW, db), expected)


def test_the_gradients_of_two_halves_add_up_to_the_whole(rng):
    X, W, b, dZ = arrays(12, 4, 3, rng)
    whole, halves = [(torch.empty_like(W), torch.empty_like(b)) for _ in range(2)]
    models.gradients(dZ, X, *whole)
    models.gradients(dZ[:5], X[:5], *halves)
    models.gradients(dZ[5:], X[5:], *halves, add=True)
    torch.testing.assert_close(halves, whole)


def test_the_bias_gradient_is_one_number_for_each_class(rng):
    X, W, b, dZ = arrays(12, 2, 3, rng)
    dW, db = torch.empty_like(W), torch.empty_like(b)
    models.gradients(dZ, X, dW, db)
    torch.testing.assert_close(db, torch.stack([dZ[:, k].sum() for k in range(3)]))


def test_logits_are_written_where_they_are_wanted(rng):
    X, W, b, _ = arrays(9, 4, 3, rng)
    room = torch.empty(3, 9, dtype=X.dtype).mT
    with torch.no_grad():
        assert models.logits(X, W, b, out=room).data_ptr() == room.data_ptr()
    torch.testing.assert_close(room, X @ W.mT + b)


def test_logits_leave_each_class_contiguous_in_memory(rng):
    X, W, b, _ = arrays(9, 4, 3, rng)
    assert models.logits(X, W, b).mT.is_contiguous()


def test_zeros_start_at_zero():
    W, b = models.start("zeros", 3, 4, Generator())
    assert W.shape == (3, 4) and b.shape == (3,)
    assert not W.any() and not b.any()


def test_a_random_start_is_decided_by_the_seed():
    first, again, other = (
        models.start("random", 3, 4, Generator().manual_seed(seed))[0] for seed in (5, 5, 6)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_random_start_has_small_weights_and_no_biases():
    W, b = models.start("random", 100, 100, Generator().manual_seed(1))
    assert float(W.std()) == pytest.approx(models.RANDOM_STD, rel=0.05)
    assert float(W.mean()) == pytest.approx(0, abs=models.RANDOM_STD / 20)
    assert not b.any()
