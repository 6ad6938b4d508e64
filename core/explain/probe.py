"""Predictions of a model for any input: rows, features, and grids over planes.

Pure functions, safe to call from any thread. Arguments and results are NumPy, except that the
functions for logits return tensors.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.data.task import Reader, Task
from core.explain.plane import DecisionGrid, Floats, Nodes, Plane, RowAnswers
from core.model_family import FAMILY
from core.train import models
from core.train.class_weights import head_of
from core.train.losses import HEADS
from core.train.snapshot import Params
from core.train.sparse import rows_of, with_rows_of_zeros

ROWS_AT_ONCE = 4096
TOGETHER = 256  # rows that are answered together, always as many


@torch.no_grad()
def class_logits(
    reader: Reader, params: Params, values: NDArray[np.floating] | csr_array
) -> torch.Tensor:
    """Return the logits (n, outputs) for features (n, d) in their own units."""
    return logits_at(reader, params, reader.inputs(values))


@torch.no_grad()
def logits_at(reader: Reader, params: Params, X: Floats | csr_array) -> torch.Tensor:
    """Return the logits (n, outputs) for inputs X (n, m) of the model."""
    parameters = tuple(torch.from_numpy(array) for array in params.arrays)
    return models.model_of(reader.config.model, parameters).forward(rows_of(X))


def nodes(reader: Reader, plane: Plane, columns: int, rows: int) -> Nodes:
    """Return the nodes of a grid over the plane, as inputs of the model."""
    xs = np.linspace(*plane.x_range, columns)
    ys = np.linspace(*plane.y_range, rows)
    values = np.tile(np.asarray(plane.at, dtype=np.float64), (rows * columns, 1))
    values[:, plane.x] = np.tile(xs, rows)
    values[:, plane.y] = np.repeat(ys, columns)
    return Nodes(xs, ys, reader.inputs(values))


def decision_grid(
    reader: Reader, params: Params, plane: Plane, columns: int, rows: int
) -> DecisionGrid:
    """Return the model's predictions on a grid of rows × columns nodes over the plane."""
    return decide_grid(reader, params, nodes(reader, plane, columns, rows))


@torch.no_grad()
def decide_grid(reader: Reader, params: Params, at: Nodes) -> DecisionGrid:
    """Return the model's predictions at these nodes."""
    head = HEADS[reader.config.model.kind]
    Z = logits_at(reader, params, at.X)
    per_class = head.scores(Z)
    best = per_class.topk(2, dim=1).values
    others = torch.where(per_class == best[:, :1], best[:, 1:], best[:, :1])
    shape = (len(at.ys), len(at.xs), per_class.shape[1])
    return DecisionGrid(
        xs=at.xs,
        ys=at.ys,
        probabilities=head.probabilities(Z).contiguous().view(shape).numpy(),
        margins=(per_class - others).contiguous().view(shape).numpy(),
        logits=Z.contiguous().view(*shape[:2], -1).numpy()
        if FAMILY[reader.config.model.kind].is_pairwise and shape[2] > 2
        else None,
    )


@torch.no_grad()
def mistakes(
    task: Task,
    params: Params,
    rows: NDArray[np.int64],
    X: Floats | None = None,
    threshold: float | None = None,
) -> NDArray[np.bool_]:
    """Return for each of the rows whether the model misclassifies it, (rows,).

    X : their inputs (n, m), if already computed.
    threshold : probability above which a single neuron says yes; None for the model's own decision.
    """
    return np.asarray(decided(task, params, rows, X, threshold) != task.dataset.y[rows])


@torch.no_grad()
def decided(
    task: Task,
    params: Params,
    rows: NDArray[np.int64],
    X: Floats | None = None,
    threshold: float | None = None,
) -> NDArray[np.int64]:
    """Return the predicted class of each of the rows; see `mistakes` for X and threshold."""
    head = HEADS[task.config.model.kind]
    Z = logits_at(task, params, task.inputs_of(rows) if X is None else X)
    if threshold is None:
        classes: NDArray[np.int64] = head.decide(Z).numpy()
    else:
        classes = (head.probabilities(Z)[:, 1].numpy() > threshold).astype(np.int64)
    return classes


@torch.no_grad()
def probabilities(
    reader: Reader, params: Params, values: NDArray[np.floating] | csr_array
) -> Floats:
    """Return the model's probabilities (n, classes) for features (n, d) in their own units."""
    return answers(reader, params, values)[1]


@torch.no_grad()
def answers(
    reader: Reader, params: Params, values: NDArray[np.floating] | csr_array
) -> tuple[NDArray[np.int64], Floats]:
    """Return the decided class (n,) and the probabilities (n, classes) for features (n, d), n > 0.

    Products of matrices round differently with their size, so rows are always taken as many at
    once, the last ones with zeros below them: an answer is the same to the bit in any company.
    """
    head = HEADS[reader.config.model.kind]
    decided, shares = [], []
    for start in range(0, values.shape[0], TOGETHER):
        part = values[start : start + TOGETHER]
        count = part.shape[0]
        Z = class_logits(reader, params, with_rows_of_zeros(part, TOGETHER - count))
        decided.append(head.decide(Z)[:count].numpy())
        shares.append(head.probabilities(Z)[:count].contiguous().numpy())
    return np.concatenate(decided), np.concatenate(shares)


@torch.no_grad()
def row_answers(task: Task, params: Params) -> RowAnswers:
    """Return the model's predictions for every row of the task's data set."""
    head = head_of(task)
    dataset = task.dataset
    predicted = np.empty(dataset.n, dtype=np.int64)
    probability, loss = np.empty(dataset.n, np.float32), np.empty(dataset.n, np.float32)
    for start in range(0, dataset.n, ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        Z = logits_at(task, params, task.inputs_of(part))
        y = torch.from_numpy(dataset.y[part])
        predicted[part] = head.decide(Z).numpy()
        probability[part] = head.probabilities(Z).gather(1, y[:, None])[:, 0].numpy()
        loss[part] = head.loss(Z, head.encode(y, task.outputs).to(Z.dtype)).numpy()
    return RowAnswers(predicted, probability, loss)
