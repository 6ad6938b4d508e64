"""The loss over two directions of a model's parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.data.task import Task
from core.explain.plane import Plane, boundary_lines
from core.explain.surface.direction import Direction, Reals, unit
from core.language import mark
from core.model_family import FAMILY
from core.model_kind import LossName
from core.train.snapshot import Params

if TYPE_CHECKING:
    from scipy.sparse import csr_array
    from torch import Tensor

Floats = NDArray[np.float32]
Range = tuple[float, float]

ROWS = 2_000  # size of the fixed sample of training rows
USUAL_OUTPUTS = 10  # with more outputs, proportionally fewer rows
USUAL_UNITS = 32  # of a hidden layer; with more, proportionally fewer rows
NUMBERS_AT_ONCE = 2_000_000
LEVELS = 14


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
            most = most * USUAL_UNITS // max(USUAL_UNITS, task.config.model.hidden)
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


def downhill(sample: Sample, params: Params, name: str = mark("downhill")) -> Direction:
    """Return the direction of steepest descent of the model's own loss, without penalties.

    Where the gradient is zero, it is the direction in which all weights grow alike.
    """
    import torch

    from core.train.losses import HEADS

    Z = torch.from_numpy(_logits(sample, params))
    dZ = HEADS[sample.kind].gradient(Z, torch.from_numpy(sample.Y)).numpy() * sample.weights
    hidden, X = params.hidden, sample.X
    slopes: list[Reals] = []
    if hidden is not None:
        H, slope = _units(sample.X @ hidden.V.T.astype(np.float64) + hidden.c, hidden.activation)
        dN = (dZ @ params.W.astype(np.float64)) * slope
        slopes, X = [dN.T @ sample.X, dN.sum(axis=0) * sample.has_bias], H
    slopes = [dZ.T @ X, dZ.sum(axis=0) * sample.has_bias, *slopes]
    if not any(part.any() for part in slopes):
        slopes = [-np.ones_like(part) * (part.ndim == 2) for part in slopes]
    return unit(name, *(-part for part in slopes))


def _units(N: Reals, activation: str) -> tuple[Reals, Reals]:
    """Return activations and slopes of hidden units with net inputs N."""
    import torch

    from core.train.models import HIDDEN

    squash, slope_of = HIDDEN[activation]
    H = squash(torch.from_numpy(N))
    return H.numpy(), slope_of(H).numpy()


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
    product with X. Of a hidden layer that holds for the net inputs of its units.
    """
    columns, rows = size
    xs, ys = np.linspace(*x_range, columns), np.linspace(*y_range, rows)
    at = [d.along(params) for d in directions]
    alpha = np.tile(xs - at[0], rows)
    beta = np.repeat(ys - at[1], columns)
    penalty = _penalty(params, directions, alpha, beta, decay)
    if l1:
        penalty = penalty + l1 * _absolute(params, directions, alpha, beta)
    logits_at, numbers = _logits_over(sample, params, directions)
    found = {loss_name: np.empty(len(alpha)) for loss_name in loss_names}
    nodes = max(1, NUMBERS_AT_ONCE // numbers)
    for start in range(0, len(alpha), nodes):
        part = slice(start, start + nodes)
        a, b = (v[part, None, None].astype(np.float32) for v in (alpha, beta))
        logits = logits_at(a, b)  # (nodes, n, outputs)
        for loss_name in loss_names:
            found[loss_name][part] = mean_loss(logits, sample, loss_name) + penalty[part]
    return Surface(xs, ys, {name: found[name].reshape(rows, columns) for name in loss_names})


def _logits_over(
    sample: Sample, params: Params, directions: tuple[Direction, Direction]
) -> tuple[Callable[[Floats, Floats], Floats], int]:
    """Return the function from coordinates (nodes, 1, 1) to logits (nodes, n, outputs).

    Also return how many numbers it computes for a node.
    """

    def over(*parts: Reals) -> Callable[[Floats, Floats], Floats]:
        base, first, second = (part.astype(np.float32) for part in parts)
        return lambda a, b: base + a * first + b * second

    X, hidden = sample.X, params.hidden
    if hidden is None:
        Z = _logits(sample, params)
        return over(Z, *(X @ d.dW.T + d.db for d in directions)), Z.size
    import torch

    from core.train.models import HIDDEN

    squash = HIDDEN[hidden.activation][0]
    N = X @ hidden.V.T.astype(np.float64) + hidden.c
    nets = over(N, *(X @ d.below[0].T + d.below[1] for d in directions))
    W = over(params.W.astype(np.float64), *(d.dW for d in directions))
    bias = over(params.b.astype(np.float64), *(d.db for d in directions))

    def logits(a: Floats, b: Floats) -> Floats:
        H = squash(torch.from_numpy(nets(a, b)))
        Z: Floats = torch.bmm(H, torch.from_numpy(W(a, b)).mT).numpy() + bias(a, b)
        return Z

    return logits, len(N) * max(N.shape[1], sample.Y.shape[1])


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
    weights = [W.astype(np.float64) for W in params.arrays[::2]]
    penalty = sum(decay / 2 * float((W**2).sum()) + l1 * float(np.abs(W).sum()) for W in weights)
    return float(mean_loss(_logits(sample, params), sample, loss_name)) + penalty


def boundary(task: Task, params: Params, x_range: Range, y_range: Range) -> list[Reals]:
    """Return the decision boundaries of a task with two features, each (points, 2)."""
    from core.explain.probe import decision_grid  # which imports PyTorch

    plane = Plane(0, 1, x_range, y_range, (0.0, 0.0))
    return boundary_lines(decision_grid(task, params, plane, 48, 40))


def _logits(sample: Sample, params: Params) -> Reals:
    X, hidden = sample.X, params.hidden
    if hidden is not None:
        X, _ = _units(X @ hidden.V.T.astype(np.float64) + hidden.c, hidden.activation)
    return X @ params.W.T.astype(np.float64) + params.b


def _penalty(
    params: Params,
    directions: tuple[Direction, Direction],
    alpha: Reals,
    beta: Reals,
    decay: float,
) -> Reals:
    """Return (λ/2)‖W + α D₁ + β D₂‖² of all weights at each node."""
    squares, steps = np.zeros_like(alpha), (np.ones_like(alpha), alpha, beta)
    for parts in _weights(params, directions):
        for p, s in zip(parts, steps, strict=True):
            for q, t in zip(parts, steps, strict=True):
                squares += float(np.vdot(p, q)) * s * t
    return decay / 2 * squares


def _absolute(
    params: Params, directions: tuple[Direction, Direction], alpha: Reals, beta: Reals
) -> Reals:
    """Return Σ|w| of W + α D₁ + β D₂ of all weights at each node."""
    found = np.zeros_like(alpha)
    for W, D1, D2 in _weights(params, directions):
        nodes = max(1, NUMBERS_AT_ONCE // W.size)
        for start in range(0, len(alpha), nodes):
            part = slice(start, start + nodes)
            a, b = alpha[part, None, None], beta[part, None, None]
            found[part] += np.abs(W + a * D1 + b * D2).sum(axis=(1, 2))
    return found


def _weights(
    params: Params, directions: tuple[Direction, Direction]
) -> Iterator[tuple[Reals, Reals, Reals]]:
    """Yield each layer's weights with their parts of the two directions; biases have no penalty."""
    first, second = directions
    for W, D1, D2 in zip(params.arrays[::2], first.arrays[::2], second.arrays[::2], strict=True):
        yield W.astype(np.float64), D1, D2
