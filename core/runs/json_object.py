"""Access to an untrusted JSON object; every member is validated."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn, TypeVar

from core.errors import DataError
from core.language import tr

MAX_QUOTED = 60  # characters of a value in a message
MAX_WHOLE = 2**31
MAX_COUNT = 2**63

Value = TypeVar("Value")


class JsonObject:
    """Members by name; each method returns one of a certain type.

    Raises DataError, which quotes the name and the beginning of the value, if the member is
    missing or of another type.
    """

    def __init__(self, members: dict[str, Any]) -> None:
        self._members = members

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def get(self, name: str) -> Any:
        """Return the member unchecked; None if it is missing."""
        return self._members.get(name)

    def member(self, name: str, kind: type[Value]) -> Value:
        """Return an object (dict) or a list, whose own members are unchecked."""
        value = self.get(name)
        if not isinstance(value, kind):
            raise DataError(tr("“{name}” is {value}.", name=name, value=quoted(value)))
        return value

    def text(self, name: str) -> str:
        return _text(name, self.get(name))

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(_text(name, value) for value in self.member(name, list))

    def number(self, name: str) -> float:
        """Return a finite number."""
        value = self.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise DataError(
                tr("“{name}” is {value}; a number was expected.", name=name, value=quoted(value))
            )
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise DataError(
                tr("“{name}” is {value}; it is too large.", name=name, value=quoted(value))
            )
        return number

    def count(self, name: str) -> int:
        """Return a non-negative integer below MAX_COUNT."""
        value = self.get(name)
        if type(value) is not int or not 0 <= value < MAX_COUNT:
            raise DataError(
                tr("“{name}” is {value}; a count was expected.", name=name, value=quoted(value))
            )
        return value

    def whole_numbers(self, name: str) -> tuple[int, ...]:
        """Return integers of magnitude below MAX_WHOLE."""
        values = self.get(name)
        if not isinstance(values, list) or not all(
            type(value) is int and abs(value) < MAX_WHOLE for value in values
        ):
            raise DataError(
                tr(
                    "“{name}” is {values}; whole numbers were expected.",
                    name=name,
                    values=quoted(values),
                )
            )
        return tuple(values)

    def shape(self, name: str) -> tuple[int, int] | None:
        """Return numbers of rows and columns, or None for null."""
        if self.get(name) is None:
            return None
        numbers = self.whole_numbers(name)
        if len(numbers) != 2:
            raise DataError(
                tr(
                    "“{name}” is {value}; rows and columns were expected.",
                    name=name,
                    value=quoted(list(numbers)),
                )
            )
        return numbers[0], numbers[1]


def parse(data: bytes) -> Any:
    """Return the value of JSON text; None if invalid, as with NaN and Infinity."""
    try:
        return json.loads(data.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None


def quoted(value: object) -> str:
    """Return the beginning of the value's `repr`."""
    text = repr(value)
    return text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED]}…"


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise DataError(
            tr("“{name}” is {value}; text was expected.", name=name, value=quoted(value))
        )
    if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise DataError(
            tr(
                "“{name}” is {value}; half a character cannot be shown.",
                name=name,
                value=quoted(value),
            )
        )
    return value
