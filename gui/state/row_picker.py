"""Picks rows of the data to ask the model about: any one, or one that is misclassified."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.language import mark, tr
from gui.kit.view import View
from gui.state.background_tasks import Background

Rows = NDArray[np.int64]


class RowPicker(QObject):
    """Picks rows of a view's task; those for testing, if there are any.

    row : the last row picked, −1 for none of this task.
    """

    remarked = Signal(str)  # the reason why there is nothing to pick
    none_wrong = mark("The model gets all of them right.")
    none_there = mark("By now the model puts none of these there.")

    def __init__(self, view: View, background: Background) -> None:
        super().__init__(view)
        self._view, self._background = view, background
        self._random = np.random.default_rng()
        self.row = -1

    def show_row(self, row: int) -> None:
        """Show this row of the data set."""
        raise NotImplementedError

    def pick_any(self) -> None:
        """Show any test row."""
        rows = self._rows_to_pick
        if len(rows):
            self.show_row(int(self._random.choice(rows)))

    def pick_mistake(self) -> None:
        """Show the next misclassified test row."""
        self._pick(lambda true, decided: true != decided, self.none_wrong)

    def show_mistake(self, true: int, predicted: int) -> None:
        """Show the next test row of class `true` that is taken for `predicted`."""
        self._pick(
            lambda y, decided: (y == true) & (decided == predicted),
            self.none_there,
        )

    @property
    def _rows_to_pick(self) -> Rows:
        task = self._view.task
        if task is None:
            return np.empty(0, dtype=np.int64)
        return task.test_rows if len(task.test_rows) else task.train_rows

    def _pick(self, wanted: Callable[[Rows, Rows], NDArray[np.bool_]], none: str) -> None:
        """Show the next row whose class and decision are wanted, found in the background."""
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
                self.remarked.emit(tr(none))

        self._background.ask("pick", work, chosen)
