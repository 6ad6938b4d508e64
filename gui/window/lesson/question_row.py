"""A question of a lesson: choices, a field for a number, or keys for what is drawn on a plot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.language import mark, tr
from gui.kit.fields.menus import leave_menu
from gui.kit.flow_layout import FlowLayout
from gui.kit.maths.words import Words
from gui.kit.plain_text import unmarked
from gui.window.lesson import markdown

if TYPE_CHECKING:
    from core.teach.plot_question import PlotQuestion
    from core.teach.question import Question

    Asked = Question | PlotQuestion | None

GAP = 6
FIELD_LETTERS = 12
RIGHT, WRONG, SHOWN = mark("✓ Right. "), mark("✗ Not so. "), mark("Answer: ")
CHECKS = {
    "boundary": mark("&Check"),
    "curve": mark("&Train"),
}  # by kind; a click is checked at once
MNEMONIC = re.compile(r"\(&.\)|&")
NO_NUMBER = mark("Type a number, as in 0.693.")


class QuestionRow(QWidget):
    """Takes an answer; any number of tries until the right one, or until it is revealed.

    What is answered on a plot is judged by who shows that plot: `say`, `settle`.
    """

    settled = Signal()  # answered
    ended = Signal()  # answered, or the answer is shown
    asked = Signal(object)  # Question, PlotQuestion or None
    returned = Signal()  # to the plot, which was left
    undo_wanted = Signal()
    check_wanted = Signal()
    revealed = Signal(object)  # PlotQuestion

    def __init__(self) -> None:
        super().__init__()
        self._question: Asked = None
        self.is_settled = True
        self.choices: list[QPushButton] = []
        self.field = QLineEdit()
        self.field.setAccessibleName(tr("answer"))
        self.field.setPlaceholderText(tr("a number"))
        leave_menu(self.field)
        self.field.setToolTip(tr("Your answer; Enter takes it"))
        self.check_button = QPushButton(tr("&Check"))
        self.check_button.setToolTip(tr("Say whether the answer is right"))
        self.feedback = Words()
        self.feedback.setAccessibleName(tr("feedback"))
        self.feedback.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._of_choice, self._of_number = QWidget(), QWidget()
        self._flow = FlowLayout(self._of_choice, GAP, GAP)
        row = QHBoxLayout(self._of_number)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.field)
        row.addWidget(self.check_button)
        row.addStretch(1)
        self._make_keys_of_plot()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self._of_choice, self._of_number, self._of_plot, self.feedback):
            column.addWidget(widget)
        self.field.returnPressed.connect(lambda: self.answer(self.field.text()))
        self.check_button.clicked.connect(lambda: self.answer(self.field.text()))
        self._fit()
        self.hide()

    def _make_keys_of_plot(self) -> None:
        self._of_plot = QWidget()
        self.return_button = QPushButton(tr("Answer on the &plot"))
        self.return_button.setToolTip(tr("Return to the plot, to answer there"))
        self.undo_button = QPushButton(tr("&Undo"))
        self.undo_button.setToolTip(tr("Take the newest line away"))
        self.plot_button = QPushButton(tr("Check"))  # until a question says what it takes
        self.plot_button.setToolTip(tr("This is my answer"))
        name = tr("{button}: this is my answer on the plot", button=tr("Check"))
        self.plot_button.setAccessibleName(name)
        row = QHBoxLayout(self._of_plot)
        row.setContentsMargins(0, 0, 0, 0)
        for button, wanted in (
            (self.undo_button, self.undo_wanted),
            (self.plot_button, self.check_wanted),
            (self.return_button, self.returned),
        ):
            button.clicked.connect(wanted)
            row.addWidget(button)
        row.addStretch(1)
        policy = self.return_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.return_button.setSizePolicy(policy)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        """Give the field the width of a number, at the current zoom."""
        self.field.setFixedWidth(FIELD_LETTERS * self.fontMetrics().averageCharWidth())

    def ask(self, question: Asked) -> None:
        """Ask this question, or none."""
        from core.teach.plot_question import PlotQuestion

        is_on_plot = isinstance(question, PlotQuestion)
        self._question, self.is_settled = question, question is None
        self._flow.clear()
        texts = () if question is None or isinstance(question, PlotQuestion) else question.choices
        self.choices = [self._choice(text) for text in texts]
        self._of_choice.setVisible(bool(self.choices))
        self._of_number.setVisible(not self.choices and not is_on_plot)
        self._of_number.setEnabled(True)
        self._of_plot.setVisible(is_on_plot)
        if isinstance(question, PlotQuestion):
            words = tr(CHECKS.get(question.kind, ""))
            self.plot_button.setText(words)
            plain = MNEMONIC.sub("", words) or tr("Check")
            name = tr("{button}: this is my answer on the plot", button=plain)
            self.plot_button.setAccessibleName(name)
            for button in (self.undo_button, self.plot_button):
                button.setVisible(question.kind in CHECKS)
        self.field.clear()
        self.feedback.reserve(_answers(question))
        self.say("")
        if is_on_plot:
            self.show_plot(is_open=True, is_drawn=False)
        self.setVisible(question is not None)
        self.asked.emit(question)

    def show_plot(self, *, is_open: bool, is_drawn: bool) -> None:
        """Offer what can be done: whether the plot takes an answer, and whether there is one."""
        self.return_button.setVisible(not is_open)
        is_click = not self.plot_button.text()  # no key is offered: words take their place
        self._of_plot.setHidden(is_click and is_open and bool(self.feedback.text()))
        self.undo_button.setEnabled(is_open and is_drawn)
        self.plot_button.setEnabled(is_drawn)

    def _choice(self, text: str) -> QPushButton:
        button = QPushButton(unmarked(text))
        button.setToolTip(tr("Answer with this"))
        button.clicked.connect(lambda: self.answer(text))
        self._flow.addWidget(button)
        return button

    def answer(self, given: str) -> None:
        """Take an answer and say whether it is right."""
        from core.teach.question import Question

        question = self._question
        if not isinstance(question, Question) or self.is_settled:
            return
        is_right = question.is_right(given)
        if is_right is None:
            self.say(tr(NO_NUMBER))
        elif is_right:
            self.settle(tr(RIGHT), question.right)
            self.settled.emit()
        else:
            self.say(question.wrong, tr(WRONG))

    def reveal(self) -> None:
        """Say the right answer, or have it shown on the plot."""
        from core.teach.question import Question

        question = self._question
        if isinstance(question, Question) and not self.is_settled:
            self.settle(_solved(question), question.right)
        elif question is not None and not self.is_settled:
            self.revealed.emit(question)

    def settle(self, title: str, words: str) -> None:
        """Take no more answers, and say this, in Markdown."""
        from core.teach.question import Question

        question = self._question
        self.is_settled = True
        if isinstance(question, Question):
            for button, text in zip(self.choices, question.choices, strict=True):
                button.setEnabled(text == question.answer)
        self._of_number.setEnabled(False)
        self._of_plot.hide()  # the words take its place, and nothing moves
        self.say(words, title)
        self.ended.emit()

    def say(self, words: str, title: str = "") -> None:
        """Say this, in Markdown, after a title.

        What is said below choices or a field has its room from the beginning.
        """
        text = _written(title, words)
        self.feedback.setText(text)
        self.feedback.setVisible(bool(text) or self._of_plot.isHidden())


def _written(title: str, words: str) -> str:
    return markdown.rich(words, title=title.strip()) if words or title else ""


def _answers(question: Asked) -> list[str]:
    """Return all that may be said to an answer, as HTML; nothing for one given on a plot."""
    from core.teach.question import Question

    if not isinstance(question, Question):
        return []
    said = [
        (tr(RIGHT), question.right),
        (tr(WRONG), question.wrong),
        (_solved(question), question.right),
    ]
    if not question.choices:
        said.append(("", tr(NO_NUMBER)))
    return [_written(title, words) for title, words in said]


def _solved(question: Question) -> str:
    return tr("Answer: {answer}.", answer=question.solution)
