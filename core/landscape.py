"""The loss over two directions of a model's parameters, and where it is lowest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.plane import Plane, boundary_lines
from core.snapshot import Params
from core.task import Task

Reals = NDArray[np.float64]
Cost = Literal["cross-entropy", "squared error"]
Range = tuple[float, float]

ROWS = 2_000  # of the training rows, a fixed sample of which is measured
NUMBERS_AT_ONCE = 2_000_000
MOST_PARAMETERS = 150  # with more of them, no optimum is looked for
MOST_ROWS = 20_000
ITERATIONS = 60
FLAT = 1e-6  # curvature, of the largest, below which a direction has no lowest point
LEVELS = 14


@dataclass(frozen=True, eq=False)
class Direction:
    """A direction of all parameters, of length one: dW (outputs, m) and db (outputs,)."""

    name: str
    dW: Reals
    db: Reals

    def along(self, params: Params) -> float:
        """Return how far the parameters lie in this direction; of one parameter, its value."""
        return float(np.vdot(self.dW, params.W) + np.vdot(self.db, params.b))

    def along_way(self, way: Params) -> Reals:
        """Return the same of each of several parameters, W (n, outputs, m) and b (n, outputs)."""
        return np.tensordot(way.W, self.dW, 2) + way.b @ self.db

    def without(self, other: Direction) -> Direction:
        """Return the part of it at right angles to another one, of length one again."""
        shared = float(np.vdot(self.dW, other.dW) + np.vdot(self.db, other.db))
        return unit(self.name, self.dW - shared * other.dW, self.db - shared * other.db)


def unit(name: str, dW: Reals, db: Reals) -> Direction:
    """Return the direction of dW (outputs, m) and db (outputs,), which must not both be zero."""
    length = float(np.sqrt((dW**2).sum() + (db**2).sum()))
    return Direction(name, dW / length, db / length)


def of_parameter(task: Task, k: int, j: int | None) -> Direction:
    """Return the direction of one weight W[k, j], or of the bias b[k] where j is None."""
    dW, db = np.zeros((task.outputs, task.m)), np.zeros(task.outputs)
    name = task.dataset.class_names[k if task.outputs > 1 else 1]
    if j is None:
        db[k] = 1
        return Direction(f"b {name}", dW, db)
    dW[k, j] = 1
    return Direction(f"w {name}, {task.input_names[j]}", dW, db)


def at_random(task: Task, seed: int) -> Direction:
    """Return a random direction, the same for the same seed."""
    rng = np.random.default_rng(seed)
    dW, db = rng.normal(size=(task.outputs, task.m)), rng.normal(size=task.outputs)
    return unit(f"random direction {seed}", dW, db)


@dataclass(frozen=True, eq=False)
class Sample:
    """The training rows that are measured: X (n, m) standardised, Y (n, outputs) targets.

    total : training rows in all.
    """

    X: Reals
    Y: Reals
    total: int

    @classmethod
    def of(cls, task: Task, most: int = ROWS) -> Sample:
        """Take all training rows of the task, or a fixed sample of them."""
        rows = task.train_rows
        if len(rows) > most:
            chosen = np.random.default_rng(0).choice(len(rows), most, replace=False)
            rows = rows[np.sort(chosen)]
        X = task.inputs(task.dataset.values(rows)).astype(np.float64)
        y = task.dataset.y[rows]
        Y = np.eye(task.outputs)[y] if task.outputs > 1 else y[:, None].astype(np.float64)
        return cls(X, Y, len(task.train_rows))


def downhill(sample: Sample, params: Params) -> Direction:
    """Return the direction of steepest descent of the cross-entropy at these parameters."""
    dZ = _activations(_logits(sample, params)) - sample.Y
    dW, db = -dZ.T @ sample.X, -dZ.sum(axis=0)
    if not dW.any() and not db.any():
        dW = np.ones_like(dW)
    return unit("downhill from here", dW, db)


@dataclass(frozen=True, eq=False)
class Surface:
    """The loss on a grid: rows from the bottom up, over coordinates along two directions.

    xs : (columns,), ys : (rows,). losses : by cost, (rows, columns), in nats or squared units.
    """

    xs: Reals
    ys: Reals
    losses: dict[Cost, Reals]

    def levels(self, cost: Cost) -> Reals:
        """Return the losses of the contour lines, closer together near the lowest."""
        low, high = float(self.losses[cost].min()), float(self.losses[cost].max())
        t = np.linspace(0, 1, LEVELS + 2)[1:-1]
        return low + (high - low) * t**2

    def contours(self, cost: Cost) -> list[tuple[float, list[Reals]]]:
        """Return each level with its lines, each (points, 2)."""
        from contourpy import contour_generator  # only who looks at a surface needs it

        generator = contour_generator(self.xs, self.ys, self.losses[cost])
        return [(float(level), list(generator.lines(level))) for level in self.levels(cost)]  # type: ignore[arg-type]


def surface(
    sample: Sample,
    params: Params,
    directions: tuple[Direction, Direction],
    x_range: Range,
    y_range: Range,
    size: tuple[int, int],
    costs: tuple[Cost, ...],
    decay: float = 0.0,
) -> Surface:
    """Measure the mean loss plus (λ/2)‖W‖² on a grid of size (columns, rows).

    Along directions the logits are straight lines, Z + α D₁ + β D₂, so that no node of the grid
    needs a product with X.
    """
    columns, rows = size
    xs, ys = np.linspace(*x_range, columns), np.linspace(*y_range, rows)
    at = [d.along(params) for d in directions]
    alpha = np.tile(xs - at[0], rows)
    beta = np.repeat(ys - at[1], columns)
    Z = _logits(sample, params).astype(np.float32)
    D1, D2 = ((sample.X @ d.dW.T + d.db).astype(np.float32) for d in directions)
    penalty = _penalty(params, directions, alpha, beta, decay)
    found = {cost: np.empty(len(alpha)) for cost in costs}
    nodes = max(1, NUMBERS_AT_ONCE // Z.size)
    for start in range(0, len(alpha), nodes):
        part = slice(start, start + nodes)
        a, b = (v[part, None, None].astype(np.float32) for v in (alpha, beta))
        logits = Z + a * D1 + b * D2  # (nodes, n, outputs)
        for cost in costs:
            found[cost][part] = mean_loss(logits, sample.Y, cost) + penalty[part]
    return Surface(xs, ys, {cost: found[cost].reshape(rows, columns) for cost in costs})


def mean_loss(Z: NDArray[np.floating], Y: Reals, cost: Cost) -> Reals:
    """Return the mean over examples: Z (…, n, outputs), Y (n, outputs) → (…,)."""
    if cost == "squared error":
        return np.asarray(((_activations(Z) - Y) ** 2).sum(axis=-1).mean(axis=-1), dtype=np.float64)
    if Z.shape[-1] == 1:
        per_example = np.logaddexp(0, Z[..., 0]) - Y[:, 0] * Z[..., 0]
    else:
        top = Z.max(axis=-1)
        total = np.exp(Z - top[..., None]).sum(axis=-1)
        per_example = np.log(total) + top - (Z * Y).sum(axis=-1)
    return np.asarray(per_example.mean(axis=-1), dtype=np.float64)


def value(sample: Sample, params: Params, cost: Cost, decay: float = 0.0) -> float:
    """Return the loss at these parameters, with the penalty."""
    penalty = decay / 2 * float((params.W.astype(np.float64) ** 2).sum())
    return float(mean_loss(_logits(sample, params), sample.Y, cost)) + penalty


def moved(params: Params, directions: tuple[Direction, Direction], x: float, y: float) -> Params:
    """Return the parameters with these two coordinates, all others as they are."""
    W, b = params.W.astype(np.float64), params.b.astype(np.float64)
    for direction, wanted in zip(directions, (x, y), strict=True):
        by = wanted - direction.along(params)
        W = W + by * direction.dW
        b = b + by * direction.db
    return Params(W.astype(np.float32), b.astype(np.float32))


def boundary(task: Task, params: Params, x_range: Range, y_range: Range) -> list[Reals]:
    """Return the lines between the regions of a task with two features."""
    from core.probe import decision_grid  # which imports PyTorch

    plane = Plane(0, 1, x_range, y_range, (0.0, 0.0))
    return boundary_lines(decision_grid(task, params, plane, 48, 40))


@dataclass(frozen=True, eq=False)
class Optimum:
    """Where the cross-entropy is lowest, or why it is lowest nowhere."""

    params: Params | None
    loss: float
    words: str


def optimum(task: Task, decay: float) -> Optimum:
    """Find the lowest point of the mean cross-entropy plus (λ/2)‖W‖² by Newton's method.

    Softmax has directions along which nothing changes: of all lowest points it is the one
    nearest to zero. Without λ there is none where some class can be separated from the others.
    """
    p, n = task.outputs * (task.m + 1), len(task.train_rows)
    if p > MOST_PARAMETERS or n > MOST_ROWS:
        return Optimum(None, np.nan, f"{p:,} parameters: the optimum is not searched for.")
    newton = _Newton(Sample.of(task, MOST_ROWS), decay)
    theta = np.zeros(p)
    for _ in range(ITERATIONS):
        gradient = newton.gradient(theta)
        step = np.linalg.lstsq(newton.hessian(theta), -gradient, rcond=1e-12)[0]
        size, before = 1.0, newton.loss(theta)
        while newton.loss(theta + size * step) > before + 1e-4 * size * gradient @ step:
            size /= 2
            if size < 1e-8:
                break
        theta = theta + size * step
        if np.abs(gradient).max() < 1e-9:
            break
    lowest = newton.loss(theta)
    curvatures = np.linalg.eigvalsh(newton.hessian(theta))
    if curvatures[newton.free] < FLAT * curvatures[-1]:
        words = "No optimum: a class can be separated, so the weights grow without end until λ > 0."
        return Optimum(None, lowest, words)
    W, b = newton.split(theta)
    params = Params(W.astype(np.float32), b.astype(np.float32))
    return Optimum(params, lowest, f"Optimum: loss {lowest:.4f}.")


@dataclass(frozen=True, eq=False)
class _Newton:
    """Loss, gradient and Hessian as functions of all parameters in one vector, row by row of W."""

    sample: Sample
    decay: float

    @cached_property
    def X1(self) -> Reals:  # noqa: N802
        """X with a column of ones for the bias, (n, m + 1)."""
        return np.hstack([self.sample.X, np.ones((len(self.sample.X), 1))])

    @property
    def h(self) -> int:
        return int(self.sample.Y.shape[1])

    @property
    def free(self) -> int:
        """Directions along which softmax never changes: one constant for all rows.

        With a penalty, only the biases have one.
        """
        if self.h == 1:
            return 0
        return 1 if self.decay else self.X1.shape[1]

    def split(self, theta: Reals) -> tuple[Reals, Reals]:
        whole = theta.reshape(self.h, -1)
        return whole[:, :-1], whole[:, -1]

    def loss(self, theta: Reals) -> float:
        weights = self._weights(theta)
        penalty = self.decay / 2 * float(weights @ weights)
        return float(mean_loss(self._logits(theta), self.sample.Y, "cross-entropy")) + penalty

    def gradient(self, theta: Reals) -> Reals:
        A = _activations(self._logits(theta))
        dW = (A - self.sample.Y).T @ self.X1 / len(self.X1)
        return dW.ravel() + self.decay * self._weights(theta)

    def hessian(self, theta: Reals) -> Reals:
        """Mean of (diag(a) − aaᵀ) ⊗ xxᵀ, plus λ for the weights."""
        A = _activations(self._logits(theta))
        n, m1 = self.X1.shape
        H = np.empty((self.h, m1, self.h, m1))
        for i in range(self.h):
            for k in range(self.h):
                curve = A[:, i] * ((i == k) - A[:, k])
                H[i, :, k] = (self.X1 * curve[:, None]).T @ self.X1 / n
        penalty = self.decay * np.diag(self._weights(np.ones_like(theta)))
        return H.reshape(len(theta), len(theta)) + penalty

    def _logits(self, theta: Reals) -> Reals:
        return self.X1 @ theta.reshape(self.h, -1).T

    def _weights(self, theta: Reals) -> Reals:
        """θ with zeros for the biases, which no penalty touches."""
        whole = theta.reshape(self.h, -1).copy()
        whole[:, -1] = 0
        return whole.ravel()


def _logits(sample: Sample, params: Params) -> Reals:
    return sample.X @ params.W.T.astype(np.float64) + params.b


def _activations(Z: NDArray[np.floating]) -> Reals:
    if Z.shape[-1] == 1:
        return np.asarray(1 / (1 + np.exp(np.clip(-Z, -80, 80))))
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return np.asarray(E / E.sum(axis=-1, keepdims=True))


def _penalty(
    params: Params,
    directions: tuple[Direction, Direction],
    alpha: Reals,
    beta: Reals,
    decay: float,
) -> Reals:
    """Return (λ/2)‖W + α D₁ + β D₂‖² at each node."""
    parts = [params.W.astype(np.float64), directions[0].dW, directions[1].dW]
    steps = (np.ones_like(alpha), alpha, beta)
    squares = np.zeros_like(alpha)
    for p, s in zip(parts, steps, strict=True):
        for q, t in zip(parts, steps, strict=True):
            squares += float(np.vdot(p, q)) * s * t
    return decay / 2 * squares
