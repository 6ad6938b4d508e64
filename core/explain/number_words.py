"""Numbers as people write them by hand: a true minus, powers of ten raised."""

from __future__ import annotations

import math

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def say_size(value: float) -> str:
    """Say how large a number is in one digit, as in “2·10⁻⁹”; nothing is “0”."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa}·10{str(int(exponent)).translate(RAISED)}".replace("-", "−")


def say_number(value: float, digits: int) -> str:
    """Say a number in so many significant digits, without an exponent where it is of usual size."""
    if not math.isfinite(value) or value == 0:
        return say_size(value)
    if 1e-4 <= abs(value) < 10**digits:
        decimals = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
        return f"{value:.{decimals}f}".replace("-", "−")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa}·10{str(int(exponent)).translate(RAISED)}".replace("-", "−")
