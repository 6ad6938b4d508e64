"""All numbers of one example in one update: x → z → a → loss → gradient → new W, b.

A hidden layer is followed too: x → z₁ → a₁ → z₂ and back, by the chain rule. The example's numbers
are computed from the formulae, in float64 and independently, so that they can be checked against
the trainer; the batch means come from the trainer's own models and heads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.config import HiddenActivation
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
    """The batch of the next update, of n rows.

    loss : mean, in the loss's own unit.
    holds_example : whether the example is one of the rows.
    """

    n: int
    loss: float
    holds_example: bool


@dataclass(frozen=True, eq=False)
class Layer:
    """One linear map z = W x + b of a model on one example, and in the next update.

    x : (inputs,). W : (outputs, inputs). b, z : (outputs,). products : (outputs, inputs) W ⊙ x.
    dz : ∂L/∂z, (outputs,), also that of b; dW : dz xᵀ. Both are None if the class is unknown.
    mean_dW, mean_db : gradients of the batch's mean loss, without the penalty; None without one.
    W_moves, b_moves : the parameters' moves with the whole batch; None without a batch, for
        second-order methods, and for the bias of a model without one.
    """

    x: Reals
    W: Reals
    b: Reals
    products: Reals
    z: Reals
    dz: Reals | None
    dW: Reals | None
    mean_dW: Reals | None
    mean_db: Reals | None
    W_moves: Move | None
    b_moves: Move | None

    @property
    def new_W(self) -> Reals | None:  # noqa: N802
        return None if self.W_moves is None else self.W_moves.new

    @property
    def new_b(self) -> Reals | None:
        """The biases after the update; they stay 0 in a model without biases."""
        if self.b_moves is None:
            return None if self.W_moves is None else self.b
        return self.b_moves.new


@dataclass(frozen=True, eq=False)
class HiddenUnits:
    """A layer of u hidden units, whose activations the next layer takes.

    linear : what comes before the activation f, with its z (u,). a : (u,) activations f(z).
    slope : (u,) f'(z); ReLU's at 0 is taken as 0.
    da : ∂L/∂a, (u,): Wᵀ ∂L/∂z of the next layer; None if the class is unknown.
    """

    linear: Layer
    activation: HiddenActivation
    a: Reals
    slope: Reals
    da: Reals | None


@dataclass(frozen=True, eq=False)
class Trace:
    """All numbers of one example under the weights of one step; `outputs` is 1 for a neuron.

    layer : the one of the outputs. hidden : the one before it, if there is one.
    response : activations, loss and gradient.
    batch : None for a model that is counted, as nothing descends.
    eta, decay, l1, momentum : η, λ, λ₁ and μ of the next update; t : its number, from 1.
    weight : of the example's class in the loss. rule : the optimiser of the next update.
    """

    run: int
    step: int
    kind: str
    layer: Layer
    hidden: HiddenUnits | None
    response: Response
    label: int | None
    batch: Batch | None
    weight: float
    rule: OptimiserName
    eta: float
    decay: float
    l1: float
    momentum: float
    t: int

    @property
    def is_neuron(self) -> bool:
        """Whether the model is a single neuron."""
        return FAMILY[self.kind].is_neuron

    @property
    def x(self) -> Reals:
        """(m,) inputs of the model."""
        return self.layer.x if self.hidden is None else self.hidden.linear.x

    @property
    def z(self) -> Reals:
        """(outputs,) logits."""
        return self.layer.z

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


@dataclass(frozen=True, eq=False)
class _Change:
    """The gradient of one array of parameters by the next batch, and its move, if known."""

    mean: Reals | None = None
    moves: Move | None = None


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
    params, settings, kind = snapshot.params, snapshot.settings, task.config.model.kind
    batch, changes = None, [_Change() for _ in params.arrays]
    if with_batch and len(snapshot.batch) and not FAMILY[kind].is_counted:
        batch, means = _mean_over(task, params, snapshot.batch, row)
        changes = _changes(snapshot, means, has_bias=task.config.model.has_bias)
    x = task.inputs(np.asarray(values)[None])[0].astype(np.float64)
    layer, hidden, response = _pass(task, params, x, label, changes)
    weights = task.class_weights
    return Trace(
        run=snapshot.run,
        step=snapshot.step,
        kind=kind,
        layer=layer,
        hidden=hidden,
        response=response,
        label=label,
        batch=batch,
        weight=1.0 if weights is None or label is None else float(weights[label]),
        rule=settings.optimiser,
        eta=snapshot.eta,
        decay=settings.weight_decay,
        l1=settings.l1,
        momentum=settings.momentum,
        t=snapshot.updates + 1,
    )


def _pass(
    task: Task, params: Params, x: Reals, label: int | None, changes: Sequence[_Change]
) -> tuple[Layer, HiddenUnits | None, Response]:
    """Take x (m,) forward through the layers, and its loss back."""
    kind, h, found = task.config.model.kind, task.dataset.h, params.hidden
    W = params.W.astype(np.float64)
    if found is None:
        response = respond(kind, (W * x).sum(axis=1) + params.b, h, label)
        return _linear(x, W, params.b, response.dz, changes), None, response
    V = found.V.astype(np.float64)
    squash, slope_of = models.HIDDEN[found.activation]
    activated = squash(torch.from_numpy((V * x).sum(axis=1) + found.c))
    a, slope = activated.numpy(), slope_of(activated).numpy()
    response = respond(kind, (W * a).sum(axis=1) + params.b, h, label)
    da = None if response.dz is None else W.T @ response.dz
    below = _linear(x, V, found.c, None if da is None else da * slope, changes[2:])
    hidden = HiddenUnits(below, found.activation, a, slope, da)
    return _linear(a, W, params.b, response.dz, changes), hidden, response


def _linear(
    x: Reals,
    W: Reals,
    b: NDArray[np.float32],
    dz: Reals | None,
    changes: Sequence[_Change],
) -> Layer:
    """Return a layer of which these are the changes of W, of b, and of what comes after them."""
    products, by_W, by_b = W * x, changes[0], changes[1]
    return Layer(
        x=x,
        W=W,
        b=b.astype(np.float64),
        products=products,
        z=products.sum(axis=1) + b,
        dz=dz,
        dW=None if dz is None else np.outer(dz, x),
        mean_dW=by_W.mean,
        mean_db=by_b.mean,
        W_moves=by_W.moves,
        b_moves=by_b.moves,
    )


def _changes(snapshot: Snapshot, means: Sequence[Reals], *, has_bias: bool) -> list[_Change]:
    """Return the change of each array of parameters by the mean gradients of the batch."""
    settings = snapshot.settings
    if settings.rule.is_second_order:
        return [_Change(mean) for mean in means]
    arrays = snapshot.params.arrays
    zeros = [[np.zeros_like(theta)] * len(settings.rule.remembers) for theta in arrays]
    found = []
    for theta, mean, known in zip(arrays, means, snapshot.moments or zeros, strict=True):
        is_weight = theta.ndim == 2
        moves = None
        if is_weight or has_bias:
            moves = move(
                theta.astype(np.float64),
                mean,
                known,
                settings,
                snapshot.eta,
                snapshot.updates + 1,
                is_weight=is_weight,
            )
        found.append(_Change(mean, moves))
    return found


@torch.no_grad()
def _mean_over(
    task: Task, params: Params, rows: NDArray[np.int64], row: int | None
) -> tuple[Batch, list[Reals]]:
    """Return the batch of these rows, and the mean gradient of each array of parameters."""
    head = head_of(task)
    model = models.model_of(task.config.model, models.tensors_of(params))
    loss = 0.0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        X = rows_of(task.inputs_of(part))
        Z = model.forward(X)
        Y = head.encode(torch.from_numpy(task.dataset.y[part]), task.outputs).to(Z.dtype)
        loss += float(head.loss(Z, Y).double().sum())
        model.backward(head.gradient(Z, Y), X, add=start > 0)
    n = len(rows)
    means = [gradient.numpy().astype(np.float64) / n for gradient in model.gradients]
    return Batch(n, loss / n, row is not None and bool((rows == row).any())), means
