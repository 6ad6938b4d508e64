"""Predictions for rows of a data set, and their calibration by temperature scaling.

Temperature scaling after Guo et al. (2017): all logits are divided by one number T, which changes
no decision and makes the probabilities softer (T > 1) or sharper (T < 1).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.data.task import Task
from core.evaluate.classification import Answers
from core.explain.probe import ROWS_AT_ONCE, logits_at
from core.model_family import FAMILY
from core.train.losses import HEADS, Gradient, sigmoid_cross_entropy, sigmoid_gradient
from core.train.snapshot import Metrics, Params

COLDEST, HOTTEST = 0.01, 100.0
HALVINGS = 50


@torch.no_grad()
def ask(task: Task, params: Params, rows: NDArray[np.int64]) -> Answers:
    """Return the model's answers for these rows of the task's data set."""
    Z = np.empty((len(rows), task.outputs), dtype=np.float32)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        Z[part] = logits_at(task, params, task.inputs_of(rows[part])).numpy()
    return _answers(task, rows, Z)


@torch.no_grad()
def _answers(task: Task, rows: NDArray[np.int64], logits: NDArray[np.float32]) -> Answers:
    head, Z = HEADS[task.config.model.kind], torch.from_numpy(logits)
    y = task.dataset.y[rows]
    Y = head.encode(torch.from_numpy(y), task.outputs).to(Z.dtype)
    exact = Z.double()  # in float32, nearly certain probabilities would be equal
    probabilities = head.probabilities(exact).contiguous().numpy()
    scores = probabilities
    if task.is_neuron:
        scores = torch.cat([-exact, exact], dim=1).numpy()
    return Answers(
        rows=rows,
        y=y,
        predicted=head.decide(Z).numpy(),
        probabilities=probabilities,
        scores=scores,
        loss=head.loss(Z, Y).double().numpy(),
        logits=logits,
    )


def measured(task: Task, params: Params, step: int, epoch: int) -> Metrics:
    """Return the metrics of these weights, measured on all rows."""
    train, test, validation = (
        ask(task, params, rows) for rows in (task.train_rows, task.test_rows, task.validation_rows)
    )
    shown, h = test if len(test) else train, task.dataset.h
    return Metrics(
        step=step,
        epoch=epoch,
        train_loss=_mean(train.loss),
        test_loss=_mean(test.loss),
        train_accuracy=_mean(train.is_right),
        test_accuracy=_mean(test.is_right),
        confusion=np.bincount(shown.y * h + shown.predicted, minlength=h * h).reshape(h, h),
        validation_loss=_mean(validation.loss),
        validation_accuracy=_mean(validation.is_right),
    )


def _mean(values: NDArray[np.generic]) -> float:
    return float(values.mean()) if len(values) else math.nan


@dataclass(frozen=True, eq=False)
class Tempered:
    """The effect of a temperature on rows to which it was not fitted.

    T : the temperature. is_bound : whether it is at an end of its range, because there are no
        mistakes to fit, or nothing has been learnt.
    fitted : number of rows used to fit it. before, after : the answers for the other rows.
    loss_before, loss_after : their mean cross-entropies, in nats.
    """

    T: float
    is_bound: bool
    fitted: int
    before: Answers
    after: Answers
    loss_before: float
    loss_after: float


def has_temperature(kind: str) -> bool:
    """Return whether probabilities of this kind are a sigmoid or softmax of the logits."""
    return FAMILY[kind].has_probabilities


def _likelihood_of(task: Task) -> tuple[Callable[[Tensor, Tensor], Tensor], Gradient]:
    """Return the cross-entropy of the model's probabilities, in nats, and its gradient.

    It is the model's own loss or, if that is a different one, the cross-entropy of its sigmoid.
    """
    kind = task.config.model.kind
    assert has_temperature(kind)
    if FAMILY[kind].is_log_likelihood:
        return HEADS[kind].loss, HEADS[kind].gradient
    return sigmoid_cross_entropy, sigmoid_gradient


def temper(task: Task, answers: Answers) -> Tempered:
    """Fit T to one half of the rows by cross-entropy; return answers for the other half.

    The halves are random, with a fixed seed.
    """
    order = np.random.default_rng(0).permutation(len(answers))
    half = len(order) // 2
    fitting, rest = answers.part(np.sort(order[:half])), answers.part(np.sort(order[half:]))
    T = fit_temperature(task, fitting)
    cool = _answers(task, rest.rows, rest.logits / np.float32(T))
    after = replace(rest, probabilities=cool.probabilities, loss=cool.loss)
    return Tempered(
        T=T,
        is_bound=T in (COLDEST, HOTTEST),
        fitted=len(fitting),
        before=rest,
        after=after,
        loss_before=cross_entropy(task, rest, 1.0),
        loss_after=cross_entropy(task, rest, T),
    )


@torch.no_grad()
def fit_temperature(task: Task, answers: Answers) -> float:
    """Return the T from COLDEST to HOTTEST with the least cross-entropy on these rows.

    The loss is convex in β = 1/T, and its slope is the mean of dL/dz · z at logits βz; bisection
    finds its change of sign.
    """
    Z, Y = _exact(task, answers)
    _, gradient = _likelihood_of(task)
    if not len(Z):
        return 1.0

    def slope(beta: float) -> float:
        scaled = Z * beta
        return float((gradient(scaled, Y) * Z).sum())

    low, high = 1 / HOTTEST, 1 / COLDEST
    if slope(low) == 0 == slope(high):  # all logits are 0: nothing has been learnt
        return 1.0
    if slope(high) <= 0:
        return COLDEST
    if slope(low) >= 0:
        return HOTTEST
    for _ in range(HALVINGS):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return 1 / math.sqrt(low * high)


@torch.no_grad()
def cross_entropy(task: Task, answers: Answers, T: float) -> float:
    """Return the mean cross-entropy of the rows with all logits divided by T, in nats."""
    Z, Y = _exact(task, answers)
    loss, _ = _likelihood_of(task)
    return float(loss(Z / T, Y).mean()) if len(Z) else math.nan


def _exact(task: Task, answers: Answers) -> tuple[Tensor, Tensor]:
    Z = torch.from_numpy(answers.logits).double()
    encode = HEADS[task.config.model.kind].encode
    return Z, encode(torch.from_numpy(answers.y), task.outputs).to(Z.dtype)
