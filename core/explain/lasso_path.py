"""The weights at the lowest loss for every λ₁: none at the largest one, more and more below.

Solved in float64 by FISTA, an accelerated proximal gradient method (Beck and Teboulle 2009), with a
step found by backtracking and a restart where it runs uphill (O'Donoghue and Candès 2015). Each λ₁
begins with the solution of the one before.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.data.task import Task
from core.explain.surface.loss_surface import Sample
from core.language import tr
from core.model_family import FAMILY
from core.number_format import format_integer
from core.train import models
from core.train.class_weights import head_of
from core.train.optimisers import shrink
from core.train.sparse import rows_of

MOST_WEIGHTS = 2_000
MOST_ROWS = 5_000  # of more, a fixed sample of this many
POINTS = 40  # values of λ₁
RANGE = 1e3  # the largest λ₁ over the smallest
AT_REST = 1e-7  # tolerance on the slope along the steepest parameter
# Most iterations of one λ₁: weights of separable classes grow without end as it falls, and of large
# problems the eye needs no more than the first of them.
FEWEST, MOST = 60, 3_000
WORK = 1e8  # rows times weights, of all iterations of one λ₁
AT_ONCE_S = 0.2

Reals = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LassoPath:
    """The solutions so far, p of them.

    l1 : (p,) λ₁, falling; the first leaves no weight. W, b : (p, outputs, m), (p, outputs).
    is_whole : whether all have been found. rows : on how many training rows.
    """

    l1: Reals
    W: Reals
    b: Reals
    is_whole: bool
    rows: int


def obstacle(task: Task) -> str:
    """Return why there is no path for this task, or ""."""
    kind, config = FAMILY[task.config.model.kind], task.config.model
    if config.hidden:
        return tr("The path is drawn for models without a hidden layer.")
    if kind.is_counted:
        return tr(
            "{kind} counts and descends no loss: there is no path of its weights.",
            kind=tr(kind.title),
        )
    if not (kind.is_convex and kind.is_smooth):
        return tr(
            "The path is drawn for losses with one smooth valley, which {kind} has not.",
            kind=tr(kind.title),
        )
    if task.outputs * task.m > MOST_WEIGHTS:
        return tr(
            "The path is drawn for at most {most} weights; this model has {n}. Choose fewer "
            "features or classes.",
            most=format_integer(MOST_WEIGHTS),
            n=format_integer(task.outputs * task.m),
        )
    return task.obstacle


class PathSolver:
    """Finds the path of a task, a few solutions at a time.

    decay : λ of the penalty (λ/2)·‖W‖², which stays the same.
    """

    def __init__(self, task: Task, decay: float) -> None:
        sample = Sample.of(task, MOST_ROWS)
        self._problem = _Problem(task, sample, decay)
        self._found: list[tuple[float, Reals, Reals]] = []
        self._solutions = self._solve(task)

    def go_on(self) -> LassoPath:
        """Search for about AT_ONCE_S seconds; return all that has been found."""
        end, is_whole = time.monotonic() + AT_ONCE_S, True
        for found in self._solutions:
            self._found.append(found)
            if time.monotonic() > end:
                is_whole = len(self._found) == POINTS
                break
        l1, W, b = (np.array(part) for part in zip(*self._found, strict=True))
        return LassoPath(l1, W, b, is_whole, len(self._problem.X))

    def _solve(self, task: Task) -> Iterator[tuple[float, Reals, Reals]]:
        problem = self._problem
        W = torch.zeros(task.outputs, task.m, dtype=torch.float64)
        b = torch.zeros(task.outputs, dtype=torch.float64)
        W, b = problem.minimise(W, b, np.inf)
        largest = float(problem.gradient(W, b)[0].abs().max())
        largest = max(largest * (1 + 1e-6), AT_REST)  # beyond rounding; 0 if no feature matters
        for l1 in np.geomspace(largest, largest / RANGE, POINTS).tolist():
            W, b = problem.minimise(W, b, l1)
            yield l1, W.numpy().copy(), b.numpy().copy()


class _Problem:
    """The mean loss plus (λ/2)·‖W‖² plus λ₁·Σ|w| over W and b, in float64."""

    def __init__(self, task: Task, sample: Sample, decay: float) -> None:
        self._head = head_of(task)
        self._has_bias = task.config.model.has_bias
        self.X = rows_of(sample.X)
        self._Y = torch.from_numpy(sample.Y)
        self._decay = decay
        self._bound = 1.0  # on the curvature, found by backtracking
        size = sample.n * task.outputs * task.numbers_per_row
        self._iterations = int(np.clip(WORK / size, FEWEST, MOST))

    def smooth(self, W: Tensor, b: Tensor) -> Tensor:
        """Return all of the loss but λ₁'s part."""
        loss = self._head.loss(models.logits(self.X, W, b), self._Y).mean()
        return loss + self._decay / 2 * W.square().sum()

    def gradient(self, W: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
        """Return the gradient of `smooth`; 0 for biases that the model does not have."""
        dW, db = torch.empty_like(W), torch.empty_like(b)
        dZ = self._head.gradient(models.logits(self.X, W, b), self._Y)
        models.gradients(dZ, self.X, dW, db)
        n = len(self.X)
        return dW / n + self._decay * W, db / n if self._has_bias else torch.zeros_like(b)

    @torch.no_grad()
    def minimise(self, W: Tensor, b: Tensor, l1: float) -> tuple[Tensor, Tensor]:
        """Return the minimum, searched for from W and b."""
        ahead, t = (W, b), 1.0
        for _ in range(self._iterations):
            new = self._step(*ahead, l1)
            moves = new[0] - W, new[1] - b
            uphill = sum(
                float(((at - to) * move).sum())
                for at, to, move in zip(ahead, new, moves, strict=True)
            )
            t_new = 1.0 if uphill > 0 else (1 + (1 + 4 * t * t) ** 0.5) / 2
            share = 0.0 if uphill > 0 else (t - 1) / t_new
            ahead = new[0] + share * moves[0], new[1] + share * moves[1]
            (W, b), t = new, t_new
            if self._slope(W, b, l1) <= AT_REST:
                break
        return W, b

    def _step(self, W: Tensor, b: Tensor, l1: float) -> tuple[Tensor, Tensor]:
        """Return a proximal gradient step, as long as the curvature allows."""
        dW, db = self.gradient(W, b)
        before = self.smooth(W, b)
        self._bound /= 1.1
        while True:
            eta = 1 / self._bound
            new_W, new_b = W - eta * dW, b - eta * db
            shrink(new_W, eta * l1)
            to_W, to_b = new_W - W, new_b - b
            model = before + (dW * to_W).sum() + (db * to_b).sum()
            model = model + self._bound / 2 * (to_W.square().sum() + to_b.square().sum())
            if self.smooth(new_W, new_b) <= model + 1e-12 * before.abs() or self._bound > 1e12:
                return new_W, new_b
            self._bound *= 2

    def _slope(self, W: Tensor, b: Tensor, l1: float) -> float:
        """Return the largest slope along a parameter, where there is a way down."""
        dW, db = self.gradient(W, b)
        if np.isinf(l1):
            return float(db.abs().max())
        at_zero = (dW.abs() - l1).clamp(min=0)
        slope = torch.where(W == 0, at_zero, (dW + l1 * W.sign()).abs())
        return float(torch.maximum(slope.max(), db.abs().max()))
