"""Lines between regions."""

import numpy as np

from core.explain.plane import DecisionGrid, boundary_lines


def grid(function, h):
    """Return a grid over [-2, 2] × [-1, 1] with the logits that `function` gives."""
    xs, ys = np.linspace(-2, 2, 41), np.linspace(-1, 1, 21)
    Z = np.stack(function(*np.meshgrid(xs, ys)), axis=-1).astype(np.float32)
    others = np.stack([np.delete(Z, k, axis=-1).max(axis=-1) for k in range(h)], axis=-1)
    return DecisionGrid(xs, ys, np.full_like(Z, 1 / h), Z - others)


def test_two_classes_meet_in_one_line_where_their_logits_are_equal():
    (line,) = boundary_lines(grid(lambda x, y: (0 * x, x - 0.5 * y - 0.25), 2))
    np.testing.assert_allclose(line[:, 0] - 0.5 * line[:, 1], 0.25, atol=1e-6)
    assert {line[:, 1].min(), line[:, 1].max()} == {-1, 1}


def test_each_of_three_regions_has_its_line():
    lines = boundary_lines(grid(lambda x, y: (x, -x, 0.5 + 0 * x), 3))
    places = sorted({round(float(x), 6) for line in lines for x in line[:, 0]})
    assert places == [-0.5, 0.5]


def test_where_one_class_rules_there_is_no_line():
    assert boundary_lines(grid(lambda x, y: (0 * x, 1 + 0 * x), 2)) == []
