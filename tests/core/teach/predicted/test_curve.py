"""A drawn loss curve beside the measured one: how far apart, and what differs, in words."""

import math

import numpy as np
import pytest

from core.teach.predicted import curve
from core.train.history import Curves, History

STEPS = np.arange(0.0, 101.0)


def falling(tau, end=0.1, start=0.7):
    return end + (start - end) * np.exp(-STEPS / tau)


def measured(loss) -> Curves:
    history = History()
    for step, value in zip(STEPS, loss, strict=True):
        history.record(int(step), (float(value), math.nan, 0.5, math.nan, math.nan, math.nan))
    return history.curves()


def drawn(loss):
    return np.stack([STEPS, loss], axis=1)


def compared(expected, true):
    found = curve.compare(drawn(expected), measured(true), "nats")
    assert found is not None
    return found


def test_the_distance_is_the_mean_over_the_steps():
    true = falling(20)
    assert compared(true + 0.05, true).distance == pytest.approx(0.05)
    assert compared(true + 0.05, true).words == "On average 0.050 nats apart."
    slope = (STEPS - 50) / 500
    assert compared(true + slope, true).distance == pytest.approx(0.05, abs=1e-3)


def test_half_of_an_exponential_fall_takes_ln_2_of_its_time():
    loss = 0.1 + np.exp(-STEPS / 10)
    assert curve.half_fall(STEPS, loss) == pytest.approx(10 * math.log(2), abs=0.05)


@pytest.mark.parametrize(("tau", "said"), [(3, "faster"), (40, "slower"), (12, "")])
def test_a_curve_may_fall_too_fast_or_too_slowly(tau, said):
    words = compared(falling(tau), falling(10)).words
    assert (said in words) and ("You expected" in words) == bool(said)
    assert not said or "half of the way is done after 7 steps" in words


@pytest.mark.parametrize(("end", "said"), [(0.3, "too high an end, 0.3"), (0.0, "too low an end")])
def test_its_end_may_be_too_high_or_too_low(end, said):
    assert said in compared(falling(10, end), falling(10, 0.1)).words


def test_a_loss_that_does_not_fall_is_said_so():
    flat = np.full(len(STEPS), 0.69)
    assert "it does not" in compared(falling(10), flat).words
    assert "not to fall; it does" in compared(flat, falling(10)).words


def test_a_curve_that_sets_in_a_little_late_is_meant_from_the_first_step():
    found = curve.compare(drawn(falling(25))[12:], measured(falling(3)), "nats")
    assert found is not None and "slower" in found.words and "does not" not in found.words


def test_only_the_steps_that_both_have_count():
    part = drawn(falling(10) + 0.2)[20:50]
    found = curve.compare(part, measured(falling(10)), "nats")
    assert found is not None and found.distance == pytest.approx(0.2)
    assert curve.compare(part + np.array([1000, 0]), measured(falling(10)), "nats") is None
    assert curve.compare(np.empty((0, 2)), measured(falling(10)), "nats") is None


def test_a_stroke_has_one_value_for_each_step_that_of_its_last_passage():
    forth = np.array([[0.0, 1.0], [100.0, 0.0]])
    function = curve.as_function(forth, 0, 100)
    np.testing.assert_allclose(function[:, 1], 1 - function[:, 0] / 100, atol=1e-12)
    back = np.concatenate([forth, [[50.0, 0.8]]])
    function = curve.as_function(back, 0, 100)
    assert np.all(np.diff(function[:, 0]) > 0)
    half = function[:, 0] > 51
    np.testing.assert_allclose(function[half, 1], (100 - function[half, 0]) / 50 * 0.8, atol=1e-9)


@pytest.mark.parametrize(("n", "batch", "count"), [(120, 32, 4), (120, None, 1), (5, 32, 1)])
def test_a_run_has_a_step_for_each_batch_of_each_epoch(n, batch, count):
    assert curve.steps_of_run(n, batch, 50) == 50 * count
