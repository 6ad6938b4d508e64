"""What the examples of a batch do to the weights, each by itself and together, in NumPy.

An example adds −(a − y)ₖ x to the direction in which the weights wₖ move: to the weights of its
own class a share (1 − a) of itself, to the others −aₖ x. Batch gradient descent follows the mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.snapshot import Params
from core.task import Task

Floats = NDArray[np.float32]

ROWS_AT_ONCE = 4096


@dataclass(frozen=True, eq=False)
class Pulls:
    """The rows of one batch, as the model sees them, and how wrong it is about each.

    X : (n, m) inputs.
    errors : (n, outputs) dL/dz = a − y of each row's own loss.
    y : (n,) class numbers.
    """

    X: Floats
    errors: Floats
    y: NDArray[np.int64]

    def on(self, output: int) -> Floats:
        """Return what each row adds to the weights of one output, −(a − y)ₖ x, (n, m)."""
        return -self.errors[:, output, None] * self.X

    def on_own_class(self) -> Floats:
        """Return what each row adds to the weights of its own class, (1 − a) x, (n, m).

        A binary neuron has one row of weights: the rows of class 0 push it away from themselves.
        """
        own = np.zeros_like(self.y) if self.errors.shape[1] == 1 else self.y
        return -self.errors[np.arange(len(self.y)), own, None] * self.X

    @property
    def mean(self) -> Floats:
        """−∇W of the batch's mean loss, (outputs, m): the mean of all rows' pulls."""
        return -(self.errors.T @ self.X) / np.float32(max(len(self.y), 1))


def pulls(task: Task, params: Params, rows: NDArray[np.int64]) -> Pulls:
    """Return the pulls of these rows of the data set on the weights."""
    X = task.inputs(task.dataset.values(rows))
    y = task.dataset.y[rows]
    return Pulls(X, _errors(X @ params.W.T + params.b, y), y)


def descent(task: Task, params: Params, rows: NDArray[np.int64], weight_decay: float) -> Params:
    """Return −∇W and −∇b of the rows' mean loss with its penalty: the next step, without its η."""
    W, b = np.zeros_like(params.W), np.zeros_like(params.b)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = pulls(task, params, rows[start : start + ROWS_AT_ONCE])
        share = np.float32(len(part.y) / len(rows))
        W += share * part.mean
        b -= share * part.errors.mean(axis=0)
    return Params(W - np.float32(weight_decay) * params.W, b)


def _errors(Z: Floats, y: NDArray[np.int64]) -> Floats:
    """Return a − y of logits (n, outputs): of the sigmoid for one output, else of the softmax."""
    if Z.shape[1] == 1:
        tail = np.exp(-np.abs(Z))  # of a number that is not positive: it never overflows
        yes = np.where(Z >= 0, np.float32(1), tail) / (1 + tail)
        return np.asarray(yes - y[:, None], dtype=np.float32)
    A: Floats = np.exp(Z - Z.max(axis=1, keepdims=True))
    A /= A.sum(axis=1, keepdims=True)
    A[np.arange(len(y)), y] -= 1
    return A
