"""Arrows on the plane, checked against softmax regression written out in NumPy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.explain.example_gradients import pulls
from core.train.snapshot import Params, Status
from gui.kit import theme as look
from gui.stage.boundary import gradient_arrows
from gui.stage.boundary.gradient_arrows import LENGTH, SUM_LENGTH


def a_task(batch_size=32, kind="softmax", hidden=0, **chosen):
    data = DataConfig(**chosen)
    config = RunConfig(
        data, ModelConfig(kind=kind, hidden=hidden), TrainingConfig(batch_size=batch_size)
    )
    return prepare(sources.load(data), config)


def worked_out(task, snapshot):
    """Each row's own pull (n, m) and the mean on each row of W, (outputs, m), in float64."""
    values = task.dataset.X[snapshot.batch].astype(np.float64)
    X = (values - task.standardiser.mean) / task.standardiser.std
    y = task.dataset.y[snapshot.batch]
    Z = X @ snapshot.params.W.T + snapshot.params.b
    if task.outputs == 1:
        push = (y - 1 / (1 + np.exp(-Z[:, 0])))[:, None]
        own = push[:, 0]
    else:
        A = np.exp(Z)
        A /= A.sum(axis=1, keepdims=True)
        push = np.eye(task.outputs)[y] - A
        own = push[np.arange(len(y)), y]
    return own[:, None] * X, push.T @ X / len(y)


@pytest.fixture
def tick(qtbot, settle):
    """Return a function that clicks the box and waits for the arrows."""

    def tick(view):
        qtbot.mouseClick(view.gradient_arrows.box, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
        settle()

    return tick


@pytest.mark.parametrize("kind", ["softmax", "binary"])
@pytest.mark.parametrize("standardise", [True, False])
def test_an_arrow_is_the_examples_own_contribution_at_the_stated_length(
    show, trained, tick, kind, standardise
):
    task = a_task(kind=kind, standardise=standardise)
    snapshot = trained(task, 10)
    view = show(task, snapshot)
    tick(view)
    arrows = view.gradient_arrows.shown
    own, means = worked_out(task, snapshot)
    std = task.standardiser.std
    np.testing.assert_allclose(arrows.tails, task.dataset.X[snapshot.batch], rtol=1e-6)
    np.testing.assert_allclose(arrows.tips - arrows.tails, LENGTH * own * std, atol=1e-5)
    np.testing.assert_allclose(arrows.sums, SUM_LENGTH * means * std, atol=1e-5)
    centre = task.dataset.X[task.train_rows].mean(axis=0)
    np.testing.assert_allclose(arrows.centre, centre, rtol=1e-5)


def test_the_lines_go_from_the_points_to_the_tips_in_the_colours_of_the_classes(
    show, trained, tick
):
    task = a_task()
    view = show(task, trained(task, 10))
    tick(view)
    arrows = view.gradient_arrows.shown
    for k, line in enumerate(view.gradient_arrows.lines):
        points = np.stack(line.getData(), axis=1).reshape(-1, 7, 2)  # tail, tip, gap, head, gap
        mine = arrows.y == k
        assert line.pen().color() == look.LIGHT.class_colour(task.dataset.class_marks[k])
        for tail, tip in zip(points[:, 0], points[:, 1], strict=True):
            i = np.flatnonzero((arrows.tails == tail).all(axis=1) & mine)
            assert any(np.allclose(arrows.tips[j], tip) for j in i)
    drawn = sum(len(line.getData()[0]) // 7 for line in view.gradient_arrows.lines)
    assert 0 < drawn <= len(task.train_rows)
    for k, line in enumerate(view.gradient_arrows.sums[:3]):
        x, y = line.getData()
        np.testing.assert_allclose((x[0], y[0]), arrows.centre)
        np.testing.assert_allclose((x[1], y[1]), arrows.centre + arrows.sums[k])


def test_the_plane_that_is_shown_decides_the_two_features(qtbot, show, trained, tick, settle):
    task = a_task(features=("all",))
    snapshot = trained(task, 10)
    view = show(task, snapshot)
    tick(view)
    view.plane_choice.across.setCurrentIndex(0)
    view.plane_choice.across.activated.emit(0)
    view.plane_choice.up.setCurrentIndex(1)
    view.plane_choice.up.activated.emit(1)
    settle()
    own, _ = worked_out(task, snapshot)
    arrows = view.gradient_arrows.shown
    expected = LENGTH * (own * task.standardiser.std)[:, [0, 1]]
    np.testing.assert_allclose(arrows.tips - arrows.tails, expected, atol=1e-5)


def test_a_large_batch_draws_some_arrows_and_counts_all(show, trained, tick, monkeypatch):
    monkeypatch.setattr(gradient_arrows, "MOST_ARROWS", 50)
    task = a_task(batch_size=None)
    snapshot = trained(task, 10)
    assert len(snapshot.batch) == len(task.train_rows) == 120
    view = show(task, snapshot)
    tick(view)
    _, means = worked_out(task, snapshot)
    arrows = view.gradient_arrows.shown
    assert len(arrows.tails) == 40
    expected = SUM_LENGTH * means * task.standardiser.std
    np.testing.assert_allclose(arrows.sums, expected, atol=1e-5)
    assert "at most 50 are drawn" in view.gradient_arrows.text()


def test_nothing_is_drawn_until_the_box_is_ticked_nor_after(show, trained, tick, words):
    task = a_task()
    view = show(task, trained(task, 10))
    assert view.gradient_arrows.shown is None
    assert "arrows" not in words(view)
    tick(view)
    assert any(len(line.getData()[0]) for line in view.gradient_arrows.lines)
    assert "Thin arrows" in words(view)
    tick(view)
    assert not any(len(line.getData()[0]) for line in view.gradient_arrows.lines)
    assert "arrows" not in words(view)


@pytest.mark.parametrize("features", [{"degree": 2}, {"sine": True}])
def test_without_the_features_as_inputs_the_box_is_absent(show, features):
    assert show(a_task()).gradient_arrows.box.isVisible()
    assert not show(a_task(**features)).gradient_arrows.box.isVisible()


def test_arrows_follow_a_training_run(show, trained, tick, settle, qtbot):
    task = a_task()
    view = show(task, trained(task, 1))
    tick(view)
    for steps in (2, 3):
        view.receive_snapshot(replace(trained(task, steps), status=Status.TRAINING))
    last = replace(trained(task, 30), status=Status.TRAINING)
    view.receive_snapshot(last)
    own, _ = worked_out(task, last)
    expected = LENGTH * own * task.standardiser.std

    def has_come():
        settle()
        arrows = view.gradient_arrows.shown
        moved = arrows.tips - arrows.tails
        return moved.shape == expected.shape and np.allclose(moved, expected, atol=1e-5)

    qtbot.waitUntil(has_come)


def test_weights_that_are_not_finite_draw_nothing_new(show, trained, tick, settle):
    task = a_task()
    snapshot = trained(task, 5)
    view = show(task, snapshot)
    tick(view)
    before = view.gradient_arrows.shown
    W = np.full_like(snapshot.params.W, np.nan)
    view.gradient_arrows.request(
        task, replace(snapshot, params=Params(W, snapshot.params.b)), (0, 1), np.zeros(2)
    )
    settle()
    assert view.gradient_arrows.shown is before


@pytest.mark.parametrize(
    ("kind", "pull"),
    [
        ("perceptron", "(y − ŷ)·x"),
        ("adaline", "2 (y − z)·x"),
        ("svm", "(2y − 1)·x"),
        ("mse", "2 (y − a)·a(1 − a)·x"),
        ("ovo", "|a − t|·x"),
    ],
)
def test_arrows_and_words_are_those_of_the_models_own_rule(show, trained, tick, kind, pull):
    task = a_task(kind=kind)
    snapshot = trained(task, 10)
    view = show(task, snapshot)
    tick(view)
    batch = pulls(task, snapshot.params, snapshot.batch)
    std, arrows = task.standardiser.std, view.gradient_arrows.shown
    own = batch.on_own_class() * std
    np.testing.assert_allclose(arrows.tips - arrows.tails, LENGTH * own, atol=1e-5)
    np.testing.assert_allclose(arrows.sums, SUM_LENGTH * batch.of_classes * std, atol=1e-5)
    assert len(arrows.sums) == (3 if kind == "ovo" else 1)
    assert pull in view.gradient_arrows.text() and pull in view.gradient_arrows.box.toolTip()


def test_through_a_hidden_layer_arrows_go_where_the_example_would_cost_less(show, trained, tick):
    task = a_task(hidden=3)
    snapshot = trained(task, 10)
    view = show(task, snapshot)
    tick(view)
    arrows = view.gradient_arrows.shown
    std, params = task.standardiser.std, snapshot.params
    X = torch.from_numpy((arrows.tails - task.standardiser.mean) / std).requires_grad_()
    V, c, W, b = (
        torch.from_numpy(array).double()
        for array in (params.hidden.V, params.hidden.c, params.W, params.b)
    )
    Z = torch.relu(X @ V.T + c) @ W.T + b
    y = torch.from_numpy(task.dataset.y[snapshot.batch])
    torch.nn.functional.cross_entropy(Z, y, reduction="sum").backward()
    assert X.grad is not None
    expected = -LENGTH * X.grad.numpy() * std
    np.testing.assert_allclose(arrows.tips - arrows.tails, expected, atol=1e-5)
    assert len(arrows.sums) == 0
    assert "∂ℓ/∂x" in view.gradient_arrows.text() and "∂ℓ/∂x" in view.gradient_arrows.box.toolTip()


def test_on_a_plane_without_room_nothing_is_drawn(show, trained, tick, monkeypatch):
    task = a_task()
    view = show(task, trained(task, 10))
    # As while the plot has no height; a layout would give it room again before the answer comes.
    box = view.plot.getPlotItem().getViewBox()
    monkeypatch.setattr(box, "viewPixelSize", lambda: (0.0, 0.0))
    tick(view)
    assert not any(len(line.getData()[0]) for line in view.gradient_arrows.lines)
