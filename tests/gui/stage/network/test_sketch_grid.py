"""The rows and columns of a sketch stand in order, inside of it, at every size."""

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from gui.stage.network.sketch_grid import TALLEST_ROW, SketchGrid


@pytest.fixture(params=[(360, 300), (640, 560), (1400, 900)], ids=str)
def grid(request, dressed):
    width, height = request.param
    return SketchGrid(width, height, QApplication.font())


@pytest.mark.parametrize("count", [1, 3, 10])
def test_rows_are_evenly_spaced_around_the_middle(grid, count):
    rows = [grid.row(i, count) for i in range(count)]
    assert np.mean(rows) == pytest.approx(grid.body.center().y())
    assert np.diff(rows) == pytest.approx(grid.row_height(count))
    assert grid.row_height(count) <= TALLEST_ROW
    assert rows[0] - grid.row_height(count) / 2 >= grid.body.top() - 1e-9
    assert rows[-1] + grid.row_height(count) / 2 <= grid.body.bottom() + 1e-9


def test_columns_follow_one_another_from_logits_to_targets(grid):
    c = grid.columns
    edges = [0, c.logit, c.logit + c.node, c.box, c.box + c.box_width, c.shares]
    edges += [c.shares + c.shares_width, c.target, grid.width]
    assert edges == sorted(edges)


@pytest.mark.parametrize("rect_name", ["node_rect", "named_node_rect"])
def test_a_node_stays_in_its_row(grid, rect_name):
    row = grid.row_height(5)
    rect = getattr(grid, rect_name)(10.0, 200.0, row, grid.node_width)
    assert 200 - row / 2 <= rect.top() and rect.bottom() <= 200 + row / 2
