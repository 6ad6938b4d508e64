"""The loss over two directions of a model's parameters."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.data.task import Task
from core.explain.plane import Plane, boundary_lines
from core.model_family import FAMILY, output_names
from core.model_kind import LossName
from core.train.snapshot import Params
from core.train.trajectory import Trajectory

if TYPE_CHECKING:
    from scipy.sparse import csr_array
    from torch import Tensor

Reals = NDArray[np.float64]
Range = tuple[float, float]

ROWS = 2_000  # size of the fixed sample of training rows
USUAL_OUTPUTS = 10  # with more outputs, proportionally fewer rows
NUMBERS_AT_ONCE = 2_000_000
LEVELS = 14
PARALLEL = 1e-6  # sine of the angle below which directions count as parallel
RANDOM_SEED = 7  # of the direction used by default
SHORT = 6  # most characters of a class in the name of a pair


def own_loss(kind: str) -> LossName:
    """Return the loss on which the model is trained."""
    return FAMILY[kind].loss_name


def other_loss(kind: str) -> LossName:
    """Return the other loss, to compare at the same weights.

    Squared error, like cross-entropy, is that of the activations. The cross-entropy of a neuron
    without probabilities is that of a sigmoid neuron with its weights.
    """
    return "squared error" if own_loss(kind) == "cross-entropy" else "cross-entropy"


@dataclass(frozen=True, eq=False)
class Direction:
    """A unit vector in parameter space: dW (outputs, m) and db (outputs,)."""

    name: str
    dW: Reals
    db: Reals

    def along(self, params: Params) -> float:
        """Return the coordinate of the parameters in this direction."""
        return float(np.vdot(self.dW, params.W) + np.vdot(self.db, params.b))

    def along_path(self, path: Trajectory) -> Reals:
        """Return the coordinate of each point of a path, (points,), in float32: it may be long."""
        points = len(path.steps)
        W, b = path.W.reshape(points, self.dW.size), path.b.reshape(points, self.db.size)
        dW, db = (part.ravel().astype(np.float32) for part in (self.dW, self.db))
        return np.asarray(W @ dW + b @ db, dtype=np.float64)

    def without(self, other: Direction) -> Direction | None:
        """Return the component orthogonal to another direction, normalised.

        None if the two are parallel: what remains is rounding error.
        """
        shared = float(np.vdot(self.dW, other.dW) + np.vdot(self.db, other.db))
        dW, db = self.dW - shared * other.dW, self.db - shared * other.db
        if (dW**2).sum() + (db**2).sum() < PARALLEL**2:
            return None
        return unit(self.name, dW, db)


def unit(name: str, dW: Reals, db: Reals) -> Direction:
    """Return the direction of dW (outputs, m) and db (outputs,), which must not both be zero."""
    length = float(np.sqrt((dW**2).sum() + (db**2).sum()))
    return Direction(name, dW / length, db / length)


def has_two_parameters(task: Task) -> bool:
    """Return whether the model has at least two parameters, as a surface requires."""
    return task.outputs * (task.m + task.config.model.has_bias) > 1


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
    dW, db = np.zeros((task.outputs, task.m)), np.zeros(task.outputs)
    kind, names = task.config.model.kind, task.dataset.class_names
    has_pairs = FAMILY[kind].is_pairwise
    name = output_names(kind, [_short(name) for name in names] if has_pairs else names)[k]
    if j is None:
        db[k] = 1
        return Direction(f"b {name}", dW, db)
    dW[k, j] = 1
    return Direction(f"w {name}, {task.input_names[j]}", dW, db)


def _short(name: str) -> str:
    """Return a class's name, shortened to SHORT characters."""
    return name if len(name) <= SHORT else f"{name[: SHORT - 1]}."


def at_random(task: Task, seed: int) -> Direction:
    """Return a random direction, the same for the same seed."""
    rng = np.random.default_rng(seed)
    dW, db = rng.normal(size=(task.outputs, task.m)), rng.normal(size=task.outputs)
    if not task.config.model.has_bias:
        db[:] = 0
    return unit(f"random direction {seed}", dW, db)


@dataclass(frozen=True, eq=False)
class Sample:
    """The training rows measured: X (n, m) inputs, standardised, Y (n, outputs) targets.

    X is sparse for texts.
    total : number of all training rows. kind, has_bias : of the model. weights : (n, 1), of each
    row in the loss.
    """

    X: Reals | csr_array
    Y: Reals
    total: int
    kind: str
    has_bias: bool
    weights: Reals

    @property
    def n(self) -> int:
        return len(self.Y)

    @classmethod
    def of(cls, task: Task, most: int | None = None) -> Sample:
        """Take all training rows of the task, or a fixed sample of `most` of them."""
        import torch  # already loaded: the weights come from it

        from core.train.losses import HEADS

        rows = task.train_rows
        if most is None:
            most = ROWS * USUAL_OUTPUTS // max(USUAL_OUTPUTS, task.outputs)
        if len(rows) > most:
            chosen = np.random.default_rng(0).choice(len(rows), most, replace=False)
            rows = rows[np.sort(chosen)]
        X = task.inputs_of(rows).astype(np.float64)
        model = task.config.model
        Y = HEADS[model.kind].encode(torch.from_numpy(task.dataset.y[rows]), task.outputs)
        weights = np.ones((len(rows), 1))
        if task.class_weights is not None:
            weights = task.class_weights[task.dataset.y[rows], None]
        total = len(task.train_rows)
        return cls(X, Y.double().numpy(), total, model.kind, model.has_bias, weights)


def downhill(sample: Sample, params: Params, name: str = "downhill") -> Direction:
    """Return the direction of steepest descent of the model's own loss, without penalties.

    Where the gradient is zero, it is the direction in which all weights grow alike.
    """
    import torch

    from core.train.losses import HEADS

    Z = torch.from_numpy(_logits(sample, params))
    dZ = HEADS[sample.kind].gradient(Z, torch.from_numpy(sample.Y)).numpy() * sample.weights
    dW, db = -dZ.T @ sample.X, -dZ.sum(axis=0) * sample.has_bias
    if not dW.any() and not db.any():
        dW = np.ones_like(dW)
    return unit(name, dW, db)


@dataclass(frozen=True, eq=False)
class Surface:
    """The loss on a grid over the coordinates along two directions, rows from the bottom up.

    xs : (columns,), ys : (rows,). losses : for each loss, (rows, columns), in its own unit.
    """

    xs: Reals
    ys: Reals
    losses: dict[LossName, Reals]

    def levels(self, loss_name: LossName) -> Reals:
        """Return the levels of the contour lines, denser near the minimum."""
        low, high = float(self.losses[loss_name].min()), float(self.losses[loss_name].max())
        t = np.linspace(0, 1, LEVELS + 2)[1:-1]
        return low + (high - low) * t**2

    def contours(self, loss_name: LossName) -> list[tuple[float, list[Reals]]]:
        """Return each level with its lines, each (points, 2)."""
        from contourpy import contour_generator  # imported only when a surface is viewed

        generator = contour_generator(self.xs, self.ys, self.losses[loss_name])
        return [(float(level), list(generator.lines(level))) for level in self.levels(loss_name)]  # type: ignore[arg-type]


def surface(
    sample: Sample,
    params: Params,
    directions: tuple[Direction, Direction],
    x_range: Range,
    y_range: Range,
    size: tuple[int, int],
    loss_names: tuple[LossName, ...],
    decay: float = 0.0,
    l1: float = 0.0,
) -> Surface:
    """Measure the mean loss plus (λ/2)‖W‖² + λ₁ Σ|w| on a grid of size (columns, rows).

    The logits are linear in the coordinates, Z + α D₁ + β D₂, so that no node of the grid needs a
    product with X.
    """
    columns, rows = size
    xs, ys = np.linspace(*x_range, columns), np.linspace(*y_range, rows)
    at = [d.along(params) for d in directions]
    alpha = np.tile(xs - at[0], rows)
    beta = np.repeat(ys - at[1], columns)
    Z = _logits(sample, params).astype(np.float32)
    D1, D2 = ((sample.X @ d.dW.T + d.db).astype(np.float32) for d in directions)
    penalty = _penalty(params, directions, alpha, beta, decay)
    if l1:
        penalty = penalty + l1 * _absolute(params, directions, alpha, beta)
    found = {loss_name: np.empty(len(alpha)) for loss_name in loss_names}
    nodes = max(1, NUMBERS_AT_ONCE // Z.size)
    for start in range(0, len(alpha), nodes):
        part = slice(start, start + nodes)
        a, b = (v[part, None, None].astype(np.float32) for v in (alpha, beta))
        logits = Z + a * D1 + b * D2  # (nodes, n, outputs)
        for loss_name in loss_names:
            found[loss_name][part] = mean_loss(logits, sample, loss_name) + penalty[part]
    return Surface(xs, ys, {name: found[name].reshape(rows, columns) for name in loss_names})


def mean_loss(Z: NDArray[np.floating], sample: Sample, loss_name: LossName) -> Reals:
    """Return the mean loss over the sample's n rows: Z (…, n, outputs) → (…,)."""
    import torch

    shape, outputs = Z.shape[:-1], Z.shape[-1]
    flat = torch.from_numpy(np.ascontiguousarray(Z)).view(-1, outputs)
    Y = torch.from_numpy(sample.Y).to(flat.dtype)
    Y = Y.expand(len(flat) // len(Y), *Y.shape).reshape(flat.shape)
    losses: NDArray[np.floating] = _loss(sample.kind, loss_name)(flat, Y).view(shape).numpy()
    return np.asarray((losses * sample.weights[:, 0]).mean(axis=-1, dtype=np.float64))


def _loss(kind: str, loss_name: LossName) -> Callable[[Tensor, Tensor], Tensor]:
    """Return the function from logits Z and targets Y (n, outputs) to losses (n,)."""
    from core.train import losses

    if loss_name == own_loss(kind):
        return losses.HEADS[kind].loss
    if loss_name == "cross-entropy":  # of one neuron, as with a sigmoid
        return losses.sigmoid_cross_entropy
    if FAMILY[kind].is_shift_invariant:
        return lambda Z, Y: (losses.softmax(Z) - Y).square().sum(dim=1)
    if FAMILY[kind].is_pairwise:
        return lambda Z, Y: ((Z.sigmoid() - Y).square() * (Y != losses.ABSENT)).sum(dim=1)
    return losses.sigmoid_squared_error


def value(
    sample: Sample, params: Params, loss_name: LossName, decay: float = 0.0, l1: float = 0.0
) -> float:
    """Return the loss at these parameters, with the penalties."""
    W = params.W.astype(np.float64)
    penalty = decay / 2 * float((W**2).sum()) + l1 * float(np.abs(W).sum())
    return float(mean_loss(_logits(sample, params), sample, loss_name)) + penalty


def moved(params: Params, directions: tuple[Direction, Direction], x: float, y: float) -> Params:
    """Return the parameters moved along the two directions to these coordinates."""
    W, b = params.W.astype(np.float64), params.b.astype(np.float64)
    for direction, wanted in zip(directions, (x, y), strict=True):
        by = wanted - direction.along(params)
        W = W + by * direction.dW
        b = b + by * direction.db
    return Params(W.astype(np.float32), b.astype(np.float32))


def boundary(task: Task, params: Params, x_range: Range, y_range: Range) -> list[Reals]:
    """Return the decision boundaries of a task with two features, each (points, 2)."""
    from core.explain.probe import decision_grid  # which imports PyTorch

    plane = Plane(0, 1, x_range, y_range, (0.0, 0.0))
    finer = 3 if FAMILY[task.config.model.kind].is_pairwise else 1  # votes are discontinuous
    return boundary_lines(decision_grid(task, params, plane, 48 * finer, 40 * finer))


def _logits(sample: Sample, params: Params) -> Reals:
    return sample.X @ params.W.T.astype(np.float64) + params.b


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


def _absolute(
    params: Params, directions: tuple[Direction, Direction], alpha: Reals, beta: Reals
) -> Reals:
    """Return Σ|w| of W + α D₁ + β D₂ at each node."""
    W, D1, D2 = (w.astype(np.float64) for w in (params.W, directions[0].dW, directions[1].dW))
    found = np.empty_like(alpha)
    nodes = max(1, NUMBERS_AT_ONCE // W.size)
    for start in range(0, len(alpha), nodes):
        part = slice(start, start + nodes)
        a, b = alpha[part, None, None], beta[part, None, None]
        found[part] = np.abs(W + a * D1 + b * D2).sum(axis=(1, 2))
    return found
