"""All numbers of one example in one update: x → z → a → loss → gradient → new W, b.

The example's numbers are computed from the formulae, in float64 and independently, so that they
can be checked against the trainer; the batch means come from the trainer's own heads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.data.task import Task
from core.explain.example_forward import Reals, Response, respond
from core.explain.next_update import Move, move
from core.model_family import FAMILY
from core.optimiser_family import OPTIMISERS, OptimiserName
from core.train import models
from core.train.class_weights import head_of
from core.train.snapshot import Params, Snapshot
from core.train.sparse import rows_of

ROWS_AT_ONCE = 4096


@dataclass(frozen=True, eq=False)
class Batch:
    """The batch of the next update: means over its n rows.

    dW, db : (outputs, m), (outputs,) gradients of the mean loss, without the penalty.
    loss : mean, in the loss's own unit.
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

    x : (m,) inputs of the model. products : (outputs, m) W ⊙ x. z : (outputs,) logits.
    response : activations, loss and gradient. dW = dz xᵀ is None if the class is unknown; db is dz.
    eta, decay, l1, momentum : η, λ, λ₁ and μ of the next update; t : its number, from 1.
    weight : of the example's class in the loss. rule : the optimiser of the next update.
    W_moves, b_moves : the parameters' moves with the whole batch; None without a batch, for
        second-order methods, and for the bias of a model without one. A model that is counted has
        no batch: nothing descends.
    """

    run: int
    step: int
    kind: str
    x: Reals
    W: Reals
    b: Reals
    products: Reals
    z: Reals
    response: Response
    label: int | None
    dW: Reals | None
    batch: Batch | None
    weight: float
    rule: OptimiserName
    eta: float
    decay: float
    l1: float
    momentum: float
    t: int
    W_moves: Move | None
    b_moves: Move | None

    @property
    def is_neuron(self) -> bool:
        """Whether the model is a single neuron."""
        return FAMILY[self.kind].is_neuron

    @property
    def a(self) -> Reals:
        """(outputs,) activations."""
        return self.response.a

    @property
    def y(self) -> Reals | None:
        """(outputs,) targets."""
        return self.response.y

    @property
    def loss(self) -> float | None:
        return self.response.loss

    @property
    def dz(self) -> Reals | None:
        """∂L/∂z, (outputs,)."""
        return self.response.dz

    @property
    def constants(self) -> dict[str, float]:
        """The constants in the optimiser's formula, by name."""
        return OPTIMISERS[self.rule].constants(self.t)

    @property
    def new_W(self) -> Reals | None:  # noqa: N802
        return None if self.W_moves is None else self.W_moves.new

    @property
    def new_b(self) -> Reals | None:
        """The biases after the update; they stay 0 in a model without biases."""
        if self.b_moves is None:
            return None if self.W_moves is None else self.b
        return self.b_moves.new


def follow(
    task: Task,
    snapshot: Snapshot,
    values: NDArray[np.floating],
    label: int | None,
    row: int | None,
    *,
    with_batch: bool = True,
) -> Trace:
    """Trace features (d,) in their own units through the model of the snapshot.

    label : the class, None if unknown. row : its number in the data set, if it has one.
    with_batch : whether to average over the next batch, which is slow for a large one.
    """
    params, settings = snapshot.params, snapshot.settings
    W, b = params.W.astype(np.float64), params.b.astype(np.float64)
    x = task.inputs(np.asarray(values)[None])[0].astype(np.float64)
    products = W * x
    z = products.sum(axis=1) + b
    kind = task.config.model.kind
    response = respond(kind, z, task.dataset.h, label)
    batch, moves, t = None, [], snapshot.updates + 1
    if with_batch and len(snapshot.batch) and not FAMILY[kind].is_counted:
        batch = _mean_over(task, params, snapshot.batch, row)
        if not settings.rule.is_second_order:
            count = len(settings.rule.remembers)
            zeros = [np.zeros_like(params.W)] * count, [np.zeros_like(params.b)] * count
            moments = snapshot.moments or zeros
            moves = [
                move(theta, g, known, settings, snapshot.eta, t, is_weight=is_weight)
                for theta, g, known, is_weight in (
                    (W, batch.dW, moments[0], True),
                    (b, batch.db, moments[1], False),
                )
            ]
    weights = task.class_weights
    return Trace(
        run=snapshot.run,
        step=snapshot.step,
        kind=kind,
        x=x,
        W=W,
        b=b,
        products=products,
        z=z,
        response=response,
        label=label,
        dW=None if response.dz is None else np.outer(response.dz, x),
        batch=batch,
        weight=1.0 if weights is None or label is None else float(weights[label]),
        rule=settings.optimiser,
        eta=snapshot.eta,
        decay=settings.weight_decay,
        l1=settings.l1,
        momentum=settings.momentum,
        t=t,
        W_moves=moves[0] if moves else None,
        b_moves=moves[1] if moves and task.config.model.has_bias else None,
    )


@torch.no_grad()
def _mean_over(task: Task, params: Params, rows: NDArray[np.int64], row: int | None) -> Batch:
    head = head_of(task)
    W, b = torch.from_numpy(params.W), torch.from_numpy(params.b)
    dW, db, loss = torch.zeros_like(W), torch.zeros_like(b), 0.0
    part_dW, part_db = torch.empty_like(W), torch.empty_like(b)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        X = rows_of(task.inputs_of(part))
        Z = models.logits(X, W, b)
        Y = head.encode(torch.from_numpy(task.dataset.y[part]), task.outputs).to(Z.dtype)
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
