"""Puts texts on the pad: documents of the data, and passages that fool a linear model."""

from __future__ import annotations

from PySide6.QtCore import Signal

from core.data.shown_names import shown_classes
from core.data.text.genres import fooling
from core.language import mark, tr
from core.model_family import FAMILY
from gui.kit.view import View
from gui.state.background_tasks import Background
from gui.state.row_picker import RowPicker

FOOLING_SOURCE = "genres"  # whose labels the passages have


class TextPicker(RowPicker):
    """Picks texts for a view.

    picked : a text, and what is said of it. fooling : number of the next passage that fools.
    text : the row picked, as it is in the data.
    """

    picked = Signal(str, str)
    none_there = mark("By now the model puts none of these texts there.")

    def __init__(self, view: View, background: Background) -> None:
        super().__init__(view, background)
        self.fooling = 0
        self.text = ""

    @property
    def can_fool(self) -> bool:
        """Whether there are passages with the labels of this data set."""
        task = self._view.task
        return task is not None and task.config.data.source == FOOLING_SOURCE

    def show_task(self) -> None:
        """Find the last text picked among the rows of the view's new task."""
        task = self._view.task
        assert task is not None and task.dataset.documents is not None
        texts = task.dataset.documents.texts
        self.row = texts.index(self.text) if self.text and self.text in texts else -1

    def show_row(self, row: int) -> None:
        task = self._view.task
        if task is None or task.dataset.documents is None or not 0 <= row < task.dataset.n:
            return
        self.row, self.text = row, task.dataset.documents.texts[row]
        self.picked.emit(self.text, self.note)

    @property
    def note(self) -> str:
        """What the row picked is, "" for none."""
        task = self._view.task
        if task is None or self.row < 0:
            return ""
        label = shown_classes(task.dataset)[task.dataset.y[self.row]]
        return f"{task.describe_row(self.row)}: {label}"

    def pick_fooling(self) -> None:
        """Put the next passage that fools a linear model on the pad."""
        task = self._view.task
        if task is None or not self.can_fool:
            return
        passages = fooling()
        if FAMILY[task.config.model.kind].is_neuron:  # only those of its two labels
            passages = tuple(p for p in passages if p.genre in task.dataset.class_names) or passages
        number = self.fooling % len(passages)
        self.fooling, self.row, self.text = number + 1, -1, ""
        passage = passages[number]
        self.picked.emit(
            passage.text,
            tr(
                "passage {k} of {count}, written to fool it: {genre}",
                k=number + 1,
                count=len(passages),
                genre=passage.genre,
            ),
        )

    def forget(self) -> None:
        """Take the text on the pad for the user's own."""
        self.row, self.text = -1, ""
