"""History: no extreme is lost, means are exact, memory is bounded, what was handed out stays."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.train import history as module
from core.train.history import HEAD, MARKS, SERIES, TAIL, History, Mark

FIGURES = (0.5, 0.6, 0.9, 0.8, 0.7, 0.85)


@pytest.fixture
def history():
    return History()


@pytest.fixture
def small(monkeypatch):
    """A history with room for 64 entries."""
    monkeypatch.setattr(module, "CAPACITY", 64)
    monkeypatch.setattr(module, "HEAD", 8)
    monkeypatch.setattr(module, "TAIL", 16)
    return History()


def figures(value):
    return value, value + 0.1, 0.9, 0.8, value + 0.2, 0.85


def fill(history, count, every=1):
    for step in range(0, count * every, every):
        history.record(step, figures(float(step)))


def test_an_empty_history_has_empty_curves(history):
    assert len(history.curves().step) == 0 and history.last_step == -1


def test_recorded_points_come_back_in_order(history):
    history.record(0, (1.0, 1.1, 0.9, 0.8, 1.2, 0.7))
    history.record(3, (0.5, 0.6, 0.95, 0.85, 0.7, 0.75))
    curves = history.curves()
    assert curves.step.tolist() == [0, 3]
    assert curves.train_loss.tolist() == [1.0, 0.5]
    assert curves.test_loss.tolist() == [1.1, 0.6]
    assert curves.train_accuracy.tolist() == [0.9, 0.95]
    assert curves.test_accuracy.tolist() == [0.8, 0.85]
    assert curves.validation_loss.tolist() == [1.2, 0.7]
    assert curves.validation_accuracy.tolist() == [0.7, 0.75]


def test_a_second_point_of_a_step_is_ignored(history):
    history.record(2, figures(1.0))
    history.record(2, figures(9.0))
    assert history.curves().train_loss.tolist() == [1.0]


def test_missing_test_figures_stay_missing(small):
    for step in range(200):
        small.record(step, (1.0, math.nan, 0.5, math.nan, 0.8, 0.6))
    curves = small.curves()
    assert np.isnan(curves.test_loss).all() and (curves.train_loss == 1).all()
    assert np.isnan(curves.strips(("test_loss",), 0, 200, 10)[0].high).all()


def test_tens_of_thousands_of_points_stay_exact(history):
    fill(history, module.CAPACITY)
    curves = history.curves()
    assert np.array_equal(curves.step, np.arange(module.CAPACITY))
    assert np.array_equal(curves.train_loss, curves.step)


@given(
    values=st.lists(st.floats(-1e6, 1e6, width=32), min_size=65, max_size=700),
    gaps=st.lists(st.integers(1, 50), min_size=1, max_size=9),
)
@settings(deadline=None)
def test_gathering_loses_no_extreme_and_no_mean(values, gaps):
    with pytest.MonkeyPatch.context() as patch:
        for name, size in (("CAPACITY", 64), ("HEAD", 8), ("TAIL", 16)):
            patch.setattr(module, name, size)
        history = History()
        steps = np.cumsum([gaps[i % len(gaps)] for i in range(len(values))]).tolist()
        for step, value in zip(steps, values, strict=True):
            history.record(step, figures(value))
        table = history.curves().table
    assert table.shape[1] <= 64
    assert table[module.COUNT].sum() == len(values)
    ends = np.cumsum(table[module.COUNT]).astype(int)
    for k, end in enumerate(ends):
        part = np.array(values[end - int(table[module.COUNT, k]) : end])
        assert (table[module.LOW][0, k], table[module.HIGH][0, k]) == (part.min(), part.max())
        assert table[module.TOTAL][0, k] == pytest.approx(part.sum(), rel=1e-9, abs=1e-6)
        assert table[module.LAST, k] == steps[end - 1]
    assert (table[module.COUNT, :8] == 1).all() and (table[module.COUNT, -16:] == 1).all()


def test_a_run_of_a_thousand_million_steps_fits_into_little_memory(history):
    count, largest = 100_000, 0
    steps = np.linspace(0, 10**9, count).astype(np.int64).tolist()
    for step in steps:
        history.record(step, FIGURES)
        largest = max(largest, history.nbytes)
    assert largest <= 3 * 2**20  # twice that while it gathers
    table = history.curves().table
    assert table[module.COUNT].sum() == count
    assert np.array_equal(table[module.LAST, :HEAD], steps[:HEAD])
    assert np.array_equal(table[module.LAST, -TAIL:], steps[-TAIL:])


def test_the_middle_of_a_long_run_is_gathered_evenly(small):
    fill(small, 2000)
    table = small.curves().table[:, 8:-40]
    width = table[module.LAST] - table[module.FIRST] + 1
    assert width[1:].min() >= small.stride / 2 and width.max() <= small.stride


def test_what_was_handed_out_stays_as_it_was(small):
    fill(small, 60)
    early = small.curves()
    kept = early.table.copy()
    for step in range(60, 300):
        small.record(step, FIGURES)
    small.cut(290)
    small.record(291, figures(77.0))
    assert np.array_equal(early.table, kept)


def test_points_after_a_cut_leave_earlier_curves_as_they_were(history):
    fill(history, 10)
    early = history.curves()
    history.cut(4)
    history.record(5, figures(77.0))
    assert early.train_loss.tolist() == list(range(10))
    assert history.curves().train_loss.tolist() == [0, 1, 2, 3, 4, 77]


@pytest.mark.parametrize("name", ["table", "train_loss"])
def test_curves_cannot_be_written(history, name):
    history.record(0, FIGURES)
    with pytest.raises(ValueError, match="read-only"):
        getattr(history.curves(), name)[0] = 3


def test_a_history_goes_on_after_curves_were_taken(history):
    history.record(0, FIGURES)
    history.curves()
    history.record(1, FIGURES)
    assert history.last_step == 1


def test_cut_forgets_points_and_marks_after_a_step(history):
    fill(history, 10)
    for step in (3, 6, 8):
        history.mark(Mark(step, f"at {step}"))
    history.cut(6)
    assert history.last_step == 6
    assert [mark.step for mark in history.curves().marks] == [3, 6]
    history.record(7, figures(70.0))
    assert history.curves().train_loss[-1] == 70.0


def test_a_cut_within_gathered_points_ends_there(small):
    fill(small, 2000)
    table = small.curves().table
    k = int(np.argmax(table[module.COUNT] > 2))
    inside = int(table[module.FIRST, k]) + 1
    small.cut(inside)
    assert small.last_step == inside
    small.record(inside + 1, figures(7.0))
    assert small.curves().step[-2:].tolist() == [inside, inside + 1]


def test_a_cut_before_everything_leaves_nothing(history):
    history.record(5, FIGURES)
    history.cut(2)
    assert history.last_step == -1 and len(history.curves().step) == 0


def test_marks_are_bounded_and_the_newest_stay(history):
    for step in range(MARKS + 10):
        history.mark(Mark(step, f"η {step}"))
    marks = history.curves().marks
    assert len(marks) == MARKS and marks[-1].step == MARKS + 9


def test_of_the_same_edit_again_and_again_the_newest_mark_stays(history):
    for mark in (Mark(1, "points"), Mark(2, "η 1 → 2"), Mark(3, "points"), Mark(4, "points")):
        history.mark(mark)
    assert [mark.step for mark in history.curves().marks] == [1, 2, 4]


def test_a_copy_goes_on_by_itself(small):
    fill(small, 2000)
    small.mark(Mark(5, "η 1 → 2"))
    twin = small.copy()
    twin.record(2000, FIGURES)
    twin.mark(Mark(2000, "points"))
    assert (small.last_step, twin.last_step) == (1999, 2000)
    assert len(small.curves().marks) == 1 and twin.stride == small.stride


# Strips -----------------------------------------------------------------------------------------


def test_a_strip_of_few_points_is_the_points(history):
    fill(history, 20)
    strip = history.curves().strips(("train_loss",), 0, 19, 300)[0]
    for array in (strip.step, strip.low, strip.mean, strip.high):
        assert array.tolist() == list(range(20))


@pytest.mark.parametrize("name", SERIES)
def test_a_strip_of_many_points_keeps_extremes_and_means_of_its_columns(history, name):
    rng = np.random.default_rng(1)
    values = rng.random((5000, len(SERIES)))
    for step, row in enumerate(values):
        history.record(step, tuple(row))
    mine = values[:, SERIES.index(name)]
    strip = history.curves().strips((name,), 0, 4999, 100)[0]
    assert 90 <= len(strip.step) <= 103
    assert (strip.first[0], strip.last[-1]) == (0, 4999)
    for first, last, low, mean, high in zip(
        strip.first, strip.last, strip.low, strip.mean, strip.high, strict=True
    ):
        part = mine[int(first) : int(last) + 1]
        assert (low, high) == (part.min(), part.max())
        assert mean == pytest.approx(part.mean())


def test_a_strip_reaches_just_beyond_both_ends(history):
    fill(history, 100, every=10)
    strip = history.curves().strips(("train_loss",), 205, 395, 300)[0]
    assert strip.step.tolist() == list(range(200, 401, 10))


def test_a_strip_of_an_empty_history_is_empty(history):
    assert len(history.curves().strips(("train_loss",), 0, 10, 100)[0].step) == 0
