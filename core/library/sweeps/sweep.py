"""A sweep as a whole: planned, found again, made, and written down."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from core import files
from core.errors import SaveError
from core.library.sweeps import kept, table
from core.library.sweeps import plan as planning
from core.library.sweeps.kept import JUDGED, DataSets, Outcome
from core.library.sweeps.making import Making, engine
from core.library.sweeps.plan import Plan, Planned
from core.library.sweeps.search import find
from core.library.sweeps.table import Row
from core.number_format import format_general
from core.runs.run_record import MAX_KEPT, Record

if TYPE_CHECKING:
    import pandas as pd

ENDING = ".sweep"  # of the folder beside the file
CSV, JSON, PROJECT = "table.csv", "table.json", "runs.logitlab"
MOST_NAME = 60  # letters
SHOWN = 6  # curves drawn at first
LETTERS = {
    "learning_rate": "η",
    "weight_decay": "λ",
    "l1": "λ₁",
    "momentum": "μ",
    "batch_size": "batch",
    "smoothing": "α",
}


@dataclass(frozen=True, eq=False)
class Sweep:
    """What came of a sweep so far.

    folder : where its runs are kept. plan : what it was to do. outcomes : of the runs that were
    made or found, in the order of the plan; keys : of these, the names of their files. left : how
    many runs are to be made yet.
    """

    folder: Path
    plan: Plan
    outcomes: tuple[tuple[Planned, Outcome], ...]
    keys: tuple[str, ...]
    left: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether all runs were made or found."""
        return self.left == 0

    @property
    def errors(self) -> list[tuple[Planned, str]]:
        """The runs that could not be made, and why."""
        return [(planned, each.error) for planned, each in self.outcomes if each.error]

    @cached_property
    def rows(self) -> list[Row]:
        """A row for each combination of settings, with t intervals at 95 % over its seeds."""
        return table.rows(self.outcomes)

    @cached_property
    def judged_by(self) -> str:
        """The figure that combinations are ranked by: of validation rows where there are any.

        Of test rows otherwise, and then the best of many looks better than it is; "" without runs.
        A search may ask for another one.
        """
        names = {name for row in self.rows for name in row.figures}
        wanted = (self.plan.search.minimise,) if self.plan.search else ()
        return next((name for name in (*wanted, *JUDGED) if name in names), "")

    def ranked(self) -> list[Row]:
        """Return the rows, the least loss first; those without come last."""

        def loss(row: Row) -> tuple[bool, float]:
            found = row.figures.get(self.judged_by)
            return (found is None or row.diverged > 0, found.mean if found else 0.0)

        return sorted(self.rows, key=loss)

    def frame(self) -> pd.DataFrame:
        """Return the table as a DataFrame, as `table.csv` has it."""
        import io

        import pandas as pd

        return pd.read_csv(io.StringIO(table.as_csv(self.plan.names, self.rows)))

    def write(self) -> tuple[Path, Path, Path | None]:
        """Write table.csv, table.json and the runs as a project for the window; return the paths.

        The project has up to 20 runs, those of the best combinations, the first seeds first; there
        is none without a run. Raises SaveError.
        """
        paths = self.folder / CSV, self.folder / JSON
        with files.writing(paths[0]) as file:
            file.write(table.as_csv(self.plan.names, self.rows))
        told = table.as_json(self.plan.names, self.outcomes, self.rows)
        with files.writing(paths[1]) as file:
            file.write(json.dumps(told, indent=1, allow_nan=False) + "\n")
        return (*paths, self._write_project())

    def _write_project(self) -> Path | None:
        from core.projects import project

        chosen = self._chosen()
        if not chosen:
            return None
        rank, datasets, records = self._rank(), DataSets(), []
        best = sorted(chosen, key=lambda k: rank[self.outcomes[k][0].combination])
        if self.plan.search is not None:  # whose order says little
            chosen = best
        for place, k in enumerate(chosen):
            record = kept.record_of(self.folder, self.keys[k], datasets)
            name = _name(self.outcomes[k][0], len(self.plan.runs) > self.plan.combinations)
            is_shown = k in best[:SHOWN]
            records.append(replace(record, name=name, colour=place, is_shown=is_shown))
        records = _sharing_tasks(records)
        path = self.folder / PROJECT
        task = records[chosen.index(best[0])].task
        project.save(project.Project(task, records=tuple(records)), path)
        return path

    def _rank(self) -> dict[int, int]:
        """Return the place of each combination among all, the best first."""
        ranked = self.ranked()
        numbers = list(dict.fromkeys(planned.combination for planned, _ in self.outcomes))
        place = {id(row): k for k, row in enumerate(ranked)}
        return {
            number: place[id(row)] for number, row in zip(sorted(numbers), self.rows, strict=True)
        }

    def _chosen(self) -> list[int]:
        """Return which outcomes go into the project."""
        whole = [k for k, (_, each) in enumerate(self.outcomes) if not each.error]
        if len(whole) <= MAX_KEPT:
            return whole
        rank, turn, turns = self._rank(), dict[int, int](), {}
        for k in whole:
            number = self.outcomes[k][0].combination
            turns[k] = turn[number] = turn.get(number, -1) + 1
        order = sorted(whole, key=lambda k: (turns[k], rank[self.outcomes[k][0].combination]))
        return sorted(order[:MAX_KEPT])

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in (*self.plan.names, self.judged_by))
        lines = []
        for row in self.ranked():
            found = row.figures.get(self.judged_by)
            cells = [str(row.varied[name]) for name in self.plan.names]
            cells.append(describe(found) if found else "–")
            lines.append(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>")
        done = f"{len(self.outcomes):,} of {len(self.plan.runs):,} runs"
        return f"<table><caption>{done}</caption><tr>{head}</tr>{''.join(lines)}</table>"


def sweep(
    file: str | os.PathLike[str],
    *,
    jobs: int = 1,
    dask: str | None = None,
    folder: str | os.PathLike[str] | None = None,
    on_run: Callable[[Planned, Outcome, int], object] | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Sweep:
    """Make the runs that a TOML file describes, and return their table.

    Each has the weights of `logitlab train` with the same settings, bit for bit. Runs that were
    made before are found by the digest of their settings and data, and are not made again.

    file : see docs/sweeps.md. jobs : processes at a time, with one thread each. dask : the address
    of a scheduler, whose workers make the runs instead. folder : where the runs are kept; by
    default beside the file. on_run : called with each run as it ends or is found, and how many are
    done. is_stopped : asked several times a second; what is whole then stays.

    Raises DataError for a file with faults, with their lines (`FaultyTextError.faults`), SaveError
    where the runs cannot be kept, ConfigError without the package that is needed, PeerError where a
    cluster does not answer; what was made is kept. A run that fails has its error in the table.
    """
    path = Path(file)
    plan = planning.load(path)
    place = path.with_suffix(ENDING) if folder is None else Path(folder)
    _make_folder(place)
    with engine(max(jobs, 1), dask) as made_by:
        making = Making(place, made_by, on_run, is_stopped)
        if plan.search is not None:
            plan, left = find(plan, plan.search, making)
        else:
            making.make(plan.runs)
            left = len(plan.runs) - len(making.outcomes)
    numbers = sorted(making.outcomes)
    return Sweep(
        folder=place,
        plan=plan,
        outcomes=tuple((plan.runs[k], making.outcomes[k]) for k in numbers),
        keys=tuple(making.keys.get(k, "") for k in numbers),
        left=left,
    )


def _make_folder(folder: Path) -> None:
    try:
        (folder / kept.RUNS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(f"{folder} cannot be made: {files.reason(error).lower()}.") from error
    files.check_writable(folder / JSON)


def _name(planned: Planned, has_seeds: bool) -> str:
    words = [_said(name, value) for name, value in planned.varied.items()]
    if has_seeds or not words:
        words.append(f"seed {planned.seed}")
    name = ", ".join(words)
    return name if len(name) <= MOST_NAME else f"{name[: MOST_NAME - 1]}…"


def _said(name: str, value: object) -> str:
    """Return a setting in few letters: a word says by itself what it is."""
    if isinstance(value, str):
        return value
    told = format_general(value, 3) if isinstance(value, float) else str(value)
    return f"{LETTERS.get(name, name.replace('_', ' '))} {told}"


def describe(found: table.Interval) -> str:
    """Return a figure with its interval, as in “0.312 (0.298 … 0.326)”."""
    mean = format_general(found.mean, 4)
    if found.low != found.low:
        return mean
    return f"{mean} ({format_general(found.low, 4)} … {format_general(found.high, 4)})"


def _sharing_tasks(records: Sequence[Record]) -> list[Record]:
    """Return the records with one task for those whose data and model are the same."""
    tasks: dict[object, Record] = {}
    made = []
    for record in records:
        key = record.config.data, record.config.model, record.config.training
        made.append(replace(record, task=tasks.setdefault(key, record).task))
    return made
