"""A question to the class: written by the teacher, answered by phones, counted live."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.classroom.messages import Answer
from core.language import tr
from core.teach.class_question import ClassQuestion
from core.teach.predicted.place import Target
from core.teach.question import Question as LessonQuestion
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.labels import small_label
from gui.kit.layouts import add_layout
from gui.kit.plain_text import Plain
from gui.kit.theme import Theme
from gui.window.classroom.answer_plots import AnswerPlot, NumberPlot, SpotPlot

MOST_ANSWERS = 8
MOST_LETTERS = 120  # of a question or an answer
LINES = 4  # of the field for answers


class Question(QWidget):
    """Fields for a question and its answers, and a bar for each answer that was asked."""

    asked = Signal(str, tuple)  # question, answers
    lesson_wanted = Signal()  # ask what the lesson asks

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.plot: AnswerPlot | None = None  # of numbers or places that are asked for
        self.text = QLineEdit()
        self.text.setMaxLength(MOST_LETTERS)
        self.text.setPlaceholderText(tr("What will the loss do?"))
        self.text.setAccessibleName(tr("question"))
        self.answers = QPlainTextEdit()
        self.answers.setPlaceholderText(tr("One answer in each line"))
        self.answers.setAccessibleName(tr("answers, one in each line"))
        self.answers.setTabChangesFocus(True)
        height = (LINES + 1) * self.answers.fontMetrics().lineSpacing()
        self.answers.setFixedHeight(height)
        self.ask_button = QPushButton(tr("&Ask"))
        self.ask_button.setToolTip(tr("Show the question on all phones; votes start at none"))
        self.ask_button.clicked.connect(self._ask)
        self.lesson_button = QPushButton(tr("The &lesson’s question"))
        self.lesson_button.setToolTip(tr("Ask what the shown step of the lesson asks"))
        self.lesson_button.clicked.connect(self.lesson_wanted)
        self.lesson_button.setEnabled(False)
        self.text.textChanged.connect(self._enable)
        self.answers.textChanged.connect(self._enable)
        self._result = QWidget()  # a bar for each answer, or the plot
        self._rows: list[QProgressBar] = []
        self._names: dict[str, Plain] = {}  # of the answers that were asked
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(small_label(tr("Question")))
        layout.addWidget(self.text)
        layout.addWidget(small_label(tr("Answers")))
        layout.addWidget(self.answers)
        keys = QHBoxLayout()
        keys.addWidget(self.ask_button, 1)
        keys.addWidget(self.lesson_button, 1)
        add_layout(layout, keys)
        self._place = QVBoxLayout()
        self._place.addWidget(self._result)
        add_layout(layout, self._place, 1)
        self._enable()

    @property
    def choices(self) -> tuple[str, ...]:
        """The answers as they are written, without empty lines."""
        lines = (line.strip()[:MOST_LETTERS] for line in self.answers.toPlainText().splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))[:MOST_ANSWERS]

    @property
    def votes(self) -> tuple[int, ...]:
        """The votes for each answer, as the bars show them."""
        return tuple(bar.value() for bar in self._rows)

    def show_answers(self, answers: Sequence[str]) -> None:
        """Show a bar for each answer, without votes yet."""
        bars = QWidget()
        column, grid = QVBoxLayout(bars), QGridLayout()
        column.setContentsMargins(0, 0, 0, 0)
        add_layout(column, grid)
        column.addStretch(1)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        self._rows, self._names = [], {}
        for row, answer in enumerate(answers):
            label, bar = Plain(answer), QProgressBar()
            label.setWordWrap(True)
            zoom.set_type(label, look.LARGE)
            bar.setFormat("%v")
            bar.setAccessibleName(tr("votes for {answer}", answer=answer))
            self._names[answer] = label
            grid.addWidget(label, row, 0)
            grid.addWidget(bar, row, 1)
            self._rows.append(bar)
        self._show_result(bars)

    def show_asked(self, asked: ClassQuestion) -> None:
        """Show a question of a lesson that is asked, without answers yet."""
        text, choices = asked.text, asked.activity.answers
        self.text.setText(text[: MOST_LETTERS - 1] + "…" if len(text) > MOST_LETTERS else text)
        self.answers.setPlainText("\n".join(choices))
        if choices:
            self.show_answers(choices)
            return
        self._rows, self._names = [], {}
        plot = (NumberPlot if asked.plane is None else SpotPlot)(self._theme, asked)
        self._show_result(plot)
        self.plot = plot

    def _show_result(self, widget: QWidget) -> None:
        self._place.removeWidget(self._result)
        self._result.deleteLater()
        self._result, self.plot = widget, None
        self._place.addWidget(widget)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self.plot is not None:
            self.plot.set_theme(theme)

    def show_given(self, answers: tuple[Answer, ...]) -> None:
        """Show these numbers or places, if they are asked for."""
        if self.plot is not None:
            self.plot.show_answers(answers)

    def reveal(self, asked: ClassQuestion, target: Target | None) -> None:
        """Mark the right answer; target : where a place had to be touched."""
        if self.plot is not None:
            self.plot.reveal(target)
        elif isinstance(asked.question, LessonQuestion):
            self._mark(asked.question.solution)

    def _mark(self, answer: str) -> None:
        if answer in self._names:
            self._names[answer].setText(f"✓ {answer}")
            zoom.set_type(self._names[answer], look.LARGE, bold=True)

    def show_votes(self, votes: Sequence[int]) -> None:
        """Set the bars; their full length is that of all votes."""
        for bar, count in zip(self._rows, votes, strict=False):
            bar.setMaximum(max(sum(votes), 1))
            bar.setValue(count)

    def _ask(self) -> None:
        self.asked.emit(self.text.text().strip(), self.choices)

    def _enable(self) -> None:
        self.ask_button.setEnabled(bool(self.text.text().strip()) and len(self.choices) >= 2)
