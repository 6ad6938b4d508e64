"""Whether the runs of a lesson can be set up: each is prepared, on data that come with the program.

Its formulae are typeset too. A file may be right and still name a feature that its data set has
not.
"""

from __future__ import annotations

from core.data import sources
from core.data.task import prepare
from core.errors import ConfigError, DataError
from core.teach.formulae import formulae_of, typesetting_fault
from core.teach.lesson import Lesson, Setup
from core.teach.lesson_file import read
from core.teach.toml_document import Fault, FaultyTextError, parse


def rehearsed(data: bytes, key: str) -> Lesson:
    """Return the lesson that the bytes hold. Raises FaultyTextError also for impossible runs."""
    lesson, document = read(data, key), parse(data)
    faults = []
    for index, step in enumerate(lesson.steps):
        why = _obstacle(step.setup) if step.setup else ""
        if why:
            faults.append(Fault(document.line(("steps", index, "setup")), why))
        for latex in formulae_of(f"{step.text}\n{step.reveal}"):
            why = typesetting_fault(latex)
            if why:
                faults.append(Fault(document.line_of(("steps", index), f"${latex}$"), why))
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
