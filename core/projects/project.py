"""A project as a value: data, the shown run with its whole past, kept runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import VERSION
from core.config import RunConfig
from core.data import sources
from core.data.points import MAX_CLASSES, MAX_POINTS, MIN_CLASSES, Points
from core.data.preprocessing import Standardiser
from core.data.task import Task, prepare
from core.errors import ConfigError, DataError
from core.language import tr
from core.projects import archive
from core.projects.stored_data import Load, StoredData
from core.projects.structure import Arrays, Decoder, encoded
from core.runs.run_record import MAX_KEPT, Record, RecordValues
from core.runs.run_state import RunState
from core.train.history import ROWS, SERIES

MAX_REASON = 300  # characters


@dataclass(frozen=True, eq=False)
class Project:
    """What a file of a project holds.

    task, state : of the shown run; the state is None if it cannot be trained yet.
    points : drawn, also where other data are shown. lesson : the name of the shown lesson, or "".
    records : the kept runs. epochs : what the terminal measured at the end of each epoch.
    window : how the window looked, by words that only it understands.
    is_linked : of rows that lie in a file, it holds only where that is and a digest.
    saved : when, as ISO 8601; program : by which version.
    """

    task: Task
    state: RunState | None = None
    points: Points = field(default_factory=Points)
    lesson: str = ""
    records: tuple[Record, ...] = ()
    epochs: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    window: Mapping[str, str] = field(default_factory=dict)
    is_linked: bool = False
    saved: str = ""
    program: str = VERSION


# What the file holds -------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class StoredTask:
    """A task: the data it is made of by their number, its config, and its standardiser."""

    data: int
    config: RunConfig
    mean: NDArray[np.float64]
    std: NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class StoredRecord(RecordValues):
    """A kept run: its task by its number."""

    task: int


@dataclass(frozen=True, eq=False)
class Contents:
    """The text of a project's file; the first task is the shown run's."""

    program: str
    saved: str
    data: tuple[StoredData, ...]
    tasks: tuple[StoredTask, ...]
    state: RunState | None
    points: Points
    lesson: str
    records: tuple[StoredRecord, ...]
    epochs: dict[str, tuple[float, ...]]
    window: dict[str, str]


OWN = tuple(f.name for f in fields(RecordValues))


# Saving --------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Packed:
    """A project ready to be written: JSON-compatible values and arrays."""

    contents: dict[str, Any]
    arrays: Sequence[NDArray[Any]]

    @property
    def nbytes(self) -> int:
        """Bytes of its numbers before they are compressed."""
        return archive.nbytes(self.arrays)

    def write(self, path: Path) -> None:
        """Write the file. Raises SaveError."""
        archive.write(path, self.contents, self.arrays)


def packed(project: Project) -> Packed:
    """Return the project ready to be written."""
    kept = list({id(t): t for t in (project.task, *(r.task for r in project.records))}.values())
    origins = list({id(task.source): task for task in kept}.values())
    number_of = {id(task.source): k for k, task in enumerate(origins)}
    place_of = {id(task): k for k, task in enumerate(kept)}
    contents = Contents(
        program=project.program,
        saved=project.saved,
        data=tuple(
            StoredData.of(task.source, task.config.data, is_linked=project.is_linked)
            for task in origins
        ),
        tasks=tuple(
            StoredTask(
                number_of[id(task.source)],
                task.config,
                task.standardiser.mean,
                task.standardiser.std,
            )
            for task in kept
        ),
        state=project.state,
        points=project.points,
        lesson=project.lesson,
        records=tuple(
            StoredRecord(task=place_of[id(r.task)], **{name: getattr(r, name) for name in OWN})
            for r in project.records
        ),
        epochs=dict(project.epochs),
        window=dict(project.window),
    )
    arrays = Arrays()
    return Packed(encoded(contents, arrays), arrays.arrays)


def save(project: Project, path: Path) -> None:
    """Write the project's file. Raises SaveError."""
    packed(project).write(path)


# Opening -------------------------------------------------------------------------------------


def load(path: Path, load_data: Load = sources.load) -> Project:
    """Read a project's file; raise DataError, with a short message, for any other or damaged one.

    load_data : returns the data set of a config that every copy of the program has.
    """
    values, arrays = archive.read(path)
    try:
        contents = Decoder(arrays).decode(Contents, values, "project")
        return _project(contents, load_data)
    except (ConfigError, DataError) as error:
        reason = " ".join(str(error).split())
        reason = reason if len(reason) < MAX_REASON else f"{reason[:MAX_REASON]}…"
        raise DataError(
            tr("{name} cannot be opened: {reason}", name=path.name, reason=reason)
        ) from error


def _project(contents: Contents, load_data: Load) -> Project:
    data = [each.load(load_data) for each in contents.data]
    made: dict[tuple[Any, ...], Task] = {}
    tasks = [_task(stored, data, made) for stored in contents.tasks]
    if not tasks or len(contents.records) > MAX_KEPT:
        raise DataError(tr("it has no run, or too many."))
    _check_points(contents.points)
    if any(len(values) > 2**20 for values in contents.epochs.values()):
        raise DataError(tr("it has too many epochs."))
    return Project(
        task=tasks[0],
        state=contents.state,
        points=contents.points,
        lesson=contents.lesson,
        records=tuple(_record(stored, tasks) for stored in contents.records),
        epochs=contents.epochs,
        window=contents.window,
        is_linked=contents.data[contents.tasks[0].data].is_link,
        saved=contents.saved,
        program=contents.program,
    )


def _task(stored: StoredTask, data: Sequence[Any], made: dict[tuple[Any, ...], Task]) -> Task:
    """Prepare a task, or take one that differs only in how it is trained."""
    if not 0 <= stored.data < len(data):
        raise DataError(tr("one of its runs has no data."))
    key = stored.data, stored.config.data, stored.config.model
    if key not in made:
        made[key] = prepare(data[stored.data], stored.config)
    task = made[key]
    own, mean, std = task.standardiser, stored.mean, stored.std
    if mean.shape != own.mean.shape or std.shape != own.std.shape:
        raise DataError(tr("its standardiser is of other data."))
    if not (np.isfinite(mean).all() and np.isfinite(std).all() and (std > 0).all()):
        raise DataError(tr("its standardiser is impossible."))
    if not (np.array_equal(mean, own.mean) and np.array_equal(std, own.std)):
        task = replace(task, standardiser=Standardiser(mean, std))  # of an opened model
    return replace(task, config=stored.config)


def _record(stored: StoredRecord, tasks: Sequence[Task]) -> Record:
    if not 0 <= stored.task < len(tasks):
        raise DataError(tr("a kept run has no data."))
    task, params, table = tasks[stored.task], stored.params, stored.curves.table
    model = stored.config.model
    shapes: list[tuple[int, ...]] = [(task.outputs, model.hidden or task.m), (task.outputs,)]
    if model.hidden:
        shapes += [(model.hidden, task.m), (model.hidden,)]
    if [a.shape for a in params.arrays] != shapes:
        raise DataError(tr("a kept run has weights of another model."))
    if not all(np.isfinite(a).all() for a in params.arrays):
        raise DataError(tr("a kept run has weights that are not finite."))
    if table.ndim != 2 or table.shape[0] != ROWS:
        raise DataError(tr("the curves of a kept run have another shape."))
    fall = stored.curves.fall
    if fall is not None and set(fall.series) != set(SERIES):
        raise DataError(tr("a divergence has other curves."))
    h = task.dataset.h
    if stored.metrics.confusion.shape != (h, h):
        raise DataError(tr("a kept run has another number of classes."))
    return Record(task=task, **{name: getattr(stored, name) for name in OWN})


def _check_points(points: Points) -> None:
    n, h = len(points.labels), len(points.class_names)
    labels = points.labels
    are_labels = not n or (int(labels.min()) >= 0 and int(labels.max()) < h)
    is_board = points.xy.shape == (n, 2) and n <= MAX_POINTS and MIN_CLASSES <= h <= MAX_CLASSES
    if not (are_labels and is_board and math.isfinite(float(points.xy.sum()))):
        raise DataError(tr("its drawn points are impossible."))
