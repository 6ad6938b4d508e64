"""Newton's method and L-BFGS against SciPy's and scikit-learn's results."""

import re

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.dataset import Dataset
from core.data.sources import load
from core.data.task import prepare
from core.errors import ConfigError
from core.model_family import FAMILY
from core.train import second_order
from core.train.losses import HEADS
from core.train.trainer import Trainer
from tests.core.training import DESCENDED

METHODS = ("newton", "lbfgs")
SMOOTH = [kind for kind in DESCENDED if HEADS[kind].hessian is not None]

every_method = pytest.mark.parametrize("method", METHODS)


def make(method, kind="softmax", *, decay=0.01, model=None, **training):
    settings = TrainingConfig(
        learning_rate=1.0, weight_decay=decay, optimiser=method, epochs=500, **training
    )
    config = RunConfig(
        DataConfig(features=("all",)), ModelConfig(kind, **(model or {})), training=settings
    )
    return Trainer(prepare(load(config.data), config))


def whole(trainer):
    """X, Y of all training rows in float64."""
    task = trainer.task
    X = torch.from_numpy(task.inputs(task.dataset.values(task.train_rows))).double()
    y = torch.from_numpy(task.dataset.y[task.train_rows])
    head = HEADS[task.config.model.kind]
    return X, head.encode(y, task.outputs).double(), head


def objective_of(trainer, decay):
    """The mean loss plus penalty of all parameters in a row, with autograd's gradient."""
    X, Y, head = whole(trainer)
    outputs, m = trainer.params().W.shape

    def objective(theta):
        whole_theta = torch.tensor(theta, requires_grad=True)
        V = whole_theta.view(outputs, m + 1)
        W, b = V[:, :-1], V[:, -1]
        value = head.loss(X @ W.T + b, Y).mean() + decay / 2 * (W * W).sum()
        (g,) = torch.autograd.grad(value, whole_theta)
        return value.item(), g.numpy()

    return objective


def lowest(trainer, decay):
    """The lowest mean loss plus penalty, by SciPy, and how it is computed."""
    objective = objective_of(trainer, decay)
    start = np.zeros(sum(part.size for part in (trainer.params().W, trainer.params().b)))
    found = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": 10_000})
    return float(found.fun), objective


@every_method
@pytest.mark.parametrize("kind", SMOOTH)
def test_it_comes_to_the_lowest_loss(method, kind):
    trainer = make(method, kind)
    for _ in range(100):
        trainer.step()
    expected, objective = lowest(trainer, 0.01)
    params = trainer.params()
    theta = np.concatenate([params.W, params.b[:, None]], axis=1).ravel().astype(np.float64)
    assert objective(theta)[0] == pytest.approx(expected, abs=2e-6)


@every_method
@pytest.mark.parametrize("kind", SMOOTH)
def test_rounding_of_the_loss_ends_no_descent_early(method, kind):
    """Near the minimum a step saves less of the loss than float32 shows."""
    trainer = make(method, kind, decay=0.1)
    objective, steepest = objective_of(trainer, 0.1), []
    for _ in range(40):
        trainer.step()
        params = trainer.params()
        theta = np.concatenate([params.W, params.b[:, None]], axis=1, dtype=np.float64)
        steepest.append(np.abs(objective(theta.ravel())[1]).max())
    assert min(steepest) < 3e-7


@every_method
def test_the_fit_is_that_of_scikit_learn(method):
    decay = 0.05
    trainer = make(method, decay=decay)
    for _ in range(150):
        trainer.step()
    task = trainer.task
    X, y = task.inputs(task.dataset.values(task.train_rows)), task.dataset.y[task.train_rows]
    theirs = LogisticRegression(C=1 / (decay * len(X)), tol=1e-10, max_iter=10_000).fit(X, y)
    np.testing.assert_allclose(trainer.params().W, theirs.coef_, atol=2e-3)


def test_newton_needs_ten_steps_where_descent_needs_thousands():
    trainer = make("newton", "binary")
    for _ in range(10):
        trainer.step()
    params = trainer.params()
    theta = np.concatenate([params.W, params.b[:, None]], axis=1).ravel().astype(np.float64)
    expected, objective = lowest(trainer, 0.01)
    assert objective(theta)[0] == pytest.approx(expected, abs=1e-6)


def test_newtons_first_step_solves_least_squares():
    """ADALINE's loss is a parabola: one full step ends at its foot."""
    trainer = make("newton", "adaline", decay=0.0)
    trainer.step()
    X, Y, _ = whole(trainer)
    X1 = np.column_stack([X.numpy(), np.ones(len(X))])
    expected = np.linalg.lstsq(X1, Y.numpy()[:, 0], rcond=None)[0]
    found = [*trainer.params().W[0], trainer.params().b[0]]
    np.testing.assert_allclose(found, expected, atol=1e-5)


@every_method
def test_the_loss_never_rises_even_where_classes_can_be_separated(method):
    trainer = make(method, "ovo", decay=0.0)
    before = trainer.metrics.train_loss
    for _ in range(60):
        trainer.step()
        now = trainer.measure(exact=True).train_loss
        assert now <= before + 1e-6
        before = now
    assert all(np.isfinite(array).all() for array in trainer.params().arrays)


@every_method
def test_without_a_bias_there_is_none(method):
    trainer = make(method, "softmax", model={"has_bias": False})
    for _ in range(5):
        trainer.step()
    params = trainer.params()
    assert not params.b.any() and params.W.any()


@every_method
def test_a_point_that_is_tried_is_never_seen(method):
    """Cut into slices, an update shows the old weights until it is complete."""
    trainer = make(method)
    trainer.step()
    before = trainer.params().W
    while not trainer.advance():
        np.testing.assert_array_equal(trainer.params().W, before)
    assert (before != trainer.params().W).any()


@every_method
@pytest.mark.parametrize(
    ("model", "training", "words"),
    [({"kind": kind}, {}, FAMILY[kind].title) for kind in DESCENDED if kind not in SMOOTH]
    + [({"hidden": 3}, {}, "a hidden layer"), ({}, {"l1": 0.1}, "λ₁")],
)
def test_what_has_not_one_smooth_valley_is_refused(method, model, training, words):
    with pytest.raises(ConfigError, match=re.escape(words)):
        RunConfig(model=ModelConfig(**model), training=TrainingConfig(optimiser=method, **training))


@pytest.mark.parametrize("kind", ["softmax", "ovo"])
def test_newtons_step_is_the_same_however_few_rows_are_bent_at_once(monkeypatch, kind):
    whole_at_once, in_parts = make("newton", kind), make("newton", kind)
    whole_at_once.step()
    monkeypatch.setattr(second_order, "HESSIANS", 7 * 15)  # of 120 rows
    in_parts.step()
    for one, other in zip(whole_at_once.params().arrays, in_parts.params().arrays, strict=True):
        assert one.any() or not other.any()
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_hundreds_of_outputs_take_little_memory_and_come_down_by_newtons_method():
    """190 pairs of 20 classes: the Hessians of all 1,000 examples would take 0.3 GB."""
    rng = np.random.default_rng(0)
    y = np.arange(1_000) % 20
    centres = rng.normal(size=(20, 3))
    data = Dataset(
        name="twenty.csv",
        X=(centres[y] + rng.normal(scale=0.3, size=(1_000, 3))).astype(np.float32),
        y=y,
        feature_names=("u", "v", "w"),
        class_names=tuple(f"c{k}" for k in range(20)),
    )
    config = RunConfig(
        DataConfig(features=("all",)),
        ModelConfig("ovo"),
        TrainingConfig(optimiser="newton", learning_rate=1.0, weight_decay=0.01),
    )
    task = prepare(data, config)
    assert task.outputs == 190 and task.demand.nbytes < 120e6
    trainer = Trainer(task)
    for _ in range(4):
        trainer.step()
    objective, params = objective_of(trainer, 0.01), trainer.params()
    theta = np.concatenate([params.W, params.b[:, None]], axis=1).ravel().astype(np.float64)
    (_, slope), (_, at_start) = objective(theta), objective(np.zeros_like(theta))
    assert np.abs(slope).max() < 1e-4 * np.abs(at_start).max()  # it is convex: lowest where level


def test_newton_says_when_there_are_too_many_parameters():
    config = RunConfig(DataConfig("digits"), ModelConfig("ovo"), TrainingConfig(optimiser="newton"))
    with pytest.raises(ConfigError, match="Choose L-BFGS"):
        Trainer(prepare(load(config.data), config))


def test_an_update_whose_first_trial_is_taken_passes_over_the_rows_once():
    trainer = make("lbfgs")
    for _ in range(3):
        trainer.step()
    pauses = 0
    while not trainer.advance():
        pauses += 1  # one after each slice, and Iris is one slice
    assert pauses == 1


def test_it_does_not_start_from_where_it_was_when_its_weights_are_set_elsewhere():
    trainer, other = make("lbfgs"), make("lbfgs")
    begun = trainer.checkpoint()
    trainer.step()
    trainer.restore(begun)
    trainer.step()
    other.step()
    np.testing.assert_array_equal(trainer.params().W, other.params().W)
