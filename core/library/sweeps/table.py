"""The table of a sweep: figures of each combination with their intervals over the seeds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.csv.spreadsheet import to_text
from core.library.sweeps.kept import Outcome
from core.library.sweeps.plan import Planned
from core.library.sweeps.space import Values
from core.train.history import SERIES

LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """The mean of `count` values, and the ends of its t interval at 95 %; NaN of fewer than two."""

    mean: float
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Row:
    """A combination: its settings, what is known of its figures, and how many runs failed.

    figures : by the names of `core.train.history.SERIES`. seconds : of a run, in the mean.
    """

    varied: Values
    figures: Mapping[str, Interval]
    runs: int
    diverged: int
    failed: int
    seconds: float


def interval(values: Sequence[float]) -> Interval:
    """Return mean and t interval at 95 %: mean ± t · s/√n, with n − 1 degrees of freedom.

    It takes the values for independent and roughly normal. NaN if one of them is no number.
    """
    from scipy.special import stdtrit

    n = len(values)
    mean = float(np.mean(values)) if n else math.nan
    if n < 2 or not math.isfinite(mean):
        return Interval(mean, math.nan, math.nan, n)
    half = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * float(np.std(values, ddof=1)) / math.sqrt(n)
    return Interval(mean, mean - half, mean + half, n)


def rows(runs: Iterable[tuple[Planned, Outcome]]) -> list[Row]:
    """Return a row for each combination, in the order of the plan."""
    found: dict[int, list[tuple[Planned, Outcome]]] = {}
    for planned, outcome in runs:
        found.setdefault(planned.combination, []).append((planned, outcome))
    return [_row(found[k]) for k in sorted(found)]


def _row(runs: Sequence[tuple[Planned, Outcome]]) -> Row:
    whole = [outcome for _, outcome in runs if outcome.figures is not None]
    names = [name for name in SERIES if all(name in (each.figures or {}) for each in whole)]
    return Row(
        varied=runs[0][0].varied,
        figures={name: interval([(each.figures or {})[name] for each in whole]) for name in names}
        if whole
        else {},
        runs=len(whole),
        diverged=sum(each.status == "diverged" for each in whole),
        failed=len(runs) - len(whole),
        seconds=float(np.mean([each.seconds for each in whole])) if whole else math.nan,
    )


def as_csv(names: Sequence[str], table: Sequence[Row]) -> str:
    """Return a line for each combination: settings, then each figure with its interval."""
    figures = [name for name in SERIES if any(name in row.figures for row in table)]
    head = [f"{name}{end}" for name in figures for end in ("", " low", " high")]
    lines = [[*names, "runs", "diverged", "failed", *head, "seconds"]]
    for row in table:
        numbers = [
            end
            for name in figures
            for each in [row.figures.get(name)]
            for end in ((each.mean, each.low, each.high) if each else (math.nan,) * 3)
        ]
        counts = [str(n) for n in (row.runs, row.diverged, row.failed)]
        told = [_number(value) for value in (*numbers, row.seconds)]
        lines.append([*(_setting(row.varied[name]) for name in names), *counts, *told])
    return to_text(lines)


def as_json(
    names: Sequence[str], runs: Sequence[tuple[Planned, Outcome]], table: Sequence[Row]
) -> dict[str, Any]:
    """Return table and runs as JSON-compatible values; None for what is no finite number."""
    return {
        "settings": list(names),
        "combinations": [
            {
                "settings": dict(row.varied),
                "runs": row.runs,
                "diverged": row.diverged,
                "failed": row.failed,
                "figures": {
                    name: {
                        "mean": _finite(each.mean),
                        "low": _finite(each.low),
                        "high": _finite(each.high),
                    }
                    for name, each in row.figures.items()
                },
            }
            for row in table
        ],
        "runs": [
            {
                "settings": dict(planned.varied),
                "seed": planned.seed,
                "status": outcome.status or None,
                **{name: _finite(value) for name, value in (outcome.figures or {}).items()},
                "steps": outcome.steps,
                "epochs": outcome.epochs,
                "seconds": outcome.seconds,
                "notes": list(outcome.notes),
                "error": outcome.error or None,
            }
            for planned, outcome in runs
        ],
    }


def _setting(value: Any) -> str:
    if isinstance(value, float):
        return repr(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _number(value: float) -> str:
    return repr(value) if math.isfinite(value) else ""


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
