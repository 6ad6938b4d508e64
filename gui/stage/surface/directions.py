"""The two directions of the parameters that a loss surface spans, if there are two."""

from __future__ import annotations

from core.data.task import Task
from core.explain import loss_surface
from core.explain.loss_surface import Direction, Sample
from core.train.snapshot import Params
from core.train.trajectory import Trajectory
from gui.state.selected_example import NOT_APPLYING, applies

HIDDEN_LAYER = NOT_APPLYING.format("The loss surface")
ONE_PARAMETER = (
    "This model has a single weight: its loss is a curve, no surface. Choose a second feature, or "
    "a bias, to see one."
)

FROM_START, FROM_HERE = "downhill from the start", "downhill from here"


def describe_absence(task: Task) -> str:
    """Return why there is no surface and what to do about it; "" where there is one."""
    if not applies(task):
        return HIDDEN_LAYER
    return "" if loss_surface.has_two_parameters(task) else ONE_PARAMETER


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
                found.append(loss_surface.of_parameter(task, k, j))
            case ("b", int(k)):
                found.append(loss_surface.of_parameter(task, k, None))
            case ("random", int(seed)):
                found.append(loss_surface.at_random(task, seed))
            case ("downhill", "start"):
                start = Params(path.W[0], path.b[0])
                found.append(loss_surface.downhill(sample, start, FROM_START))
            case _:
                here = Params(path.W[-1], path.b[-1])
                found.append(loss_surface.downhill(sample, here, FROM_HERE))
    first, second = found
    return first, loss_surface.beside(first, second, task)
