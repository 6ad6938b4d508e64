"""Numbers as people read them: what a text says is the number, in as many digits as promised."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.number_format import (
    format_bytes,
    format_cell,
    format_count,
    format_fixed,
    format_general,
    format_magnitude,
    format_odds,
    format_percent,
    format_probability,
    format_rate,
    format_scientific,
    format_shortest,
    format_signed,
    format_significant,
    format_sum,
    format_terms,
    format_three_digits,
)

FINITE = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)
COMMON = st.floats(min_value=-1e6, max_value=1e6)


def number_of(text: str) -> float:
    """Read a number back, as a person would."""
    digits, _, power = text.replace("−", "-").replace(" × ", "·").partition("·10")
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    return float(digits) * 10.0 ** int(power.translate(raised) or 0)


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
def test_a_cell_takes_few_characters(value, words):
    assert format_cell(value) == words


@given(FINITE)
def test_a_cell_is_never_far_from_the_number(value):
    words = format_cell(value)
    assert len(words) <= 9
    # One digit with a power of ten may be half of itself off where it is 1.
    assert number_of(words) == pytest.approx(value, rel=0.5, abs=1e-300)


@given(st.floats(min_value=0.1, max_value=9e4))
def test_a_cell_of_common_size_keeps_three_digits(value):
    assert number_of(format_cell(value)) == pytest.approx(value, rel=0.01)


@given(COMMON, st.integers(0, 6))
def test_fixed_decimals_are_those_of_the_number_and_nothing_has_no_sign(value, decimals):
    text = format_fixed(value, decimals)
    assert number_of(text) == pytest.approx(value, abs=0.5001 * 10.0**-decimals)
    assert len(text.partition(".")[2]) == decimals
    assert text.startswith("−") is (number_of(text) < 0) and "-" not in text


@pytest.mark.parametrize(
    ("value", "text"), [(math.inf, "inf"), (-math.inf, "−inf"), (math.nan, "nan"), (-0.001, "0.00")]
)
def test_what_is_no_number_is_a_word(value, text):
    assert format_fixed(value, 2) == text


@given(COMMON)
def test_a_signed_number_always_has_its_sign(value):
    assert format_signed(value, 3)[0] == ("−" if math.copysign(1, value) < 0 else "+")


@given(FINITE.filter(bool), st.integers(1, 9))
def test_significant_digits_are_within_half_of_the_last_one(value, digits):
    for formatted in (format_significant(value, digits), format_general(value, digits)):
        assert number_of(formatted) == pytest.approx(value, rel=5.01 * 10.0**-digits)


@given(FINITE.filter(bool))
def test_a_magnitude_is_one_digit_and_a_power_of_ten(value):
    text = format_magnitude(value)
    assert number_of(text) == pytest.approx(value, rel=0.5001)
    assert len(text.partition("·")[0].removeprefix("−")) == 1


def test_a_power_of_ten_is_raised():
    assert format_scientific(-0.000123, 1) == "−1.2·10⁻⁴"
    assert format_scientific(123e10, 1, times=" × ", plus=True) == "+1.2 × 10¹²"


@pytest.mark.parametrize(
    ("value", "text"),
    [(9.994, "9.99"), (9.996, "10.0"), (-99.94, "−99.9"), (99.96, "100"), (12345.0, "12345")],
)
def test_three_digits_stay_three_where_rounding_makes_a_longer_number(value, text):
    assert format_three_digits(value) == text


@pytest.mark.parametrize(
    ("rate", "text"), [(950, "950"), (999.6, "1.00 k"), (12_345, "12.3 k"), (4.6e6, "4.60 M")]
)
def test_a_rate_has_three_digits_and_a_unit(rate, text):
    assert format_rate(rate) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(1, "1 KiB"), (50_000, "49 KiB"), (5 * 2**20, "5 MiB"), (3 * 2**29, "1.5 GiB")],
)
def test_bytes_have_a_unit_of_memory(size, text):
    assert format_bytes(size) == text


@pytest.mark.parametrize(
    ("value", "text"), [(3.0, "3"), (-0.25, "-0.25"), (1 / 3, "0.3333333333"), (1e20, "1e+20")]
)
def test_a_whole_number_is_written_without_a_point(value, text):
    assert format_shortest(value) == text


def test_a_percentage_has_the_decimals_asked_for():
    assert [format_percent(0.93789, digits) for digits in (0, 1, 2)] == [
        "94\xa0%",
        "93.8\xa0%",
        "93.79\xa0%",
    ]


@pytest.mark.parametrize(("a", "text"), [(0, "0.000"), (0.25, "0.250"), (1.23e-5, "1.2e−05")])
def test_a_tiny_probability_is_not_said_to_be_nothing(a, text):
    assert format_probability(a) == text


@pytest.mark.parametrize("bias", [0.104, -0.104, 0.0])
def test_a_sum_adds_up_as_it_is_rounded(bias):
    sigma, b, z = (number_of(text.replace(" ", "")) for text in format_sum(3.318, bias))
    assert round(sigma + b, 2) == z == 3.32


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=12))
@example([-0.001, 1.0])
def test_terms_are_rounded_so_that_they_add_up(parts):
    texts = format_terms(parts, sum(parts))
    assert "−0.00" not in texts
    terms = [number_of(text) for text in texts]
    assert sum(terms) == pytest.approx(round(sum(parts), 2), abs=0.00501)
    np.testing.assert_allclose(terms, parts, atol=0.0101)


@pytest.mark.parametrize(
    ("z", "words"),
    [(0.0, ""), (2.3, "9.97 times "), (6.0, "403 times "), (99, "over a million times ")],
)
def test_a_difference_of_logits_is_a_factor_of_odds(z, words):
    assert format_odds(z) == words


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1200, "1,200 rows")]
)
def test_a_count_has_its_noun_in_the_right_number(number, text):
    assert format_count(number, "row") == text
