"""An exercise as a value: its text, what is asked for, and what is said to an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.language import in_a_row, mark, tr
from core.number_format import format_fixed, parse_number

TOLERANCE = 0.006  # of numbers that are given to two decimals, with one of rounding on the way
NO_NUMBER = mark("Type a number into each field, as in 0.27.")
CHOOSE = mark("Choose an answer.")
RIGHT, WRONG = mark("Right."), mark("Not so.")


@dataclass(frozen=True)
class Field:
    """One thing that is asked for: a number that may be missed by `tolerance`, or a choice.

    name : before the field. choices : to choose from; none for a number.
    """

    name: str
    answer: float | str
    tolerance: float = TOLERANCE
    choices: tuple[str, ...] = ()

    @property
    def solution(self) -> str:
        """The answer as text."""
        return self.answer if isinstance(self.answer, str) else format_fixed(self.answer, 3)

    def is_near(self, given: str | float, answer: str | float) -> bool:
        """Return whether what is given is this answer, as exactly as is asked for."""
        if isinstance(given, str) or isinstance(answer, str):
            return given == answer
        return abs(given - answer) <= self.tolerance * (1 + 1e-9)


@dataclass(frozen=True)
class Mistake:
    """A typical mistake: the answers that it leads to, field by field, and what is said to it."""

    answers: tuple[float | str, ...]
    words: str


@dataclass(frozen=True)
class Verdict:
    """What is said to an answer; is_right : None if it is none yet."""

    is_right: bool | None
    words: str


@dataclass(frozen=True)
class Exercise:
    """An exercise.

    kind : its key. title : what it is about. text : the task, solution : the way, in Markdown.
    sums_to_one : whether the numbers are shares of a whole.
    """

    kind: str
    title: str
    text: str
    fields: tuple[Field, ...]
    solution: str
    mistakes: tuple[Mistake, ...] = ()
    sums_to_one: bool = False

    @property
    def answer(self) -> str:
        """All answers as text."""
        return "; ".join(field.solution for field in self.fields)

    def check(self, given: Sequence[str]) -> Verdict:
        """Judge what was given, a text for each field; a decimal comma is as good as a point."""
        values: list[float | str] = []
        for field, text in zip(self.fields, given, strict=True):
            value = text.strip() if field.choices else parse_number(text)
            if value is None or value == "":
                return Verdict(None, tr(CHOOSE if field.choices else NO_NUMBER))
            values.append(value)
        if self._are(values, tuple(field.answer for field in self.fields)):
            return Verdict(True, tr(RIGHT))
        for mistake in self.mistakes:
            if self._are(values, mistake.answers):
                return Verdict(False, in_a_row(tr(WRONG), mistake.words))
        return Verdict(False, in_a_row(tr(WRONG), *self._hints(values)))

    def _are(self, values: Sequence[float | str], answers: Sequence[float | str]) -> bool:
        fields = zip(self.fields, values, answers, strict=True)
        return all(field.is_near(value, answer) for field, value, answer in fields)

    def _hints(self, values: Sequence[float | str]) -> list[str]:
        """Say what is wrong with numbers that no known mistake explains."""
        numbers = [value for value in values if not isinstance(value, str)]
        if self.sums_to_one and abs(sum(numbers) - 1) > 2 * TOLERANCE:
            return [tr("The sum is not 1 but {sum}.", sum=format_fixed(sum(numbers), 3))]
        wrong = [
            field.name
            for field, value in zip(self.fields, values, strict=True)
            if not field.is_near(value, field.answer)
        ]
        return [tr("Look at {wrong} again.", wrong=", ".join(wrong))] if len(values) > 1 else []
