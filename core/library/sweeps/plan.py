"""What a sweep is to do, from its TOML file, checked whole before anything runs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core import files
from core.config import MAX_SEED, RunConfig, TrainingConfig
from core.errors import ConfigError, DataError, LogitLabError
from core.library.data import data_config
from core.library.settings import with_settings
from core.projects.setup_text import decoded
from core.runs.json_object import quoted
from core.teach.lesson_table import Table
from core.teach.toml_document import MOST_BYTES, Fault, FaultyTextError, parse

WHAT = "sweep"
KEYS = ("data", "seeds", "settings", "grid", "random")
MOST_RUNS = 10_000
MOST_VALUES = 1_000  # of a setting
MOST_DATA = 4_000  # letters of a path
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


@dataclass(frozen=True)
class Planned:
    """One run: the settings that vary, by their names, its seed, and its config.

    combination : number of the settings, from 0; the runs of one differ in their seeds only.
    """

    combination: int
    varied: Values
    seed: int
    config: RunConfig


@dataclass(frozen=True)
class Plan:
    """The runs of a sweep. names : of the settings that vary.

    faults : combinations that cannot be, and why.
    """

    names: tuple[str, ...]
    runs: tuple[Planned, ...]
    faults: tuple[tuple[Values, str], ...] = ()

    @property
    def combinations(self) -> int:
        """How many different settings there are."""
        return len({run.combination for run in self.runs})


def load(path: Path) -> Plan:
    """Read a sweep's file; paths of data in it are relative to it.

    Raises FaultyTextError with all faults by line, DataError for what is no file.
    """
    return read(files.contents(path, f"a {WHAT}", MOST_BYTES), path.parent)


def read(data: bytes, folder: Path = Path()) -> Plan:
    """Return the plan that the bytes hold. Raises FaultyTextError with all faults."""
    document, faults = parse(data, WHAT), list[Fault]()
    table = Table(document, faults, (), document.values)
    base = _base(table, folder)
    seeds = _seeds(table)
    settings = _settings(table.table("settings"), base)
    grid = _grid(table.table("grid"), base)
    count, generator, drawn = _random(table.table("random"), base)
    table.refuse_others(KEYS)
    _refuse_twice(table, settings, grid, drawn)
    size = math.prod(map(len, grid.values())) * count * len(seeds)
    if size > MOST_RUNS:
        table.fault((), f"these are {size:,} runs; {MOST_RUNS:,} are the most.")
    if faults:
        raise FaultyTextError(tuple(faults))
    draws = [{name: _drawn(each, generator) for name, each in drawn.items()} for _ in range(count)]
    plan = _plan(base, settings, grid, draws, seeds)
    if not plan.runs:
        raise FaultyTextError((Fault(1, plan.faults[0][1]),))
    return plan


def _plan(
    base: RunConfig,
    settings: Values,
    grid: Mapping[str, Sequence[Any]],
    draws: Sequence[Values],
    seeds: Sequence[int],
) -> Plan:
    runs, faults = [], []
    for number, varied in enumerate(_combinations(grid, draws)):
        try:
            configs = [(seed, _with(base, {**settings, **varied, "seed": seed})) for seed in seeds]
        except LogitLabError as error:  # of two settings that do not go together
            faults.append((varied, str(error)))
            continue
        runs += [Planned(number, varied, seed, config) for seed, config in configs]
    names = (*grid, *(draws[0] if draws else ()))
    return Plan(names, tuple(runs), tuple(faults))


def _combinations(grid: Mapping[str, Sequence[Any]], draws: Sequence[Values]) -> Iterator[Values]:
    for values in itertools.product(*grid.values()):
        for draw in draws:
            yield {**dict(zip(grid, values, strict=True)), **draw}


def _with(base: RunConfig, settings: Values) -> RunConfig:
    return with_settings(base, settings)


# Tables of the file -------------------------------------------------------------------------------


def _base(table: Table, folder: Path) -> RunConfig:
    """Return the config of the data alone."""
    name = table.text("data", MOST_DATA, "iris")
    try:
        beside = folder / name
        is_path = not Path(name).is_absolute() and name and beside.exists()
        return RunConfig(data=data_config(str(beside.absolute()) if is_path else name, {}))
    except (LogitLabError, OSError, ValueError) as error:
        table.fault(("data",), str(error))
        return RunConfig()


def _seeds(table: Table) -> list[int]:
    if "seeds" not in table:
        table.list("seeds", 0)
        return [TrainingConfig().seed]
    found = table.list("seeds", MOST_VALUES)
    for value in found:
        if type(value) is not int or not 0 <= value <= MAX_SEED:
            table.fault(("seeds",), f"a seed is a whole number from 0 to {MAX_SEED:,}.")
            return [0]
    if not found or len(set(found)) < len(found):
        table.fault(("seeds",), "seeds must be one or more different numbers.")
    return list(found) or [0]


def _settings(table: Table, base: RunConfig) -> dict[str, Any]:
    return {
        name: value
        for name, value in table.values.items()
        if _is_known(table, name) and _is_value(table, (name,), name, value, base)
    }


def _grid(table: Table, base: RunConfig) -> dict[str, list[Any]]:
    found = {}
    for name in table.values:
        if not _is_known(table, name):
            continue
        values = list(table.list(name, MOST_VALUES))
        if not values:
            table.fault((name,), f"{name} has no values; a list such as [0.1, 1.0] was expected.")
        found[name] = [
            value
            for k, value in enumerate(values)
            if _is_value(table, (name, k), name, value, base)
        ]
        if any(value in values[:k] for k, value in enumerate(values)):
            table.fault((name,), f"{name} has a value twice.")
    return found


def _random(
    table: Table, base: RunConfig
) -> tuple[int, np.random.Generator, dict[str, Range | list[Any]]]:
    """Return how many combinations are drawn, what draws them, and from what."""
    if not table.values:
        return 1, np.random.default_rng(0), {}
    count = table.whole("runs", 1, MOST_RUNS)
    seed = table.whole("draw", 0, MAX_SEED) if "draw" in table else 0
    found: dict[str, Range | list[Any]] = {}
    for name, value in table.values.items():
        if name in ("runs", "draw") or not _is_known(table, name):
            continue
        if isinstance(value, dict):
            drawn = _range(table.table(name), name, base)
            if drawn is not None:
                found[name] = drawn
            continue
        values = list(table.list(name, MOST_VALUES))
        if not values:
            table.fault((name,), f"{name} needs values, or {{from = …, to = …}}.")
        found[name] = [
            each for k, each in enumerate(values) if _is_value(table, (name, k), name, each, base)
        ]
    if not found:
        table.fault((), "random has no setting to draw.")
    return count, np.random.default_rng(seed), found


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
        _is_value(table, (key,), name, end, base)
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


def _is_known(table: Table, name: str) -> bool:
    """Return whether this is a setting; note if it is none, or given in another way."""
    if name in NOT_HERE:
        table.fault((name,), f"{name} is not given here; write {NOT_HERE[name]}.")
        return False
    return True


def _is_value(
    table: Table, path: tuple[str | int, ...], name: str, value: Any, base: RunConfig
) -> bool:
    """Return whether the setting can have this value; note if it cannot."""
    try:
        _with(base, {name: value})
    except ConfigError as error:
        told = str(error)
        if not told.startswith((name, quoted(name))):
            return True  # it may go with the other settings
        table.fault(path, told)
        return False
    return True


def _refuse_twice(table: Table, *parts: Mapping[str, Any]) -> None:
    names = ("settings", "grid", "random")
    for (a, first), (b, second) in itertools.combinations(zip(names, parts, strict=True), 2):
        for name in first:
            if name in second:
                table.fault((b, name), f"{name} is in {a} already.")


def _drawn(values: Range | list[Any], rng: np.random.Generator) -> Any:
    if isinstance(values, Range):
        return values.draw(rng)
    return values[int(rng.integers(len(values)))]
