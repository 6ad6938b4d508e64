"""One example's way through one update, number by number: x → z → a → loss → gradient → new W, b.

Everything of the example is computed here from the formulae, in float64 and by itself, so that it
can be held against what the trainer does; the batch's share comes from the trainer's own heads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core import models
from core.losses import HEADS
from core.snapshot import Params, Snapshot
from core.task import Task

Reals = NDArray[np.float64]

ROWS_AT_ONCE = 4096
LARGEST_EXPONENT = 80.0  # beyond it eᶻ is written with the largest logit taken out


@dataclass(frozen=True, eq=False)
class Batch:
    """The update that comes next: means over the n rows of its batch.

    dW, db : (outputs, m), (outputs,) gradients of the mean loss, without the penalty.
    loss : mean in nats, or in the head's own unit.
    holds_example : whether the example is one of the rows.
    """

    n: int
    loss: float
    dW: Reals
    db: Reals
    holds_example: bool


@dataclass(frozen=True, eq=False)
class Trace:
    """All numbers of one example under the weights of one step; `outputs` is 1 for a neuron.

    x : (m,) as the model takes it. products : (outputs, m) W ⊙ x. z : (outputs,) logits.
    shift : taken out of the logits before exponentiating, 0 unless they are large.
    powers : (outputs,) e^(z − shift), for a neuron e^(−z). total : their sum, 1 + e^(−z).
    a : (outputs,) activations. y : (outputs,) targets, None where the class is not known; with it
    loss, dz = ∂L/∂z and dW = dz xᵀ are None, and db = dz.
    eta, decay : η and λ. new_W, new_b : after the update with the whole batch, None without one.
    """

    run: int
    step: int
    kind: str
    x: Reals
    W: Reals
    b: Reals
    products: Reals
    z: Reals
    shift: float
    powers: Reals
    total: float
    a: Reals
    y: Reals | None
    label: int | None
    loss: float | None
    dz: Reals | None
    dW: Reals | None
    batch: Batch | None
    eta: float
    decay: float
    new_W: Reals | None
    new_b: Reals | None

    @property
    def is_binary(self) -> bool:
        return len(self.z) == 1


def follow(
    task: Task,
    snapshot: Snapshot,
    values: NDArray[np.floating],
    label: int | None,
    row: int | None,
    *,
    with_batch: bool = True,
) -> Trace:
    """Follow features (d,) in their own units through the model of the snapshot.

    label : the class, None where it is not known. row : its number in the data set, if it has one.
    with_batch : whether to average over the next batch, which for a large one takes a while.
    """
    params = snapshot.params
    W, b = params.W.astype(np.float64), params.b.astype(np.float64)
    x = task.inputs(np.asarray(values)[None])[0].astype(np.float64)
    products = W * x
    z = products.sum(axis=1) + b
    is_binary = len(z) == 1
    exponents = -z if is_binary else z
    largest = float(exponents.max())
    shift = largest if abs(largest) > LARGEST_EXPONENT and not is_binary else 0.0
    with np.errstate(over="ignore"):
        powers = np.exp(exponents - shift)
        total = float(powers.sum() + is_binary)
        a = 1 / (1 + powers) if is_binary else powers / total
    y, loss, dz, dW = None, None, None, None
    if label is not None:
        y = np.array([float(label)]) if is_binary else np.eye(len(z))[label]
        loss = _cross_entropy(z, label)
        dz = a - y
        dW = np.outer(dz, x)
    batch, new_W, new_b = None, None, None
    eta, decay = snapshot.settings.learning_rate, snapshot.settings.weight_decay
    if with_batch and len(snapshot.batch):
        batch = _mean_over(task, params, snapshot.batch, row)
        new_W = W - eta * (batch.dW + decay * W)
        new_b = b - eta * batch.db
    return Trace(
        run=snapshot.run,
        step=snapshot.step,
        kind=task.config.model.kind,
        x=x,
        W=W,
        b=b,
        products=products,
        z=z,
        shift=shift,
        powers=powers,
        total=total,
        a=a,
        y=y,
        label=label,
        loss=loss,
        dz=dz,
        dW=dW,
        batch=batch,
        eta=eta,
        decay=decay,
        new_W=new_W,
        new_b=new_b,
    )


def _cross_entropy(z: Reals, label: int) -> float:
    """−log a_y from the logits: log Σ exp(zⱼ) − z_y; a neuron's two logits are 0 and z."""
    logits = np.concatenate([[0.0], z]) if len(z) == 1 else z
    return float(np.logaddexp.reduce(logits) - logits[label]) + 0.0


@torch.no_grad()
def _mean_over(task: Task, params: Params, rows: NDArray[np.int64], row: int | None) -> Batch:
    head = HEADS[task.config.model.kind]
    W, b = torch.from_numpy(params.W), torch.from_numpy(params.b)
    dW, db, loss = torch.zeros_like(W), torch.zeros_like(b), 0.0
    part_dW, part_db = torch.empty_like(W), torch.empty_like(b)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        X = torch.from_numpy(task.inputs(task.dataset.values(part)))
        Y = head.encode(torch.from_numpy(task.dataset.y[part]), task.outputs).to(X.dtype)
        Z = models.logits(X, W, b)
        loss += float(head.loss(Z, Y).double().sum())
        models.gradients(head.gradient(Z, Y), X, part_dW, part_db)
        dW += part_dW
        db += part_db
    n = len(rows)
    return Batch(
        n=n,
        loss=loss / n,
        dW=dW.numpy().astype(np.float64) / n,
        db=db.numpy().astype(np.float64) / n,
        holds_example=row is not None and bool((rows == row).any()),
    )
