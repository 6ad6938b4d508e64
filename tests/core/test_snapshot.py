"""History: bounded, honest about its ends, and never changing what it handed out."""

import math

import numpy as np
import pytest

from core.snapshot import History, Mark, Metrics


def point(step, loss=0.5):
    return Metrics(step, step // 4, loss, loss + 0.1, 0.9, 0.8, np.eye(2, dtype=np.int64))


@pytest.fixture
def history():
    return History()


def fill(history, count):
    for step in range(count):
        history.record(point(step, loss=float(step)))


def test_an_empty_history_has_empty_curves(history):
    assert len(history.curves().step) == 0 and history.last_step == -1


def test_recorded_points_come_back_in_order(history):
    history.record(point(0, 1.0))
    history.record(point(3, 0.5))
    curves = history.curves()
    assert curves.step.tolist() == [0, 3]
    assert curves.train_loss.tolist() == [1.0, 0.5]
    assert curves.test_loss.tolist() == [1.1, 0.6]
    assert curves.train_accuracy.tolist() == [0.9, 0.9]
    assert curves.test_accuracy.tolist() == [0.8, 0.8]


def test_a_second_point_of_a_step_is_ignored(history):
    history.record(point(2, 1.0))
    history.record(point(2, 9.0))
    assert history.curves().train_loss.tolist() == [1.0]


def test_missing_test_figures_stay_missing(history):
    history.record(Metrics(0, 0, 1.0, math.nan, 0.5, math.nan, np.eye(2, dtype=np.int64)))
    assert np.isnan(history.curves().test_loss).all()


@pytest.mark.parametrize("count", [1023, 1024, 1025, 1536, 5000, 20_000])
def test_memory_is_bounded_and_first_and_newest_point_stay(history, count):
    fill(history, count)
    steps = history.curves().step
    assert len(steps) <= History.CAPACITY
    assert steps[0] == 0 and steps[-1] == count - 1


@pytest.mark.parametrize("every", [1, 3, 470])
def test_thinned_curves_cover_the_whole_run_evenly(history, every):
    last = 10_000 * every
    for step in range(0, last + 1, every):  # more often than the history asks for
        history.record(point(step, loss=float(step)))
    curves = history.curves()
    assert np.array_equal(curves.train_loss, curves.step)
    assert np.diff(curves.step).min() > 0
    assert np.diff(curves.step).max() <= 2 * history.stride <= last / 100


def test_what_was_handed_out_stays_as_it_was(history):
    fill(history, 1000)
    early = history.curves()
    kept = early.step.copy(), early.train_loss.copy()
    for step in range(1000, 3000):
        history.record(point(step))
    history.cut(500)
    history.record(point(501, loss=77.0))
    assert np.array_equal(early.step, kept[0]) and np.array_equal(early.train_loss, kept[1])


def test_points_after_a_cut_leave_earlier_curves_as_they_were(history):
    fill(history, 10)
    early = history.curves()
    history.cut(4)
    history.record(point(5, loss=77.0))
    assert early.train_loss.tolist() == list(range(10))
    assert history.curves().train_loss.tolist() == [0, 1, 2, 3, 4, 77]


def test_curves_cannot_be_written(history):
    history.record(point(0))
    with pytest.raises(ValueError, match="read-only"):
        history.curves().train_loss[0] = 3


def test_a_history_goes_on_after_curves_were_taken(history):
    history.record(point(0))
    history.curves()
    history.record(point(1))
    assert history.last_step == 1


def test_cut_forgets_points_and_marks_after_a_step(history):
    fill(history, 10)
    for step in (3, 6, 8):
        history.mark(Mark(step, f"at {step}"))
    history.cut(6)
    assert history.last_step == 6
    assert [mark.step for mark in history.curves().marks] == [3, 6]
    history.record(point(7, loss=70.0))
    assert history.curves().train_loss[-1] == 70.0


def test_marks_are_bounded_and_the_newest_stay(history):
    for step in range(History.CAPACITY + 10):
        history.mark(Mark(step, f"η {step}"))
    marks = history.curves().marks
    assert len(marks) == History.CAPACITY and marks[-1].step == History.CAPACITY + 9


def test_of_the_same_edit_again_and_again_the_newest_mark_stays(history):
    for mark in (Mark(1, "points"), Mark(2, "η 1 → 2"), Mark(3, "points"), Mark(4, "points")):
        history.mark(mark)
    assert [mark.step for mark in history.curves().marks] == [1, 2, 4]


def test_a_copy_goes_on_by_itself(history):
    fill(history, 2000)
    history.mark(Mark(5, "η 1 → 2"))
    twin = history.copy()
    twin.record(point(2000))
    twin.mark(Mark(2000, "points"))
    assert (history.last_step, twin.last_step) == (1999, 2000)
    assert len(history.curves().marks) == 1 and twin.stride == history.stride
