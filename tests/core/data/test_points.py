"""Drawn points: each edit is a new value, and the old one stays as it was."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import points as drawing
from core.data.points import Points, inside, spray
from core.errors import DataError


@pytest.fixture
def three():
    """Points at (0, 0), (1, 10), (2, 20) of classes A, B, A."""
    return Points().put([(0, 0), (2, 20)], 0).put([(1, 10)], 1).relabel(np.array([1]), 0)


EDITS = {
    "put": lambda points: points.put([(9, 9)], 1),
    "with_point": lambda points: points.with_point(9, 9, 1),
    "erase": lambda points: points.erase(np.array([0])),
    "without_point": lambda points: points.without_point(0),
    "move": lambda points: points.move(np.array([0]), (1, 1)),
    "relabel": lambda points: points.relabel(np.array([0]), 1),
    "jitter": lambda points: points.jitter(np.array([0]), (1, 1), seed=1),
    "clear": lambda points: points.clear(),
    "with_class": lambda points: points.with_class(),
    "rename_class": lambda points: points.rename_class(0, "C"),
    "remove_class": lambda points: points.with_class().remove_class(0),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_leaves_the_points_as_they_were(edit, three):
    kept = three.xy.copy(), three.labels.copy(), three.class_names
    changed = edit(three)
    assert np.array_equal(three.xy, kept[0]) and np.array_equal(three.labels, kept[1])
    assert three.class_names == kept[2]
    assert (changed.class_names, changed.xy.tolist(), changed.labels.tolist()) != (
        kept[2],
        kept[0].tolist(),
        kept[1].tolist(),
    )


def test_points_are_put_at_the_end(three):
    points = three.with_point(7, 8, 1)
    assert points.xy[-1].tolist() == [7, 8] and points.labels.tolist() == [0, 0, 1, 1]
    assert len(points) == 4


def test_there_is_a_most_of_points(monkeypatch, three):
    monkeypatch.setattr(drawing, "MAX_POINTS", 4)
    with pytest.raises(DataError, match="There are 3 points; 4 are the most"):
        three.put([(0, 0), (1, 1)], 0)


def test_a_mask_or_numbers_choose_the_points_to_erase(three):
    by_number = three.erase(np.array([0, 2]))
    by_mask = three.erase(np.array([True, False, True]))
    assert by_number.xy.tolist() == by_mask.xy.tolist() == [[2, 20]]
    assert three.without_point(1).xy.tolist() == [[0, 0], [1, 10]]


def test_moving_shifts_the_chosen_points_only(three):
    assert three.move(np.array([1]), (0.5, -1)).xy.tolist() == [[0, 0], [2.5, 19], [1, 10]]


def test_relabelling_changes_the_chosen_points_only(three):
    assert three.relabel(np.array([True, False, False]), 1).labels.tolist() == [1, 0, 1]


def test_jitter_has_the_spread_of_each_axis_and_is_decided_by_its_seed():
    points = Points().put(np.zeros((5000, 2)), 0)
    rows = np.arange(2500)
    moved = points.jitter(rows, (0.1, 3.0), seed=4)
    np.testing.assert_allclose(moved.xy[rows].std(axis=0), (0.1, 3.0), rtol=0.05)
    assert not moved.xy[2500:].any()
    assert np.array_equal(moved.xy, points.jitter(rows, (0.1, 3.0), seed=4).xy)


def test_clearing_keeps_the_classes(three):
    cleared = three.rename_class(1, "blue").clear()
    assert len(cleared) == 0 and cleared.class_names == ("A", "blue")


def test_up_to_ten_classes_can_be_drawn():
    points = Points()
    for _ in range(8):
        points = points.with_class()
    assert points.class_names == tuple("ABCDEFGHIJ")
    with pytest.raises(DataError, match="There are 10 classes"):
        points.with_class()


def test_a_new_class_takes_the_first_free_letter():
    points = Points().with_class().rename_class(0, "red").with_class()
    assert points.class_names == ("red", "B", "C", "A")


def test_removing_a_class_takes_its_points_and_renumbers_the_others():
    points = Points().with_class().put([(1, 1)], 0).put([(2, 2)], 1).put([(3, 3)], 2)
    left = points.remove_class(1)
    assert left.class_names == ("A", "C")
    assert left.labels.tolist() == [0, 1] and left.xy.tolist() == [[1, 1], [3, 3]]


def test_two_classes_always_stay():
    with pytest.raises(DataError, match="Two classes are the least"):
        Points().remove_class(0)


@pytest.mark.parametrize(("name", "words"), [(" ", "needs a name"), ("B", "a class “B” already")])
def test_a_class_needs_a_name_of_its_own(name, words):
    with pytest.raises(DataError, match=words):
        Points().rename_class(0, name)


def test_a_class_may_keep_its_name_and_blanks_around_it_are_cut():
    assert Points().rename_class(0, " A ").class_names == ("A", "B")


def test_spray_is_even_over_its_ellipse_and_decided_by_its_seed():
    xy = spray((1.0, -2.0), (3.0, 0.5), 20_000, seed=1)
    distance = np.linalg.norm((xy - (1, -2)) / (3, 0.5), axis=1)
    assert distance.max() <= 1
    assert (distance < 0.5).mean() == pytest.approx(0.25, abs=0.02)  # a quarter of the area
    assert np.array_equal(xy, spray((1.0, -2.0), (3.0, 0.5), 20_000, seed=1))


@given(
    st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), max_size=30),
    st.floats(0.1, 1.5),
    st.floats(0.1, 1.5),
)
def test_what_is_inside_a_rectangle_lies_between_its_sides(places, width, height):
    xy = np.array(places).reshape(-1, 2)
    corners = np.array([(-width, -height), (width, -height), (width, height), (-width, height)])
    gap = np.maximum(np.abs(xy[:, 0]) - width, np.abs(xy[:, 1]) - height)
    clear = np.abs(gap) > 1e-9
    assert np.array_equal(inside(xy, corners)[clear], (gap < 0)[clear])


def test_the_notch_of_a_concave_outline_is_outside():
    outline = np.array([(0, 0), (4, 0), (4, 4), (2, 1), (0, 4)], dtype=float)
    assert inside(np.array([(2.0, 0.5), (2.0, 2.0), (0.5, 2.0)]), outline).tolist() == [
        True,
        False,
        True,
    ]


def test_many_points_are_told_part_by_part(monkeypatch, rng):
    outline = rng.normal(size=(9, 2))
    xy = rng.normal(size=(100, 2))
    whole = inside(xy, outline)
    monkeypatch.setattr(drawing, "ROWS_AT_ONCE", 7)
    assert np.array_equal(inside(xy, outline), whole)


@pytest.mark.parametrize("corners", [[(0.0, 0.0)], [(0.0, 0.0), (2.0, 2.0)]])
def test_an_outline_without_an_area_holds_nothing(corners):
    xy = np.array([(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)])
    assert not inside(xy, np.array(corners)).any()


def test_another_seed_sprays_and_jitters_otherwise():
    first, second = (spray((0, 0), (1, 1), 9, seed) for seed in (1, 2))
    assert (first != second).any(axis=1).all()
    points = Points().put(first, 0)
    rows = np.arange(9)
    assert (points.jitter(rows, (1, 1), 1).xy != points.jitter(rows, (1, 1), 2).xy).all()


def test_no_row_chosen_changes_nothing(three):
    nothing = np.empty(0, dtype=np.int64)
    for changed in (three.erase(nothing), three.move(nothing, (1, 1)), three.relabel(nothing, 1)):
        assert np.array_equal(changed.xy, three.xy)
        assert np.array_equal(changed.labels, three.labels)


@given(st.lists(st.integers(0, 9), max_size=20, unique=True))
def test_what_is_erased_by_numbers_and_what_stays_are_all_there_was(rows):
    points = Points().put(np.arange(20.0).reshape(10, 2), 0)
    left = points.erase(np.array(rows, dtype=np.int64))
    assert {x for x, _ in left.xy} | {points.xy[row, 0] for row in rows} == set(points.xy[:, 0])
    assert len(left) == 10 - len(rows)
