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
from core.errors import LogitLabError
from core.library.data import data_config
from core.library.settings import with_settings
from core.library.sweeps.kept import JUDGED
from core.library.sweeps.space import (
    MOST_VALUES,
    Space,
    Values,
    drawn,
    is_known,
    is_value,
    space_of,
    values_of,
)
from core.teach.lesson_table import Table
from core.teach.toml_document import MOST_BYTES, Fault, FaultyTextError, parse

WHAT = "sweep"
KEYS = ("data", "seeds", "settings", "grid", "random", "search")
MOST_RUNS = 10_000
MOST_AT_ONCE = 1_000
MOST_DATA = 4_000  # letters of a path


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
class Search:
    """A search for the settings with the least loss.

    base, settings, seeds : of each run, beside what is searched. space : from what each setting is
    taken. trials : combinations that are tried; at_once : how many are chosen before these are
    judged. draw : the seed of the choice. minimise : a figure; "" for the first of JUDGED.
    """

    base: RunConfig
    settings: Values
    seeds: tuple[int, ...]
    space: Space
    trials: int
    at_once: int
    draw: int
    minimise: str

    def runs_of(self, number: int, varied: Values) -> list[Planned]:
        """Return the runs of a combination. Raises LogitLabError if it cannot be."""
        return _runs_of(number, varied, self.base, self.settings, self.seeds)


@dataclass(frozen=True)
class Plan:
    """The runs of a sweep, which a search adds to. names : of the settings that vary.

    faults : combinations that cannot be, and why.
    """

    names: tuple[str, ...]
    runs: tuple[Planned, ...]
    faults: tuple[tuple[Values, str], ...] = ()
    search: Search | None = None

    @property
    def size(self) -> int:
        """How many runs there are to be, at most."""
        search = self.search
        return search.trials * len(search.seeds) if search else len(self.runs)

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
    count, generator, space = _random(table.table("random"), base)
    search = _search(table.table("search"), base, settings, seeds)
    table.refuse_others(KEYS)
    _refuse_twice(table, settings, grid, space, search.space if search else {})
    if search and (grid or space):
        table.fault(("search",), "a search stands alone, without grid and random.")
    size = math.prod(map(len, grid.values())) * count * len(seeds)
    size = search.trials * len(seeds) if search else size
    if size > MOST_RUNS:
        table.fault((), f"these are {size:,} runs; {MOST_RUNS:,} are the most.")
    if faults:
        raise FaultyTextError(tuple(faults))
    if search:
        return Plan(tuple(search.space), (), search=search)
    draws = [{name: drawn(each, generator) for name, each in space.items()} for _ in range(count)]
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
    runs, faults = list[Planned](), []
    for number, varied in enumerate(_combinations(grid, draws)):
        try:
            runs += _runs_of(number, varied, base, settings, seeds)
        except LogitLabError as error:  # of two settings that do not go together
            faults.append((varied, str(error)))
    names = (*grid, *(draws[0] if draws else ()))
    return Plan(names, tuple(runs), tuple(faults))


def _runs_of(
    number: int, varied: Values, base: RunConfig, settings: Values, seeds: Sequence[int]
) -> list[Planned]:
    given = {**settings, **varied}
    configs = [(seed, with_settings(base, {**given, "seed": seed})) for seed in seeds]
    return [Planned(number, varied, seed, config) for seed, config in configs]


def _combinations(grid: Mapping[str, Sequence[Any]], draws: Sequence[Values]) -> Iterator[Values]:
    for values in itertools.product(*grid.values()):
        for draw in draws:
            yield {**dict(zip(grid, values, strict=True)), **draw}


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
        if is_known(table, name) and is_value(table, (name,), name, value, base)
    }


def _grid(table: Table, base: RunConfig) -> dict[str, list[Any]]:
    found = {}
    for name in table.values:
        if not is_known(table, name):
            continue
        lack = "has no values; a list such as [0.1, 1.0] was expected."
        found[name] = values = values_of(table, name, base, lack)
        if any(value in values[:k] for k, value in enumerate(values)):
            table.fault((name,), f"{name} has a value twice.")
    return found


def _random(table: Table, base: RunConfig) -> tuple[int, np.random.Generator, Space]:
    """Return how many combinations are drawn, what draws them, and from what."""
    if not table.values:
        return 1, np.random.default_rng(0), {}
    count, seed = table.whole("runs", 1, MOST_RUNS), _draw(table)
    return count, np.random.default_rng(seed), space_of(table, base, ("runs", "draw"))


def _draw(table: Table) -> int:
    return table.whole("draw", 0, MAX_SEED) if "draw" in table else 0


def _search(table: Table, base: RunConfig, settings: Values, seeds: Sequence[int]) -> Search | None:
    if not table.values:
        return None
    minimise = table.one_of("minimise", JUDGED)
    if minimise == JUDGED[0] and not settings.get("validation_fraction"):
        table.fault(("minimise",), "there are no validation rows; set validation_fraction.")
    return Search(
        base=base,
        settings=settings,
        seeds=tuple(seeds),
        trials=table.whole("trials", 1, MOST_RUNS),
        at_once=table.whole("at_once", 1, MOST_AT_ONCE) if "at_once" in table else 1,
        draw=_draw(table),
        minimise=minimise,
        space=space_of(table, base, ("trials", "at_once", "draw", "minimise")),
    )


def _refuse_twice(table: Table, *parts: Mapping[str, Any]) -> None:
    names = ("settings", "grid", "random", "search")
    for (a, first), (b, second) in itertools.combinations(zip(names, parts, strict=True), 2):
        for name in first:
            if name in second:
                table.fault((b, name), f"{name} is in {a} already.")
