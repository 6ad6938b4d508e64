"""Parsers of option values, whose errors say what was expected."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation

MOST_DIGITS = 30  # of a whole number; no option accepts half as many


def batch_size(text: str) -> int | None:
    """Parse a number of examples; None for “full”."""
    if text == "full":
        return None
    try:
        return whole(text)
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(f"“{text}” is neither a whole number nor “full”") from None


def whole(text: str) -> int:
    """Parse a whole number, also in a form such as 1e3 or 1_000."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        value = Decimal("nan")
    is_whole = value.is_finite() and value.adjusted() < MOST_DIGITS
    if not is_whole or value != value.to_integral_value():
        raise argparse.ArgumentTypeError(f"“{text}” is no whole number, as 20 and 1e3 are")
    return int(value)


def number(text: str) -> float:
    """Parse a number."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no number, as 0.1 and 1e-3 are") from None


def words(text: str) -> list[str]:
    """Return the words between commas."""
    return [word.strip() for word in text.split(",") if word.strip()]
