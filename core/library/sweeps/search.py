"""A search for the settings with the least loss: Optuna chooses them, from what was judged so far.

What it chooses depends on the seed and on what it is told, in order, and on nothing else. So there
is no storage of its own: a search that goes on, or is asked for more trials, begins anew, finds its
runs among those that are kept, and goes the same way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.errors import ConfigError, DataError, LogitLabError
from core.library.sweeps import table
from core.library.sweeps.kept import JUDGED
from core.library.sweeps.making import Making
from core.library.sweeps.plan import Plan, Planned, Search
from core.library.sweeps.space import Range, Space, Values
from core.library.sweeps.table import Row

if TYPE_CHECKING:
    import optuna
    from optuna.distributions import BaseDistribution

NEEDED = "A search is made by Optuna: pip install optuna, or logitlab[search]."
DIGITS = 4


@dataclass(frozen=True)
class Trial:
    """Settings that were chosen, and what knows them by Optuna."""

    varied: Values
    asked: optuna.trial.Trial


class Study:
    """Chooses settings by a tree-structured Parzen estimator, from those that it was told of.

    Raises ConfigError without Optuna.
    """

    def __init__(self, space: Space, seed: int) -> None:
        try:
            import optuna
        except ImportError:
            raise ConfigError(NEEDED) from None
        self._space = space
        self._known = {name: _distribution(values) for name, values in space.items()}
        self._failed = optuna.trial.TrialState.FAIL
        heard = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
        optuna.logging.set_verbosity(heard)

    def ask(self) -> Trial:
        """Choose settings."""
        asked = self._study.ask(self._known)
        varied = {name: _value(values, asked.params[name]) for name, values in self._space.items()}
        return Trial(varied, asked)

    def tell(self, trial: Trial, loss: float | None) -> None:
        """Judge settings by their loss: infinite if they diverged, None if they could not be."""
        if loss is None:
            self._study.tell(trial.asked, state=self._failed)
        else:
            self._study.tell(trial.asked, loss)


def _distribution(values: Range | Sequence[object]) -> BaseDistribution:
    from optuna import distributions as known

    if not isinstance(values, Range):  # by their places: a value may be a list
        return known.CategoricalDistribution(tuple(range(len(values))))
    if values.is_whole:
        return known.IntDistribution(int(values.low), int(values.high), log=values.is_log)
    return known.FloatDistribution(values.low, values.high, log=values.is_log)


def _value(values: Range | Sequence[object], chosen: int | float) -> object:
    """Return a value to train with: a number of few digits, which people read and type."""
    if not isinstance(values, Range):
        return values[int(chosen)]
    if values.is_whole:
        return chosen
    return min(max(float(f"{chosen:.{DIGITS}g}"), values.low), values.high)


def find(plan: Plan, search: Search, making: Making) -> tuple[Plan, int]:
    """Make trials until all are judged or it is stopped.

    Returns the plan with the runs that were asked for, and how many runs are left. Raises
    ConfigError without Optuna, DataError if none of the settings can be, SaveError, PeerError.
    """
    study, faults = Study(search.space, search.draw), list[tuple[Values, str]]()
    judged: dict[str, float | None] = {}
    told, number, left = 0, 0, 0
    while told < search.trials:
        trials = [study.ask() for _ in range(min(search.at_once, search.trials - told))]
        new: dict[str, list[Planned]] = {}
        for trial in trials:
            name = repr(trial.varied)
            if name in judged or name in new:  # settings may be chosen twice
                continue
            try:
                new[name] = search.runs_of(number, trial.varied)
                number += 1
            except LogitLabError as error:  # of settings that do not go together
                faults.append((trial.varied, str(error)))
                judged[name] = None
        asked = making.make([run for runs in new.values() for run in runs])
        left = sum(k not in making.outcomes for k in asked)
        if left:
            left += (search.trials - told - len(trials)) * len(search.seeds)
            break
        rows = table.rows((making.runs[k], making.outcomes[k]) for k in asked)
        judged |= {name: _loss(row, search) for name, row in zip(new, rows, strict=True)}
        for trial in trials:
            study.tell(trial, judged[repr(trial.varied)])
        told += len(trials)
    if not making.runs and faults:
        raise DataError(f"None of the settings can be: {faults[0][1]}")
    return replace(plan, runs=tuple(making.runs), faults=tuple(faults)), left


def _loss(row: Row, search: Search) -> float | None:
    """Return what a combination is judged by: the mean over its seeds."""
    if row.failed:
        return None
    if row.diverged:
        return math.inf
    wanted = (search.minimise,) if search.minimise else JUDGED
    found = next((row.figures[name] for name in wanted if name in row.figures), None)
    return None if found is None else found.mean
