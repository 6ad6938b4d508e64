"""Digits of the data set put on the pad: any one, a row, or what the model gets wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from gui.kit.view import View
from gui.stage.draw.drawing import Drawing
from gui.state.background_tasks import Background

Rows = NDArray[np.int64]


class DigitPicker(QObject):
    """Puts rows of the task of a view on a drawing.

    row : the one that was picked last, −1 for none of this task.
    """

    remarked = Signal(str)  # why there is nothing to pick

    def __init__(self, view: View, drawing: Drawing, background: Background) -> None:
        super().__init__(view)
        self._view, self._drawing, self._background = view, drawing, background
        self._random = np.random.default_rng()
        self.row = -1

    def show_row(self, row: int) -> None:
        """Put the digit of a row of the data set on the pad."""
        task = self._view.task
        if task is None or not task.dataset.image_shape or not 0 <= row < task.dataset.n:
            return
        self.row = row
        values = task.dataset.values(np.array([row]))[0]
        name = task.dataset.class_names[task.dataset.y[row]]
        note = f"{task.say_row(row)}: {name}"
        self._drawing.put_picture(values.reshape(task.dataset.image_shape), note)

    def pick_any(self) -> None:
        """Put any test digit on the pad."""
        rows = self._rows_to_pick
        if len(rows):
            self.show_row(int(self._random.choice(rows)))

    def pick_mistake(self) -> None:
        """Put the next test digit on the pad that the model takes for another."""
        self._pick(lambda true, decided: true != decided, "The model gets all of them right.")

    def show_mistake(self, true: int, predicted: int) -> None:
        """Put the next test digit on the pad that is of one class and taken for the other."""
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
        """Put the next digit on the pad whose class and decision are wanted; in the background."""
        task, snapshot = self._view.task, self._view.snapshot
        if task is None or snapshot is None:
            return
        rows, params = self._rows_to_pick, snapshot.params

        def work() -> Rows:
            from core.explain import probe  # brings PyTorch

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
