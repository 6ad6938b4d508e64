"""How the loss bends where the model is, and how noisy the gradient of a batch is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core import models
from core.losses import HEADS
from core.snapshot import Params
from core.task import Task

ROWS = 5_000  # of the training rows: of more, a fixed sample
BEND_NUMBERS = 800_000  # rows × inputs that the largest curvature is found from
ITERATIONS = 60
CLOSE = 1e-3  # of the eigenvalue, from one iteration to the next


def has_curvature(task: Task) -> bool:
    """Whether the Hessian of the model's loss is known in a formula."""
    return HEADS[task.config.model.kind].hessian is not None and not task.config.model.hidden


@torch.no_grad()
def largest(task: Task, params: Params, decay: float) -> float:
    """Return λ_max of the Hessian of the mean loss + (λ/2)‖W‖² at these parameters.

    By power iteration. The Hessian is the mean of B ⊗ xxᵀ, B = d²L/dz² of an example and x with a
    1 for the bias; its product with V (outputs, m + 1) is the mean of (B V x) xᵀ, so that it is
    never written down. Plain descent with η above 2/λ_max overshoots along that direction.
    """
    most = max(BEND_NUMBERS // task.m, 500)  # it is looked for while the window lives: small
    X1, Y = _rows(task, sample(task.train_rows, min(most, ROWS)))
    head = HEADS[task.config.model.kind]
    assert head.hessian_times is not None
    W, b = torch.from_numpy(params.W), torch.from_numpy(params.b)
    Z = models.logits(X1[:, :-1], W, b)
    penalty = torch.full_like(X1[:1], decay)
    penalty[:, -1] = 0  # biases are spared
    moves = torch.ones_like(penalty)
    if not task.config.model.has_bias:
        moves[:, -1] = 0
    generator = torch.Generator().manual_seed(0)
    V = torch.randn(task.outputs, X1.shape[1], generator=generator) * moves
    V /= V.norm()
    found = 0.0
    for _ in range(ITERATIONS):
        along = head.hessian_times(Z, Y, X1 @ V.mT)
        H = (along.mT @ X1 / len(X1) + penalty * V) * moves
        before, found = found, float(H.norm())
        if found == 0 or abs(found - before) < CLOSE * found:
            break
        V = H / found
    return found


def stable_rate(bend: float, optimiser: str, momentum: float) -> float | None:
    """Return the η above which updates along a direction with this curvature grow for ever.

    That is exact on a parabola: 2/λ_max for plain descent, (1 + μ) times that with momentum,
    (1 + μ)/(1 + 2μ) times that with Nesterov's. None for other rules: they scale each parameter
    by itself or solve for the step, and have no such bound.
    """
    if not (math.isfinite(bend) and bend > 0):
        return None
    shares = {
        "sgd": 1.0,
        "momentum": 1 + momentum,
        "nesterov": (1 + momentum) / (1 + 2 * momentum),
    }
    share = shares.get(optimiser)
    return None if share is None else share * 2 / bend


@dataclass(frozen=True)
class Noise:
    """The gradient of the next batch against that of all training rows.

    degrees : the angle between the two. ratio : of their lengths, the batch's to the full one's.
    signal : signal-to-noise, the length of the full gradient over the root mean square distance
        from it of the gradients of such batches; infinite for a full batch.
    rows : of the batch. sampled : training rows that the full gradient is estimated from.
    """

    degrees: float
    ratio: float
    signal: float
    rows: int
    sampled: int


@torch.no_grad()
def noise(task: Task, params: Params, batch: NDArray[np.int64]) -> Noise | None:
    """Compare the two gradients, without penalties; None where one of them is zero.

    A sample of the rows has a longer gradient than all rows have, by its own noise; that is
    taken off again. Where nothing is left, the full gradient counts as zero.
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
    """Return the share of the spread that a mean of `size` of n rows, each taken once, keeps."""
    return (n - size) / (size * max(n - 1, 1))


def sample(rows: NDArray[np.int64], most: int = ROWS) -> NDArray[np.int64]:
    """Return all of the rows, or so many of them, always the same."""
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))


def _gradient(task: Task, params: Params, rows: NDArray[np.int64]) -> tuple[Tensor, float]:
    """Return the gradient of the rows' mean loss, and the mean of ‖gradient‖² of each by itself."""
    config, squares = task.config.model, 0.0
    head = HEADS[config.kind]
    parameters = tuple(torch.from_numpy(array) for array in params.arrays)
    model = models.model_of(config, parameters)
    for start in range(0, len(rows), ROWS):
        X1, Y = _rows(task, rows[start : start + ROWS])
        X = X1[:, :-1]
        dZ = head.gradient(model.forward(X), Y)
        squares += float(_squares(task, params, X, dZ).double().sum())
        model.backward(dZ, X, add=start > 0)
    parts = [g.flatten() for g in model.gradients if g.ndim == 2 or config.has_bias]
    return torch.cat(parts).double() / len(rows), squares / len(rows)


def _squares(task: Task, params: Params, X: Tensor, dZ: Tensor) -> Tensor:
    """Return ‖gradient‖² of each example, (n,): that of dz ⊗ (x, 1) is ‖dz‖² (‖x‖² + 1)."""
    bias = float(task.config.model.has_bias)
    if params.hidden is None:
        return dZ.square().sum(dim=1) * (X.square().sum(dim=1) + bias)
    squash, slope = models.HIDDEN[params.hidden.activation]
    V, c = torch.from_numpy(params.hidden.V), torch.from_numpy(params.hidden.c)
    H = squash(models.logits(X, V, c))
    dH = (dZ @ torch.from_numpy(params.W)) * slope(H)
    upper = dZ.square().sum(dim=1) * (H.square().sum(dim=1) + bias)
    return upper + dH.square().sum(dim=1) * (X.square().sum(dim=1) + bias)


def _rows(task: Task, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
    """Return X1 (n, m + 1), the inputs with a 1, and Y (n, outputs) of these rows."""
    X = torch.from_numpy(task.inputs(task.dataset.values(rows)))
    head = HEADS[task.config.model.kind]
    Y = head.encode(torch.from_numpy(task.dataset.y[rows]), task.outputs).to(X.dtype)
    return torch.nn.functional.pad(X, (0, 1), value=1.0), Y
