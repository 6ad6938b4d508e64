"""What every demonstration is."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from core.family import FAMILY
from core.illustrations import WITH_SHARES
from core.snapshot import Snapshot
from core.task import Task
from gui.demos.bars import Bars
from gui.demos.chart import Chart
from gui.demos.grid import Grid
from gui.demos.parts import Figure
from gui.example import Example
from gui.formula import Formula
from gui.look import Theme

NO_SHARES = (
    "The model that is loaded, {}, gives no probabilities that sum to 1. Choose Logistic or "
    "Softmax under Model, and its own will show here."
)


def no_shares(task: Task) -> str:
    """Say that the model has no probabilities that sum to 1, or "" where it has."""
    kind = task.config.model.kind
    return "" if kind in WITH_SHARES else NO_SHARES.format(FAMILY[kind].title)


class Demo(QWidget):
    """One demonstration: a small stage with a sentence of what to watch.

    title : in the list, two to five words.
    watch : one or two sentences: what to do and what to watch.
    """

    title = ""
    watch = ""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme

    def show_theme(self, theme: Theme) -> None:
        """Take these colours; formulae and parts anywhere inside take them too."""
        self.theme = theme
        for part in self.findChildren(QWidget):
            if isinstance(part, Formula | Bars | Chart | Figure | Grid):
                part.set_theme(theme)

    def show_run(self, task: Task, snapshot: Snapshot) -> None:
        """Show the model as it is now; asked for at most ten times a second, while visible."""

    def show_example(self, example: Example | None) -> None:
        """Follow this input from now on, where the demonstration follows one."""
