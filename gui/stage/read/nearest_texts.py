"""The training texts nearest to the one on the pad, in a menu."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QPushButton

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.explain.neighbours import nearest_texts
from core.explain.word_evidence import TextFeatures
from core.language import mark, tr
from core.number_format import format_fixed
from gui.kit.described import said
from gui.kit.plain_text import beginning, unmarked
from gui.state.background_tasks import Background, Queue

NEAREST = 6
LETTERS = 64  # of the beginning of each
KEY = "nearest texts"
NONE = mark("No training text has a word of it.")


class NearestTexts(QObject):
    """Finds them on a background thread and lists them below a button; one can be read.

    menu : the list, newest answer.
    """

    chosen = Signal(int)  # a row

    def __init__(self, button: QPushButton, background: Background) -> None:
        super().__init__(button)
        self._button, self._background = button, background
        self.menu = QMenu(button)
        self.menu.setAccessibleName(tr("nearest training texts"))

    def drop(self) -> None:
        """Drop a pending result, after a change of the text or the data."""
        self._background.forget(KEY)

    def ask(self, task: Task, found: TextFeatures, row: int) -> None:
        """List those nearest to this text once they are found; row : its own, −1 for none."""
        values = found.dense()

        def show(near: list[tuple[int, float]]) -> None:
            self._list(task, near)
            self.menu.popup(self._button.mapToGlobal(self._button.rect().topLeft()))

        self._background.ask(
            KEY,
            lambda: nearest_texts(task, values, NEAREST, but=row),
            show,
            queue=Queue.STUDIES,
        )

    def _list(self, task: Task, near: list[tuple[int, float]]) -> None:
        self.menu.clear()
        dataset = task.dataset
        assert dataset.documents is not None
        for row, cosine in near:
            label = shown_classes(dataset)[dataset.y[row]]
            start = beginning(dataset.documents.texts[row], LETTERS)
            entry = self.menu.addAction(
                unmarked(f"cos {said(self._button, format_fixed(cosine, 2))}   {label}:  {start}")
            )
            entry.triggered.connect(lambda _=False, r=row: self.chosen.emit(r))
        if not near:
            self.menu.addAction(tr(NONE)).setEnabled(False)
