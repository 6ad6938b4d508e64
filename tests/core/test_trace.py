"""One example's numbers against autograd, the trainer, and the published worked example."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F  # noqa: N812

from core.snapshot import Pace, Params, Snapshot, Status
from core.trace import follow
from core.trainer import Trainer


def snapshot_of(trainer: Trainer) -> Snapshot:
    return Snapshot(
        run=1,
        made_at=0.0,
        status=Status.PAUSED,
        step=trainer.step_count,
        epoch=trainer.epoch,
        params=trainer.params(),
        metrics=trainer.metrics,
        curves=trainer.curves(),
        pace=Pace(),
        settings=trainer.settings,
        batch=trainer.next_rows(),
    )


def trained(task, steps: int) -> Trainer:
    trainer = Trainer(task)
    for _ in range(steps):
        trainer.step()
    return trainer


def trace_of(task, trainer, row: int):
    return follow(
        task, snapshot_of(trainer), task.dataset.values()[row], int(task.dataset.y[row]), row
    )


@pytest.mark.parametrize("row", [0, 60, 149])
def test_the_gradient_of_one_example_is_that_of_autograd(iris, make_task, row):
    task = make_task(iris)
    trace = trace_of(task, trained(task, 7), row)
    W = torch.tensor(trace.W, requires_grad=True)
    b = torch.tensor(trace.b, requires_grad=True)
    z = W @ torch.tensor(trace.x) + b
    loss = F.cross_entropy(z[None], torch.tensor([trace.label]))
    dz, dW, db = torch.autograd.grad(loss, (z, W, b))
    np.testing.assert_allclose(trace.a, torch.softmax(z, 0).detach(), rtol=1e-12)
    np.testing.assert_allclose(trace.dz, dz, atol=1e-12)
    np.testing.assert_allclose(trace.dW, dW, atol=1e-12)
    np.testing.assert_allclose(trace.dz, db, atol=1e-12)
    assert trace.loss == pytest.approx(loss.item(), rel=1e-12)


def test_a_binary_neuron_is_followed_through_its_sigmoid(iris, make_task):
    task = make_task(iris, model={"kind": "binary"})
    trace = trace_of(task, trained(task, 7), 3)
    W = torch.tensor(trace.W, requires_grad=True)
    z = W @ torch.tensor(trace.x) + torch.tensor(trace.b)
    loss = F.binary_cross_entropy_with_logits(z, torch.tensor([float(trace.label)]).double())
    (dW,) = torch.autograd.grad(loss, W)
    assert trace.a[0] == pytest.approx(torch.sigmoid(z).item())
    assert trace.a[0] == pytest.approx(1 / trace.total)
    assert trace.loss == pytest.approx(loss.item())
    np.testing.assert_allclose(trace.dW, dW, atol=1e-12)


@pytest.mark.parametrize("kind", ["softmax", "binary"])
@pytest.mark.parametrize(
    "changes", [{}, {"batch_size": 16}, {"batch_size": 16, "weight_decay": 0.1}]
)
def test_the_new_weights_are_those_of_the_trainers_next_step(iris, make_task, kind, changes):
    task = make_task(iris, model={"kind": kind}, **changes)
    trainer = trained(task, 5)
    trace = trace_of(task, trainer, int(trainer.next_rows()[0]))
    trainer.step()
    after = trainer.params()
    np.testing.assert_allclose(trace.new_W, after.W, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(trace.new_b, after.b, rtol=1e-5, atol=1e-7)


def test_the_batch_gradient_is_the_mean_of_its_examples(iris, make_task):
    task = make_task(iris, batch_size=16)
    trainer = trained(task, 3)
    rows = trainer.next_rows()
    traces = [trace_of(task, trainer, int(row)) for row in rows]
    np.testing.assert_allclose(
        traces[0].batch.dW, np.mean([trace.dW for trace in traces], axis=0), atol=1e-6
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
    assert trace.shift == trace.z.max() != 0
    assert np.isfinite(trace.powers).all() and trace.a.sum() == pytest.approx(1)
    assert trace.loss is not None and np.isfinite(trace.loss)


def test_a_drawing_without_a_class_is_followed_up_to_its_probabilities(iris, make_task):
    task = make_task(iris)
    snapshot = snapshot_of(trained(task, 7))
    trace = follow(task, snapshot, task.dataset.values()[0], None, None)
    assert trace.a.sum() == pytest.approx(1)
    assert [trace.y, trace.loss, trace.dz, trace.dW] == [None] * 4
    assert trace.new_W is not None  # the batch moves the weights all the same


def test_at_zero_weights_the_loss_is_ln_h(iris, make_task):
    task = make_task(iris)
    assert trace_of(task, Trainer(task), 5).loss == pytest.approx(np.log(3))
