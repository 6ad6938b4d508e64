"""Numbers of a class in columns: none is lost, and no prank hides the others."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.classroom.messages import LARGEST
from core.classroom.spread import COLUMNS, round_step, spread


def test_each_number_is_in_the_column_nearest_to_it():
    found = spread([0.1, 0.2, 0.2, 0.7, 1.0])
    assert found is not None and found.median == 0.2
    assert found.step == pytest.approx(0.05)
    filled = {
        round(float(middle), 9): int(count)
        for middle, count in zip(found.middles, found.counts, strict=True)
        if count
    }
    assert filled == {0.1: 1, 0.2: 2, 0.7: 1, 1.0: 1}


def test_a_prank_stands_at_the_edge():
    found = spread([0.6, 0.65, 0.7, 0.7, 0.72, 1e9, -1e9])
    assert found is not None
    assert (found.below, found.above) == (1, 1)
    assert found.middles[0] >= 0.5 and found.middles[-1] <= 0.8


def test_the_truth_is_always_in_sight():
    found = spread([0.5, 0.5, 0.5], truth=0.9)
    assert found is not None
    assert found.middles[0] <= 0.5 and found.middles[-1] >= 0.9 - found.step / 2


def test_nothing_is_drawn_of_nothing():
    assert spread([]) is None


@given(
    st.lists(st.floats(-LARGEST, LARGEST), min_size=1, max_size=300),
    st.none() | st.floats(-LARGEST, LARGEST),
)
def test_all_are_counted_in_a_bounded_number_of_columns(values, truth):
    found = spread(values, truth)
    assert found is not None
    assert found.counts.sum() + found.below + found.above == len(values)
    assert len(found.counts) == len(found.middles) <= COLUMNS + 3
    assert np.isfinite(found.middles).all() and found.step > 0


@pytest.mark.parametrize(
    ("least", "step"), [(0.011, 0.02), (0.02, 0.02), (3, 5), (7, 10), (1e-9, 1e-9), (101, 200)]
)
def test_steps_are_round(least, step):
    assert round_step(least) == pytest.approx(step)
