"""Updates on one document, against steps of PyTorch's own SGD with autograd."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.explain.word_update import word_update


def by_autograd(kind, W, b, x, label, eta, count):
    """Weights and scores after steps of gradient descent, and the losses."""
    W = torch.tensor(W, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    X = torch.tensor(x, dtype=torch.float64)
    optimiser = torch.optim.SGD([W, b], lr=eta)

    def loss():
        z = W @ X + b
        if kind == "softmax":
            return functional.cross_entropy(z[None], torch.tensor([label]))
        return functional.binary_cross_entropy_with_logits(
            z[0], torch.tensor(float(label)).double()
        )

    first = float(loss().detach())
    for _ in range(count):
        optimiser.zero_grad()
        loss().backward()
        optimiser.step()
    return W.detach().numpy(), (W @ X + b).detach().numpy(), (first, float(loss().detach()))


@pytest.mark.parametrize("count", [1, 7])
@pytest.mark.parametrize(("kind", "outputs", "h"), [("softmax", 4, 4), ("binary", 1, 2)])
def test_updates_are_those_of_gradient_descent(kind, outputs, h, count):
    rng = np.random.default_rng(2)
    W, b = rng.normal(size=(outputs, 6)), rng.normal(size=outputs)
    x = np.array([1, 2, 1, 0.5, 3, 1], np.float32)
    found = word_update(kind, W @ x + b, x, 1, h, eta=0.05, count=count)
    new_W, new_z, losses = by_autograd(kind, W, b, x, 1, 0.05, count)
    np.testing.assert_allclose(found.moved, new_W - W, atol=1e-12)
    np.testing.assert_allclose(found.new_z, new_z, atol=1e-12)
    assert found.losses == pytest.approx(losses)


def test_the_own_label_is_pushed_up_and_all_others_are_pulled_down():
    z = np.array([0.3, -0.2, 0.1, 2.0])
    found = word_update("softmax", z, np.ones(5, np.float32), 2, 4, eta=0.1)
    assert (found.moved[2] > 0).all()
    assert (np.delete(found.moved, 2, axis=0) < 0).all()
    assert found.moved.sum(axis=0) == pytest.approx(0, abs=1e-15)
    assert found.losses[1] < found.losses[0]


def test_what_is_known_for_sure_moves_nothing():
    z = np.array([60.0, 0, 0])
    found = word_update("softmax", z, np.ones(3, np.float32), 0, 3, eta=1.0)
    assert np.abs(found.moved).max() < 1e-20
