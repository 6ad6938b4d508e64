"""Checks of settings: each raises ConfigError that names the setting and what was expected."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable

from core.errors import ConfigError
from core.language import localised, mark, tr

MAX_FLOAT = sys.float_info.max


def check_one_of(name: str, value: object, known: tuple[str | None, ...]) -> None:
    """Check that the value is one of those known; None may be among them."""
    if value not in known:
        text = ", ".join(repr(word)[1:-1] for word in known if word is not None)
        raise ConfigError(
            tr(
                "{name} is {value}; it must be one of {known}.",
                name=name,
                value=repr(value),
                known=text,
            )
        )


def check_number(name: str, value: object, low: float, high: float, *, above: bool = False) -> None:
    """Check for a finite number from low to high, above `low` if `above`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MAX_FLOAT:
        raise ConfigError(
            tr("{name} is {value}; a finite number was expected.", name=name, value=repr(value))
        )
    if value < low or value > high or (above and value == low):
        raise ConfigError(_out_of_range(name, value, low, high, above=above))


def _out_of_range(name: str, value: float, low: float, high: float, *, above: bool) -> str:
    said = {
        (True, True): mark("{name} is {value}; it must be greater than {low} and at most {high}."),
        (True, False): mark("{name} is {value}; it must be greater than {low}."),
        (False, True): mark("{name} is {value}; it must be at least {low} and at most {high}."),
        (False, False): mark("{name} is {value}; it must be at least {low}."),
    }[above, math.isfinite(high)]
    numbers = {"value": value, "low": low, "high": high}
    return tr(said, name=name, **{key: localised(f"{n:g}") for key, n in numbers.items()})


def check_whole(name: str, value: object, low: int, high: int) -> None:
    """Check for a whole number from low to high."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigError(
            tr("{name} is {value}; a whole number was expected.", name=name, value=repr(value))
        )
    if not low <= value <= high:
        raise ConfigError(
            tr(
                "{name} is {value}; it must be from {low} to {high}.",
                name=name,
                value=value,
                low=low,
                high=localised(f"{high:,}"),
            )
        )


def check_text(name: str, value: object, *, optional: bool = True) -> None:
    """Check for text; for None too if it is optional."""
    if not isinstance(value, str) and not (optional and value is None):
        raise ConfigError(tr("{name} is {value}; text was expected.", name=name, value=repr(value)))


def check_texts(name: str, values: object) -> None:
    """Check for a tuple of texts, or None."""
    if values is None:
        return
    if not isinstance(values, tuple):
        raise ConfigError(
            tr("{name} is {value}; a list of names was expected.", name=name, value=repr(values))
        )
    for value in values:
        check_text(name, value, optional=False)


def check_switches(settings: object, names: Iterable[str], *, optional: bool = False) -> None:
    """Check that these settings are true or false; or None too if they are optional."""
    for name in names:
        value = getattr(settings, name)
        if not isinstance(value, bool) and not (optional and value is None):
            raise ConfigError(
                tr("{name} is {value}; it must be true or false.", name=name, value=repr(value))
            )


def check_group(name: str, value: object, kind: type) -> None:
    """Check for a group of settings."""
    if not isinstance(value, kind):
        raise ConfigError(
            tr("{name} is {value}; a group of settings was expected.", name=name, value=repr(value))
        )


def refuse_unknown(where: str, values: Iterable[str], known: Iterable[str]) -> None:
    """Check that each of these settings is one of those known."""
    for key in values:
        if key not in known:
            raise ConfigError(
                tr(
                    "“{key}” is not a setting of {where}; known: {known}.",
                    key=key,
                    where=where,
                    known=", ".join(known),
                )
            )


def check_marks(decimal: str | None, thousands: str | None) -> None:
    """Check that the marks of numbers differ."""
    if decimal is not None and decimal == thousands:
        raise ConfigError(
            tr(
                "“{mark}” is both the decimal mark and the thousands mark; choose two different "
                "ones.",
                mark=decimal,
            )
        )


def check_two_classes(positive: str | None, negative: str | None) -> None:
    """Check that the classes of a neuron differ."""
    if negative is not None and positive == negative:
        raise ConfigError(
            tr(
                "Both classes are “{name}”; the binary model needs two different ones.",
                name=positive,
            )
        )
