"""The gradient of the next batch as pictures, against autograd."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from torch.nn.functional import cross_entropy

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.train.snapshot import Params, Status
from gui.kit import theme as look
from gui.stage.weights import gradient_images
from gui.stage.weights.view import WeightsView


def a_task(source="digits", weight_decay=0.0):
    data = DataConfig(source=source)
    training = TrainingConfig(weight_decay=weight_decay)
    return prepare(sources.load(data), RunConfig(data=data, training=training))


def by_autograd(task, snapshot):
    """−∇W and −∇b of the mean loss and its penalty over the snapshot's batch."""
    X = torch.from_numpy(task.inputs(task.dataset.values(snapshot.batch))).double()
    y = torch.from_numpy(task.dataset.y[snapshot.batch])
    W = torch.from_numpy(snapshot.params.W).double().requires_grad_()
    b = torch.from_numpy(snapshot.params.b).double().requires_grad_()
    penalty = snapshot.settings.weight_decay / 2 * (W**2).sum()
    (cross_entropy(X @ W.T + b, y) + penalty).backward()
    assert W.grad is not None and b.grad is not None
    return -W.grad.numpy(), -b.grad.numpy()


@pytest.fixture
def settle(qtbot, background):
    """Return a function that waits until the gradient has come."""

    def is_done():
        background.poll()
        return not background.is_busy("gradient")

    return lambda: qtbot.waitUntil(is_done)


@pytest.fixture
def show(show_view, background, trained):
    """Return a function that shows the weights of a task after some steps."""
    keep = []

    def show(task, snapshot=None):
        view = WeightsView(look.LIGHT, background)
        keep.append(view)
        show_view(view)
        view.receive_task(task)
        view.receive_snapshot(snapshot or trained(task, 20))
        QApplication.processEvents()
        return view

    return show


@pytest.fixture
def choose_gradient(qtbot, settle):
    """Return a function that chooses the gradient with the mouse and waits for it."""

    def choose(view, is_gradient=True):
        button = view.subject.button("gradient" if is_gradient else "weights")
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        settle()

    return choose


@pytest.mark.parametrize("weight_decay", [0.0, 0.2])
def test_the_pictures_show_minus_the_gradient_of_autograd(
    show, trained, choose_gradient, weight_decay
):
    task = a_task(weight_decay=weight_decay)
    snapshot = trained(task, 20)
    view = show(task, snapshot)
    choose_gradient(view)
    dW, db = by_autograd(task, snapshot)
    np.testing.assert_allclose(view.gradients.shown.W, dW, atol=1e-6)
    np.testing.assert_allclose(view.gradients.shown.b, db, atol=1e-6)


def test_the_pointer_reads_the_gradient_and_colours_have_its_sign(
    show, trained, choose_gradient, move, pixels
):
    task = a_task()
    snapshot = trained(task, 20)
    view = show(task, snapshot)
    choose_gradient(view)
    dW, db = by_autograd(task, snapshot)
    canvas = view.canvas
    heard: list[str] = []
    canvas.hovered.connect(heard.append)
    shown, read = pixels(canvas), 0
    for y in range(1, canvas.height(), 11):
        for x in range(1, canvas.width(), 11):
            heard.clear()
            move(canvas, QPoint(x, y))
            found = re.fullmatch(
                r"class (\d) · pixel in row (\d), column (\d) · −∇w (\S+) · −∇b (\S+)",
                heard[-1],
            )
            if found is None:
                continue
            k, i, j = (int(found[n]) for n in (1, 2, 3))
            value = dW[k].reshape(8, 8)[i, j]
            assert float(found[4].replace("−", "-")) == pytest.approx(value, abs=6e-6)
            assert float(found[5].replace("−", "-")) == pytest.approx(db[k], abs=6e-6)
            if abs(value) > 0.2 * canvas.scale:
                red, _, blue = shown[y, x]
                assert (blue > red) == (value > 0)
            read += 1
    assert read > 300


def test_the_gradient_has_a_scale_of_its_own(show, choose_gradient):
    view = show(a_task())
    weights = view.canvas.scale
    choose_gradient(view)
    assert view.canvas is view.gradients
    assert view.canvas.scale >= abs(view.gradients.shown.W).max() > 0.3 * view.canvas.scale
    choose_gradient(view, False)
    assert view.canvas is view.pictures
    assert view.canvas.scale == weights


def test_a_new_snapshot_brings_its_own_gradient(show, trained, choose_gradient, settle):
    task = a_task()
    view = show(task)
    choose_gradient(view)
    later = trained(task, 33)
    view.receive_snapshot(later)
    settle()
    np.testing.assert_allclose(view.gradients.shown.W, by_autograd(task, later)[0], atol=1e-6)


def test_a_large_batch_is_not_asked_again_at_once_while_training(
    show, trained, choose_gradient, settle, monkeypatch
):
    monkeypatch.setattr(gradient_images, "LARGE_BATCH", 10)
    monkeypatch.setattr(gradient_images, "LARGE_SECONDS", 3600.0)
    task = a_task()
    first = trained(task, 5)
    view = show(task, first)
    choose_gradient(view)
    view.receive_snapshot(replace(trained(task, 9), status=Status.TRAINING))
    settle()
    np.testing.assert_allclose(view.gradients.shown.W, by_autograd(task, first)[0], atol=1e-6)
    last = trained(task, 12)
    view.receive_snapshot(last)  # paused
    settle()
    np.testing.assert_allclose(view.gradients.shown.W, by_autograd(task, last)[0], atol=1e-6)


def test_weights_that_are_not_finite_keep_the_last_gradient(show, trained, choose_gradient, settle):
    task = a_task()
    first = trained(task, 5)
    view = show(task, first)
    choose_gradient(view)
    W = np.full_like(first.params.W, np.inf)
    view.receive_snapshot(replace(first, params=Params(W, first.params.b)))
    settle()
    np.testing.assert_allclose(view.gradients.shown.W, by_autograd(task, first)[0], atol=1e-6)


def test_measured_data_offers_no_gradient_pictures(show):
    assert show(a_task()).subject.button("gradient").isVisible()
    assert not show(a_task("iris")).subject.button("gradient").isVisible()
