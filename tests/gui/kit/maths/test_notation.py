"""Formulae as values: what they read as, in characters, as LaTeX and as CSV."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.kit.maths.notation import (
    EQUALS,
    PLUS,
    Frac,
    Matrix,
    Num,
    Sym,
    Word,
    flow,
    row,
    say_number,
    to_csv,
    to_latex,
    to_text,
    vector,
)


def say(key):
    return {"a": "0.938", "b": "−1.5", "c": "2·10⁻⁵", "d": "−3·10¹²"}[key[0]]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-3.0, "−3"),
        (0.93812, "0.938"),
        (-12.3456, "−12.35"),
        (0.00234, "0.0023"),
        (0.00002, "2·10⁻⁵"),
        (-4e-7, "−4·10⁻⁷"),
        (1.5e9, "2·10⁹"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "nan"),
    ],
)
def test_a_number_is_said_in_few_characters(value, words):
    assert say_number(value) == words


def number_of(words: str) -> float:
    """Read a number back, as a person would."""
    digits, _, power = words.replace("−", "-").partition("·10")
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    return float(digits) * 10.0 ** int(power.translate(raised) or 0)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300))
def test_what_is_said_is_never_far_from_the_number(value):
    words = say_number(value)
    assert len(words) <= 9
    # One digit with a power of ten may be half of itself off where it is 1.
    assert number_of(words) == pytest.approx(value, rel=0.5, abs=1e-300)


@given(st.floats(min_value=0.1, max_value=9e4))
def test_numbers_of_common_size_keep_three_digits(value):
    assert number_of(say_number(value)) == pytest.approx(value, rel=0.01)


def test_a_formula_reads_as_text():
    node = flow(Sym(r"z_{0} =", "z0 ="), Num(("a",)), row(PLUS, Num(("b",), is_term=True)))
    assert to_text(node, say) == "z0 = 0.938 + (−1.5)"


def test_a_fraction_reads_as_latex():
    node = row(Frac(Num(("a",)), row(Num(("a",)), PLUS, Num(("c",)))), EQUALS, Word("so"))
    assert to_latex(node, say) == r"\frac{0.938}{0.938 + 2\cdot 10^{-5}} = \text{so}"


def test_a_vector_reads_with_commas():
    assert to_text(vector([("a",), ("b",)]), say) == "( 0.938 , −1.5 )"


def test_a_matrix_goes_out_as_csv_that_other_programs_read():
    table = Matrix(((Num(("a",)), Num(("b",))), (Num(("c",)), Num(("d",)))))
    cells = [line.split(",") for line in to_csv(flow(EQUALS, table), say).splitlines()]
    assert [[float(cell) for cell in line] for line in cells] == [[0.938, -1.5], [2e-5, -3e12]]


def test_a_formula_without_a_table_has_no_csv():
    assert to_csv(row(PLUS, Num(("a",))), say) == ""
