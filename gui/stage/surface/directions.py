"""The two directions of the parameters that a loss surface spans, if there are two."""

from __future__ import annotations

from core.data.task import Task
from core.explain.surface import direction, loss_surface
from core.explain.surface.direction import Direction
from core.explain.surface.loss_surface import Sample
from core.language import mark, tr
from core.train.trajectory import Trajectory

ONE_PARAMETER = mark(
    "This model has a single weight: its loss is a curve, no surface. Choose a second feature, or "
    "a bias, to see one."
)

FROM_START, FROM_HERE = mark("downhill from the start"), mark("downhill from here")


def describe_absence(task: Task) -> str:
    """Return why there is no surface and what to do about it; "" where there is one."""
    return "" if direction.has_two_parameters(task) else tr(ONE_PARAMETER)


def pair_of(
    task: Task, wanted: tuple[object, object], sample: Sample, path: Trajectory
) -> tuple[Direction, Direction]:
    """Return the two chosen directions, the second made orthogonal to the first.

    wanted : keys as in `SurfaceChoices.directions`.
    path : trajectory of the run, from its start to the current model.
    """
    found = []
    for one in wanted:
        match one:
            case ("w", int(k), int(j)):
                found.append(direction.of_parameter(task, k, j))
            case ("b", int(k)):
                found.append(direction.of_parameter(task, k, None))
            case ("hidden w", int(j), int(i)):
                found.append(direction.of_hidden_parameter(task, j, i))
            case ("hidden b", int(j)):
                found.append(direction.of_hidden_parameter(task, j, None))
            case ("way", int(number)):
                found.append(direction.principal(task, path, number))
            case ("random", int(seed)):
                found.append(direction.at_random(task, seed))
            case ("downhill", "start"):
                start = direction.point_of(task, path, 0)
                found.append(loss_surface.downhill(sample, start, tr(FROM_START)))
            case _:
                here = direction.point_of(task, path, -1)
                found.append(loss_surface.downhill(sample, here, tr(FROM_HERE)))
    first, second = found
    return first, direction.beside(first, second, task)
