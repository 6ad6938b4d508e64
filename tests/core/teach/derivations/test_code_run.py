"""The code beside a derivation gives the trainer's gradient, and is the code that is shown."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.teach.derivations import code_run, gradient_code
from tests.core.explain.test_example_trace import snapshot_of
from tests.core.training import trained


@pytest.mark.parametrize("kind", ["softmax", "binary", "ovr"])
def test_each_form_gives_the_trainer_s_gradient_of_the_batch(iris, make_task, kind):
    task = make_task(iris, model={"kind": kind})
    snapshot = snapshot_of(trained(task, 5))
    ran = code_run.run(task, snapshot)
    assert not code_run.obstacle(task)
    assert [timed.rows for timed in ran.forms] == [len(snapshot.batch)] * 3
    for timed in ran.forms:
        assert timed.difference < 1e-6 and timed.seconds > 0
        assert timed.form.source.startswith(f"def {timed.form.function.__name__}(")


def test_a_loop_takes_the_first_rows_of_a_batch_that_is_too_large(iris, make_task, monkeypatch):
    task = make_task(iris)
    monkeypatch.setattr(code_run, "MOST_PRODUCTS", 40)
    loop, by_numpy, _ = code_run.run(task, snapshot_of(trained(task, 5))).forms
    assert loop.rows < by_numpy.rows and loop.difference < 1e-6


@pytest.mark.parametrize("kind", ["perceptron", "mse", "ovo", "bayes"])
def test_a_model_with_another_gradient_says_so(iris, make_task, kind):
    assert code_run.obstacle(make_task(iris, model={"kind": kind}))


@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_the_code_agrees_with_autograd_also_where_the_logits_are_large(scale):
    rng = np.random.default_rng(2)
    X, W, b = rng.normal(size=(6, 4)) * scale, rng.normal(size=(3, 4)), rng.normal(size=3)
    y = rng.integers(0, 3, 6)
    weights = torch.tensor(W, requires_grad=True)
    Z = torch.tensor(X) @ weights.T + torch.tensor(b)
    (cross,) = torch.autograd.grad(
        functional.cross_entropy(Z, torch.tensor(y)), weights, retain_graph=True
    )
    Y = np.eye(3)[y]
    binary = functional.binary_cross_entropy_with_logits(Z, torch.tensor(Y), reduction="sum") / 6
    (binary_slope,) = torch.autograd.grad(binary, weights)
    for name, wanted in (("softmax", cross), ("sigmoid", binary_slope)):
        for form in ("loop", "numpy"):
            found = getattr(gradient_code, f"{name}_{form}")(X, Y, W, b)
            np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12)
        found = getattr(gradient_code, f"{name}_torch")(*map(torch.tensor, (X, Y, W, b)))
        np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12)
