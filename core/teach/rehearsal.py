"""Whether the runs of a lesson can be set up: each is prepared, on data that come with the program.

A file may be right and still name a feature that its data set has not.
"""

from __future__ import annotations

from core.data import sources
from core.data.task import prepare
from core.errors import ConfigError, DataError
from core.teach.lesson import Lesson, Setup
from core.teach.lesson_file import read
from core.teach.toml_document import Fault, FaultyTextError, parse


def rehearsed(data: bytes, key: str) -> Lesson:
    """Return the lesson that the bytes hold. Raises FaultyTextError also for impossible runs."""
    lesson = read(data, key)
    faults = []
    for index, step in enumerate(lesson.steps):
        why = _obstacle(step.setup) if step.setup else ""
        if why:
            faults.append(Fault(parse(data).line(("steps", index, "setup")), why))
    if faults:
        raise FaultyTextError(tuple(faults))
    return lesson


def _obstacle(setup: Setup) -> str:
    """Return why the run cannot be, "" if it can or its data may have to be fetched."""
    if sources.is_fetched(setup.config.data):
        return ""
    points = setup.points
    try:
        rows = sources.load(setup.config.data) if points is None else sources.drawn(points)
        return prepare(rows, setup.config).obstacle
    except (ConfigError, DataError) as error:
        return str(error)
