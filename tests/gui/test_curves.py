"""Loss and accuracy against the step."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt

from core import datasets
from core.config import DataConfig, RunConfig
from core.snapshot import Curves, Mark
from core.task import prepare
from gui import look
from gui.views.curves import ACCURACY, LOSS, CurveView


@pytest.fixture
def task():
    return prepare(datasets.load(DataConfig()), RunConfig())


@pytest.fixture
def view_of(show_view, task):
    """Return a function that shows one quantity of the Iris task."""
    views = []

    def view_of(quantity, snapshot=None) -> CurveView:
        view = CurveView(look.LIGHT, quantity)
        views.append(view)
        show_view(view, 360, 240)
        view.offer_task(task)
        if snapshot is not None:
            view.offer_snapshot(snapshot)
        return view

    return view_of


@pytest.fixture
def with_curve(task, trained):
    """Return a function that makes a snapshot whose curves are these losses at every step."""
    base = trained(task, 1)

    def with_curve(losses, marks=()):
        losses = np.asarray(losses, dtype=np.float64)
        curves = Curves(np.arange(len(losses)), losses, losses, losses, losses, tuple(marks))
        return replace(base, metrics=replace(base.metrics), curves=curves)

    return with_curve


def ranges(view):
    return view.plot.getPlotItem().getViewBox().viewRange()


@pytest.mark.parametrize("quantity", [LOSS, ACCURACY], ids=["loss", "accuracy"])
def test_the_curves_are_what_was_measured(view_of, trained, task, quantity):
    snapshot = trained(task, 50)
    curves = snapshot.curves
    view = view_of(quantity, snapshot)
    assert len(curves.step) == 51
    for curve, expected in (
        (view.train_curve, quantity.train(curves)),
        (view.test_curve, quantity.test(curves)),
    ):
        x, y = curve.getData()
        np.testing.assert_array_equal(x, curves.step)
        np.testing.assert_array_equal(y, expected)


def test_a_long_curve_is_thinned_between_its_ends(view_of, with_curve):
    losses = np.linspace(1, 0.1, 5000)
    x, y = view_of(LOSS, with_curve(losses)).train_curve.getData()
    assert len(x) < 1000
    assert (x[0], x[-1]) == (0, 4999)
    np.testing.assert_array_equal(y, losses[x.astype(int)])


def test_on_a_logarithmic_axis_equal_factors_have_equal_heights(qtbot, view_of, trained, task):
    snapshot = trained(task, 50)
    view = view_of(LOSS, snapshot)
    qtbot.mouseClick(view.log_button, Qt.MouseButton.LeftButton)
    _, y = view.train_curve.getData()
    np.testing.assert_allclose(10**y, snapshot.curves.train_loss, rtol=1e-12)
    (_, (low, high)) = ranges(view)
    assert low <= y.min() and y.max() <= high
    ticks = dict(view.plot.getPlotItem().getAxis("left")._tickLevels[0])
    assert ticks and all(float(text) == pytest.approx(10**at) for at, text in ticks.items())


@pytest.mark.parametrize("is_log", [False, True])
def test_the_line_of_guessing_lies_at_ln_h(view_of, trained, task, words, is_log):
    view = view_of(LOSS, trained(task, 5))
    view.log_button.setChecked(is_log)
    _, y = view._guess.getData()
    height = 10 ** y[0] if is_log else y[0]
    assert height == pytest.approx(math.log(3))
    assert view._guess_label.toPlainText() == "ln 3, guessing"
    assert view.train_curve.getData()[1][0] == pytest.approx(y[0], abs=1e-6)  # zero weights guess


def test_accuracy_has_no_logarithm(view_of):
    assert not view_of(ACCURACY).log_button.isVisible()


def test_the_axes_grow_by_doubling(view_of, with_curve):
    view = view_of(LOSS)
    seen = []
    for n in range(2, 200, 3):
        view.offer_snapshot(with_curve(np.linspace(1, 0.5, n)))
        (x0, last), _ = ranges(view)
        assert x0 == 0 and last >= n - 1
        seen.append(last)
    assert len(set(seen)) <= 6
    assert all(b in (a, 2 * a) for a, b in pairwise(seen))


def test_the_loss_axis_grows_by_doubling(view_of, with_curve):
    view = view_of(LOSS)
    tops = []
    for high in np.linspace(1, 30, 80):
        view.offer_snapshot(with_curve([1.0, high]))
        _, (_, top) = ranges(view)
        assert top >= high
        tops.append(round(top, 9))
    ratios = {round(b / a, 6) for a, b in pairwise(tops)}
    assert ratios <= {1.0, 2.0} and 2.0 in ratios


def test_after_reset_the_step_axis_is_short_again(view_of, with_curve):
    view = view_of(LOSS, with_curve(np.linspace(1, 0.5, 1000)))
    (_, before), _ = ranges(view)
    view.offer_snapshot(with_curve([1.0]))
    (_, after), _ = ranges(view)
    assert after <= 16 < before


def test_an_edit_is_marked_at_its_step_with_its_words(view_of, with_curve):
    marks = (Mark(3, "η 0.1 → 0.2"), Mark(7, "batch 32 → 16"))
    view = view_of(LOSS, with_curve(np.linspace(1, 0.5, 12), marks))
    x, _ = view._mark_lines.getData()
    assert sorted(set(x)) == [3, 7]
    said = {label.toPlainText(): label.pos().x() for label in view._mark_labels}
    assert said == {"η 0.1 → 0.2": 3, "batch 32 → 16": 7}
    assert all(label.isVisible() for label in view._mark_labels)


def test_without_edits_there_are_no_marks(view_of, with_curve):
    view = view_of(LOSS, with_curve([1.0, 0.9]))
    assert not len(view._mark_lines.getData()[0])
    assert not any(label.isVisible() for label in view._mark_labels)


@pytest.mark.parametrize("quantity", [LOSS, ACCURACY], ids=["loss", "accuracy"])
def test_the_pointer_reads_the_nearest_step(view_of, trained, task, hover, words, quantity):
    snapshot = trained(task, 14)
    view = view_of(quantity, snapshot)
    hover(view.plot, 9.1, np.mean(ranges(view)[1]))
    curves = snapshot.curves
    train, test = quantity.train(curves)[9], quantity.test(curves)[9]
    expected = (
        f"step 9 · train {train:.4f} · test {test:.4f}"
        if quantity.is_loss
        else f"step 9 · train {train:.1%} · test {test:.1%}"
    )
    assert expected in words(view)


def test_a_new_task_takes_the_old_curve_away(view_of, trained, task):
    view = view_of(LOSS, trained(task, 5))
    view.offer_task(task)
    assert not len(view.train_curve.getData()[0])
    assert not len(view.test_curve.getData()[0])


def test_a_loss_of_zero_has_a_place_on_a_logarithmic_axis(view_of, with_curve):
    view = view_of(LOSS)
    view.log_button.setChecked(True)
    view.offer_snapshot(with_curve([1.0, 0.0]))
    assert np.isfinite(view.train_curve.getData()[1]).all()
    assert np.isfinite(ranges(view)).all()
