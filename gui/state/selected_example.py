"""The selected example, shared by all views: the input whose path through the model is shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.data.task import Task


@dataclass(frozen=True, eq=False)
class Example:
    """One input: `values` (d,) in the features' original units, pixels as they are stored.

    task : the task with its features and classes.
    label : its class, None if unknown, as for a drawing.
    row : its index in the data set, None if it is not one of its rows.
    words : description, as in “training row 17”.
    text : of a document, itself.
    """

    task: Task
    values: NDArray[np.floating]
    label: int | None
    row: int | None
    words: str
    text: str = ""

    @classmethod
    def of_row(cls, task: Task, row: int) -> Example:
        """Return this row of the task's data set as an example."""
        values = np.asarray(task.dataset.values(slice(row, row + 1))[0], dtype=np.float64)
        documents = task.dataset.documents
        text = "" if documents is None else documents.texts[row]
        return cls(task, values, int(task.dataset.y[row]), row, task.describe_row(row), text)


class Chosen(QObject):
    """The selected example; the first training row until the user selects another."""

    changed = Signal(object)  # Example or None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.example: Example | None = None
        self._task: Task | None = None

    def receive_task(self, task: Task) -> None:
        """Take a new task; keep the selected row if the task has the same data set and that row."""
        row = self.example.row if self.example else None
        is_kept = self._task is not None and self._task.source is task.source
        self._task = task
        if not is_kept or row is None or row >= task.dataset.n:
            row = int(task.train_rows[0]) if len(task.train_rows) else None
        self._set(None if row is None else Example.of_row(task, row))

    def choose_row(self, row: int) -> None:
        """Select this row of the data set."""
        if self._task is not None and 0 <= row < self._task.dataset.n:
            self._set(Example.of_row(self._task, row))

    def choose(self, example: Example) -> None:
        """Select this example; ignored if it belongs to another task."""
        if example.task is self._task:
            self._set(example)

    def _set(self, example: Example | None) -> None:
        self.example = example
        self.changed.emit(example)
