"""Checks of settings: each raises ConfigError that names the setting and what was expected."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable

from core.errors import ConfigError

MAX_FLOAT = sys.float_info.max


def check_one_of(name: str, value: object, known: tuple[str | None, ...]) -> None:
    """Check that the value is one of those known; None may be among them."""
    if value not in known:
        text = ", ".join(repr(word)[1:-1] for word in known if word is not None)
        raise ConfigError(f"{name} is {value!r}; it must be one of {text}.")


def check_number(name: str, value: object, low: float, high: float, *, above: bool = False) -> None:
    """Check for a finite number from low to high, above `low` if `above`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MAX_FLOAT:
        raise ConfigError(f"{name} is {value!r}; a finite number was expected.")
    if value < low or value > high or (above and value == low):
        bound = f"greater than {low:g}" if above else f"at least {low:g}"
        limit = f" and at most {high:g}" if math.isfinite(high) else ""
        raise ConfigError(f"{name} is {value:g}; it must be {bound}{limit}.")


def check_whole(name: str, value: object, low: int, high: int) -> None:
    """Check for a whole number from low to high."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigError(f"{name} is {value!r}; a whole number was expected.")
    if not low <= value <= high:
        raise ConfigError(f"{name} is {value}; it must be from {low} to {high:,}.")


def check_text(name: str, value: object, *, optional: bool = True) -> None:
    """Check for text; for None too if it is optional."""
    if not isinstance(value, str) and not (optional and value is None):
        raise ConfigError(f"{name} is {value!r}; text was expected.")


def check_texts(name: str, values: object) -> None:
    """Check for a tuple of texts, or None."""
    if values is None:
        return
    if not isinstance(values, tuple):
        raise ConfigError(f"{name} is {values!r}; a list of names was expected.")
    for value in values:
        check_text(name, value, optional=False)


def check_switches(settings: object, names: Iterable[str], *, optional: bool = False) -> None:
    """Check that these settings are true or false; or None too if they are optional."""
    for name in names:
        value = getattr(settings, name)
        if not isinstance(value, bool) and not (optional and value is None):
            raise ConfigError(f"{name} is {value!r}; it must be true or false.")
