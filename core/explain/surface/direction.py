"""Directions in the space of a model's parameters, of which a loss surface spans two."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.shown_names import shown_classes, shown_inputs
from core.data.task import Task
from core.language import tr
from core.model_family import FAMILY, output_names
from core.train.snapshot import Hidden, Params
from core.train.trajectory import Trajectory

Reals = NDArray[np.float64]

PARALLEL = 1e-6  # sine of the angle below which directions count as parallel
RANDOM_SEED = 7  # of the direction used by default
SHORT = 6  # most characters of a class in the name of a pair


@dataclass(frozen=True, eq=False)
class Direction:
    """A unit vector in parameter space, in the order of `Params.arrays`.

    dW : (outputs, m) and db : (outputs,). below : dV (u, m) and dc (u,) of a hidden layer, whose
    units W takes then; empty without one.
    """

    name: str
    dW: Reals
    db: Reals
    below: tuple[Reals, ...] = ()

    @property
    def arrays(self) -> tuple[Reals, ...]:
        return self.dW, self.db, *self.below

    def along(self, params: Params) -> float:
        """Return the coordinate of the parameters in this direction."""
        return _dot(self.arrays, params.arrays)

    def along_path(self, path: Trajectory) -> Reals:
        """Return the coordinate of each point of a path, (points,), in float32: it may be long.

        Of a path that lacks the weights below a hidden layer, as older projects do, there is none.
        """
        points = len(path.steps)
        W, b = path.W.reshape(points, self.dW.size), path.b.reshape(points, self.db.size)
        dW, db, *below = (part.ravel().astype(np.float32) for part in self.arrays)
        along = W @ dW + b @ db
        if below:
            if path.below.shape[1] != sum(map(len, below)):
                return np.empty(0)
            along += path.below @ np.concatenate(below)
        return np.asarray(along, dtype=np.float64)

    def without(self, other: Direction) -> Direction | None:
        """Return the component orthogonal to another direction, normalised.

        None if the two are parallel: what remains is rounding error.
        """
        shared = _dot(self.arrays, other.arrays)
        rest = [mine - shared * its for mine, its in zip(self.arrays, other.arrays, strict=True)]
        return None if _dot(rest, rest) < PARALLEL**2 else unit(self.name, *rest)


def _dot(some: Sequence[NDArray[np.floating]], others: Sequence[NDArray[np.floating]]) -> float:
    return float(sum(np.vdot(one, other) for one, other in zip(some, others, strict=True)))


def unit(name: str, dW: Reals, db: Reals, *below: Reals) -> Direction:
    """Return the direction of these arrays, as in `Direction`, which must not all be zero."""
    length = np.sqrt(_dot((dW, db, *below), (dW, db, *below)))
    return Direction(name, dW / length, db / length, tuple(part / length for part in below))


def _zeros(task: Task) -> list[Reals]:
    """Return zeros of the shapes of the model's parameters."""
    u = task.config.model.hidden
    shapes: list[tuple[int, ...]] = [(task.outputs, u or task.m), (task.outputs,)]
    if u:
        shapes += [(u, task.m), (u,)]
    return [np.zeros(shape) for shape in shapes]


def has_two_parameters(task: Task) -> bool:
    """Return whether the model has at least two parameters, as a surface requires."""
    return task.config.model.hidden > 0 or task.outputs * (task.m + task.config.model.has_bias) > 1


def beside(first: Direction, second: Direction, task: Task) -> Direction:
    """Return the component of the second orthogonal to the first, or of a random one if parallel.

    The model must have two parameters or more.
    """
    seeds = itertools.count(RANDOM_SEED)
    others = (at_random(task, seed) for seed in seeds)
    found = (one.without(first) for one in itertools.chain([second], others))
    return next(one for one in found if one is not None)


def of_parameter(task: Task, k: int, j: int | None) -> Direction:
    """Return the direction of one weight W[k, j], or of the bias b[k] if j is None."""
    parts = _zeros(task)
    kind, names, u = task.config.model.kind, shown_classes(task.dataset), task.config.model.hidden
    has_pairs = FAMILY[kind].is_pairwise
    name = output_names(kind, [_short(name) for name in names] if has_pairs else names)[k]
    above = "⁽²⁾" if u else ""
    if j is None:
        parts[1][k] = 1
        return unit(f"b{above} {name}", *parts)
    parts[0][k, j] = 1
    taken = tr("unit {n}", n=j + 1) if u else shown_inputs(task)[j]
    return unit(f"w{above} {name}, {taken}", *parts)


def of_hidden_parameter(task: Task, unit_number: int, i: int | None) -> Direction:
    """Return the direction of the weight from input i to a hidden unit, or of its bias if None."""
    parts = _zeros(task)
    name = tr("unit {n}", n=unit_number + 1)
    if i is None:
        parts[3][unit_number] = 1
        return unit(f"b⁽¹⁾ {name}", *parts)
    parts[2][unit_number, i] = 1
    return unit(f"w⁽¹⁾ {name}, {shown_inputs(task)[i]}", *parts)


def _short(name: str) -> str:
    """Return a class's name, shortened to SHORT characters."""
    return name if len(name) <= SHORT else f"{name[: SHORT - 1]}."


def at_random(task: Task, seed: int) -> Direction:
    """Return a random direction, the same for the same seed."""
    rng = np.random.default_rng(seed)
    parts = [rng.normal(size=zeros.shape) for zeros in _zeros(task)]
    if not task.config.model.has_bias:
        for part in parts[1::2]:
            part[:] = 0
    return unit(tr("random direction {n}", n=seed), *parts)


def principal(task: Task, path: Trajectory, number: int) -> Direction:
    """Return a principal component of a path, 1 or 2, about its last point.

    A path of too few points has none, and the direction is random.
    """
    points = len(path.steps)
    flat = np.hstack([path.W.reshape(points, -1), path.b.reshape(points, -1), path.below])
    sizes = [zeros.size for zeros in _zeros(task)]
    away = flat.astype(np.float64) - flat[-1]
    if flat.shape[1] != sum(sizes):
        away = away[:0]
    values, vectors = np.linalg.eigh(away @ away.T)
    if len(values) < number or values[-number] <= PARALLEL * max(values[-1], PARALLEL):
        return at_random(task, number)
    whole = away.T @ vectors[:, -number]
    parts = np.split(whole, np.cumsum(sizes)[:-1])
    shaped = [part.reshape(zeros.shape) for part, zeros in zip(parts, _zeros(task), strict=True)]
    return unit(tr("principal direction {n} of the way", n=number), *shaped)


def point_of(task: Task, path: Trajectory, at: int) -> Params:
    """Return the parameters at a point of a path."""
    model = task.config.model
    if not model.hidden:
        return Params(path.W[at], path.b[at])
    V, c = np.split(path.below[at], [model.hidden * task.m])
    hidden = Hidden(V.reshape(model.hidden, task.m), c, model.activation)
    return Params(path.W[at], path.b[at], hidden)


def moved(params: Params, directions: tuple[Direction, Direction], x: float, y: float) -> Params:
    """Return the parameters moved along the two directions to these coordinates."""
    alpha, beta = (wanted - d.along(params) for d, wanted in zip(directions, (x, y), strict=True))
    first, second = directions
    W, b, *below = (
        (theta.astype(np.float64) + alpha * one + beta * other).astype(np.float32)
        for theta, one, other in zip(params.arrays, first.arrays, second.arrays, strict=True)
    )
    if params.hidden is None:
        return Params(W, b)
    return Params(W, b, Hidden(below[0], below[1], params.hidden.activation))
