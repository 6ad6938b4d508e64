"""Choice of the columns of words that go in as categories."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal

from core.data.task import Task
from core.language import mark, tr
from gui.setup.menu_picker import ALL, MOST_LISTED, MenuPicker

MISSING = mark("Missing words are a category")


class WordsPicker(MenuPicker):
    """Shows how many columns of words a table's task uses, and emits the config wanted instead."""

    chosen = Signal(object)  # DataConfig

    @staticmethod
    def applies_to(task: Task) -> bool:
        """Return whether the data are a table with columns of few words."""
        told = task.source.understood
        if task.source.is_text:  # whose words in a document are the features, and no columns
            return False
        return told is not None and 0 < len(told.could_be_words) <= MOST_LISTED

    def show_task(self, task: Task) -> None:
        """Show the columns of words of a task for which `applies_to` holds."""
        self._task = task
        told, used = task.source.understood, self._used(task)
        assert told is not None
        has_others = len(task.source.columns) > 1
        menu = self._fill(
            told.could_be_words, told.could_be_words, used, self._toggle, may_be_none=has_others
        )
        missing = menu.addAction(tr(MISSING))
        missing.setCheckable(True)
        missing.setChecked(task.config.data.missing_category)
        missing.triggered.connect(self._choose_missing)

    @staticmethod
    def _used(task: Task) -> tuple[str, ...]:
        """Return the columns of words that are in the data set, by their names in the file."""
        told = task.source.understood
        assert told is not None
        names = {column.name for column in task.source.columns if column.words}
        return tuple(name for name in told.could_be_words if name in names)

    def _toggle(self, name: str) -> None:
        """Ask for a column of words more, or less; it then goes in, or leaves with its features."""
        if self._task is None:
            return
        data, used = self._task.config.data, self._used(self._task)
        is_more = name not in used
        wanted = (*used, name) if is_more else tuple(n for n in used if n != name)
        features = data.features
        if features not in (None, ALL):
            chosen = [column.name for column in self._task.dataset.columns]
            kept = [n for n in chosen if n != name] + ([name] if is_more else [])
            features = tuple(kept) or ALL
        self.chosen.emit(replace(data, categorical=wanted, features=features))

    def _choose_missing(self, is_category: bool) -> None:
        if self._task is not None:
            self.chosen.emit(replace(self._task.config.data, missing_category=is_category))
