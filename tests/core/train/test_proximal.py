"""The soft threshold of λ₁ after each update: exact zeros, and the optimum of other solvers."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.dataset import Dataset
from core.data.task import prepare
from core.train.optimisers import RULES, StepParams, shrink
from core.train.trainer import Trainer

RATES = {"rmsprop": 0.01, "adam": 0.01, "adamw": 0.01}
N = 200


def soft(u, tau):
    """Return S(u, τ) by its definition."""
    return np.sign(u) * np.maximum(np.abs(u) - tau, 0)


@pytest.fixture(scope="module")
def two_of_eight():
    """Rows whose class depends on two of eight features, with noise."""
    rng = np.random.default_rng(4)
    X = rng.normal(size=(N, 8)).astype(np.float32)
    y = (2 * X[:, 1] - 1.5 * X[:, 6] + rng.normal(size=N) > 0).astype(np.int64)
    names = tuple(f"f{j}" for j in range(8))
    return Dataset("two of eight", X, y, names, ("no", "yes"))


def trained(dataset, kind, **training):
    config = RunConfig(
        DataConfig(features=("all",), test_fraction=0.0),
        ModelConfig(kind),
        TrainingConfig(batch_size=None, **training),
    )
    trainer = Trainer(prepare(dataset, config))
    while trainer.outcome is None:
        trainer.step()
    return trainer


def fitted(trainer, l1):
    """Return the weights and biases of scikit-learn's solver on the same rows and penalty."""
    task = trainer.task
    X = task.inputs(task.dataset.values(task.train_rows)).astype(np.float64)
    solver = LogisticRegression(
        l1_ratio=1, C=1 / (l1 * len(X)), solver="saga", tol=1e-10, max_iter=100_000
    )
    return solver.fit(X, task.dataset.y[task.train_rows])


@pytest.mark.parametrize("name", RULES)
def test_the_same_weights_are_zero_as_scikit_learns_and_the_others_equal(name, two_of_eight):
    l1 = 0.06
    rate = {"sgd": 0.9, "momentum": 0.1, "nesterov": 0.1}.get(name, 0.05)
    trainer = trained(
        two_of_eight, "binary", optimiser=name, l1=l1, learning_rate=rate, epochs=1000,
        schedule="cosine",
    )  # fmt: skip
    theirs = fitted(trainer, l1)
    W = trainer.params().W
    assert np.count_nonzero(theirs.coef_) == 2
    assert np.array_equal(W == 0, theirs.coef_ == 0)
    np.testing.assert_allclose(W, theirs.coef_, atol=1e-5)
    np.testing.assert_allclose(trainer.params().b, theirs.intercept_, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "rate", "epochs"),
    [("sgd", 0.4, 8000), ("momentum", 0.2, 3000), ("nesterov", 0.2, 3000)],
)
def test_softmax_on_iris_meets_scikit_learns_optimum(name, rate, epochs, iris):
    l1 = 0.02
    trainer = trained(iris, "softmax", optimiser=name, l1=l1, learning_rate=rate, epochs=epochs)
    theirs = fitted(trainer, l1)
    W, b = trainer.params().W, trainer.params().b
    assert (theirs.coef_ == 0).sum() >= 4
    assert np.array_equal(W == 0, theirs.coef_ == 0)
    np.testing.assert_allclose(W, theirs.coef_, atol=1e-3)
    np.testing.assert_allclose(
        b - b.mean(), theirs.intercept_ - theirs.intercept_.mean(), atol=1e-3
    )


def test_a_penalty_beyond_every_slope_leaves_no_weight_and_does_not_diverge(two_of_eight):
    for name in RULES:
        trainer = trained(two_of_eight, "binary", optimiser=name, l1=1000.0, epochs=50)
        assert not trainer.params().W.any() and trainer.params().b.any()


@pytest.mark.parametrize("name", RULES)
def test_without_a_penalty_the_proximal_form_is_the_rule_itself(name, rng):
    theta, g = (torch.from_numpy(rng.normal(size=(3, 4))) for _ in range(2))
    moments = tuple(torch.from_numpy(rng.random((3, 4))) for _ in range(RULES[name].moments))
    now = StepParams(0.1, 0.8, 3)
    found = []
    for apply in (RULES[name].update, RULES[name].proximal):
        mine, state = theta.clone(), tuple(v.clone() for v in moments)
        apply(mine, g.clone(), state, now)
        found.append((mine, *state))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("tau", [0.0, 0.3, 10.0])
def test_the_soft_threshold_is_its_formula_and_the_zeros_are_exact(tau, rng):
    u = rng.normal(size=(5, 6))
    u[0, :3] = 0.3, -0.3, 0.0
    shrunk = torch.from_numpy(u.copy())
    taken = shrink(shrunk, tau)
    np.testing.assert_allclose(shrunk, soft(u, tau), atol=1e-15)
    assert (shrunk.numpy() == 0).tolist() == (np.abs(u) <= tau).tolist()
    np.testing.assert_allclose(taken + shrunk, u)


def test_one_step_of_each_rule_by_its_formulae(rng):
    theta, g, v, s = (rng.normal(size=(4, 5)) for _ in range(4))
    s, eta, mu, l1, t = s**2, 0.1, 0.8, 0.7, 4
    root = {"rmsprop": np.sqrt(0.99 * s + 0.01 * g**2) + 1e-8}
    v2, s2 = 0.9 * v + 0.1 * g, 0.999 * s + 0.001 * g**2
    root["adam"] = np.sqrt(s2 / (1 - 0.999**t)) + 1e-8
    x = soft(theta - eta * g, eta * l1)
    ahead = mu * v + (theta - x) / eta
    expected = {
        "sgd": x,
        "momentum": soft(theta - eta * (mu * v + g), eta * l1),
        "nesterov": x - eta * mu * ahead,
        "rmsprop": soft(theta - eta * g / root["rmsprop"], eta * l1 / root["rmsprop"]),
        "adam": soft(theta - eta * v2 / (1 - 0.9**t) / root["adam"], eta * l1 / root["adam"]),
    }
    states = {"momentum": (v,), "nesterov": (v,), "rmsprop": (s,), "adam": (v, s)}
    for name, new in expected.items():
        rule = next(rule for rule in RULES.values() if rule.name == name)
        mine = torch.tensor(theta)
        state = tuple(torch.tensor(array) for array in states.get(name, ()))
        rule.proximal(mine, torch.tensor(g), state, StepParams(eta, mu, t, l1))
        np.testing.assert_allclose(mine, new, rtol=1e-12, atol=1e-12)
        if name == "momentum":
            np.testing.assert_allclose(state[0], (theta - new) / eta, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", RULES)
def test_biases_are_spared(name, two_of_eight):
    task = trained(two_of_eight, "binary", epochs=1).task
    first = {}
    for l1 in (0.0, 0.5):
        settings = replace(task.config.training, l1=l1, optimiser=name)
        trainer = Trainer(replace(task, config=replace(task.config, training=settings)))
        trainer.step()
        first[l1] = trainer.params()
    np.testing.assert_allclose(first[0.0].b, first[0.5].b, rtol=1e-6)
    assert not np.array_equal(first[0.0].W, first[0.5].W)


@pytest.mark.parametrize("name", RULES)
def test_going_back_and_on_gives_the_same_weights_to_the_bit(name, iris, make_task):
    task = make_task(iris, {"features": ("all",)}, optimiser=name, l1=0.03, batch_size=16)
    trainer = Trainer(task)
    for _ in range(60):
        trainer.step()
    there = trainer.params()
    trainer.timeline.go_to(23)
    assert trainer.step_count == 23
    while trainer.step_count < 60:
        trainer.timeline.go_to(trainer.step_count + 1)
    assert all(map(np.array_equal, trainer.params().arrays, there.arrays))


@pytest.mark.parametrize("name", RULES)
def test_a_run_goes_on_from_its_checkpoint_to_the_bit(name, iris, make_task):
    trainer = Trainer(make_task(iris, {"features": ("all",)}, optimiser=name, l1=0.03))
    for _ in range(20):
        trainer.step()
    kept = copy.copy(trainer.checkpoint())
    for _ in range(20):
        trainer.step()
    first = trainer.params()
    trainer.return_to(kept)
    for _ in range(20):
        trainer.step()
    assert all(map(np.array_equal, trainer.params().arrays, first.arrays))


@pytest.mark.parametrize("name", RULES)
def test_a_hidden_layer_gets_zeros_too(name, two_of_eight):
    config = RunConfig(
        DataConfig(features=("all",)),
        ModelConfig("binary", hidden=6, activation="tanh"),
        TrainingConfig(l1=0.02, epochs=150, optimiser=name, learning_rate=RATES.get(name, 0.05)),
    )
    trainer = Trainer(prepare(two_of_eight, config))
    while trainer.outcome is None:
        trainer.step()
    V = trainer.params().arrays[2]
    assert (V == 0).mean() > 0.2
