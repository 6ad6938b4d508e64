"""Settings of a sweep's file: which there are, and the values that one may take."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.config import RunConfig
from core.errors import ConfigError, DataError
from core.library.settings import with_settings
from core.projects.setup_text import decoded
from core.runs.json_object import quoted
from core.teach.lesson_table import Table

MOST_VALUES = 1_000  # of a setting
RANGE = ("from", "to", "log")
NOT_HERE = {  # settings that a sweep gives in another way
    "seed": "seeds = […] beside the tables",
    "source": "data",
    "path": "data",
    "folder": "data",
}

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Range:
    """Numbers that are drawn evenly from `low` to `high`, or evenly in their logarithm."""

    low: float
    high: float
    is_log: bool
    is_whole: bool

    def draw(self, rng: np.random.Generator) -> float | int:
        """Return the next number."""
        if self.is_whole and not self.is_log:
            return int(rng.integers(int(self.low), int(self.high), endpoint=True))
        ends = (self.low, self.high)
        low, high = (math.log(end) for end in ends) if self.is_log else ends
        found = float(rng.uniform(low, high))
        if self.is_log:
            found = min(max(math.exp(found), self.low), self.high)
        return round(found) if self.is_whole else found


Space = Mapping[str, Range | list[Any]]


def space_of(table: Table, base: RunConfig, others: Sequence[str]) -> Space:
    """Return from what each setting is drawn; others : keys of the table that are no settings."""
    found: dict[str, Range | list[Any]] = {}
    for name, value in table.values.items():
        if name in others or not is_known(table, name):
            continue
        if isinstance(value, dict):
            drawn = _range(table.table(name), name, base)
            if drawn is not None:
                found[name] = drawn
            continue
        found[name] = values_of(table, name, base, "needs values, or {from = …, to = …}.")
    if not found:
        table.fault((), "there is no setting to draw.")
    return found


def values_of(table: Table, name: str, base: RunConfig, lack: str) -> list[Any]:
    """Return those of the listed values that the setting can have; note the others.

    lack : what is said of the setting, after its name, if there are none.
    """
    values = table.list(name, MOST_VALUES)
    if not values:
        table.fault((name,), f"{name} {lack}")
    return [each for k, each in enumerate(values) if is_value(table, (name, k), name, each, base)]


def drawn(values: Range | list[Any], rng: np.random.Generator) -> Any:
    if isinstance(values, Range):
        return values.draw(rng)
    return values[int(rng.integers(len(values)))]


def _range(table: Table, name: str, base: RunConfig) -> Range | None:
    low, high, is_log = table.number("from"), table.number("to"), bool(table.switch("log"))
    table.refuse_others(RANGE)
    if low is None or high is None:
        table.fault((), f"{name} needs both from and to.")
        return None
    if low > high or (is_log and low <= 0):
        least = "above 0 and " if is_log else ""
        table.fault((), f"{name} goes from {low:g} to {high:g}; from must be {least}at most to.")
        return None
    is_whole = _is_whole(name)
    ends = [int(end) if is_whole and end.is_integer() else end for end in (low, high)]
    are_values = [
        is_value(table, (key,), name, end, base)
        for key, end in zip(("from", "to"), ends, strict=True)
    ]
    return Range(low, high, is_log, is_whole) if all(are_values) else None


def _is_whole(name: str) -> bool:
    """Return whether a setting takes whole numbers only."""
    try:
        decoded(name, 0.5)
    except DataError:
        return True
    return False


def is_known(table: Table, name: str) -> bool:
    """Return whether this is a setting; note if it is none, or given in another way."""
    if name in NOT_HERE:
        table.fault((name,), f"{name} is not given here; write {NOT_HERE[name]}.")
        return False
    return True


def is_value(
    table: Table, path: tuple[str | int, ...], name: str, value: Any, base: RunConfig
) -> bool:
    """Return whether the setting can have this value; note if it cannot."""
    try:
        with_settings(base, {name: value})
    except ConfigError as error:
        told = str(error)
        if not told.startswith((name, quoted(name))):
            return True  # it may go with the other settings
        table.fault(path, told)
        return False
    return True
