"""The numbers of formulae in words: known, covered, revealed; the lines as text."""

from __future__ import annotations

import pytest

from gui.kit.maths.live_numbers import COVERED, UNKNOWN, LiveNumbers
from gui.kit.maths.notation import EQUALS, Line, Num, Sym, Word, row

X, Z, A = ("x", 0), ("z", 0), ("a", 0)
SUM = Line(0, Word("net input"), row(Sym("z", "z"), EQUALS, Num(X), EQUALS, Num(Z)))
OUT = Line(0, Word("output"), row(Num(Z), EQUALS, Num(A)))


@pytest.fixture
def numbers() -> LiveNumbers:
    made = LiveNumbers()
    made.set_lines((SUM, OUT))
    return made


def test_a_number_is_unknown_until_it_comes(numbers):
    assert numbers.text_of(Z) == UNKNOWN
    assert numbers.set_value(Z, 1.25)
    assert numbers.text_of(Z) == "1.250"


def test_a_value_that_reads_the_same_is_no_other(numbers):
    assert numbers.set_value(Z, "2")
    assert not numbers.set_value(Z, "2")


def test_a_covered_number_reads_as_a_question_mark_and_keeps_up(numbers):
    numbers.set_value(Z, 1.0)
    assert numbers.cover([Z, A], True) == [Z, A]
    assert numbers.cover([Z], True) == []
    numbers.set_value(Z, 2.5)
    assert numbers.text_of(Z) == COVERED
    assert numbers.cover([Z, X], False) == [Z]
    assert numbers.text_of(Z) == "2.500"
    assert numbers.covered == {A}


def test_other_lines_forget_values_and_what_is_not_on_them(numbers):
    numbers.set_value(Z, 1.0)
    numbers.cover([X, A], True)
    numbers.set_lines((OUT,))
    assert numbers.text_of(Z) == UNKNOWN
    assert numbers.covered == {A}


def test_results_are_what_each_line_leads_to(numbers):
    assert numbers.results() == [Z, A]


def test_what_is_put_in_is_no_result():
    numbers = LiveNumbers()
    numbers.set_lines((Line(0, Word("input"), Num(X)),))
    assert numbers.results() == []


def test_lines_are_copied_as_they_read(numbers):
    numbers.set_value(X, 3.0)
    numbers.set_value(Z, 1.0)
    numbers.cover([A], True)
    first, second = numbers.text().splitlines()
    assert first == "net input: z = 3 = 1"
    assert second == "output: 1 = ?"
    assert numbers.latex().count("&\\text{") == 2
