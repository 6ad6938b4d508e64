"""Choice of the features that the model uses."""

from __future__ import annotations

from PySide6.QtCore import Signal

from core.data.dataset import Dataset
from core.data.shown_names import shown_columns
from core.data.task import Task
from core.language import tr
from core.number_format import format_integer
from gui.setup.menu_picker import ALL, MOST_LISTED, MenuPicker


class FeaturePicker(MenuPicker):
    """Shows how many features the task uses, lists them in a menu, and emits the user's choice."""

    chosen = Signal(object)  # tuple of names, as DataConfig has it

    @staticmethod
    def applies_to(task: Task) -> bool:
        """Return whether there is a choice: pictures and long lists of features are used whole."""
        if not task.source.is_measured:
            return False
        return 2 < len(task.source.columns) <= MOST_LISTED

    def show_task(self, task: Task) -> None:
        """Show the features of a task for which `applies_to` holds."""
        self._task = task
        names, chosen = _names(task.source), _names(task.dataset)
        menu = self._fill(
            names, shown_columns(task.source), chosen, self._toggle, may_be_none=False
        )
        everything = menu.addAction(tr("All {n}", n=format_integer(len(names))))
        everything.triggered.connect(lambda: self.chosen.emit(ALL))

    def _toggle(self, name: str) -> None:
        if self._task is None:
            return
        wanted, every = set(_names(self._task.dataset)) ^ {name}, _names(self._task.source)
        names = tuple(n for n in every if n in wanted)
        self.chosen.emit(ALL if len(names) == len(every) else names)


def _names(dataset: Dataset) -> tuple[str, ...]:
    """Return the columns behind the features: all categories of one are chosen together."""
    return tuple(column.name for column in dataset.columns)
