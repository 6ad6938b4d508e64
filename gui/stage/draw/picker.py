"""Puts digits of the data set on the pad: any one, a row, or one that is misclassified.

With other data they are removed from the pad, unless the new data have the same picture.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.data.shown_names import shown_classes
from core.data.task import Task
from core.language import mark
from gui.kit.view import View
from gui.stage.draw.drawing import Drawing
from gui.stage.draw.strokes import Content
from gui.state.background_tasks import Background
from gui.state.row_picker import RowPicker

MOST_COLUMNS = 16  # pixels that narrow the rows down before whole pictures are compared


class DigitPicker(RowPicker):
    """Puts rows of a view's task on a drawing."""

    none_there = mark("By now the model puts none of these digits there.")

    def __init__(self, view: View, drawing: Drawing, background: Background) -> None:
        super().__init__(view, background)
        self._drawing = drawing
        self._data = 0  # number of the task
        drawing.renewed = self._renewed

    def show_task(self) -> None:
        """Pick from the view's new task; a digit on the pad stays if that task has it."""
        self._data += 1
        self.row = -1
        self._drawing.renew()

    def _renewed(self, content: Content) -> Content:
        """Return a digit with its note in the current data, or nothing if they lack it."""
        if content.picture is None or content.data == self._data:
            return content
        task = self._view.task
        row = -1 if task is None else row_of(task.dataset, content.picture)
        if task is None or row < 0:
            return Content()
        self.row = row
        return content._replace(note=_note(task, row), data=self._data)

    def show_row(self, row: int) -> None:
        """Put the digit of a row of the data set on the pad."""
        task = self._view.task
        if task is None or not task.dataset.image_shape or not 0 <= row < task.dataset.n:
            return
        self.row = row
        values = task.dataset.values(np.array([row]))[0]
        picture = values.reshape(task.dataset.image_shape)
        self._drawing.put_picture(picture, _note(task, row), self._data)


def _note(task: Task, row: int) -> str:
    return f"{task.describe_row(row)}: {shown_classes(task.dataset)[task.dataset.y[row]]}"


def row_of(dataset: Dataset, picture: NDArray[np.float32]) -> int:
    """Return the index of the first row that is this picture of 0 … 1, −1 if there is none.

    Comparing all rows would be too slow: MNIST has 55 MB. Few rows share the darkest pixels.
    """
    if dataset.image_shape != picture.shape:
        return -1
    values = picture.ravel()
    rows = np.arange(dataset.n)
    for j in np.argsort(-values, kind="stable")[:MOST_COLUMNS]:
        rows = rows[dataset.X[rows, j] / np.float32(dataset.scale) == values[j]]
    found = rows[(dataset.values(rows) == values).all(axis=1)]
    return int(found[0]) if len(found) else -1
