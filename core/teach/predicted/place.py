"""A place on a plot that a person is asked to click: where it is, and what is where they clicked.

Positions are in the units of the plot's axes: two features, or step and loss.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.task import Task
from core.explain.plane import Plane, boundary_lines
from core.explain.probe import decision_grid, probabilities, row_answers
from core.number_format import format_fixed, format_probability
from core.teach.plot_question import BOUNDARY, MISTAKE, ON_CURVE
from core.train.history import SERIES, Curves
from core.train.snapshot import Params

Floats = NDArray[np.float64]
Spot = tuple[float, float]

NODES = 161  # of the grid that a boundary is traced on, along each axis
TIE = 1e-6  # losses that differ by this share are the same
NOTHING = "There is none now."


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
        words = "On the boundary the model is undecided." if lines else NOTHING
        return Target(tuple(lines), words)
    answers, train = row_answers(task, params), task.train_rows
    loss = answers.loss[train]
    if not len(train):
        return Target((), NOTHING)
    if name == MISTAKE:
        rows = train[answers.predicted[train] != task.dataset.y[train]]
        count = len(rows)
        words = f"{count:,} {'example is' if count == 1 else 'examples are'} put into another class"
        return Target(_points(task, rows, plane), f"{words}." if count else NOTHING)
    top = float(loss.max())
    rows = train[loss >= top - TIE * abs(top)]
    words = f"The largest loss is {format_fixed(top, 3)}"
    if len(rows) > 1:
        return Target(_points(task, rows, plane), f"{words}, of {len(rows):,} examples.")
    return Target(_points(task, rows, plane), f"{words}, of row {rows[0] + 1:,}.")


def on_curve(name: str, curves: Curves) -> Target:
    """Return the target of this name on the measured loss curve of a run."""
    step, loss = _measured(name, curves)
    if not len(loss):
        return Target((), NOTHING)
    at = int(loss.argmin())
    words = f"The {name} is {format_fixed(loss[at], 4)}, after step {step[at]:,.0f}."
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
        return f"Here {task.dataset.class_names[k]} has {format_probability(float(shares[k]))}."
    train = task.train_rows
    if not len(train):
        return ""
    X = task.dataset.X[train][:, [plane.x, plane.y]].astype(np.float64)
    row = int(train[np.hypot(*((X - spot) / size).T).argmin()])
    answers = row_answers(task, params)
    if name == MISTAKE:
        k = int(answers.predicted[row])
        if k != task.dataset.y[row]:
            return f"The nearest example, row {row + 1:,}, is one: click nearer to it."
        return f"Row {row + 1:,} is put into its own class, {task.dataset.class_names[k]}."
    return f"Row {row + 1:,} has the loss {format_fixed(float(answers.loss[row]), 3)}."


def seen_on_curve(name: str, curves: Curves, spot: Spot) -> str:
    """Return the loss at the step that a person clicked, as a sentence."""
    step, loss = _measured(name, curves)
    if not len(loss):
        return ""
    at = int(np.abs(step - spot[0]).argmin())
    return f"After step {step[at]:,.0f} it is {format_fixed(loss[at], 4)}."


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
