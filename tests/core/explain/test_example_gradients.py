"""What the examples of a batch do to the weights, against autograd."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.explain import example_gradients
from core.model_family import FAMILY, pairs
from core.train.losses import HEADS
from core.train.snapshot import Params


def descent_by_autograd(task, params, rows, weight_decay=0.0):
    """−∇W and −∇b of the mean loss of these rows, in float64."""
    X = torch.from_numpy(task.inputs(task.dataset.values(rows))).double()
    W = torch.from_numpy(params.W).double().requires_grad_()
    b = torch.from_numpy(params.b).double().requires_grad_()
    head = HEADS[task.config.model.kind]
    Y = head.encode(torch.from_numpy(task.dataset.y[rows]), task.outputs).double()
    loss = head.loss(X @ W.T + b, Y).mean()
    (loss + weight_decay / 2 * (W**2).sum()).backward()
    assert W.grad is not None and b.grad is not None
    return -W.grad.numpy(), -b.grad.numpy()


@pytest.fixture(params=FAMILY)
def task(request, make_task, iris):
    return make_task(iris, {"features": ("all",)}, {"kind": request.param})


@pytest.fixture
def params(task, rng):
    W = rng.normal(size=(task.outputs, task.m)).astype(np.float32)
    return Params(W, rng.normal(size=task.outputs).astype(np.float32))


def test_the_mean_of_all_pulls_is_minus_the_gradient_of_autograd(task, params):
    rows = task.train_rows[5:37]
    dW, _ = descent_by_autograd(task, params, rows)
    batch = example_gradients.pulls(task, params, rows)
    each = np.stack([batch.on(k).mean(axis=0) for k in range(task.outputs)])
    np.testing.assert_allclose(each, dW, atol=1e-6)
    np.testing.assert_allclose(batch.mean, dW, atol=1e-6)


def test_each_pull_is_minus_the_gradient_of_the_rows_own_loss(task, params):
    rows = task.train_rows[:12]
    batch = example_gradients.pulls(task, params, rows)
    for i, row in enumerate(rows):
        dW, _ = descent_by_autograd(task, params, np.array([row]))
        y = task.dataset.y[row]
        own = dW[0] if task.outputs == 1 else dW[y]
        if task.config.model.kind == "ovo":  # its two pairs, each turned towards the class
            own = (
                sum(
                    (1 if y == j else -1) * dW[p]
                    for p, (i_, j) in enumerate(pairs(3))
                    if y in (i_, j)
                )
                / 2
            )
        np.testing.assert_allclose(batch.on_own_class()[i], own, atol=1e-6)
        for k in range(task.outputs):
            np.testing.assert_allclose(batch.on(k)[i], dW[k], atol=1e-6)


def test_a_row_pulls_the_weights_of_its_own_class_towards_itself(make_task, iris):
    task = make_task(iris, {"features": ("all",)})
    params = Params(np.zeros((3, task.m), np.float32), np.zeros(3, np.float32))
    batch = example_gradients.pulls(task, params, task.train_rows)
    np.testing.assert_allclose(batch.on_own_class(), batch.X * 2 / 3, rtol=1e-6)


def test_the_descent_of_a_batch_with_a_penalty_equals_autograd(task, params):
    dW, db = descent_by_autograd(task, params, task.train_rows, weight_decay=0.3)
    step = example_gradients.descent(task, params, task.train_rows, 0.3)
    np.testing.assert_allclose(step.W, dW, atol=1e-6)
    np.testing.assert_allclose(step.b, db, atol=1e-6)


def test_the_descent_is_the_same_in_one_go_and_in_parts(task, params, monkeypatch):
    whole = example_gradients.descent(task, params, task.train_rows, 0.0)
    monkeypatch.setattr(example_gradients, "ROWS_AT_ONCE", 7)
    parts = example_gradients.descent(task, params, task.train_rows, 0.0)
    np.testing.assert_allclose(parts.W, whole.W, atol=1e-6)
    np.testing.assert_allclose(parts.b, whole.b, atol=1e-6)


def test_the_next_step_of_training_adds_eta_times_the_descent(make_task, iris, rng):
    from core.train.trainer import Trainer

    task = make_task(iris, {"features": ("all",)}, learning_rate=0.2, weight_decay=0.05)
    trainer = Trainer(task)
    for _ in range(9):
        trainer.step()
    before, rows = trainer.params(), trainer.next_rows()
    before = Params(before.W.copy(), before.b.copy())
    trainer.step()
    after = trainer.params()
    step = example_gradients.descent(task, before, rows, 0.05)
    np.testing.assert_allclose(after.W - before.W, 0.2 * step.W, atol=1e-6)
    np.testing.assert_allclose(after.b - before.b, 0.2 * step.b, atol=1e-6)


def test_without_a_bias_none_moves(make_task, iris, rng):
    task = make_task(iris, model={"has_bias": False})
    W = rng.normal(size=(3, 2)).astype(np.float32)
    step = example_gradients.descent(task, Params(W, np.zeros(3, np.float32)), task.train_rows, 0.0)
    assert step.W.all() and not step.b.any()


def test_pairs_pull_as_the_sum_of_their_classes(make_task, iris, rng):
    """The mean pull of a class's pairs, each turned towards the class."""
    task = make_task(iris, model={"kind": "ovo"})
    W = rng.normal(size=(3, 2)).astype(np.float32)
    batch = example_gradients.pulls(task, Params(W, np.zeros(3, np.float32)), task.train_rows)
    expected = np.zeros((3, 2))
    for p, (i, j) in enumerate(pairs(3)):
        expected[i] -= batch.mean[p] / 2
        expected[j] += batch.mean[p] / 2
    np.testing.assert_allclose(batch.of_classes, expected, atol=1e-6)


def test_huge_logits_give_finite_pulls(task):
    params = Params(np.full((task.outputs, task.m), 1e4, np.float32), np.zeros(task.outputs, "f4"))
    params.W[0] *= -1
    batch = example_gradients.pulls(task, params, task.train_rows)
    assert np.isfinite(batch.errors).all()
    if task.config.model.kind != "adaline":  # whose pull grows with the distance
        assert np.abs(batch.errors).max() <= 1


def test_the_descent_of_inputs_is_that_of_autograd(task, params):
    rows = task.train_rows[:12]
    X = torch.from_numpy(task.inputs(task.dataset.values(rows))).double().requires_grad_()
    W, b = (torch.from_numpy(array).double() for array in (params.W, params.b))
    head = HEADS[task.config.model.kind]
    Y = head.encode(torch.from_numpy(task.dataset.y[rows]), task.outputs).double()
    head.loss(X @ W.T + b, Y).sum().backward()
    assert X.grad is not None
    found = example_gradients.descent_of_inputs(task, params, rows)
    np.testing.assert_allclose(found, -X.grad.numpy(), atol=1e-5)
