"""Each number that a lesson says stands beside what a test computes.

A claim is a comparison of a test, `"69 of 70" in text_of("toy")`, next to the figures of the run;
a part of an f-string stands for any figure.
"""

import ast
import re
from pathlib import Path

import pytest

from core.teach import formulae
from core.teach.lesson import Lesson
from core.teach.lessons import bundled
from tests.lessons import text_of

HERE = Path(__file__).parent
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:/\d+)?")
FRACTION = re.compile(r"\d+\.\d+")
LIMITS = ("0", "1")  # what something tends to, is near or adds up to: no figure of a run


def claims() -> dict[str, list[str]]:
    """Return what the tests beside this one say that lessons say, as patterns by lesson."""
    found: dict[str, list[str]] = {}
    for path in HERE.glob("test_*lessons.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Compare(
                    left=said,
                    ops=[ast.In()],
                    comparators=[ast.Call(ast.Name("text_of"), [ast.Constant(str(key))])],
                ):
                    found.setdefault(key, []).append(pattern(said))
    return found


def pattern(said: ast.expr) -> str:
    match said:
        case ast.Constant(str(words)):
            return re.escape(words)
        case ast.JoinedStr(parts):
            return "".join(map(pattern, parts))
        case ast.FormattedValue():
            return r"\d[\d.,]*"
        case _:  # known only when the test runs
            return "(?!)"


def numbers_of(lesson: Lesson) -> list[tuple[int, str]]:
    """Return the numbers of what a lesson says, each with its place.

    In formulae they are decimal fractions: all others count, as indices do.
    """
    text = text_of(lesson.key)
    formula = [found.span() for found in formulae.FORMULA.finditer(text)]
    inside = [FRACTION.finditer(text, *span) for span in formula]
    outside = NUMBER.finditer(formulae.FORMULA.sub(lambda f: " " * len(f[0]), text))
    matches = [match for each in (*inside, outside) for match in each]
    return [(m.start(), m[0]) for m in matches if m[0] not in LIMITS]


def test_a_claim_is_found_with_the_figures_of_an_f_string():
    assert re.fullmatch(
        pattern(ast.parse('f"{right} of {len(answers)}"', mode="eval").body), "4 of 64"
    )


@pytest.mark.parametrize("lesson", bundled(), ids=lambda lesson: lesson.key)
def test_each_number_of_a_lesson_is_claimed_by_a_test_that_computes_it(lesson):
    claimed = [
        match.span()
        for each in claims().get(lesson.key, ())
        for match in re.finditer(each, text_of(lesson.key))
    ]
    open_numbers = [
        number
        for at, number in numbers_of(lesson)
        if not any(start <= at and at + len(number) <= end for start, end in claimed)
    ]
    assert open_numbers == []
