"""Whether the runs of a lesson can be set up: each is prepared, on data that come with the program.

Its formulae are typeset too. A file may be right and still name a feature that its data set has
not.
"""

from __future__ import annotations

from core.data import sources
from core.data.task import Task, prepare
from core.errors import ConfigError, DataError
from core.language import tr
from core.teach.formulae import formulae_of, typesetting_fault
from core.teach.lesson import Lesson, Setup, Step
from core.teach.lesson_file import read
from core.teach.plot_question import PlotQuestion
from core.teach.predicted import boundary
from core.teach.toml_document import Fault, FaultyTextError, parse


def rehearsed(data: bytes, key: str) -> Lesson:
    """Return the lesson that the bytes hold. Raises FaultyTextError also for impossible runs."""
    lesson, document = read(data, key), parse(data)
    faults = []
    task: Task | None = None  # of the steps from here on
    for index, step in enumerate(lesson.steps):
        task, where, why = _tried(step, task)
        if why:
            faults.append(Fault(document.line(("steps", index, where)), why))
        for latex in formulae_of(f"{step.text}\n{step.reveal}"):
            why = typesetting_fault(latex)
            if why:
                faults.append(Fault(document.line_of(("steps", index), f"${latex}$"), why))
    if faults:
        raise FaultyTextError(tuple(faults))
    return lesson


def _tried(step: Step, task: Task | None) -> tuple[Task | None, str, str]:
    """Return the task after a step; and its key that cannot be and why, "" if all can.

    task : before the step; None if it is not known.
    """
    if step.setup is not None:
        try:
            task = _prepared(step.setup)
        except (ConfigError, DataError) as error:
            return None, "setup", str(error)
        if task is not None and task.obstacle:
            return None, "setup", task.obstacle
    return task, "question", "" if task is None else _unanswerable(step, task)


def _prepared(setup: Setup) -> Task | None:
    """Return the task of a run; None if its data may have to be fetched."""
    if sources.is_fetched(setup.config.data):
        return None
    points = setup.points
    rows = sources.load(setup.config.data) if points is None else sources.drawn(points)
    return prepare(rows, setup.config)


def _unanswerable(step: Step, task: Task) -> str:
    """Return why the step's question cannot be answered on a plot of this task, "" if it can."""
    question = step.question
    if not isinstance(question, PlotQuestion) or question.view != "Boundary":
        return ""
    if question.kind == "boundary":
        return boundary.obstacle(task)
    if not task.source.is_measured or task.dataset.m < 2:
        return tr("There is no plane to click on: it takes two measured features.")
    return ""
