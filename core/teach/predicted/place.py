"""A place on a plot that a person is asked to click: where it is, and what is where they clicked.

Positions are in the units of the plot's axes: two features, or step and loss.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.explain.plane import Plane, boundary_lines
from core.explain.probe import decision_grid, probabilities, row_answers
from core.language import mark, tr, tr_n
from core.number_format import format_fixed, format_integer, format_probability
from core.teach.plot_question import BOUNDARY, MISTAKE, ON_CURVE
from core.train.history import SERIES, Curves
from core.train.snapshot import Params

Floats = NDArray[np.float64]
Spot = tuple[float, float]

NODES = 161  # of the grid that a boundary is traced on, along each axis
TIE = 1e-6  # losses that differ by this share are the same
NOTHING = mark("There is none now.")


@dataclass(frozen=True, eq=False)
class Target:
    """Where to click.

    places : lines of (k, 2) positions, a single point each or a boundary; empty if there is none.
    words : what is there, as a sentence.
    """

    places: tuple[Floats, ...]
    words: str

    def distance(self, spot: Spot, size: Spot) -> float:
        """Return the distance of a spot from the nearest place, ∞ if there is none.

        size : width and height of what is seen of the plot, which count as 1 each.
        """
        return min((_distance(line, spot, size) for line in self.places), default=math.inf)


def on_plane(name: str, task: Task, params: Params, plane: Plane) -> Target:
    """Return the target of this name: training rows on the plane, or its boundary."""
    if name == BOUNDARY:
        lines = boundary_lines(decision_grid(task, params, plane, NODES, NODES))
        words = tr("On the boundary the model is undecided.") if lines else tr(NOTHING)
        return Target(tuple(lines), words)
    answers, train = row_answers(task, params), task.train_rows
    loss = answers.loss[train]
    if not len(train):
        return Target((), tr(NOTHING))
    if name == MISTAKE:
        rows = train[answers.predicted[train] != task.dataset.y[train]]
        words = tr_n(
            "{n} example is put into another class.",
            "{n} examples are put into another class.",
            len(rows),
        )
        return Target(_points(task, rows, plane), words if len(rows) else tr(NOTHING))
    top = float(loss.max())
    rows = train[loss >= top - TIE * abs(top)]
    loss_of = format_fixed(top, 3)
    if len(rows) > 1:
        count = format_integer(len(rows))
        words = tr("The largest loss is {loss}, of {count} examples.", loss=loss_of, count=count)
    else:
        row = format_integer(rows[0] + 1)
        words = tr("The largest loss is {loss}, of row {row}.", loss=loss_of, row=row)
    return Target(_points(task, rows, plane), words)


def on_curve(name: str, curves: Curves) -> Target:
    """Return the target of this name on the measured loss curve of a run."""
    step, loss = _measured(name, curves)
    if not len(loss):
        return Target((), tr(NOTHING))
    at = int(loss.argmin())
    words = tr(
        "The {name} is {loss}, after step {step}.",
        name=tr(name),
        loss=format_fixed(loss[at], 4),
        step=format_integer(step[at]),
    )
    return Target((np.array([[step[at], loss[at]]]),), words)


def seen_on_plane(
    name: str, task: Task, params: Params, plane: Plane, spot: Spot, size: Spot
) -> str:
    """Return what is where a person clicked, as a sentence; "" if there is nothing to say."""
    if name == BOUNDARY:
        values = np.array([plane.at], dtype=np.float64)
        values[0, [plane.x, plane.y]] = spot
        shares = probabilities(task, params, values)[0]
        k = int(shares.argmax())
        share = format_probability(float(shares[k]))
        return tr("Here {name} has {share}.", name=shown_classes(task.dataset)[k], share=share)
    train = task.train_rows
    if not len(train):
        return ""
    X = task.dataset.X[train][:, [plane.x, plane.y]].astype(np.float64)
    row = int(train[np.hypot(*((X - spot) / size).T).argmin()])
    answers, number = row_answers(task, params), format_integer(row + 1)
    if name == MISTAKE:
        k = int(answers.predicted[row])
        if k != task.dataset.y[row]:
            return tr("The nearest example, row {row}, is one: click nearer to it.", row=number)
        own = shown_classes(task.dataset)[k]
        return tr("Row {row} is put into its own class, {name}.", row=number, name=own)
    lost = format_fixed(float(answers.loss[row]), 3)
    return tr("Row {row} has the loss {loss}.", row=number, loss=lost)


def seen_on_curve(name: str, curves: Curves, spot: Spot) -> str:
    """Return the loss at the step that a person clicked, as a sentence."""
    step, loss = _measured(name, curves)
    if not len(loss):
        return ""
    at = int(np.abs(step - spot[0]).argmin())
    return tr(
        "After step {step} it is {loss}.",
        step=format_integer(step[at]),
        loss=format_fixed(loss[at], 4),
    )


def _measured(name: str, curves: Curves) -> tuple[Floats, Floats]:
    """Return steps and losses where the loss is a number."""
    series = ON_CURVE[name]
    assert series in SERIES
    loss = np.asarray(getattr(curves, series), dtype=np.float64)
    is_number = np.isfinite(loss)
    return curves.step[is_number].astype(np.float64), loss[is_number]


def _points(task: Task, rows: NDArray[np.int64], plane: Plane) -> tuple[Floats, ...]:
    X = task.dataset.X[rows][:, [plane.x, plane.y]].astype(np.float64)
    return tuple(X[:, None, :])


def _distance(line: Floats, spot: Spot, size: Spot) -> float:
    """Return the distance of a spot from a line of (k, 2), in shares of the size."""
    points = (np.asarray(line) - spot) / np.asarray(size)
    start, along = points[:-1], np.diff(points, axis=0)
    if not len(start):
        return float(np.hypot(*points[0]))
    square = (along**2).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(square > 0, -(start * along).sum(axis=1) / square, 0.0).clip(0, 1)
    return float(np.hypot(*(start + share[:, None] * along).T).min())
