"""A question of a lesson: one of several choices, or a number within a tolerance."""

from __future__ import annotations

from dataclasses import dataclass

from core.invisible_characters import visible
from core.language import tr
from core.number_format import format_plain, format_shortest, parse_number
from core.runs.json_object import quoted
from core.teach import plot_question
from core.teach.lesson_table import JOINERS, Table
from core.teach.plot_question import PlotQuestion

MOST_CHOICES, MOST_CHOICE = 6, 80
MOST_FEEDBACK = 1_000  # letters
KINDS = ("choice", "number", *plot_question.TOLERANCES)
KEYS = ("kind", "choices", "answer", "tolerance", "right", "wrong")


@dataclass(frozen=True)
class Question:
    """A question, which the step's text asks.

    choices : to choose from; none where a number is asked for.
    answer : the right choice; or the number, which may be missed by `tolerance`.
    right, wrong : what is said to such an answer, in Markdown.
    """

    choices: tuple[str, ...]
    answer: str | float
    tolerance: float = 0.0
    right: str = ""
    wrong: str = ""

    @property
    def solution(self) -> str:
        """The right answer, as text."""
        return self.answer if isinstance(self.answer, str) else format_shortest(self.answer)

    def is_right(self, given: str) -> bool | None:
        """Return whether this answer is right; None if a number is asked for and it is none."""
        if isinstance(self.answer, str):
            return given == self.answer
        number = parse_number(given)
        return None if number is None else self.is_near(number)

    def is_near(self, number: float) -> bool:
        """Return whether a number is the one that is asked for, within the tolerance."""
        is_number = not isinstance(self.answer, str)
        return is_number and abs(number - float(self.answer)) <= self.tolerance * (1 + 1e-9)


def read(table: Table) -> Question | PlotQuestion | None:
    """Return the question of this table, whose faults are noted; then it is not to be used."""
    if not table.is_table:
        return None
    right, wrong = (table.prose(k, MOST_FEEDBACK, "") for k in ("right", "wrong"))
    usual = "choice" if "choices" in table else "number"
    kind = table.one_of("kind", KINDS, usual)
    if kind in plot_question.TOLERANCES:
        return plot_question.read(table, right, wrong)
    if kind == "choice":
        choices = tuple(_choice(table, k) for k in range(len(table.list("choices", MOST_CHOICES))))
        answer: str | float = table.text("answer", MOST_CHOICE)
        if not 2 <= len(choices) == len(set(choices)):
            table.fault(
                ("choices",),
                tr(
                    "choices must be 2 to {most_choices} different texts.",
                    most_choices=MOST_CHOICES,
                ),
            )
        elif answer not in choices:
            table.fault(
                ("answer",),
                tr("answer is {answer}; it must be one of the choices.", answer=quoted(answer)),
            )
        tolerance = 0.0
    else:
        choices, number = (), table.number("answer")
        if "answer" not in table:
            table.fault((), tr("answer is missing: a number, or one of the choices."))
        answer, tolerance = number or 0.0, table.number("tolerance") or 0.0
        if tolerance < 0:
            table.fault(
                ("tolerance",),
                tr(
                    "tolerance is {tolerance}; it must be at least 0.",
                    tolerance=format_plain(tolerance, 6),
                ),
            )
    table.refuse_others(KEYS)
    return Question(
        choices, answer if isinstance(answer, str) else float(answer), tolerance, right, wrong
    )


def _choice(table: Table, index: int) -> str:
    value = table.values["choices"][index]
    if isinstance(value, str) and 0 < len(value.strip()) <= MOST_CHOICE and "\n" not in value:
        return visible(value.strip(), keep=JOINERS)
    table.fault(
        ("choices", index),
        tr("a choice is {value}; a short text was expected.", value=quoted(value)),
    )
    return ""
