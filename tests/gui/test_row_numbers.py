"""The number of a row: the same wherever it is named, counted from 1."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from core.config import DataConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from gui.kit import theme as look
from gui.stage.rows.model import ROW, RowModel
from gui.state.selected_example import Example

TEXT = "x,y,label\n1,5,a\n7,4,b\n3,3,\n4,2,b\n9,1,a\n6,9,b\n"  # line 4 has no label


@pytest.fixture
def task(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text(TEXT, "utf-8")
    config = RunConfig(data=DataConfig(source="csv", path=str(path)))
    return prepare(sources.load(config.data), config)


@pytest.mark.parametrize("row", range(5))
def test_data_and_all_others_number_a_row_alike(dressed, task, row):
    model = RowModel(look.LIGHT)
    model.set_task(task)
    shown = model.index(row, ROW).data(Qt.ItemDataRole.DisplayRole)
    assert shown == str(row + 1)
    part = "test" if row in task.test_rows else "training"
    assert Example.of_row(task, row).words == task.describe_row(row) == f"{part} row {shown}"


@pytest.mark.parametrize("row", range(5))
def test_the_tip_of_a_row_names_its_line_in_the_file(dressed, task, row):
    model = RowModel(look.LIGHT)
    model.set_task(task)
    tip = model.index(row, ROW).data(Qt.ItemDataRole.ToolTipRole)
    (line,) = (int(word.split()[1]) for word in tip.split(" · ") if word.startswith("line"))
    cells = TEXT.splitlines()[line - 1].split(",")
    np.testing.assert_array_equal([float(cell) for cell in cells[:2]], task.dataset.X[row])
    assert tip.startswith(task.describe_row(row))
