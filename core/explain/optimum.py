"""Where the loss of a model is lowest, by Newton's method, for models that are small enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.data.task import Task
from core.explain.loss_surface import Reals, Sample
from core.model_family import FAMILY
from core.train.losses import HEADS
from core.train.snapshot import Params

MOST_PARAMETERS = 150  # with more of them, no optimum is looked for
MOST_ROWS = 20_000
ITERATIONS = 60
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
    newton = _Newton(Sample.of(task, MOST_ROWS), decay)
    theta = np.zeros(p)
    for _ in range(ITERATIONS):
        gradient = newton.gradient(theta)
        step = np.linalg.lstsq(newton.hessian(theta), -gradient, rcond=1e-12)[0]
        size, before = 1.0, newton.loss(theta)
        while newton.loss(theta + size * step) > before + 1e-4 * size * gradient @ step:
            size /= 2
            if size < 1e-8:
                break
        theta = theta + size * step
        if np.abs(gradient).max() < 1e-9:
            break
    lowest = newton.loss(theta)
    curvatures = np.linalg.eigvalsh(newton.hessian(theta))
    if not kind.always_has_optimum and curvatures[newton.free] < FLAT * curvatures[-1]:
        words = (
            f"No optimum: {kind.separable} can be separated, so the weights grow without end until "
            "λ > 0."
        )
        return Optimum(None, lowest, words)
    W, b = newton.split(theta)
    params = Params(W.astype(np.float32), b.astype(np.float32))
    return Optimum(params, lowest, f"Optimum: loss {lowest:.4f}.")


class _Newton:
    """Loss, gradient and Hessian as functions of all parameters in one vector, row by row of W."""

    def __init__(self, sample: Sample, decay: float) -> None:
        self._sample, self._decay = sample, decay
        self._head = HEADS[sample.kind]
        n, self._outputs = sample.Y.shape
        ones = np.ones((n, int(sample.has_bias)))
        self._X1 = np.hstack([sample.X, ones])  # with a column of ones for the bias
        self._Y = torch.from_numpy(sample.Y)

    @property
    def free(self) -> int:
        """Directions along which softmax never changes: one constant for all rows.

        With a penalty, only the biases have one.
        """
        if not FAMILY[self._sample.kind].is_shift_invariant:
            return 0
        return int(self._sample.has_bias) if self._decay else self._X1.shape[1]

    def split(self, theta: Reals) -> tuple[Reals, Reals]:
        """Return W (outputs, m) and b (outputs,)."""
        whole = theta.reshape(self._outputs, -1)
        m = self._sample.X.shape[1]
        return whole[:, :m], whole[:, m] if self._sample.has_bias else np.zeros(self._outputs)

    def loss(self, theta: Reals) -> float:
        weights = self._weights(theta)
        penalty = self._decay / 2 * float(weights @ weights)
        return float(self._head.loss(self._logits(theta), self._Y).mean()) + penalty

    def gradient(self, theta: Reals) -> Reals:
        dZ = self._head.gradient(self._logits(theta), self._Y).numpy()
        dW = dZ.T @ self._X1 / len(self._X1)
        return np.asarray(dW.ravel() + self._decay * self._weights(theta))

    def hessian(self, theta: Reals) -> Reals:
        """Mean of d²L/dz² ⊗ xxᵀ, plus λ for the weights."""
        assert self._head.hessian is not None
        bends = self._head.hessian(self._logits(theta), self._Y).double().numpy()
        n, m1 = self._X1.shape
        h = self._outputs
        H = np.zeros((h, m1, h, m1))
        for i in range(h):
            for k in range(h):
                if bends[:, i, k].any():
                    H[i, :, k] = (self._X1 * bends[:, i, k, None]).T @ self._X1 / n
        penalty = self._decay * np.diag(self._weights(np.ones_like(theta)))
        return np.asarray(H.reshape(len(theta), len(theta)) + penalty)

    def _logits(self, theta: Reals) -> Tensor:
        return torch.from_numpy(self._X1 @ theta.reshape(self._outputs, -1).T)

    def _weights(self, theta: Reals) -> Reals:
        """θ with zeros for the biases, which no penalty touches."""
        whole = theta.reshape(self._outputs, -1).copy()
        whole[:, self._sample.X.shape[1] :] = 0
        return whole.ravel()
