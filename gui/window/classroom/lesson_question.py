"""The question of the lesson, for those who ask it elsewhere too."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class LessonQuestion(QObject):
    """What the shown step of a lesson asks, where it has answers to choose from.

    text : the question; choices : none where nothing is to be chosen. answer : the right one.
    """

    changed = Signal()
    ended = Signal()  # it has been answered, or its answer was shown

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.text, self.answer = "", ""
        self.choices: tuple[str, ...] = ()

    def ask(self, text: str, choices: tuple[str, ...], answer: str) -> None:
        """Note what is asked now."""
        self.text, self.choices, self.answer = text, choices, answer
        self.changed.emit()
