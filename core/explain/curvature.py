"""The curvature of the loss at the current weights, and the noise of a batch's gradient."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.data.task import Task
from core.explain.lanczos import Product, Vector, largest_eigenvalue
from core.model_family import FAMILY
from core.optimiser_family import OPTIMISERS, OptimiserName
from core.slices import finish
from core.train import models
from core.train.class_weights import head_of
from core.train.losses import HEADS
from core.train.snapshot import Params
from core.train.sparse import SparseRows, rows_of, squares_of_rows, transposed_product
from core.train.streamed.rows import place_rows

ROWS = 5_000  # training rows used; of more, a fixed sample
BEND_NUMBERS = 800_000  # rows × inputs for a quick estimate of the largest curvature


def has_curvature(task: Task) -> bool:
    """Return whether the model descends a loss whose Hessian has a closed form."""
    model = task.config.model
    is_descended = not (model.hidden or FAMILY[model.kind].is_counted)
    return is_descended and HEADS[model.kind].hessian is not None


def largest(task: Task, params: Params, decay: float) -> float:
    """Return λ_max of the Hessian of the mean loss over the training rows + (λ/2)‖W‖².

    Plain descent with η above 2/λ_max diverges along its eigenvector.
    """
    return finish(search(task, params, decay, task.train_rows))


def cheap_rows(task: Task) -> NDArray[np.int64]:
    """Return a fixed sample of the training rows for a quick estimate of λ_max."""
    return sample(task.train_rows, min(max(int(BEND_NUMBERS / task.numbers_per_row), 500), ROWS))


def search(
    task: Task, params: Params, decay: float, rows: NDArray[np.int64]
) -> Generator[None, None, float]:
    """Find λ_max over these rows, yielding after every few milliseconds of work.

    The Hessian is the mean of B ⊗ xxᵀ, B = d²L/dz² of an example and x with a 1 for the bias; its
    product with V (outputs, m + 1) is the mean of (B V x) xᵀ, so that it is never formed.
    """
    config, n = task.config.model, len(rows)
    head = head_of(task)
    placed = place_rows(task, rows, torch.device("cpu"))
    model = models.model_of(config, tuple(torch.tensor(a) for a in params.arrays), placed.unit)
    logits: list[Tensor] = []
    for X, _, _ in placed.slices():
        logits.append(model.forward(X).clone())
        yield

    def multiply(v: Vector) -> Product:
        V = torch.from_numpy(v).view(task.outputs, task.m + 1)
        near, total = V.float(), torch.zeros_like(V)
        W, b = near[:, :-1] * placed.unit, near[:, -1]
        for (X, Y, _), Z in zip(placed.slices(), logits, strict=True):
            assert head.hessian_times is not None
            along = head.hessian_times(Z, Y, models.logits(X, W, b))
            total[:, :-1] += transposed_product(along, X)
            total[:, -1] += along.double().sum(dim=0)
            yield
        total[:, :-1] *= placed.unit
        total /= n
        total[:, :-1] += decay * V[:, :-1]  # biases have no penalty
        total[:, -1] *= float(config.has_bias)
        return total.flatten().numpy()

    start = np.random.default_rng(0).standard_normal((task.outputs, task.m + 1))
    start[:, -1] *= config.has_bias
    return (yield from largest_eigenvalue(multiply, start.ravel()))


def stable_rate(bend: float, optimiser: OptimiserName, momentum: float) -> float | None:
    """Return the η above which updates along a direction with this curvature diverge.

    Exact for a quadratic: 2/λ_max for plain descent, (1 + μ) times that with momentum,
    (1 + μ)/(1 + 2μ) times that with Nesterov momentum. None for other optimisers: they scale each
    parameter separately or solve for the step, and have no such bound.
    """
    if not (math.isfinite(bend) and bend > 0):
        return None
    share = OPTIMISERS[optimiser].stable_share
    return None if share is None else share(momentum) * 2 / bend


@dataclass(frozen=True)
class Noise:
    """The gradient of the next batch compared with that of all training rows.

    degrees : the angle between the two. ratio : the batch gradient's length over the full one's.
    signal : signal-to-noise ratio, the length of the full gradient over the root mean square
        distance of the gradients of batches of this size from it; infinite for a full batch.
    rows : size of the batch. sampled : training rows used to estimate the full gradient.
    """

    degrees: float
    ratio: float
    signal: float
    rows: int
    sampled: int


@torch.no_grad()
def noise(task: Task, params: Params, batch: NDArray[np.int64]) -> Noise | None:
    """Compare the two gradients, without penalties; None if one is zero or not finite.

    Noise makes the squared length of a sample's gradient too large on average; its expected excess
    is subtracted. If nothing is left, the full gradient counts as zero.
    """
    rows, n = sample(task.train_rows), len(task.train_rows)
    mine, _ = _gradient(task, params, batch)
    full, squares = _gradient(task, params, rows)
    spread = max(squares - float(full @ full), 0.0)
    length = math.sqrt(max(float(full @ full) - spread * _left(n, len(rows)), 0.0))
    lengths = float(mine.norm()), length
    if not all(np.isfinite(lengths)) or min(lengths) == 0:
        return None
    cosine = float(mine @ full) / (lengths[0] * lengths[1])
    degrees = float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
    distance = math.sqrt(spread * _left(n, len(batch)))
    signal = length / distance if distance > 0 else math.inf
    return Noise(degrees, lengths[0] / lengths[1], signal, len(batch), len(rows))


def _left(n: int, size: int) -> float:
    """Return the share of the variance left in a mean of `size` of n rows without replacement."""
    return (n - size) / (size * max(n - 1, 1))


def sample(rows: NDArray[np.int64], most: int = ROWS) -> NDArray[np.int64]:
    """Return all of the rows, or a fixed sample of `most` of them."""
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))


def _gradient(task: Task, params: Params, rows: NDArray[np.int64]) -> tuple[Tensor, float]:
    """Return the gradient of the rows' mean loss, and the mean of the rows' own ‖gradient‖²."""
    config, squares = task.config.model, 0.0
    head = head_of(task)
    parameters = tuple(torch.from_numpy(array) for array in params.arrays)
    model = models.model_of(config, parameters)
    for start in range(0, len(rows), ROWS):
        part = rows[start : start + ROWS]
        X = rows_of(task.inputs_of(part))
        Z = model.forward(X)
        Y = head.encode(torch.from_numpy(task.dataset.y[part]), task.outputs).to(Z.dtype)
        dZ = head.gradient(Z, Y)
        squares += float(_squares(task, params, X, dZ).double().sum())
        model.backward(dZ, X, add=start > 0)
    parts = [g.flatten() for g in model.gradients if g.ndim == 2 or config.has_bias]
    return torch.cat(parts).double() / len(rows), squares / len(rows)


def _squares(task: Task, params: Params, X: Tensor | SparseRows, dZ: Tensor) -> Tensor:
    """Return ‖gradient‖² of each example, (n,): that of dz ⊗ (x, 1) is ‖dz‖² (‖x‖² + 1)."""
    bias = float(task.config.model.has_bias)
    if params.hidden is None:
        return dZ.square().sum(dim=1) * (squares_of_rows(X) + bias)
    squash, slope = models.HIDDEN[params.hidden.activation]
    V, c = torch.from_numpy(params.hidden.V), torch.from_numpy(params.hidden.c)
    H = squash(models.logits(X, V, c))
    dH = (dZ @ torch.from_numpy(params.W)) * slope(H)
    upper = dZ.square().sum(dim=1) * (H.square().sum(dim=1) + bias)
    return upper + dH.square().sum(dim=1) * (squares_of_rows(X) + bias)
