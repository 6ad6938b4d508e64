"""Runs of a sweep as files, one by one: found again by the digest of their settings and data."""

from __future__ import annotations

import hashlib
import json
import math
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import VERSION, files
from core.config import DataConfig, RunConfig
from core.data import sources
from core.data.defaults import OF_ROWS
from core.errors import DataError
from core.library.loop import Result, measured

if TYPE_CHECKING:
    from core.data.dataset import Dataset
    from core.projects.project import Packed
    from core.runs.run_record import Record
    from core.train.trainer import Trainer

RUNS = "runs"  # the folder of the files
MOST_BYTES = 2**20
JUDGED = ("validation_loss", "test_loss", "train_loss")  # by the first that there is


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    figures : by the names of `core.train.history.SERIES`, as far as there are any, on all rows.
    status : as of `core.train.snapshot.Status`; "" of a run that could not be, and then `error` is
    why. notes : sentences on its end.
    """

    status: str = ""
    figures: Mapping[str, float] | None = None
    steps: int = 0
    epochs: int = 0
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    error: str = ""

    @classmethod
    def of(cls, result: Result) -> Outcome:
        """Return that of a finished run."""
        figures = {name: getattr(result.metrics, name) for name in measured(result.task)}
        return cls(
            status=result.status.value,
            figures={name: value for name, value in figures.items() if math.isfinite(value)},
            steps=result.metrics.step,
            epochs=result.metrics.epoch,
            seconds=result.seconds,
            notes=tuple(result.notes),
        )


def reading_of(config: DataConfig) -> DataConfig:
    """Return the config with what decides nothing of how the rows are read at its default."""
    return DataConfig(**{name: getattr(config, name) for name in OF_ROWS})


class DataSets:
    """The last data set that was read, for runs that train on the same rows, on any thread."""

    def __init__(self) -> None:
        self._config: DataConfig | None = None
        self._dataset: Dataset | None = None
        self._reading = threading.Lock()

    def load(self, config: DataConfig) -> Dataset:
        """Return the data set of a config. Raises DataError."""
        wanted = reading_of(config)
        with self._reading:
            if self._dataset is None or wanted != self._config:
                self._dataset, self._config = sources.load(wanted), wanted
            return self._dataset


def key_of(config: RunConfig, dataset: Dataset) -> str:
    """Return the digest of all that decides a run: its settings, its rows, and the version.

    Where a file lies is not part of it.
    """
    from core.projects.stored_data import digest_of

    settings = asdict(
        replace(
            config,
            data=replace(config.data, path=config.data.path and "-", folder=None, labels=None),
        )
    )
    text = json.dumps([VERSION, settings, digest_of(dataset)], sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def paths_of(folder: Path, key: str) -> tuple[Path, Path]:
    """Return the files of a run: its figures, and the run itself as a project."""
    return folder / RUNS / f"{key}.json", folder / RUNS / f"{key}.logitlab"


def packed(trainer: Trainer) -> Packed:
    """Return a finished run ready to be written, without its rows."""
    from core.exports.exported_run import ExportedRun
    from core.projects import project

    record = ExportedRun.of(trainer).record()
    return project.packed(project.Project(trainer.task, records=(record,), is_linked=True))


def write(folder: Path, key: str, outcome: Outcome, run: Packed) -> None:
    """Keep a finished run, whole or not at all. Raises SaveError."""
    figures, kept = paths_of(folder, key)
    run.write(kept)
    with files.writing(figures) as file:  # the last: a run with figures is whole
        file.write(json.dumps({"key": key, **asdict(outcome)}, indent=1) + "\n")


def read(folder: Path, key: str) -> Outcome | None:
    """Return what came of a kept run; None if it is not there, or damaged."""
    figures, kept = paths_of(folder, key)
    if not (figures.exists() and kept.exists()):
        return None
    try:
        found = json.loads(files.contents(figures, "a run", MOST_BYTES))
        return _outcome(found, key)
    except (DataError, ValueError, TypeError, RecursionError):
        return None


def _outcome(found: Any, key: str) -> Outcome:
    if not isinstance(found, dict) or found.pop("key", None) != key:
        raise DataError("it is another run's.")
    if set(found) != {each.name for each in fields(Outcome)}:
        raise DataError("it has other members.")
    figures = found["figures"]
    are_numbers = isinstance(figures, dict) and all(
        isinstance(value, float) for value in figures.values()
    )
    texts = [found["status"], *found["notes"]]
    if not are_numbers or found["error"] or not all(isinstance(text, str) for text in texts):
        raise DataError("it has other values.")
    return Outcome(**{**found, "notes": tuple(found["notes"])})


def record_of(folder: Path, key: str, datasets: DataSets) -> Record:
    """Return a kept run with its curves and weights. Raises DataError."""
    from core.projects import project

    _, kept = paths_of(folder, key)
    found = project.load(kept, datasets.load)
    if not found.records:
        raise DataError(f"{kept.name} holds no run.")
    return found.records[0]
