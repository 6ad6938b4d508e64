"""The gradient by three methods: by hand, as in training, by autograd, by finite differences."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

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
        raise DataError("There are no rows to check the gradient on.")
    batch = len(rows)
    if batch > MAX_ROWS:
        rows = np.random.default_rng(0).choice(rows, MAX_ROWS, replace=False)
    rows = np.sort(rows)
    taken = len(rows)
    rows = _off_kinks(task, params, rows)
    if not len(rows):
        raise DataError(
            f"every example of the batch is where the {FAMILY[task.config.model.kind].loss} has a "
            "kink and no derivative; make a step first."
        )
    problem = _Problem(task, params, rows, weight_decay)
    trained = _trained(task, params, rows, weight_decay)
    hand, autograd = problem.by_hand(), problem.by_autograd()
    checked = _chosen(task, rows)
    differences = problem.by_differences(checked)
    ways = {TRAINED: trained, HAND: hand, AUTOGRAD: autograd, DIFFERENCES: differences}
    classes = output_names(task.config.model.kind, task.dataset.class_names)
    trouble = ""
    for way, values in ways.items():
        if not np.isfinite(values).all():
            first = int(np.argmin(np.isfinite(values)))
            parameter = int(checked[first]) if way == DIFFERENCES else first
            name = parameter_name(parameter, classes, task.input_names)
            trouble = _trouble(way, name, problem.largest_logit)
            break
    return GradientCheck(
        kind=task.config.model.kind,
        has_bias=task.config.model.has_bias,
        rows=len(rows),
        batch=batch,
        at_kinks=taken - len(rows),
        classes=classes,
        inputs=task.input_names,
        trained=trained,
        hand=hand,
        autograd=autograd,
        checked=checked,
        differences=differences,
        apart={} if trouble else _compared(ways, checked, problem),
        trouble=trouble,
    )


def _trouble(way: str, where: str, largest_logit: float) -> str:
    if not math.isfinite(largest_logit):
        why = "the logits themselves are not"
    else:
        why = f"logits reach {format_magnitude(largest_logit)}"
        if largest_logit > torch.finfo(torch.float32).max:
            why += ", and float32 ends at 3·10³⁸"
    return f"The gradient {way} is not a finite number, first at {where}: {why}."


def _off_kinks(task: Task, params: Params, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows whose logits are more than KINK away from a kink of the loss."""
    margin = FAMILY[task.config.model.kind].margin
    if margin is None:
        return rows
    X = task.inputs_of(rows).astype(np.float64)
    z = X @ params.W[0].astype(np.float64) + float(params.b[0])
    signs = 2 * task.dataset.y[rows] - 1
    is_off: NDArray[np.bool_] = ~(np.abs(margin - signs * z) <= KINK)
    return rows[is_off]


def _trained(task: Task, params: Params, rows: NDArray[np.int64], weight_decay: float) -> Floats:
    """Return the gradient (p,) as the trainer computes it, slice by slice in float32."""
    head = head_of(task)
    stored = batches.to_device(task, rows, torch.device("cpu"))
    W, b = torch.from_numpy(params.W), torch.from_numpy(params.b)
    V, dW, db = W * stored.unit, torch.zeros_like(W), torch.zeros_like(b)
    left = len(rows)
    for X, Y, Z in stored.slices():
        dZ = head.gradient(models.logits(X, V, b, out=Z), Y, out=Z)
        models.gradients(dZ, X, dW, db, add=left < len(rows))
        left -= len(X)
    return _flat(dW * (stored.unit / len(rows)) + weight_decay * W, db / len(rows), task)


def _flat(dW: Tensor, db: Tensor, task: Task) -> Floats:
    """Return all derivatives as one vector (p,), without biases if the model has none."""
    parts = [dW.flatten(), db] if task.config.model.has_bias else [dW.flatten()]
    return torch.cat(parts).double().numpy()


def _chosen(task: Task, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the parameters for finite differences: all, or biases and a sample of weights.

    Of texts, it is one of the words that the rows hold: weights of others have no part in the loss.
    """
    weights = task.outputs * task.m
    p = weights + task.outputs * task.config.model.has_bias
    products = len(STENCIL) * p * len(rows) * task.outputs * task.numbers_per_row
    is_quick = p <= MAX_PARAMETERS and products <= WORK
    if is_quick or p <= SAMPLE:
        return np.arange(p)
    biases = np.arange(weights, p)[: SAMPLE // 2]
    drawn_from = np.arange(weights)
    if task.dataset.bag is not None:
        words = np.unique(task.dataset.bag[rows].indices)
        drawn_from = np.add.outer(np.arange(task.outputs) * task.m, words).ravel()
    most = min(SAMPLE - len(biases), len(drawn_from))
    drawn = np.random.default_rng(0).choice(drawn_from, most, replace=False)
    return np.concatenate([np.sort(drawn), biases])


class _Problem:
    """The mean loss of some rows as a function of W and b, in float64."""

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
        self._W = torch.from_numpy(params.W).double().contiguous()
        self._b = torch.from_numpy(params.b).double()

    def loss(self, W: Tensor, b: Tensor) -> Tensor:
        """Return the mean loss plus λ/2 ‖W‖²."""
        losses = self._head.loss(self._logits(W, b), self._Y)
        return losses.mean() + self._decay / 2 * W.square().sum()

    def _logits(self, W: Tensor, b: Tensor) -> Tensor:
        if W.requires_grad and isinstance(self._X, SparseRows):  # autograd knows no SciPy
            products: Tensor = torch.sparse.mm(self._X.tensor(), W.mT)
            return products + b
        return models.logits(self._X, W, b)

    @property
    def largest_logit(self) -> float:
        return float(self._logits(self._W, self._b).abs().max())

    @property
    def reach(self) -> Floats:
        """The largest |x| by which each parameter is multiplied, (p,), at least 1."""
        reach = largest_of_columns(self._X).clamp(min=1).expand(len(self._W), -1)
        return _flat(reach, torch.ones_like(self._b), self._task)

    def by_hand(self) -> Floats:
        W, b, n = self._W, self._b, len(self._X)
        dW, db = torch.zeros_like(W), torch.zeros_like(b)
        dZ = self._head.gradient(self._logits(W, b), self._Y)
        models.gradients(dZ, self._X, dW, db)
        return _flat(dW / n + self._decay * W, db / n, self._task)

    def by_autograd(self) -> Floats:
        W, b = self._W.clone().requires_grad_(), self._b.clone().requires_grad_()
        with torch.enable_grad():
            dW, db = torch.autograd.grad(self.loss(W, b), (W, b))
        return _flat(dW, db, self._task)

    def by_differences(self, chosen: NDArray[np.int64]) -> Floats:
        """Return five-point central differences for the chosen parameters, (k,).

        The steps are chosen so that no logit changes by more than 2 · NUDGE.
        """
        W, b = self._W.clone(), self._b.clone()
        indices = [
            (W.view(-1), int(i)) if i < W.numel() else (b, int(i) - W.numel()) for i in chosen
        ]
        slopes = np.empty(len(chosen))
        for at, ((parameters, i), reach) in enumerate(
            zip(indices, self.reach[chosen].tolist(), strict=True)
        ):
            start = float(parameters[i])
            step = 2.0 ** math.floor(math.log2(NUDGE / reach))  # a power of two adds exactly
            slope = 0.0
            for move, weight in STENCIL:
                parameters[i] = start + move * step
                slope += weight * float(self.loss(W, b))
            parameters[i] = start
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
