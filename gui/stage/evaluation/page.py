"""What each part of the evaluation is: asked on the background thread, shown here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from core.data.task import Task
from core.evaluate.classification import Answers
from gui.kit.theme import Theme

MARGIN = 0.025  # beyond 0 and 1 of a plot of shares, for what lies on its edge
SHARES = [(k / 5, f"{k / 5:.1f}") for k in range(6)]  # ticks

Inspection = Callable[[Answers], Any]


def scrolled(content: QWidget) -> QScrollArea:
    """Return an area that scrolls, up and down only, where there is too little height for this."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    content.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
    return area


class Page(QWidget):
    """One part; while it is not shown, nothing is computed for it."""

    row_chosen = Signal(int)  # of the data set
    changed = Signal()  # something else is to be computed

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def show_theme(self, theme: Theme) -> None:
        """Take the colours of the theme."""
        self.theme = theme

    def show_task(self, task: Task) -> None:
        """Show nothing yet, of these classes."""

    def inspect(self, task: Task, words: str) -> Inspection:
        """Return what is to be computed from the answers, with all that it needs bound to it.

        words : what rows they are, as in “test rows”.
        """
        raise NotImplementedError

    def show_result(self, result: Any) -> None:
        """Show what was computed."""
        raise NotImplementedError
