"""The minimum of a model's loss by Newton's method, for small models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from core.data.task import Task
from core.explain.surface.loss_surface import Sample
from core.language import mark, tr
from core.model_family import FAMILY
from core.number_format import format_fixed, format_integer
from core.slices import finish
from core.train.batches import Rows, slice_rows
from core.train.models import model_of
from core.train.second_order import NEWTON, SecondOrderOptimiser, flat
from core.train.snapshot import Params
from core.train.sparse import rows_of

MOST_PARAMETERS = 150  # with more, no optimum is searched for
MOST_ROWS = 20_000
ITERATIONS = 60
AT_REST = 1e-9  # tolerance on the slope along the steepest parameter
MANY_VALLEYS = mark(
    "No optimum is marked: with a hidden layer the loss is not convex. It has many valleys; units "
    "that change places alone make others just as low."
)
FLAT = 1e-6  # share of the largest curvature below which the loss has no minimum along a direction


@dataclass(frozen=True, eq=False)
class Optimum:
    """The minimum of the loss, or the reason why there is none or it is unknown."""

    params: Params | None
    loss: float
    words: str

    @property
    def is_endless(self) -> bool:
        """Whether the loss has no minimum: it keeps falling as the weights grow."""
        return self.params is None and np.isfinite(self.loss)


def optimum(task: Task, decay: float, l1: float = 0.0) -> Optimum:
    """Find the minimum of the mean loss plus (λ/2)‖W‖² by Newton's method.

    Softmax's loss is constant along some directions: the minimum found is the one nearest to zero.
    With λ = 0 there is no minimum if some class can be separated from the others, except for the
    squared error of a linear neuron, which always has one.
    """
    kind = FAMILY[task.config.model.kind]
    if task.config.model.hidden:
        return Optimum(None, np.nan, tr(MANY_VALLEYS))
    p, n = task.outputs * (task.m + task.config.model.has_bias), len(task.train_rows)
    if kind.no_optimum:
        return Optimum(None, np.nan, tr(kind.no_optimum))
    if l1:
        return Optimum(None, np.nan, tr("With λ₁ the loss has kinks: no optimum is searched for."))
    if p > MOST_PARAMETERS or n > MOST_ROWS:
        text = tr("{n} parameters: the optimum is not searched for.", n=format_integer(p))
        return Optimum(None, np.nan, text)
    W, b = torch.zeros(task.outputs, task.m).double(), torch.zeros(task.outputs).double()
    model = model_of(task.config.model, (W, b))
    newton = SecondOrderOptimiser(NEWTON, task, _in_float64(task), model)
    for _ in range(ITERATIONS):
        before = flat((W, b))
        steepest = finish(newton.update(1.0, decay))
        if steepest < AT_REST or torch.equal(before, flat((W, b))):  # no lower step
            break
    lowest = finish(newton.loss(decay))
    if not kind.always_has_optimum and _has_no_end(task, newton, decay):
        text = tr(
            "No optimum: {classes} can be separated, so without a penalty the loss falls without "
            "end.",
            classes=kind.separable,
        )
        return Optimum(None, lowest, text)
    params = Params(W.float().numpy(), b.float().numpy())
    return Optimum(params, lowest, tr("Optimum: loss {loss}.", loss=format_fixed(lowest, 4)))


def _in_float64(task: Task) -> Rows:
    """Return the training rows in float64, a fixed sample if there are more than MOST_ROWS."""
    sample = Sample.of(task, MOST_ROWS)
    y = torch.zeros(sample.n, dtype=torch.int64)  # unused: the targets are given
    X, targets = rows_of(sample.X), torch.from_numpy(sample.Y).mT.contiguous()
    return Rows(X, y, targets, unit=1.0, mean=None, std=None, slice_rows=slice_rows(task))


def _has_no_end(task: Task, newton: SecondOrderOptimiser, decay: float) -> bool:
    """Return whether the loss has no minimum: its curvature vanishes along some direction.

    Directions along which softmax's loss is constant, the same vector added to every row of W and
    b, do not count. With a penalty, only the biases have one.
    """
    _, H = finish(newton.derivatives(decay))
    m1, has_bias = task.m + 1, task.config.model.has_bias
    moving = np.arange(len(H)) % m1 < task.m + has_bias
    curvatures = np.linalg.eigvalsh(H.numpy()[np.ix_(moving, moving)])
    free = 0
    if FAMILY[task.config.model.kind].is_shift_invariant:
        free = int(has_bias) if decay else task.m + has_bias
    return bool(curvatures[free] < FLAT * curvatures[-1])
