"""Where the loss of a model is lowest, by Newton's method, for models that are small enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from core.data.task import Task
from core.explain.loss_surface import Sample
from core.model_family import FAMILY
from core.slices import finish
from core.train.batches import Rows
from core.train.models import model_of
from core.train.second_order import NEWTON, SecondOrderOptimiser, flat
from core.train.snapshot import Params

MOST_PARAMETERS = 150  # with more of them, no optimum is looked for
MOST_ROWS = 20_000
ITERATIONS = 60
AT_REST = 1e-9  # the slope along the steepest parameter
FLAT = 1e-6  # curvature, of the largest, below which a direction has no lowest point


@dataclass(frozen=True, eq=False)
class Optimum:
    """Where the loss is lowest, or why it is lowest nowhere."""

    params: Params | None
    loss: float
    words: str

    @property
    def is_endless(self) -> bool:
        """Whether the loss falls for ever, as the weights grow without end."""
        return self.params is None and np.isfinite(self.loss)


def optimum(task: Task, decay: float, l1: float = 0.0) -> Optimum:
    """Find the lowest point of the mean loss plus (λ/2)‖W‖² by Newton's method.

    Softmax has directions along which nothing changes: of all lowest points it is the one
    nearest to zero. Without λ there is none where some class can be separated from the others,
    but for the squared error of a line, which always has one.
    """
    kind = FAMILY[task.config.model.kind]
    p, n = task.outputs * (task.m + task.config.model.has_bias), len(task.train_rows)
    if kind.no_optimum:
        return Optimum(None, np.nan, kind.no_optimum)
    if l1:
        return Optimum(None, np.nan, "With λ₁ the loss has kinks: no optimum is searched for.")
    if p > MOST_PARAMETERS or n > MOST_ROWS:
        return Optimum(None, np.nan, f"{p:,} parameters: the optimum is not searched for.")
    W, b = torch.zeros(task.outputs, task.m).double(), torch.zeros(task.outputs).double()
    model = model_of(task.config.model, (W, b))
    newton = SecondOrderOptimiser(NEWTON, task, _in_float64(task), model)
    for _ in range(ITERATIONS):
        before = flat((W, b))
        steepest = finish(newton.update(1.0, decay))
        if steepest < AT_REST or torch.equal(before, flat((W, b))):  # no lower by any digit
            break
    lowest = finish(newton.loss(flat((W, b)), decay))
    if not kind.always_has_optimum and _has_no_end(task, newton, decay):
        words = (
            f"No optimum: {kind.separable} can be separated, so without a penalty the loss falls "
            "without end."
        )
        return Optimum(None, lowest, words)
    params = Params(W.float().numpy(), b.float().numpy())
    return Optimum(params, lowest, f"Optimum: loss {lowest:.4f}.")


def _in_float64(task: Task) -> Rows:
    """Return the training rows, a fixed sample of many, in the precision that an optimum needs."""
    sample = Sample.of(task, MOST_ROWS)
    y = torch.zeros(len(sample.X), dtype=torch.int64)  # of no use here: the targets are known
    X, targets = torch.from_numpy(sample.X), torch.from_numpy(sample.Y).mT.contiguous()
    return Rows(X, y, targets, unit=1.0, mean=None, std=None)


def _has_no_end(task: Task, newton: SecondOrderOptimiser, decay: float) -> bool:
    """Return whether the loss falls on for ever: some direction has no curvature left.

    Directions along which softmax never changes do not count, one constant for all rows of W and
    b. With a penalty, only the biases have one.
    """
    _, H = finish(newton.derivatives(decay))
    m1, has_bias = task.m + 1, task.config.model.has_bias
    moving = np.arange(len(H)) % m1 < task.m + has_bias
    curvatures = np.linalg.eigvalsh(H.numpy()[np.ix_(moving, moving)])
    free = 0
    if FAMILY[task.config.model.kind].is_shift_invariant:
        free = int(has_bias) if decay else task.m + has_bias
    return bool(curvatures[free] < FLAT * curvatures[-1])
