"""Strokes as values: the eraser's distance and the curve, against brute force and a known one."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.stage.draw.strokes import Content, Gesture, bezier, distance

SHARES = st.floats(0, 1)
POINTS = st.lists(st.tuples(SHARES, SHARES), min_size=1, max_size=6)


@given(POINTS, st.tuples(SHARES, SHARES))
def test_the_distance_to_a_line_is_that_to_its_nearest_point(points, position):
    line = np.array(points)
    t = np.linspace(0, 1, 400)[:, None]
    between = [a + t * (b - a) for a, b in pairwise(line)]
    dense = np.concatenate([line, *between])
    nearest = np.hypot(*(dense - position).T).min()
    found = distance(line, np.array(position))
    assert found <= nearest + 1e-9
    assert found == pytest.approx(nearest, abs=2e-3)


def test_a_curve_through_a_straight_line_is_straight():
    points = [complex(x, 2 * x) for x in (0.0, 1.0, 2.0, 3.0)]
    for i in range(3):
        curve = np.array(bezier(points, i))
        assert curve[0] == points[i] and curve[3] == points[i + 1]
        np.testing.assert_allclose(curve.imag, 2 * curve.real)
        assert (np.diff(curve.real) > 0).all()


@given(st.lists(st.complex_numbers(max_magnitude=1), min_size=3, max_size=6, unique=True))
def test_pieces_meet_with_one_direction(points):
    if min(abs(np.diff(points))) < 1e-3:
        return
    for i in range(len(points) - 2):
        arriving = np.subtract(*bezier(points, i)[:1:-1])
        leaving = np.subtract(*bezier(points, i + 1)[1::-1])
        assert abs((arriving * np.conj(leaving)).imag) <= 1e-6


def test_a_stroke_has_pressures_only_where_all_its_points_have_one():
    assert Content().with_stroke([(0, 0, 1.0), (1, 1, 0.5)]).strokes[0].shape == (2, 3)
    assert Content().with_stroke([(0, 0, 1.0), (1, 1)]).strokes[0].shape == (2, 2)


def test_a_point_that_is_no_farther_is_not_added():
    gesture = Gesture(Content(), [(0.5, 0.5)])
    assert not gesture.add((0.501, 0.5)) and gesture.add((0.503, 0.5))
    assert gesture.points == [(0.5, 0.5), (0.503, 0.5)]
