"""One example's numbers against autograd, the trainer, and the published worked example."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F  # noqa: N812

from core.config import ACTIVATIONS
from core.explain.example_trace import follow
from core.model_family import pairs
from core.train.losses import HEADS
from core.train.optimisers import RULES
from core.train.second_order import METHODS
from core.train.snapshot import Pace, Params, Snapshot, Status
from core.train.trainer import Trainer
from tests.core.training import DESCENDED, trained


def snapshot_of(trainer: Trainer) -> Snapshot:
    return Snapshot(
        run=1,
        task=trainer.task,
        made_at=0.0,
        status=Status.PAUSED,
        step=trainer.step_count,
        epoch=trainer.epoch,
        params=trainer.params(),
        metrics=trainer.metrics,
        curves=trainer.history.curves(),
        pace=Pace(),
        settings=trainer.settings,
        batch=trainer.next_rows(),
        scheduled_rate=trainer.update.eta,
        moments=trainer.update.moments(),
        updates=trainer.update.count,
    )


def trace_of(task, trainer, row: int):
    return follow(
        task, snapshot_of(trainer), task.dataset.values()[row], int(task.dataset.y[row]), row
    )


@pytest.mark.parametrize("row", [0, 60, 149])
def test_the_gradient_of_one_example_is_that_of_autograd(iris, make_task, row):
    task = make_task(iris)
    trace = trace_of(task, trained(task, 7), row)
    W = torch.tensor(trace.layer.W, requires_grad=True)
    b = torch.tensor(trace.layer.b, requires_grad=True)
    z = W @ torch.tensor(trace.x) + b
    loss = F.cross_entropy(z[None], torch.tensor([trace.label]))
    dz, dW, db = torch.autograd.grad(loss, (z, W, b))
    np.testing.assert_allclose(trace.a, torch.softmax(z, 0).detach(), rtol=1e-12)
    np.testing.assert_allclose(trace.dz, dz, atol=1e-12)
    np.testing.assert_allclose(trace.layer.dW, dW, atol=1e-12)
    np.testing.assert_allclose(trace.dz, db, atol=1e-12)
    assert trace.loss == pytest.approx(loss.item(), rel=1e-12)


def test_a_binary_neuron_is_followed_through_its_sigmoid(iris, make_task):
    task = make_task(iris, model={"kind": "binary"})
    trace = trace_of(task, trained(task, 7), 3)
    W = torch.tensor(trace.layer.W, requires_grad=True)
    z = W @ torch.tensor(trace.x) + torch.tensor(trace.layer.b)
    loss = F.binary_cross_entropy_with_logits(z, torch.tensor([float(trace.label)]).double())
    (dW,) = torch.autograd.grad(loss, W)
    assert trace.a[0] == pytest.approx(torch.sigmoid(z).item())
    assert trace.a[0] == pytest.approx(1 / trace.response.total)
    assert trace.loss == pytest.approx(loss.item())
    np.testing.assert_allclose(trace.layer.dW, dW, atol=1e-12)


@pytest.fixture(params=DESCENDED)
def kind(request):
    return request.param


@pytest.mark.parametrize("row", [0, 60, 149])
def test_every_model_is_followed_as_autograd_has_it(iris, make_task, kind, row):
    """Through the trainer's own loss: dz, dW, loss, decision; and what its parts are."""
    task = make_task(iris, model={"kind": kind, "init": "random"})
    trace = trace_of(task, trained(task, 7), row)
    head = HEADS[kind]
    W = torch.tensor(trace.layer.W, requires_grad=True)
    z = W @ torch.tensor(trace.x) + torch.tensor(trace.layer.b)
    Y = head.encode(torch.tensor([trace.label]), task.outputs).double()
    loss = head.loss(z[None], Y).sum()
    dz, dW = torch.autograd.grad(loss, (z, W))
    assert trace.loss == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(trace.dz, dz, atol=1e-12)
    np.testing.assert_allclose(trace.layer.dW, dW, atol=1e-12)
    assert trace.response.decided == int(head.decide(z[None])[0])
    if len(trace.response.slope):
        np.testing.assert_allclose(trace.a, torch.sigmoid(z).detach(), rtol=1e-12)
        np.testing.assert_allclose(trace.response.slope, trace.a * (1 - trace.a))
    if trace.response.da is not None:
        np.testing.assert_allclose(trace.response.da * trace.response.slope, trace.dz)
    if kind != "softmax":
        assert trace.response.losses.sum() == pytest.approx(trace.loss)


def test_the_votes_of_pairs_are_counted_and_a_tie_is_broken_by_the_logits(iris, make_task):
    task = make_task(iris, model={"kind": "ovo"})
    snapshot = snapshot_of(Trainer(task))
    W = np.zeros_like(snapshot.params.W)
    b = np.array([0.2, -0.5, 0.1], np.float32)  # each class beats another one
    snapshot = replace(snapshot, params=Params(W, b))
    found = follow(task, snapshot, task.dataset.values()[0], 0, 0).response
    assert found.votes.tolist() == [1, 1, 1] and found.tied == (0, 1, 2)
    confidence = np.zeros(3)
    for (i, j), logit in zip(pairs(3), b, strict=True):
        confidence[[i, j]] += -logit, logit
    assert found.decided == confidence.argmax() == 0
    np.testing.assert_allclose(found.confidence, confidence, atol=1e-7)


def test_a_pair_without_the_class_has_neither_target_nor_loss_nor_slope(iris, make_task):
    task = make_task(iris, model={"kind": "ovo"})
    trace = trace_of(task, trained(task, 3), 0)  # a setosa
    assert np.isnan(trace.y).tolist() == [False, False, True]
    assert trace.response.losses[2] == trace.dz[2] == 0 and not trace.layer.dW[2].any()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("row", [0, 60])
def test_a_hidden_layer_is_followed_there_and_back_as_autograd_has_it(
    iris, make_task, kind, activation, row
):
    task = make_task(iris, model={"kind": kind, "hidden": 5, "activation": activation})
    trace = trace_of(task, trained(task, 7), row)
    head, below = HEADS[kind], trace.hidden.linear
    leaves = [
        torch.tensor(array, requires_grad=True)
        for array in (trace.layer.W, trace.layer.b, below.W, below.b)
    ]
    W, b, V, c = leaves
    z = V @ torch.tensor(trace.x) + c
    a = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}[activation](z)
    Y = head.encode(torch.tensor([trace.label]), task.outputs).double()
    loss = head.loss((W @ a + b)[None], Y).sum()
    da, dz, *slopes = torch.autograd.grad(loss, (a, z, *leaves))
    assert trace.loss == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(trace.hidden.a, a.detach(), rtol=1e-12)
    np.testing.assert_allclose(trace.hidden.da, da, atol=1e-12)
    np.testing.assert_allclose(trace.hidden.da * trace.hidden.slope, dz, atol=1e-12)
    found = trace.layer.dW, trace.layer.dz, below.dW, below.dz
    for mine, theirs in zip(found, slopes, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-12)


@pytest.mark.parametrize("changes", [{}, {"weight_decay": 0.1, "l1": 0.05}])
@pytest.mark.parametrize("rule", RULES)
def test_both_layers_move_as_the_trainer_moves_them(iris, make_task, rule, changes):
    model = {"hidden": 5, "activation": "tanh"}
    assert_promise_is_kept(
        make_task(iris, optimiser=rule, model=model, batch_size=16, **changes), 5
    )


def test_without_biases_those_of_hidden_units_stay_zero_too(iris, make_task):
    model = {"hidden": 5, "has_bias": False}
    assert_promise_is_kept(make_task(iris, model=model, batch_size=16), 5)


@pytest.mark.parametrize("steps", [0, 5])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"batch_size": 16},
        {"batch_size": 16, "weight_decay": 0.1},
        {"batch_size": 16, "l1": 0.05},
        {"batch_size": 16, "weight_decay": 0.1, "l1": 0.05},
        {"batch_size": 16, "schedule": "cosine", "epochs": 3},
    ],
)
@pytest.mark.parametrize("rule", RULES)
def test_the_new_weights_are_those_of_the_trainers_next_step(iris, make_task, rule, changes, steps):
    task = make_task(iris, optimiser=rule, model={"init": "random"}, **changes)
    assert_promise_is_kept(task, steps)


@pytest.mark.parametrize("has_bias", [True, False])
def test_the_new_weights_of_every_model_are_those_of_the_next_step(iris, make_task, kind, has_bias):
    task = make_task(iris, model={"kind": kind, "has_bias": has_bias}, batch_size=16)
    assert_promise_is_kept(task, 5)


def assert_promise_is_kept(task, steps):
    trainer = trained(task, steps)
    trace = trace_of(task, trainer, int(trainer.next_rows()[0]))
    trainer.step()
    after = trainer.params()
    layers = [trace.layer] if trace.hidden is None else [trace.layer, trace.hidden.linear]
    promised = [array for layer in layers for array in (layer.new_W, layer.new_b)]
    for mine, theirs in zip(promised, after.arrays, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("rule", METHODS)
def test_a_step_by_the_whole_curvature_is_not_promised(iris, make_task, rule):
    task = make_task(iris, optimiser=rule)
    trace = trace_of(task, trained(task, 1), 0)
    assert trace.layer.new_W is None and trace.batch is not None


def test_the_batch_gradient_is_the_mean_of_its_examples(iris, make_task):
    task = make_task(iris, batch_size=16)
    trainer = trained(task, 3)
    rows = trainer.next_rows()
    traces = [trace_of(task, trainer, int(row)) for row in rows]
    np.testing.assert_allclose(
        traces[0].layer.mean_dW, np.mean([trace.layer.dW for trace in traces], axis=0), atol=1e-6
    )
    assert traces[0].batch.loss == pytest.approx(
        np.mean([trace.loss for trace in traces]), rel=1e-5
    )
    assert all(trace.batch.holds_example for trace in traces)
    other = np.setdiff1d(task.train_rows, rows)[0]
    assert not trace_of(task, trainer, int(other)).batch.holds_example


@pytest.mark.parametrize("size", [1e3, 1e30])
def test_large_logits_stay_finite_with_the_largest_taken_out(iris, make_task, size):
    task = make_task(iris)
    snapshot = snapshot_of(trained(task, 7))
    W = (snapshot.params.W * size).astype(np.float32)
    snapshot = replace(snapshot, params=Params(W, snapshot.params.b))
    trace = follow(task, snapshot, task.dataset.values()[0], 0, 0)
    assert trace.response.shift == trace.z.max() != 0
    assert np.isfinite(trace.response.powers).all() and trace.a.sum() == pytest.approx(1)
    assert trace.loss is not None and np.isfinite(trace.loss)


def test_a_drawing_without_a_class_is_followed_up_to_its_probabilities(iris, make_task):
    task = make_task(iris)
    snapshot = snapshot_of(trained(task, 7))
    trace = follow(task, snapshot, task.dataset.values()[0], None, None)
    assert trace.a.sum() == pytest.approx(1)
    assert [trace.y, trace.loss, trace.dz, trace.layer.dW] == [None] * 4
    assert trace.layer.new_W is not None  # the batch moves the weights all the same


def test_at_zero_weights_the_loss_is_ln_h(iris, make_task):
    task = make_task(iris)
    assert trace_of(task, Trainer(task), 5).loss == pytest.approx(np.log(3))


def test_with_class_weights_the_examples_of_a_batch_count_by_their_class(iris, make_task):
    few = iris.with_two_classes("setosa", None)  # one row of three
    task = make_task(few, model={"kind": "binary"}, batch_size=16, class_weight="balanced")
    trainer = trained(task, 3)
    rows = trainer.next_rows()
    traces = [trace_of(task, trainer, int(row)) for row in rows]
    assert {trace.weight for trace in traces} == {0.75, 1.5}
    expected = np.mean([trace.weight * trace.layer.dW for trace in traces], axis=0)
    np.testing.assert_allclose(traces[0].layer.mean_dW, expected, atol=1e-6)
    assert_promise_is_kept(task, 3)
