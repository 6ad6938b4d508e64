"""A question of a lesson: choices or a field for a number, and what is said to the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.kit.flow_layout import FlowLayout
from gui.kit.plain_text import unmarked
from gui.window.lesson import markdown

if TYPE_CHECKING:
    from core.teach.question import Question

GAP = 6
FIELD_LETTERS = 12
RIGHT, WRONG, SHOWN = "✓ Right. ", "✗ Not so. ", "Answer: "
NO_NUMBER = "Type a number, as in 0.693."


class QuestionRow(QWidget):
    """Takes an answer; any number of tries until the right one, or until it is revealed."""

    settled = Signal()  # answered rightly

    def __init__(self) -> None:
        super().__init__()
        self._question: Question | None = None
        self.is_settled = True
        self.choices: list[QPushButton] = []
        self.field = QLineEdit()
        self.field.setAccessibleName("answer")
        self.field.setPlaceholderText("a number")
        self.field.setToolTip("Your answer; Enter takes it")
        self.check_button = QPushButton("&Check")
        self.check_button.setToolTip("Say whether the answer is right")
        self.feedback = QLabel()
        self.feedback.setTextFormat(Qt.TextFormat.RichText)
        self.feedback.setWordWrap(True)
        self.feedback.setAccessibleName("feedback")
        self.feedback.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._of_choice, self._of_number = QWidget(), QWidget()
        self._flow = FlowLayout(self._of_choice, GAP, GAP)
        row = QHBoxLayout(self._of_number)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.field)
        row.addWidget(self.check_button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self._of_choice, self._of_number, self.feedback):
            column.addWidget(widget)
        self.field.returnPressed.connect(lambda: self.answer(self.field.text()))
        self.check_button.clicked.connect(lambda: self.answer(self.field.text()))
        self._fit()
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        """Give the field the width of a number, at the current zoom."""
        self.field.setFixedWidth(FIELD_LETTERS * self.fontMetrics().averageCharWidth())

    def ask(self, question: Question | None) -> None:
        """Ask this question, or none."""
        self._question, self.is_settled = question, question is None
        self._flow.clear()
        self.choices = [self._choice(text) for text in question.choices] if question else []
        self._of_choice.setVisible(bool(self.choices))
        self._of_number.setVisible(not self.choices)
        self._of_number.setEnabled(True)
        self.field.clear()
        self._say("")
        self.setVisible(question is not None)

    def _choice(self, text: str) -> QPushButton:
        button = QPushButton(unmarked(text))
        button.setToolTip("Answer with this")
        button.clicked.connect(lambda: self.answer(text))
        self._flow.addWidget(button)
        return button

    def answer(self, given: str) -> None:
        """Take an answer and say whether it is right."""
        question = self._question
        if question is None or self.is_settled:
            return
        is_right = question.is_right(given)
        if is_right is None:
            self._say(NO_NUMBER)
        elif is_right:
            self._settle(RIGHT)
            self.settled.emit()
        else:
            self._say(markdown.rich(question.wrong, title=WRONG.strip()))

    def reveal(self) -> None:
        """Say the right answer."""
        if self._question is not None and not self.is_settled:
            self._settle(f"{SHOWN}{self._question.solution}.")

    def _settle(self, words: str) -> None:
        question = self._question
        assert question is not None
        self.is_settled = True
        for button, text in zip(self.choices, question.choices, strict=True):
            button.setEnabled(text == question.answer)
        self._of_number.setEnabled(False)
        self._say(markdown.rich(question.right, title=words.strip()))

    def _say(self, words: str) -> None:
        self.feedback.setText(words)
        self.feedback.setVisible(bool(words))
