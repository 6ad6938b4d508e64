"""Puts digits of the data set on the pad: any one, a row, or one that is misclassified.

With other data they are removed from the pad, unless the new data have the same picture.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.data.dataset import Dataset
from core.data.task import Task
from gui.kit.view import View
from gui.stage.draw.drawing import Drawing
from gui.stage.draw.strokes import Content
from gui.state.background_tasks import Background

Rows = NDArray[np.int64]

MOST_COLUMNS = 16  # pixels that narrow the rows down before whole pictures are compared


class DigitPicker(QObject):
    """Puts rows of a view's task on a drawing.

    row : the last row picked, −1 for none of this task.
    """

    remarked = Signal(str)  # the reason why there is nothing to pick

    def __init__(self, view: View, drawing: Drawing, background: Background) -> None:
        super().__init__(view)
        self._view, self._drawing, self._background = view, drawing, background
        self._random = np.random.default_rng()
        self._data = 0  # number of the task
        self.row = -1
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

    def pick_any(self) -> None:
        """Put any test digit on the pad."""
        rows = self._rows_to_pick
        if len(rows):
            self.show_row(int(self._random.choice(rows)))

    def pick_mistake(self) -> None:
        """Put the next misclassified test digit on the pad."""
        self._pick(lambda true, decided: true != decided, "The model gets all of them right.")

    def show_mistake(self, true: int, predicted: int) -> None:
        """Put the next test digit of class `true` that is taken for `predicted` on the pad."""
        self._pick(
            lambda y, decided: (y == true) & (decided == predicted),
            "By now the model puts none of these digits there.",
        )

    @property
    def _rows_to_pick(self) -> Rows:
        task = self._view.task
        if task is None:
            return np.empty(0, dtype=np.int64)
        return task.test_rows if len(task.test_rows) else task.train_rows

    def _pick(self, wanted: Callable[[Rows, Rows], NDArray[np.bool_]], none: str) -> None:
        """Put the next digit whose class and decision are wanted on the pad, in the background."""
        task, snapshot = self._view.task, self._view.snapshot
        if task is None or snapshot is None:
            return
        rows, params = self._rows_to_pick, snapshot.params

        def work() -> Rows:
            from core.explain import probe  # imports PyTorch

            found = wanted(task.dataset.y[rows], probe.decided(task, params, rows))
            return np.asarray(rows[found])

        def chosen(found: Rows) -> None:
            if task is not self._view.task:
                return
            if len(found):
                later = found[found > self.row]
                self.show_row(int(later[0] if len(later) else found[0]))
            else:
                self.remarked.emit(none)

        self._background.ask("pick", work, chosen)


def _note(task: Task, row: int) -> str:
    return f"{task.describe_row(row)}: {task.dataset.class_names[task.dataset.y[row]]}"


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
