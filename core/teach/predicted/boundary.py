"""A boundary that a person has drawn: how many training rows it parts rightly, and how many can be.

A line parts the plane into two sides. It is drawn within what is seen, so its ends go on straight
ahead; one whose ends meet is closed, and its sides are in and out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.config import TrainingConfig
from core.data.points import inside
from core.data.task import Task
from core.explain.optimum import optimum
from core.explain.plane import Plane, boundary_lines
from core.explain.probe import decision_grid, row_answers
from core.language import in_a_row, tr, tr_n
from core.number_format import format_integer, format_percent
from core.train.snapshot import Params
from core.train.trainer import Trainer

Floats = NDArray[np.float64]

AHEAD = 0.15  # share of the line's length that says where an end goes on to
MEETING = 0.06  # of the plane: ends that are as near as this meet
AFAR = 1000.0  # sizes of the plane: no row is beyond
NODES = 161
MOST_STEPS = 20_000
MOST_ROWS = 20_000


@dataclass(frozen=True, eq=False)
class Best:
    """What a model can do at best.

    accuracy : on the training rows. lines : its boundaries, (k, 2) each. name : what model it is.
    """

    accuracy: float
    lines: tuple[Floats, ...]
    name: str


def obstacle(task: Task) -> str:
    """Return why no boundary can be drawn for the task, "" if one can."""
    if task.dataset.h != 2 or task.dataset.m != 2 or not task.source.is_measured:
        return tr("A boundary is drawn between two classes in the plane of two features.")
    if len(task.train_rows) > MOST_ROWS:
        most = format_integer(MOST_ROWS)
        return tr("A boundary is drawn among at most {most} training rows.", most=most)
    return "" if len(task.train_rows) else tr("There are no training rows.")


def accuracy(task: Task, line: Floats, plane: Plane) -> float:
    """Return the share of the training rows on their class's side of the line, (k, 2).

    Each side stands for one of the two classes, so that most rows are right.
    """
    train = task.train_rows
    xy = task.dataset.X[train][:, [plane.x, plane.y]].astype(np.float64)
    right = sides(line, xy, plane) == (task.dataset.y[train] == 1)
    return float(max(right.mean(), 1 - right.mean()))


def sides(line: Floats, xy: Floats, plane: Plane) -> NDArray[np.bool_]:
    """Return for each position (n, 2) on which side of the line (k, 2), k > 1, it is."""
    low = np.array([plane.x_range[0], plane.y_range[0]])
    size = np.array([np.ptp(plane.x_range), np.ptp(plane.y_range)])
    drawn = (np.asarray(line, dtype=np.float64) - low) / size
    return inside((xy - low) / size, _outline(drawn))


def best(task: Task, settings: TrainingConfig, plane: Plane) -> Best:
    """Return the model at the minimum of its loss, or as it is at the end of a run of its own.

    settings : of the run. Takes seconds.
    """
    params, name = None, tr("the optimum")
    if not task.config.model.hidden:  # else the loss is not convex
        params = optimum(task, settings.l2, settings.l1).params
    if params is None:
        params, name = _trained(task, settings)
    predicted = row_answers(task, params).predicted[task.train_rows]
    share = float((predicted == task.dataset.y[task.train_rows]).mean())
    lines = boundary_lines(decision_grid(task, params, plane, NODES, NODES))
    return Best(share, tuple(lines), name)


def describe(drawn: float, possible: Best) -> str:
    """Say how good a drawn line is beside what is possible; drawn : its accuracy."""
    said = tr(
        "You drew this line: {drawn}; {model} has {share}.",
        drawn=format_percent(drawn),
        model=possible.name,
        share=format_percent(possible.accuracy),
    )
    if drawn <= possible.accuracy:
        return said
    return in_a_row(said, tr("The model makes the loss small, not the mistakes."))


def _trained(task: Task, settings: TrainingConfig) -> tuple[Params, str]:
    trainer = Trainer(replace(task, config=replace(task.config, training=settings)))
    while trainer.outcome is None and trainer.step_count < MOST_STEPS:
        trainer.step()
    name = tr_n("the model after {n} epoch", "the model after {n} epochs", trainer.epoch)
    return trainer.params(), name


def _outline(drawn: Floats) -> Floats:
    """Return a polygon, one of the two sides; in units of the plane's size."""
    lengths = np.hypot(*np.diff(drawn, axis=0).T)
    if len(drawn) > 3 and np.hypot(*(drawn[0] - drawn[-1])) < MEETING < lengths.sum() / 4:
        return drawn
    start, end = _ahead(drawn[::-1], lengths[::-1]), _ahead(drawn, lengths)
    middle = np.full(2, 0.5)
    angles = [float(np.arctan2(*(each - middle)[::-1])) for each in (end, start)]
    turn = (angles[1] - angles[0]) % (2 * np.pi)
    arc = angles[0] + np.linspace(0, turn, 32)
    around = middle + 2 * AFAR * np.stack([np.cos(arc), np.sin(arc)], axis=1)
    return np.concatenate([[start], drawn, [end], around])


def _ahead(drawn: Floats, lengths: Floats) -> Floats:
    """Return a point far away that the line reaches if it goes on from its last point."""
    to_end = np.append(np.cumsum(lengths[::-1])[::-1], 0.0)  # from each point
    near = np.flatnonzero(to_end >= AHEAD * to_end[0])
    from_here = drawn[near[-1]]
    direction = drawn[-1] - from_here
    length = float(np.hypot(*direction))
    if not length:
        direction, length = drawn[-1] - drawn[0] + 1e-12, 1.0
    ahead: Floats = drawn[-1] + AFAR * direction / length
    return ahead
