"""Loss and accuracy against the step."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPixmap
from PySide6.QtWidgets import QPushButton

from core.config import DataConfig, ModelConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from core.train import history
from core.train.history import History, Mark
from core.train.snapshot import Status
from gui.kit import theme as look
from gui.stage.curves.navigation import FIRST_STEPS
from gui.stage.curves.page import CurvesPage
from gui.stage.curves.quantity import ACCURACY, LOSS
from gui.stage.curves.view import CurveView
from tests.gui.wheel import turn_wheel


@pytest.fixture
def task():
    return prepare(sources.load(DataConfig()), RunConfig())


@pytest.fixture
def view_of(show_view, task):
    """Return a function that shows one quantity of the Iris task."""
    views = []

    def view_of(quantity, snapshot=None) -> CurveView:
        view = CurveView(look.LIGHT, quantity)
        views.append(view)
        show_view(view, 360, 240)
        view.receive_task(task)
        if snapshot is not None:
            view.receive_snapshot(snapshot)
        return view

    return view_of


@pytest.fixture
def with_curve(task, trained):
    """Return a function that makes a snapshot whose curves are these losses at every step."""
    base = trained(task, 1)

    def with_curve(losses, marks=()):
        measured = History()
        for step, loss in enumerate(losses):
            measured.record(step, (loss,) * 4)
        for mark in marks:
            measured.mark(mark)
        return replace(base, metrics=replace(base.metrics), curves=measured.curves())

    return with_curve


@pytest.fixture
def long_run(with_curve):
    """A snapshot after 10⁹ steps, in which neighbours have been taken together."""
    measured = History()
    for k, value in enumerate(np.random.default_rng(0).random(100_000)):
        measured.record(10_000 * k, (0.3 + 0.1 * value, 0.4 + 0.1 * value, 0.9, 0.9))
    return replace(with_curve([1.0]), curves=measured.curves())


def ranges(view):
    return view.plot.getPlotItem().getViewBox().viewRange()


def ticks(view, side):
    """The labels at an axis by their places."""
    axis = view.plot.getPlotItem().getAxis(side)
    length = axis.height() if side == "left" else axis.width()
    [(spacing, places)] = axis.tickValues(*axis.range, length)
    return dict(zip(places, axis.tickStrings(places, 1.0, spacing), strict=True))


@pytest.mark.parametrize("quantity", [LOSS, ACCURACY], ids=["loss", "accuracy"])
def test_the_curves_are_what_was_measured(view_of, trained, task, quantity):
    snapshot = trained(task, 50)
    curves = snapshot.curves
    view = view_of(quantity, snapshot)
    assert len(curves.step) == 51
    for curve, expected in (
        (view.train.line, getattr(curves, quantity.train)),
        (view.test.line, getattr(curves, quantity.test)),
    ):
        x, y = curve.getData()
        np.testing.assert_array_equal(x, curves.step)
        np.testing.assert_array_equal(y, expected)


def test_a_long_curve_is_thinned_between_its_ends(view_of, with_curve):
    losses = np.linspace(1, 0.1, 5000)
    view = view_of(LOSS, with_curve(losses))
    x, y = view.train.line.getData()
    assert len(x) < 1000
    assert (x[0], x[-1]) == (0, 4999)
    np.testing.assert_allclose(y, np.interp(x, np.arange(5000), losses), atol=1e-9)


def test_behind_a_thinned_curve_lies_a_band_that_holds_every_value(view_of, with_curve):
    losses = 0.5 + 0.2 * np.sin(np.arange(5000) * 2.1)
    view = view_of(LOSS, with_curve(losses))
    band = view.train.band.path().boundingRect()
    assert band.top() == pytest.approx(losses.min())
    assert band.bottom() == pytest.approx(losses.max())


def test_where_every_point_is_drawn_there_is_no_band(view_of, with_curve):
    view = view_of(LOSS, with_curve(np.linspace(1, 0.1, 50)))
    assert view.train.band.path().isEmpty()


def test_growth_that_is_too_small_to_see_is_not_drawn(view_of, with_curve):
    losses = np.linspace(1, 0.1, 60_000)
    first = replace(with_curve(losses[:50_000]), status=Status.TRAINING)
    view = view_of(LOSS, first)
    before = view.train.line.getData()[0]
    grown = replace(with_curve(losses[:50_002]), status=Status.TRAINING)
    view.receive_snapshot(grown)
    assert view.train.line.getData()[0] is before
    view.receive_snapshot(replace(grown, status=Status.PAUSED))  # what stays is exact
    assert view.train.line.getData()[0][-1] == 50_001


def test_on_a_logarithmic_axis_equal_factors_have_equal_heights(qtbot, view_of, trained, task):
    snapshot = trained(task, 50)
    view = view_of(LOSS, snapshot)
    qtbot.mouseClick(view.log_button, Qt.MouseButton.LeftButton)
    _, y = view.train.line.getData()
    np.testing.assert_allclose(10**y, snapshot.curves.train_loss, rtol=1e-12)
    (_, (low, high)) = ranges(view)
    assert low <= y.min() and y.max() <= high
    labels = ticks(view, "left")
    assert labels and all(float(text) == pytest.approx(10**at) for at, text in labels.items())


@pytest.mark.parametrize("is_log", [False, True])
def test_the_line_of_guessing_lies_at_ln_h(view_of, trained, task, words, is_log):
    view = view_of(LOSS, trained(task, 5))
    view.log_button.setChecked(is_log)
    _, y = view.guess.line.getData()
    height = 10 ** y[0] if is_log else y[0]
    assert height == pytest.approx(math.log(3))
    assert view.guess.label.toPlainText() == "ln 3, guessing"
    assert view.train.line.getData()[1][0] == pytest.approx(y[0], abs=1e-6)  # zero weights guess


def test_the_label_of_guessing_lies_above_its_line_where_no_curve_that_falls_can_meet_it(
    view_of, with_curve
):
    view = view_of(LOSS, with_curve(np.linspace(math.log(3), 1.0, 12)))  # which hardly falls
    label = view.guess.label
    assert label.isVisible()
    view.grab()
    box = view.plot.getViewBox()
    line = box.mapViewToScene(QPointF(0, math.log(3))).y()
    place = label.mapRectToScene(label.boundingRect())
    assert place.bottom() <= line + 1 and place.top() >= box.sceneBoundingRect().top() - 1
    view.resize(300, 110)
    view.grab()
    assert not label.isVisible()  # it would hide a third of so low a plot
    view.resize(640, 480)
    view.grab()
    assert label.isVisible()


def test_the_curves_of_the_stage_and_the_card_have_one_choice_of_the_loss_axis(view_of, qtbot):
    card = view_of(LOSS)
    card.log_button.setChecked(True)  # as a lesson does before the page is first shown
    page = CurvesPage(
        look.LIGHT, [CurveView(look.LIGHT, q) for q in (LOSS, ACCURACY)], card.log_button
    )
    qtbot.addWidget(page)
    large = page.curves[0].log_button
    assert large.isChecked()
    large.click()
    assert not card.log_button.isChecked()
    card.log_button.click()
    assert large.isChecked()


def test_a_low_page_has_the_loss_alone_until_more_is_wanted(show_view, trained, task, qtbot):
    curves = [CurveView(look.LIGHT, quantity) for quantity in (LOSS, ACCURACY)]
    page = CurvesPage(look.LIGHT, curves, QPushButton())
    show_view(page, 500, 400)
    page.receive_task(task)
    page.receive_snapshot(trained(task, 5))
    loss, accuracy = curves
    assert accuracy.isVisible()
    page.resize(500, 200)
    qtbot.waitUntil(lambda: not accuracy.isVisible() and page.is_low)
    qtbot.waitUntil(lambda: loss.height() > 190)
    page.receive_snapshot(trained(task, 9))
    assert page.is_at_rest  # it waits for nothing that cannot be seen
    page.unfold(True)
    assert accuracy.isVisible() and accuracy.snapshot is page.snapshot
    page.resize(500, 400)
    assert accuracy.isVisible() and not page.is_low


def test_accuracy_has_no_logarithm(view_of):
    assert not view_of(ACCURACY).log_button.isVisible()


def test_the_axes_grow_by_doubling(view_of, with_curve):
    view = view_of(LOSS)
    seen = []
    for n in range(2, 200, 3):
        view.receive_snapshot(with_curve(np.linspace(1, 0.5, n)))
        (x0, last), _ = ranges(view)
        assert x0 == 0 and last >= n - 1
        seen.append(last)
    assert len(set(seen)) <= 6
    assert all(b in (a, 2 * a) for a, b in pairwise(seen))


def test_the_loss_axis_grows_by_doubling(view_of, with_curve):
    view = view_of(LOSS)
    tops = []
    for high in np.linspace(1, 30, 80):
        view.receive_snapshot(with_curve([1.0, high]))
        _, (_, top) = ranges(view)
        assert top >= high
        tops.append(round(top, 9))
    ratios = {round(b / a, 6) for a, b in pairwise(tops)}
    assert ratios <= {1.0, 2.0} and 2.0 in ratios


def test_after_reset_the_step_axis_is_short_again(view_of, with_curve):
    view = view_of(LOSS, with_curve(np.linspace(1, 0.5, 1000)))
    (_, before), _ = ranges(view)
    view.receive_snapshot(with_curve([1.0]))
    (_, after), _ = ranges(view)
    assert after <= 16 < before


def test_an_edit_is_marked_at_its_step_with_its_words(view_of, with_curve):
    marks = (Mark(3, "η 0.1 → 0.2"), Mark(7, "batch 32 → 16"))
    view = view_of(LOSS, with_curve(np.linspace(1, 0.5, 12), marks))
    x, _ = view.marks.lines.getData()
    assert sorted(set(x)) == [3, 7]
    said = {label.toPlainText(): label.pos().x() for label in view.marks.labels}
    assert said == {"η 0.1 → 0.2": 3, "batch 32 → 16": 7}
    assert all(label.isVisible() for label in view.marks.labels)


def test_labels_of_marks_lie_neither_on_each_other_nor_on_that_of_guessing(view_of, with_curve):
    marks = (Mark(13, "batch 32 → 16"), Mark(16, "η 0.1 → 0.2"))
    for start in np.linspace(1.2, 4, 12):  # which moves the line of guessing over the plot
        view = view_of(LOSS, with_curve(np.linspace(start, 1, 17), marks))
        view.grab()  # pyqtgraph places labels as they are painted
        labels = [label for label in (view.guess.label, *view.marks.labels) if label.isVisible()]
        assert len(labels) == 3
        places = [label.mapRectToScene(label.boundingRect()) for label in labels]
        for one, other in combinations(places, 2):
            assert not one.intersects(other), start


def test_without_edits_there_are_no_marks(view_of, with_curve):
    view = view_of(LOSS, with_curve([1.0, 0.9]))
    assert not len(view.marks.lines.getData()[0])
    assert not any(label.isVisible() for label in view.marks.labels)


@pytest.mark.parametrize("quantity", [LOSS, ACCURACY], ids=["loss", "accuracy"])
def test_the_pointer_reads_the_nearest_step(view_of, trained, task, hover, words, quantity):
    snapshot = trained(task, 14)
    view = view_of(quantity, snapshot)
    hover(view.plot, 9.1, np.mean(ranges(view)[1]))
    curves = snapshot.curves
    train, test = getattr(curves, quantity.train)[9], getattr(curves, quantity.test)[9]
    expected = (
        f"step 9\ntrain {train:.4f}\ntest {test:.4f}"
        if quantity.is_loss
        else f"step 9\ntrain {train:.1%}\ntest {test:.1%}"
    )
    assert expected in words(view)


# Zooming ----------------------------------------------------------------------------------------


def zoom(view, step, notches):
    """Turn the mouse wheel over a step of the plot, forwards to come closer."""
    box = view.plot.getPlotItem().getViewBox()
    place = view.plot.mapFromScene(box.mapViewToScene(QPointF(step, np.mean(ranges(view)[1]))))
    for _ in range(abs(notches)):
        turn_wheel(view.plot.viewport(), 1 if notches > 0 else -1, place)


@pytest.fixture
def zoomed(view_of, with_curve):
    """A view of 1,000 steps, zoomed in around step 200."""
    view = view_of(LOSS, with_curve(np.linspace(1, 0.1, 1000)))
    zoom(view, 200, 6)
    return view


def test_the_wheel_zooms_around_the_step_under_the_pointer(view_of, with_curve):
    view = view_of(LOSS, with_curve(np.linspace(1, 0.1, 1000)))
    before = ranges(view)[0]
    zoom(view, 300, 5)
    low, high = ranges(view)[0]
    assert high - low == pytest.approx((before[1] - before[0]) / 1.25**5)
    assert (300 - low) / (high - low) == pytest.approx(300 / before[1], abs=0.02)


def test_a_zoomed_part_shows_every_point_that_was_measured(zoomed):
    low, high = ranges(zoomed)[0]
    x, y = zoomed.train.line.getData()
    inside = (x >= low) & (x <= high)
    assert np.array_equal(np.diff(x[inside]), np.ones(inside.sum() - 1))
    np.testing.assert_allclose(y, np.linspace(1, 0.1, 1000)[x.astype(int)])


def test_a_zoomed_part_fills_the_height(zoomed):
    low, high = ranges(zoomed)[1]
    x, y = zoomed.train.line.getData()
    seen = y[(x >= ranges(zoomed)[0][0]) & (x <= ranges(zoomed)[0][1])]
    assert low < seen.min() and seen.max() < high
    assert (seen.max() - seen.min()) / (high - low) > 0.7


def test_zooming_out_ends_at_the_whole_run(zoomed):
    zoom(zoomed, 200, -20)
    assert ranges(zoomed)[0] == [0, 1024]
    assert not zoomed.navigation.whole_button.isVisible()


def test_zooming_in_ends_at_a_few_steps(zoomed):
    zoom(zoomed, 200, 60)
    low, high = ranges(zoomed)[0]
    assert high - low == pytest.approx(8) and low < 200 < high


@pytest.mark.parametrize("way", ["double click", "button", "key"])
def test_the_whole_run_is_one_action_away(zoomed, qtbot, way):
    match way:
        case "double click":
            qtbot.mouseDClick(zoomed.plot.viewport(), Qt.MouseButton.LeftButton)
        case "button":
            qtbot.mouseClick(zoomed.navigation.whole_button, Qt.MouseButton.LeftButton)
        case "key":
            qtbot.keyClick(zoomed.plot, Qt.Key.Key_Home)
    assert ranges(zoomed)[0] == [0, 1024]


def test_a_drag_moves_along_the_steps(zoomed, qtbot):
    (low, high), width = ranges(zoomed)[0], zoomed.plot.getPlotItem().getViewBox().width()
    viewport = zoomed.plot.viewport()
    y = viewport.height() // 2
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(200, y))
    qtbot.mouseMove(viewport, QPoint(150, y))
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(150, y))
    assert ranges(zoomed)[0][0] - low == pytest.approx(50 * (high - low) / width)


def test_arrow_keys_zoom_and_move(zoomed, qtbot):
    low, high = ranges(zoomed)[0]
    qtbot.keyClick(zoomed.plot, Qt.Key.Key_Right)
    assert ranges(zoomed)[0] == pytest.approx([low + (high - low) / 4, high + (high - low) / 4])
    qtbot.keyClick(zoomed.plot, Qt.Key.Key_Up)
    narrow = np.diff(ranges(zoomed)[0])
    assert narrow == pytest.approx((high - low) / 1.25)
    qtbot.keyClick(zoomed.plot, Qt.Key.Key_Down)
    assert np.diff(ranges(zoomed)[0]) == pytest.approx(high - low)


def test_a_part_of_the_past_stays_while_the_run_goes_on(zoomed, with_curve):
    before = ranges(zoomed)[0]
    zoomed.receive_snapshot(with_curve(np.linspace(1, 0.1, 3000)))
    assert ranges(zoomed)[0] == before


def test_the_newest_step_is_followed_where_it_was_in_sight(view_of, with_curve):
    view = view_of(LOSS, with_curve(np.linspace(1, 0.1, 1000)))
    zoom(view, 999, 6)
    span = np.diff(ranges(view)[0])
    seen = set()
    for n in range(1000, 1500, 7):
        view.receive_snapshot(with_curve(np.linspace(1, 0.1, n)))
        low, high = ranges(view)[0]
        assert low <= n - 1 <= high and high - low == pytest.approx(span)
        seen.add(low)
    assert len(seen) < 8  # by leaps


def test_another_run_is_shown_whole(zoomed, task):
    zoomed.receive_task(task)
    assert ranges(zoomed)[0] == [0, 16]


@pytest.mark.usefixtures("face")
def test_zooming_moves_nothing_in_the_header(zoomed):
    before = zoomed.log_button.geometry(), zoomed.key.geometry()
    zoomed.navigation.zoom(None)
    assert (zoomed.log_button.geometry(), zoomed.key.geometry()) == before


def test_the_pointer_reads_a_gathered_stretch_as_such(
    view_of, with_curve, hover, words, monkeypatch
):
    for name, size in (("CAPACITY", 64), ("HEAD", 8), ("TAIL", 16)):
        monkeypatch.setattr(history, name, size)
    view = view_of(LOSS, with_curve(np.linspace(1, 0, 1000)))
    hover(view.plot, 400, np.mean(ranges(view)[1]))
    strip = view.snapshot.curves.strips(("train_loss",), 400, 400, 8)[0]
    i = int(np.abs(strip.step - 400).argmin())
    assert strip.first[i] < strip.last[i]
    assert (
        f"steps {strip.first[i]:.0f}–{strip.last[i]:.0f}\ntrain mean {strip.mean[i]:.4f} "
        f"({strip.low[i]:.4f} … {strip.high[i]:.4f})" in words(view)
    )


@pytest.mark.usefixtures("face")
def test_a_long_reading_asks_for_no_room(view_of, long_run, hover):
    view = view_of(LOSS, long_run)
    narrow, width = view.minimumSizeHint().width(), view.width()
    hover(view.plot, 3e8, np.mean(ranges(view)[1]))
    assert view.reading.isVisible() and len(view.reading.text()) > 80
    assert (view.minimumSizeHint().width(), view.width()) == (narrow, width)


@pytest.mark.parametrize("share", [0.1, 0.9])
def test_a_reading_lies_above_the_curves_away_from_the_pointer(view_of, long_run, hover, share):
    view = view_of(LOSS, long_run)
    hover(view.plot, share * ranges(view)[0][1], np.mean(ranges(view)[1]))
    reading = view.reading.geometry()
    assert view.rect().contains(reading)
    assert (reading.center().x() > view.rect().center().x()) == (share < 0.5)
    assert reading.bottom() < view.plot.geometry().center().y()


@pytest.mark.usefixtures("face")
@pytest.mark.parametrize("steps", [None, (3e8, 3.001e8), (2e8, 7e8)])
def test_labels_of_many_steps_stand_apart(view_of, long_run, steps):
    view = view_of(LOSS, long_run)
    view.navigation.zoom(steps)
    box, axis = view.plot.getPlotItem().getViewBox(), view.plot.getPlotItem().getAxis("bottom")
    metrics = QFontMetricsF(axis.style["tickFont"])
    ends = []
    for place, label in ticks(view, "bottom").items():
        x, half = box.mapViewToScene(QPointF(place, 0)).x(), metrics.horizontalAdvance(label) / 2
        ends += [x - half, x + half]
    assert label.endswith(" steps")
    assert ends == sorted(ends) and ends[-1] < view.plot.width()


def test_a_curve_that_ends_where_test_rows_were_taken_away_stays_in_sight(view_of, with_curve):
    measured = History()
    for step in range(40):
        test = 0.6 if step < 20 else math.nan
        measured.record(step, (0.5, test, 0.9, test))
    view = view_of(LOSS, replace(with_curve([1.0]), curves=measured.curves()))
    x, y = view.test.line.getData()
    assert x[np.isfinite(y)].tolist() == list(range(20))


def test_a_new_task_takes_the_old_curve_away(view_of, trained, task):
    view = view_of(LOSS, trained(task, 5))
    view.receive_task(task)
    assert not len(view.train.line.getData()[0])
    assert not len(view.test.line.getData()[0])


def test_a_loss_of_zero_has_a_place_on_a_logarithmic_axis(view_of, with_curve):
    view = view_of(LOSS)
    view.log_button.setChecked(True)
    view.receive_snapshot(with_curve([1.0, 0.0]))
    assert np.isfinite(view.train.line.getData()[1]).all()
    assert np.isfinite(ranges(view)).all()


@pytest.mark.parametrize("is_log", [False, True])
def test_a_loss_that_is_zero_from_the_first_step_on_has_an_axis(view_of, with_curve, task, is_log):
    view = view_of(LOSS)
    view.log_button.setChecked(is_log)
    perceptron = replace(task.config, model=ModelConfig("perceptron", "setosa", "virginica"))
    other = prepare(task.source, perceptron)  # no one who guesses holds the axis
    view.receive_task(other)
    view.receive_snapshot(replace(with_curve([0.0, 0.0]), task=other))
    (_, (low, high)) = ranges(view)
    lowest = view.train.line.getData()[1].min()
    assert low <= lowest + 1e-9 * (high - low) and lowest < high


# How a run diverged ---------------------------------------------------------------------------


@pytest.fixture
def fallen(with_curve):
    """Return a function that makes a snapshot whose last losses are those of a fall."""

    def fallen(losses, fall, rescued=None, marks=()):
        rescued = len(losses) - 1 if rescued is None else rescued
        measured = History()
        for step, loss in enumerate([*losses, *fall[:-1]]):
            measured.record(step, (loss, loss, 0.5, 0.5))
        failed = len(losses) + len(fall) - 1
        measured.diverge(failed, (fall[-1], fall[-1], 0.4, 0.4), rescued)
        for mark in marks:
            measured.mark(mark)
        return replace(with_curve([1.0]), status=Status.DIVERGED, curves=measured.curves())

    return fallen


def items_of(view):
    """All numbers that any item of the plot was given."""
    lines = [view.train.line, view.test.line, view.fall.train, view.fall.test]
    return np.concatenate([np.concatenate(line.getData()) for line in lines])


@pytest.mark.parametrize("last", [50.0, 1e30, np.inf, np.nan])
@pytest.mark.parametrize("is_log", [False, True])
def test_each_point_of_a_fall_is_drawn_within_the_axes(view_of, fallen, last, is_log):
    view = view_of(LOSS, fallen([1.1, 0.6], [2.0, 7.0, last]))
    view.log_button.setChecked(is_log)
    x, y = view.fall.train.getData()
    assert list(x) == [1, 2, 3, 4]
    low, high = ranges(view)[1]
    assert np.isfinite(items_of(view)).all()
    assert (low <= y).all() and (y <= high).all()
    assert (np.diff(y) > 0).all()  # a larger loss is higher, in the break, too


def test_below_the_break_the_axis_is_that_of_values(view_of, fallen):
    view = view_of(LOSS, fallen([1.1, 0.6], [2.0, 1e6]))
    assert list(view.fall.train.getData()[1][:2]) == [0.6, 2.0]
    assert view.fall.break_line.getData()[1].min() >= 2.0
    assert ranges(view)[1][1] < 10  # and what was healthy can still be seen


def test_a_fall_that_fits_needs_no_break(view_of, fallen):
    view = view_of(LOSS, fallen([1.1, 0.6], [2.0, 3.0]))
    assert not view.fall.break_line.getData()[0].size
    assert list(view.fall.train.getData()[1]) == [0.6, 2.0, 3.0]


def test_the_failing_step_is_crossed_and_named_and_the_rescue_marked(view_of, fallen):
    view = view_of(LOSS, fallen([1.1, 0.6], [2.0, np.nan], marks=[Mark(1, "rescued")]))
    assert view.fall.cross.isVisible()
    assert view.fall.words.toPlainText() == "step 3: no number"
    assert [label.toPlainText() for label in view.marks.labels if label.isVisible()] == ["rescued"]


def test_the_fall_stays_while_the_run_goes_on_and_goes_with_a_reset(view_of, fallen, with_curve):
    before = fallen([1.1], [1e5])
    view = view_of(LOSS, before)
    measured = History()
    measured.record(0, (1.1,) * 4)
    measured.diverge(1, (1e5,) * 4, 0)
    for step in range(1, 6):
        measured.record(step, (1.1 / (step + 1),) * 4)
    view.receive_snapshot(replace(with_curve([1.0]), curves=measured.curves()))
    assert list(view.fall.train.getData()[0]) == [0, 1]
    assert len(view.train.line.getData()[0]) == 6
    view.receive_snapshot(with_curve([1.1]))
    assert not len(view.fall.train.getData()[0]) and not view.fall.cross.isVisible()


def test_a_fall_beyond_what_is_zoomed_into_is_not_crossed(view_of, fallen):
    view = view_of(LOSS, fallen([1.1] * 40, [2.0, 7.0]))
    view.navigation.zoom((2.0, 20.0))
    assert not view.fall.cross.isVisible() and not view.fall.words.isVisible()
    view.navigation.zoom(None)
    assert view.fall.cross.isVisible()


def test_the_axis_of_steps_holds_the_failing_one(view_of, fallen):
    view = view_of(ACCURACY, fallen([1.1], [1.2] * 40, rescued=0))
    assert ranges(view)[0][1] >= 41
    assert view.fall.train.getData()[0][-1] == 40


@pytest.mark.parametrize("points", [10, 15, 20])
def test_shares_at_both_ends_of_the_axis_are_told_at_any_zoom(view_of, type_of, qtbot, points):
    type_of(points)
    view = view_of(ACCURACY)
    axis = view.plot.getPlotItem().getAxis("left")

    def are_told():
        painter = QPainter(canvas := QPixmap(10, 10))
        painter.setFont(axis.style["tickFont"])
        texts = axis.generateDrawSpecs(painter)[2]
        painter.end()
        assert not canvas.isNull() and {"0%", "50%", "100%"} <= {text for _, _, text in texts}

    qtbot.waitUntil(are_told)


@pytest.mark.parametrize("width", [200, 330, 600])
def test_title_key_and_button_never_overlap(view_of, type_of, qtbot, width):
    type_of(20)
    view = view_of(LOSS)
    view.resize(width, 300)

    def are_apart():
        parts = [part.geometry() for part in (view.title, view.key, view.log_button)]
        assert not any(one.intersects(other) for one, other in pairwise([*parts, parts[0]]))

    qtbot.waitUntil(are_apart)


def test_a_hall_sees_curves_of_four_pixels(view_of, type_of):
    type_of(20)
    view = view_of(LOSS)
    assert view.train.line.pen().widthF() == 4 * view.plot.devicePixelRatioF()


def test_a_hall_has_no_button_for_the_axis(view_of):
    view = view_of(LOSS)
    view.present(True)
    assert not view.log_button.isVisible()
    view.present(False)
    assert view.log_button.isVisible()


# Keys -----------------------------------------------------------------------------------------


def test_keys_read_the_values_at_a_step(qtbot, view_of, with_curve):
    view = view_of(LOSS, with_curve(np.linspace(1.0, 0.4, 13)))
    view.activateWindow()
    view.plot.setFocus()
    qtbot.waitUntil(view.plot.hasFocus)
    for _ in range(3):  # the first shows the newest step
        qtbot.keyClick(view.plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert view.reading.isVisible()
    assert view.reading.text().splitlines()[:2] == ["step 10", "train 0.5000"]
    assert view.plot.accessibleDescription().startswith("step 10, train 0.5000")
    view.plot.clearFocus()
    assert not view.reading.isVisible()


def test_a_longer_title_has_the_room_of_the_key_which_goes_below_it(view_of, task):
    view = view_of(LOSS)
    view.resize(view.header.sizeHint().width() + 30, 240)
    assert view.header.indexOf(view.key) >= 0
    config = RunConfig(model=ModelConfig("perceptron"))
    view.receive_task(prepare(task.source, config))
    assert view.header.indexOf(view.key) < 0


@pytest.mark.parametrize("is_page", [False, True])
def test_steps_in_sight_and_what_is_expected_stay_in_another_theme(
    show_view, task, trained, is_page
):
    views = [CurveView(look.LIGHT, quantity) for quantity in (LOSS, ACCURACY)]
    shown = CurvesPage(look.LIGHT, views, QPushButton()) if is_page else views[0]
    show_view(shown)
    snapshot = trained(task, 60)
    shown.receive_task(task)
    shown.receive_snapshot(snapshot)
    view, drawn = views[0], np.array([(0.0, 1.0), (500.0, 0.5)])
    view.expect(500, drawn)
    view.navigation.zoom((20, 40))
    for each in (shown, *views):
        each.receive_theme(look.DARK)
    assert list(view.navigation.steps_in_sight) == [20, 40]
    view.navigation.zoom(None)
    assert list(view.navigation.steps_in_sight) == [0, 512]
    assert view.expected.last_step == 500
    shown.receive_task(prepare(task.source, task.config))
    assert list(view.navigation.steps_in_sight) == [0, FIRST_STEPS]
