"""The gradient by three methods: by hand, as in training, by autograd, by finite differences."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.data.shown_names import shown_classes, shown_inputs
from core.data.task import Task
from core.errors import DataError
from core.explain.gradient_agreement import (
    AUTOGRAD,
    DIFFERENCES,
    HAND,
    TRAINED,
    Difference,
    GradientCheck,
    parameter_name,
)
from core.language import tr
from core.model_family import FAMILY, output_names
from core.number_format import format_magnitude
from core.train import batches, models
from core.train.class_weights import head_of
from core.train.losses import Head
from core.train.snapshot import Params
from core.train.sparse import SparseRows, largest_of_columns, rows_of

Floats = NDArray[np.float64]

MAX_ROWS = 4096  # of the batch; of more, a fixed sample of this many
MAX_PARAMETERS = 2000  # of more, finite differences check only SAMPLE
SAMPLE = 200
WORK = 5 * 10**9  # most multiplications for finite differences of all parameters
NUDGE = 1e-3  # largest change of a logit per unit of the stencil
KINK = 2 * NUDGE  # rows with a logit this near to a kink of the loss are left out
STENCIL = ((-2, 1 / 12), (-1, -8 / 12), (1, 8 / 12), (2, -1 / 12))  # offset and weight


def check(
    task: Task,
    params: Params,
    rows: NDArray[np.int64],
    weight_decay: float = 0.0,
) -> GradientCheck:
    """Compute the gradient on these rows of the data set by three methods and compare.

    The function is L = mean loss + λ/2 ‖W‖²: λ₁ has no gradient, but a threshold after the step. L
    has no derivative at its kinks, so rows near the kink of a loss with a margin are left out.
    Raises DataError if there are no rows, or none away from kinks.
    """
    if not len(rows):
        raise DataError(tr("There are no rows to check the gradient on."))
    batch = len(rows)
    if batch > MAX_ROWS:
        rows = np.random.default_rng(0).choice(rows, MAX_ROWS, replace=False)
    rows = np.sort(rows)
    taken = len(rows)
    rows = _off_kinks(task, params, rows)
    if not len(rows):
        raise DataError(_all_at_kinks(task))
    problem = _Problem(task, params, rows, weight_decay)
    trained = _trained(task, params, rows, weight_decay)
    hand, autograd = problem.by_hand(), problem.by_autograd()
    checked = _chosen(task, params, rows)
    differences = problem.by_differences(checked)
    ways = {TRAINED: trained, HAND: hand, AUTOGRAD: autograd, DIFFERENCES: differences}
    classes = output_names(task.config.model.kind, shown_classes(task.dataset))
    units = task.config.model.hidden
    trouble = ""
    for way, values in ways.items():
        if not np.isfinite(values).all():
            first = int(np.argmin(np.isfinite(values)))
            parameter = int(checked[first]) if way == DIFFERENCES else first
            name = parameter_name(parameter, classes, shown_inputs(task), units)
            trouble = _trouble(way, name, problem.largest_logit)
            break
    return GradientCheck(
        kind=task.config.model.kind,
        has_bias=task.config.model.has_bias,
        rows=len(rows),
        batch=batch,
        at_kinks=taken - len(rows),
        classes=classes,
        inputs=shown_inputs(task),
        units=units,
        is_relu=units > 0 and task.config.model.activation == "relu",
        trained=trained,
        hand=hand,
        autograd=autograd,
        checked=checked,
        differences=differences,
        apart={} if trouble else _compared(ways, checked, problem),
        trouble=trouble,
    )


def _all_at_kinks(task: Task) -> str:
    """Return why no example can be used."""
    kind = FAMILY[task.config.model.kind]
    return tr(
        "every example of the batch is where {what} has a kink and no derivative; make a step "
        "first.",
        what=tr("a hidden unit") if kind.margin is None else tr("the {loss}", loss=tr(kind.loss)),
    )


def _trouble(way: str, where: str, largest_logit: float) -> str:
    if not math.isfinite(largest_logit):
        why = tr("the logits themselves are not")
    else:
        why = tr("logits reach {size}", size=format_magnitude(largest_logit))
        if largest_logit > torch.finfo(torch.float32).max:
            why = tr("{reason}, and float32 ends at 3·10³⁸", reason=why)
    return tr(
        "The gradient {way} is not a finite number, first at {parameter}: {why}.",
        way=tr(way),
        parameter=where,
        why=why,
    )


def _off_kinks(task: Task, params: Params, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows more than KINK away from every kink: of the loss, and of hidden ReLUs."""
    margin, hidden = FAMILY[task.config.model.kind].margin, params.hidden
    has_relu = hidden is not None and hidden.activation == "relu"
    if margin is None and not has_relu:
        return rows
    X = task.inputs_of(rows).astype(np.float64)
    is_off = np.ones(len(rows), dtype=np.bool_)
    if hidden is not None and has_relu:
        nets = X @ hidden.V.astype(np.float64).T + hidden.c
        is_off &= (np.abs(nets) > KINK).all(axis=1)
    if margin is not None:
        z = _logits(task, _in_float64(params), rows_of(X))[:, 0].numpy()
        signs = 2 * task.dataset.y[rows] - 1
        is_off &= ~(np.abs(margin - signs * z) <= KINK)
    return rows[is_off]


def _in_float64(params: Params) -> tuple[Tensor, ...]:
    return tuple(torch.from_numpy(array).double().contiguous() for array in params.arrays)


def _logits(task: Task, parameters: tuple[Tensor, ...], X: Tensor | SparseRows) -> Tensor:
    return models.model_of(task.config.model, parameters).forward(X)


def _trained(task: Task, params: Params, rows: NDArray[np.int64], weight_decay: float) -> Floats:
    """Return the gradient (p,) as the trainer computes it, slice by slice in float32."""
    head = head_of(task)
    stored = batches.to_device(task, rows, torch.device("cpu"))
    parameters = tuple(torch.from_numpy(array) for array in params.arrays)
    model = models.model_of(task.config.model, parameters, stored.unit)
    left = len(rows)
    for X, Y, Z in stored.slices():
        dZ = head.gradient(model.forward(X, out=Z), Y, out=Z)
        model.backward(dZ, X, add=left < len(rows))
        left -= len(X)
    return _flat(
        [
            gradient * (scale / len(rows)) + (weight_decay * p if p.ndim == 2 else 0)
            for p, gradient, scale in zip(parameters, model.gradients, model.scales, strict=True)
        ],
        task,
    )


def _flat(arrays: Sequence[Tensor], task: Task) -> Floats:
    """Return all derivatives as one vector (p,), without biases if the model has none."""
    has_bias = task.config.model.has_bias
    parts = [array.flatten() for array in arrays if has_bias or array.ndim == 2]
    return torch.cat(parts).double().numpy()


def _chosen(task: Task, params: Params, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the parameters for finite differences: all, or biases and a sample of weights.

    Of texts, it is one of the words that the rows hold: weights of others have no part in the loss.
    """
    model = task.config.model
    arrays = [array for array in params.arrays if model.has_bias or array.ndim == 2]
    starts = np.cumsum([0, *(array.size for array in arrays)])
    p = int(starts[-1])
    per_row = sum(array.size for array in arrays if array.ndim == 2)
    if task.dataset.is_text:
        per_row = int(per_row * task.numbers_per_row / task.m)
    products = len(STENCIL) * p * len(rows) * per_row
    if p <= SAMPLE or (p <= MAX_PARAMETERS and products <= WORK):
        return np.arange(p)
    every_bias, drawn_from = [], []
    for array, start in zip(arrays, starts[:-1], strict=True):
        at = np.arange(array.size).reshape(array.shape)
        if array.ndim == 1:
            every_bias.append(start + at)
        else:
            takes_words = task.dataset.bag is not None and array.shape[1] == task.m
            if task.dataset.bag is not None and takes_words:
                at = at[:, np.unique(task.dataset.bag[rows].indices)]
            drawn_from.append(start + at.ravel())
    biases = np.concatenate([np.empty(0, np.int64), *every_bias])[: SAMPLE // 2]
    weights = np.concatenate(drawn_from)
    most = min(SAMPLE - len(biases), len(weights))
    drawn = np.random.default_rng(0).choice(weights, most, replace=False)
    return np.sort(np.concatenate([drawn, biases]))


class _Problem:
    """The mean loss of some rows as a function of the parameters, in float64."""

    def __init__(
        self,
        task: Task,
        params: Params,
        rows: NDArray[np.int64],
        weight_decay: float,
    ) -> None:
        self._task = task
        self._head: Head = head_of(task)
        self._decay = weight_decay
        self._X = rows_of(task.inputs_of(rows).astype(np.float64))
        y = torch.from_numpy(task.dataset.y[rows])
        self._Y = self._head.encode(y, task.outputs).double()
        self._parameters = _in_float64(params)

    def loss(self, parameters: tuple[Tensor, ...]) -> Tensor:
        """Return the mean loss plus λ/2 of the squares of all weights."""
        losses = self._head.loss(self._logits(parameters), self._Y)
        squares = torch.stack([p.square().sum() for p in parameters if p.ndim == 2]).sum()
        return losses.mean() + self._decay / 2 * squares

    def _logits(self, parameters: tuple[Tensor, ...]) -> Tensor:
        X = self._X
        if parameters[0].requires_grad and isinstance(X, SparseRows):  # autograd knows no SciPy
            of_inputs, bias = parameters[-2:]
            products: Tensor = torch.sparse.mm(X.tensor(), of_inputs.mT)
            nets = products + bias
            if len(parameters) == 2:
                return nets
            squash, _ = models.HIDDEN[self._task.config.model.activation]
            return models.logits(squash(nets), *parameters[:2])
        return _logits(self._task, parameters, X)

    @property
    def largest_logit(self) -> float:
        return float(self._logits(self._parameters).abs().max())

    @property
    def reach(self) -> Floats:
        """How far at most each parameter moves a logit or a hidden net input, (p,), at least 1."""
        largest = largest_of_columns(self._X).clamp(min=1)
        W, b, *below = self._parameters
        if not below:
            return _flat([largest.expand(len(W), -1), torch.ones_like(b)], self._task)
        V, c = below
        squash, _ = models.HIDDEN[self._task.config.model.activation]
        units = largest_of_columns(squash(models.logits(self._X, V, c))).clamp(min=1)
        onwards = largest_of_columns(W).clamp(min=1)
        arrays = [units.expand(len(W), -1), torch.ones_like(b), torch.outer(onwards, largest)]
        return _flat([*arrays, onwards], self._task)

    def by_hand(self) -> Floats:
        model = models.model_of(self._task.config.model, self._parameters)
        dZ = self._head.gradient(model.forward(self._X), self._Y)
        model.backward(dZ, self._X, add=False)
        n = len(self._X)
        return _flat(
            [
                gradient / n + (self._decay * p if p.ndim == 2 else 0)
                for p, gradient in zip(self._parameters, model.gradients, strict=True)
            ],
            self._task,
        )

    def by_autograd(self) -> Floats:
        leaves = tuple(p.clone().requires_grad_() for p in self._parameters)
        with torch.enable_grad():
            gradients = torch.autograd.grad(self.loss(leaves), leaves)
        return _flat(gradients, self._task)

    def by_differences(self, chosen: NDArray[np.int64]) -> Floats:
        """Return five-point central differences for the chosen parameters, (k,).

        The steps are chosen so that no logit changes by more than 2 · NUDGE.
        """
        parameters = tuple(p.clone() for p in self._parameters)
        has_bias = self._task.config.model.has_bias
        moving = [p.view(-1) for p in parameters if has_bias or p.ndim == 2]
        starts = np.cumsum([0, *(len(p) for p in moving)])
        slopes = np.empty(len(chosen))
        for at, (index, reach) in enumerate(zip(chosen, self.reach[chosen].tolist(), strict=True)):
            array = int(np.searchsorted(starts, index, side="right")) - 1
            theta, i = moving[array], int(index - starts[array])
            start = float(theta[i])
            step = 2.0 ** math.floor(math.log2(NUDGE / reach))  # a power of two adds exactly
            slope = 0.0
            for move, weight in STENCIL:
                theta[i] = start + move * step
                slope += weight * float(self.loss(parameters))
            theta[i] = start
            slopes[at] = slope / step
        return slopes


def _compared(
    ways: dict[str, Floats], checked: NDArray[np.int64], problem: _Problem
) -> dict[tuple[str, str], Difference]:
    """Compare each pair of methods at the parameters both have computed."""
    reach, logit = problem.reach, 1 + problem.largest_logit
    # Bounds of each method's rounding error for inputs of size 1: units in the last place of the
    # logits, in float32 or float64; finite differences divide theirs by NUDGE.
    rounding = {TRAINED: 1e-5 * logit, HAND: 1e-13 * logit, AUTOGRAD: 1e-13 * logit}
    rounding[DIFFERENCES] = 1e-10 * logit
    names, every = list(ways), np.arange(len(reach))
    found = {}
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            both = checked if second == DIFFERENCES else every
            p = ways[first][both]
            q = ways[second] if second == DIFFERENCES else ways[second][both]
            apart, larger = np.abs(p - q), np.maximum(np.abs(p), np.abs(q))
            allowed = (rounding[first] + rounding[second]) * reach[both]
            allowed = allowed + (1e-5 if first == TRAINED else 1e-10) * larger
            worst = int(apart.argmax())
            largest = float(larger.max())
            found[first, second] = Difference(
                absolute=float(apart[worst]),
                relative=float(apart[worst] / largest) if largest else 0.0,
                where=int(both[worst]),
                agrees=bool((apart <= allowed).all()),
            )
    return found
