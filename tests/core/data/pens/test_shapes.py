"""The shapes that digits are written in: bundled ones, and how their text is read."""

import numpy as np
import pytest

from core.data.pens.shapes import read_shapes, shapes
from core.errors import DataError


def test_every_digit_has_at_least_nine_shapes_with_names_of_their_own():
    for digit in range(10):
        names = [shape.name for shape in shapes() if shape.digit == digit]
        assert len(names) == len(set(names)) >= 9


@pytest.mark.parametrize(
    ("digit", "name"), [(0, "slashed"), (1, "serifs"), (4, "open"), (7, "crossed"), (9, "curled")]
)
def test_shapes_that_mnist_hardly_has_are_there(digit, name):
    assert any(shape.digit == digit and shape.name == name for shape in shapes())


def test_shapes_are_about_100_high():
    for shape in shapes():
        points = np.concatenate(shape.strokes)
        assert 90 <= np.ptp(points[:, 1]) <= 130 and np.ptp(points[:, 0]) <= 130


def test_a_line_is_a_digit_a_name_and_strokes():
    (shape,) = read_shapes("# a comment\n\n7 crossed 0,0 9,-1.5 4,9 / 2,5 7,5\n")
    assert (shape.digit, shape.name) == (7, "crossed")
    assert [stroke.tolist() for stroke in shape.strokes] == [
        [[0, 0], [9, -1.5], [4, 9]],
        [[2, 5], [7, 5]],
    ]


@pytest.mark.parametrize(
    "line",
    [
        "7",
        "7 bare",
        "x plain 0,0 1,1",
        "12 plain 0,0 1,1",
        "7 plain 0,0 1",
        "7 plain 0,0 /",
        "7 plain 0,0 1,x",
        "7 plain 0,nan 1,1",
        "7 plain 0,0,0 1,1,1",
    ],
)
def test_a_line_that_is_no_shape_is_named_by_its_number(line):
    with pytest.raises(DataError, match="Line 2 of the shapes"):
        read_shapes(f"1 stick 0,0 0,9\n{line}\n")
