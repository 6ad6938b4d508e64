"""Numbers as text: a true minus sign, superscript powers of ten; and those that people type."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from core.language import NO_BREAK, current, localised, tr, tr_n

MINUS = "−"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SMALLEST, WHOLE = 0.0005, 99_999.5  # outside these `format_cell` uses a power of ten


def true_minus(text: str) -> str:
    """Replace each hyphen by a true minus sign, −."""
    return text.replace("-", MINUS)


def localised_number(text: str) -> str:
    """Return a number as Python writes it with a true minus sign and the language's marks."""
    return localised(true_minus(text))


def separator() -> str:
    """Return the mark between numbers of a list, which is not the language's decimal mark."""
    return ";" if current().decimal == "," else ","


def listed(numbers: Iterable[str]) -> str:
    """Return formatted numbers one after the other: 0.5, −2; in German 0,5; −2."""
    return f"{separator()} ".join(numbers)


def format_integer(number: float) -> str:
    """Format a whole number in groups of three digits: 1,200."""
    return localised_number(f"{number:,.0f}")


def format_fixed(value: float, decimals: int) -> str:
    """Format with `decimals` decimals; what rounds to 0 has no sign. Accepts inf and nan."""
    return localised_number(f"{value if round(value, decimals) else 0.0:.{decimals}f}")


def format_signed(value: float, decimals: int) -> str:
    """Format with `decimals` decimals and a sign, + or −, also if the result is 0."""
    return localised_number(f"{value:+.{decimals}f}")


def format_count(number: int, what: str) -> str:
    """Format a count with its noun, as in “1,200 rows”; catalogues have it as “{n} rows”."""
    return tr_n(f"{{n}} {what}", f"{{n}} {what}s", number)


def format_plain(value: float, digits: int) -> str:
    """Format with at most `digits` significant digits, as Python's `g` does: 0.25, 1e+06."""
    return localised_number(f"{value:.{digits}g}")


def format_general(value: float, digits: int) -> str:
    """Format with at most `digits` significant digits, far from 1 as 2.2 × 10⁻⁷; also inf, nan."""
    if not value or not math.isfinite(value):
        return format_fixed(value, 0)
    if 1e-3 <= abs(value) < 10**digits - 0.5:
        return format_plain(value, digits)
    return format_scientific(value, digits - 1, times=" × ")


def format_shortest(value: float) -> str:
    """Format as a name: a whole number below 1e16 in full (3, not 3.0), others in up to ten digits.

    Accepts inf and nan.
    """
    value = float(value)
    if abs(value) < 1e16 and value == int(value):
        return str(int(value))
    return f"{value:.10g}"


def format_superscript(exponent: int) -> str:
    """Format an exponent as superscript characters."""
    return str(exponent).translate(SUPERSCRIPTS)


def format_scientific(value: float, decimals: int, *, times: str = "·", plus: bool = False) -> str:
    """Format a finite number as a mantissa times a power of ten: 2.50·10⁻⁹.

    times : separator of mantissa and power. plus : whether a positive number gets a sign.
    """
    text = f"{value:+.{decimals}e}" if plus else f"{value:.{decimals}e}"
    mantissa, exponent = text.split("e")
    return f"{localised_number(mantissa)}{times}10{format_superscript(int(exponent))}"


def format_magnitude(value: float) -> str:
    """Format the magnitude of a number in one digit: 2·10⁻⁹; 0 stays 0."""
    if not math.isfinite(value):
        return tr("not a number") if math.isnan(value) else "∞" if value > 0 else f"{MINUS}∞"
    return format_scientific(value, 0) if value else "0"


def format_significant(value: float, digits: int) -> str:
    """Format with exactly `digits` significant digits, as a power of ten if far from 1."""
    if not math.isfinite(value) or value == 0:
        return format_magnitude(value)
    if 1e-4 <= abs(value) < 10**digits:
        decimals = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
        return localised_number(f"{value:.{decimals}f}")
    return format_scientific(value, digits - 1)


def format_cell(value: float) -> str:
    """Format in about four digits and at most eight characters, for a matrix: −4·10⁻⁶, ∞, nan."""
    size = abs(value)
    if not value or math.isnan(value):
        return "nan" if value else "0"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if value == round(value) and size < WHOLE:
        return localised_number(f"{value:.0f}")
    if size < SMALLEST or size >= WHOLE:
        return format_scientific(value, 0)
    decimals = 4 if size < 0.0095 else 3 if size < 9.9995 else 2 if size < 99.995 else 1
    return localised_number(f"{value:.{decimals}f}")


def format_three_digits(value: float) -> str:
    """Format in three digits: 1.23, 12.3, 123; larger ones as whole numbers."""
    size = abs(value)
    return format_fixed(value, 2 if size < 9.995 else 1 if size < 99.95 else 0)


def format_rate(rate: float) -> str:
    """Format a rate per second (≥ 0) in three digits with a unit prefix: 950, 12.3 k, 4.60 M."""
    for factor, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if rate >= 0.9995 * factor:
            return format_three_digits(rate / factor) + unit
    return format_three_digits(rate)


def format_probability(value: float) -> str:
    """Format a probability in three decimals, or as 1.2e−05 if these would all be 0."""
    is_hidden = 0 < value < 0.0005
    return localised_number(f"{value:.1e}" if is_hidden else f"{value:.3f}")


def format_percent(share: float, decimals: int = 1) -> str:
    """Format a fraction as a percentage, whose sign stays on the line of its number: 93.8 %."""
    return localised(f"{100 * share:.{decimals}f}{NO_BREAK}%")


def format_ratio(ratio: float) -> str:
    """Format a factor ≥ 1: three digits, from 1,000 a whole number, from 10⁶ a power of ten."""
    if ratio >= 1e6:
        return f"10^{math.log10(ratio):.0f}"
    return localised(f"{ratio:,.0f}" if ratio >= 1000 else f"{ratio:.3g}")


def format_bytes(size: float) -> str:
    """Format a number of bytes in KiB (at least 1), in MiB or in GiB."""
    if size < 2**20:
        return localised(f"{max(size / 2**10, 1):,.0f} KiB")
    if size < 2**30:
        return localised(f"{size / 2**20:,.0f} MiB")
    return localised(f"{size / 2**30:,.1f} GiB")


def format_odds(difference: float) -> str:
    """Format exp(logit difference ≥ 0) as a factor before a word: “9.97 times ”; 1 is ""."""
    if difference < 0.005:
        return ""
    if difference > math.log(1e6):
        return tr("over a million times ")
    factor = math.exp(difference)
    shown = localised(f"{factor:,.0f}" if factor >= 99.5 else f"{factor:.3g}")
    return tr("{factor} times ", factor=shown)


def format_sum(total: float, bias: float, decimals: int = 2) -> tuple[str, str, str]:
    """Format Σ, the signed bias and their sum so that the rounded numbers add up.

    total : the logit. Logit and bias are rounded; Σ is the difference of the rounded values.
    """
    b, z = round(bias, decimals), round(total, decimals)
    sign = MINUS if b < 0 else "+"
    sigma, logit = format_fixed(z - b, decimals), format_fixed(z, decimals)
    return sigma, localised(f"{sign} {abs(b):.{decimals}f}"), logit


def format_terms(parts: Sequence[float], total: float) -> list[str]:
    """Format the terms of a sum in two decimals so that they add up to the rounded total.

    Each term is rounded up or down; those closest to a tie are rounded the other way as needed.
    """
    exact = np.asarray(parts, dtype=np.float64) * 100
    whole = np.rint(exact)
    missing = round(total * 100) - int(whole.sum())
    step = 1 if missing > 0 else -1
    for i in np.argsort(-step * (exact - whole), kind="stable")[: abs(missing)]:
        whole[i] += step
    return [format_signed(value / 100, 2) for value in (whole + 0.0).tolist()]  # no −0


def format_spaced(signed: str) -> str:
    """Put a space after the sign of a formatted number, as between the terms of a sum."""
    return signed.replace("+", "+ ").replace(MINUS, f"{MINUS} ")


def parse_number(text: str) -> float | None:
    """Return the number that a person has typed: 0.693, 0,693, −1, 86.67 %; None for none."""
    words = text.strip().replace(MINUS, "-").replace(",", ".")
    is_share = words.endswith("%")
    try:
        number = float(words.removesuffix("%"))
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return number / 100 if is_share else number
