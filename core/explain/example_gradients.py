"""Contributions of a batch's examples to the update of the weights, as NumPy values.

An example adds −(∂L/∂z)ₖ x to the descent direction of the weights wₖ: with softmax, (1 − a) x to
the weights of its own class and −aₖ x to the others. Batch gradient descent follows the mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.data.task import Task
from core.model_family import FAMILY, pairs
from core.train.snapshot import Params

if TYPE_CHECKING:  # SciPy is imported with the first texts
    from scipy.sparse import csr_array

Floats = NDArray[np.float32]

ROWS_AT_ONCE = 4096


@dataclass(frozen=True, eq=False)
class Pulls:
    """The inputs of one batch and the model's error on each.

    X : (n, m) inputs; sparse for texts, of which single pulls are not asked for.
    errors : (n, outputs) dL/dz of each row's loss; a − y for cross-entropies.
    y : (n,) class numbers.
    sides : (classes, outputs) if each output is a pair's neuron, else None: 1 where its yes means
        the class, −1 where its no does, 0 where the class is not in the pair.
    """

    X: Floats | csr_array
    errors: Floats
    y: NDArray[np.int64]
    sides: Floats | None = None

    def on(self, output: int) -> Floats:
        """Return what each row adds to the weights of one output, −(∂L/∂z)ₖ x, (n, m)."""
        return -self.errors[:, output, None] * self.X

    def on_own_class(self) -> Floats:
        """Return what each row adds to the weights of its own class, (n, m).

        One neuron has one row of weights: the rows of class 0 push it away from themselves. For
        pairs, return the mean over those that contain the class, each turned towards the class.
        """
        if self.sides is not None:
            each = (self.errors * self.sides[self.y]).sum(axis=1) / (len(self.sides) - 1)
            return np.asarray(-each[:, None] * self.X)
        own = np.zeros_like(self.y) if self.errors.shape[1] == 1 else self.y
        return -self.errors[np.arange(len(self.y)), own, None] * self.X

    @property
    def mean(self) -> Floats:
        """−∇W of the batch's mean loss, (outputs, m): the mean of all rows' pulls."""
        total: Floats = np.asarray(self.errors.T @ self.X, dtype=np.float32)
        return -total / np.float32(max(len(self.y), 1))

    @property
    def of_classes(self) -> Floats:
        """The mean for each output, or for pairs for each class, as in `on_own_class`, (·, m)."""
        mean = self.mean
        return mean if self.sides is None else self.sides @ mean / np.float32(len(self.sides) - 1)


def pulls(task: Task, params: Params, rows: NDArray[np.int64]) -> Pulls:
    """Return the pulls of these rows of the data set on the weights."""
    import torch  # already loaded: the weights come from it

    from core.train.class_weights import head_of

    head = head_of(task)
    X, y = task.inputs_of(rows), task.dataset.y[rows]
    with torch.no_grad():
        Z = torch.from_numpy(X @ params.W.T + params.b)
        Y = head.encode(torch.from_numpy(y), task.outputs).to(Z.dtype)
        errors = head.gradient(Z, Y).contiguous().numpy()
    is_of_pairs = FAMILY[task.config.model.kind].is_pairwise
    return Pulls(X, errors, y, _sides(task.dataset.h) if is_of_pairs else None)


def descent_of_inputs(task: Task, params: Params, rows: NDArray[np.int64]) -> Floats:
    """Return −∂ℓ/∂x of the own loss of each row, (n, m): where it would go to cost less.

    Through a hidden layer it is followed back by the chain rule, as in training. Not for texts.
    """
    import torch

    from core.train.class_weights import head_of
    from core.train.models import HIDDEN, logits

    head, hidden = head_of(task), params.hidden
    W, b = torch.from_numpy(params.W), torch.from_numpy(params.b)
    Y = head.encode(torch.from_numpy(task.dataset.y[rows]), task.outputs).to(W.dtype)
    with torch.no_grad():
        inputs = torch.from_numpy(task.inputs(task.dataset.values(rows)))
        if hidden is None:
            return np.asarray(-(head.gradient(logits(inputs, W, b), Y) @ W).numpy())
        V, (squash, slope) = torch.from_numpy(hidden.V), HIDDEN[hidden.activation]
        H = squash(logits(inputs, V, torch.from_numpy(hidden.c)))
        dH = head.gradient(logits(H, W, b), Y) @ W
        return np.asarray(-((dH * slope(H)) @ V).numpy())


def descent(task: Task, params: Params, rows: NDArray[np.int64], weight_decay: float) -> Params:
    """Return −∇W and −∇b of the rows' mean loss with its penalty λ: the descent direction.

    λ₁ has no gradient: the weights are thresholded after the step.
    """
    W, b = np.zeros_like(params.W), np.zeros_like(params.b)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = pulls(task, params, rows[start : start + ROWS_AT_ONCE])
        share = np.float32(len(part.y) / len(rows))
        W += share * part.mean
        if task.config.model.has_bias:
            b -= share * part.errors.mean(axis=0)
    W -= np.float32(weight_decay) * params.W
    return Params(W, b)


def _sides(h: int) -> Floats:
    found = pairs(h)
    sides = np.zeros((h, len(found)), np.float32)
    for p, (i, j) in enumerate(found):
        sides[i, p], sides[j, p] = -1, 1
    return sides
