"""Balanced class weights: scikit-learn's optimum, and each derivative against autograd."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_class_weight

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.dataset import Dataset
from core.data.task import prepare
from core.explain import gradient_check
from core.model_family import FAMILY
from core.train.class_weights import head_of
from core.train.losses import HEADS
from core.train.trainer import Trainer
from tests.core.training import DESCENDED

N = 240


@pytest.fixture(scope="module")
def rare():
    """Rows of three classes, of which one has two thirds and one a tenth."""
    rng = np.random.default_rng(2)
    y = rng.choice(3, N, p=[0.65, 0.25, 0.1])
    X = (rng.normal(size=(N, 3)) + np.eye(3)[y]).astype(np.float32)
    return Dataset("rare", X, y.astype(np.int64), ("a", "b", "c"), ("many", "some", "few"))


def task_of(dataset, kind, **training):
    model = ModelConfig(kind, positive="few" if FAMILY[kind].is_neuron else None)
    data = DataConfig(features=("all",), test_fraction=0.0)
    training = {"class_weight": "balanced"} | training
    return prepare(dataset, RunConfig(data, model, TrainingConfig(**training)))


def trained(task):
    trainer = Trainer(task)
    while trainer.outcome is None:
        trainer.step()
    return trainer


def test_the_weights_are_scikit_learns(rare):
    task = task_of(rare, "softmax")
    expected = compute_class_weight("balanced", classes=np.arange(3), y=rare.y)
    np.testing.assert_allclose(task.class_weights, expected)
    assert task_of(rare, "softmax", class_weight="none").class_weights is None


@pytest.mark.parametrize(("kind", "optimiser"), [("softmax", "newton"), ("binary", "lbfgs")])
def test_the_optimum_is_scikit_learns(kind, optimiser, rare):
    decay = 0.02
    task = task_of(rare, kind, optimiser=optimiser, weight_decay=decay, learning_rate=1, epochs=60)
    trainer = trained(task)
    X = task.inputs(task.dataset.values()).astype(np.float64)
    solver = LogisticRegression(
        C=1 / (decay * N), class_weight="balanced", tol=1e-10, max_iter=9999
    )
    theirs = solver.fit(X, task.dataset.y)
    np.testing.assert_allclose(trainer.params().W, theirs.coef_, atol=1e-3)
    b, expected = trainer.params().b, theirs.intercept_
    if kind == "softmax":  # a constant in all makes no difference
        b, expected = b - b.mean(), expected - expected.mean()
    np.testing.assert_allclose(b, expected, atol=1e-3)


def test_a_rare_class_is_found_more_often(rare):
    recalls = []
    for weight in ("none", "balanced"):
        task = task_of(rare, "softmax", class_weight=weight, epochs=200)
        confusion = trained(task).measure(exact=True).confusion
        recalls.append(confusion[2, 2] / confusion[2].sum())
    assert recalls[1] > recalls[0] + 0.2


@pytest.mark.parametrize("kind", DESCENDED)
def test_loss_and_gradient_are_those_of_each_example_times_its_weight(kind, rare):
    task = task_of(rare, kind)
    head, plain = head_of(task), HEADS[kind]
    y = torch.from_numpy(task.dataset.y)
    Y = plain.encode(y, task.outputs).double()
    Z = torch.randn(
        N, task.outputs, dtype=torch.float64, generator=torch.Generator().manual_seed(1)
    )
    c = torch.from_numpy(task.class_weights)[y]
    torch.testing.assert_close(head.loss(Z, Y), plain.loss(Z, Y) * c)
    Z.requires_grad_()
    (expected,) = torch.autograd.grad((plain.loss(Z, Y) * c).sum(), Z)
    Z = Z.detach()
    torch.testing.assert_close(head.gradient(Z, Y), expected)
    torch.testing.assert_close(head.gradient(Z.clone(), Y, out=torch.empty_like(Z)), expected)


@pytest.mark.parametrize("kind", [kind for kind in DESCENDED if HEADS[kind].hessian])
def test_hessians_are_weighted_too(kind, rare):
    task = task_of(rare, kind)
    head, plain = head_of(task), HEADS[kind]
    Y = plain.encode(torch.from_numpy(task.dataset.y), task.outputs).double()
    Z = torch.linspace(-2, 2, N * task.outputs, dtype=torch.float64).view(N, -1)
    D = Z.flip(0)
    hessian, times = head.hessian, head.hessian_times
    assert hessian is not None and times is not None
    H = hessian(Z, Y)
    for k in range(0, N, 40):
        expected = torch.autograd.functional.hessian(
            lambda z, k=k: head.loss(z[None], Y[k : k + 1])[0], Z[k]
        )
        torch.testing.assert_close(H[k], expected)
    torch.testing.assert_close(times(Z, Y, D), (H @ D[:, :, None])[:, :, 0])


@pytest.mark.parametrize("kind", ["softmax", "ovo", "binary"])
def test_the_gradient_of_the_program_is_that_of_autograd_and_of_differences(kind, rare):
    task = task_of(rare, kind)
    trainer = Trainer(task)
    for _ in range(5):
        trainer.step()
    assert gradient_check.check(task, trainer.params(), task.train_rows[:50]).passed


def test_the_loss_that_is_measured_is_the_weighted_mean(rare):
    task = task_of(rare, "softmax")
    trainer = Trainer(task)
    assert trainer.metrics.train_loss == pytest.approx(np.log(3), rel=1e-6)
    for _ in range(20):
        trainer.step()
    W, b = (array.astype(np.float64) for array in trainer.params().arrays)
    Z = task.inputs(task.dataset.values()) @ W.T + b
    each = np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(N), task.dataset.y]
    expected = (each * task.class_weights[task.dataset.y]).mean()
    assert trainer.measure(exact=True).train_loss == pytest.approx(expected, rel=1e-5)
