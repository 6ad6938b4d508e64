"""`python -m benchmarks`: run the benchmarks, print a table, exit with 1 if a target is missed.

Every module of the package but HELPERS is a benchmark.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Protocol, cast

import benchmarks
from benchmarks import live
from benchmarks.timing import GROSS, Conditions, Result, SkipError, Target

SHORT_TRIES = 3
HELPERS = ("__main__", "children", "live", "timing")
ROW = "{:28} {:>9} {:>14}  {:9} {:>16} {:>16}  {}"


class Benchmark(Protocol):
    """A module of the package that measures something."""

    FIGURES: dict[str, Target]

    @staticmethod
    def measure(conditions: Conditions) -> dict[str, Result]: ...


@dataclass(frozen=True)
class Row:
    """A row of the table: a figure, or the reason why it is missing."""

    name: str
    target: Target
    result: Result | None
    verdict: str  # of the target, or “skipped” or FAILED
    reason: str = ""

    @property
    def figure(self) -> float | None:
        figure = self.target.figure(self.result) if self.result else math.nan
        return figure if math.isfinite(figure) else None

    def __str__(self) -> str:
        if self.result is None:
            return ROW.format(self.name, "–", str(self.target), self.verdict, "–", "–", self.reason)
        value, reference, unit = self.result.value, self.result.reference, self.result.unit
        figures = (f"{value:,.4g} {unit}", f"{reference:,.4g} {unit}")
        figure = f"{self.target.figure(self.result):,.4g}"
        return ROW.format(
            self.name, figure, str(self.target), self.verdict, *figures, self.target.reference
        )

    def details(self) -> dict[str, object]:
        """Return everything about the figure, as values that JSON can hold."""
        known = {
            "target": str(self.target),
            "reference_name": self.target.reference,
            "verdict": self.verdict,
        }
        if self.result is None:
            return known | {"met": None, "reason": self.reason}
        return known | {
            "value": self.result.value,
            "reference": self.result.reference,
            "unit": self.result.unit,
            "met": self.target.verdict(self.result) == "met",
        }


def find() -> list[Benchmark]:
    """Return all benchmarks, sorted by module name."""
    names = sorted(module.name for module in iter_modules(benchmarks.__path__))
    modules = [import_module(f"benchmarks.{name}") for name in names if name not in HELPERS]
    return [cast(Benchmark, module) for module in modules]


def rows_of(benchmark: Benchmark, wanted: Iterable[str], conditions: Conditions) -> list[Row]:
    """Run one benchmark; return the rows of its wanted figures.

    A short run that misses a target is repeated, SHORT_TRIES runs at most: a gross regression
    misses each time, noise does not.
    """
    wanted = list(wanted)
    rows = _measured(benchmark, wanted, conditions)
    for _ in range(SHORT_TRIES - 1 if conditions.is_short else 0):
        if any(row.verdict == "MISSED" for row in rows):
            rows = _measured(benchmark, wanted, conditions)
    return rows


def _measured(benchmark: Benchmark, wanted: list[str], conditions: Conditions) -> list[Row]:
    """Run one benchmark once."""
    targets = {name: benchmark.FIGURES[name] for name in wanted if name in benchmark.FIGURES}
    if not targets:
        return []
    try:
        results = benchmark.measure(conditions)
    except SkipError as lack:
        return [Row(name, targets[name], None, "skipped", str(lack)) for name in targets]
    except Exception as fault:  # no fault may cost the other figures
        words = f"{type(fault).__name__}: {fault}"
        return [Row(name, targets[name], None, "FAILED", words) for name in targets]
    return [
        Row(name, target, results[name], target.verdict(results[name], conditions.is_short))
        for name, target in targets.items()
    ]


def main(words: Sequence[str] | None = None) -> int:
    """Run the chosen benchmarks; return the exit code."""
    found = find()
    names = [name for benchmark in found for name in benchmark.FIGURES]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=benchmarks.__doc__)
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="NAME")
    parser.add_argument("--data-dir", metavar="DIR", help="the folder with MNIST's IDX files")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there too")
    parser.add_argument(
        "--short",
        action="store_true",
        help=f"be quick; fail only where a target is missed {GROSS} times over, for no time in ms",
    )
    options = parser.parse_args(words)
    rows: list[Row] = []
    with live.display() as (environment, where):
        conditions = Conditions(environment, options.data_dir, options.short)
        print(f"Windows are shown {where}.")
        print(ROW.format("name", "figure", "target", "", "ours", "reference", "which is"))
        for benchmark in found:
            for row in rows_of(benchmark, options.only, conditions):
                print(row, flush=True)
                rows.append(row)
    if options.json:
        values: dict[str, object] = {row.name: row.figure for row in rows}
        values["details"] = {row.name: row.details() for row in rows}
        text = json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False)
        options.json.write_text(text + "\n", encoding="utf-8")
    return 1 if any(row.verdict in ("MISSED", "FAILED") for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
