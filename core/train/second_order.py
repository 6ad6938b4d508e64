"""Descent directions that use the curvature of the loss: Newton's (IRLS) and L-BFGS's.

θ is the vector (p,) of all parameters, float64; see `flat`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import pad

from core.data.task import Task
from core.errors import ConfigError
from core.memory import HESSIANS, hessian_numbers
from core.optimiser_family import OptimiserName
from core.train.batches import Rows
from core.train.class_weights import head_of
from core.train.models import Model, model_of
from core.train.shares.sums import GradientSum, OneProcess, Shares, parts
from core.train.sparse import dense

MOST_PARAMETERS = 1_000  # most whose Hessian Newton's method forms and solves
REMEMBERED = 10  # steps from which L-BFGS estimates the curvature
ENOUGH = 1e-4  # share of the decrease predicted by the slope: Armijo's rule
SHORTEST = 2.0**-30  # shortest step tried, relative to the method's own step

Memory = tuple[tuple[Tensor, ...], ...]


def flat(tensors: Sequence[Tensor]) -> Tensor:
    """Return W (outputs, m) and b (outputs,) as one vector, the bias last in each row."""
    W, b = tensors
    return torch.cat([W, b[:, None]], dim=1).double().flatten()


def split(theta: Tensor, outputs: int) -> tuple[Tensor, Tensor]:
    """Return W and b from a vector made by `flat`."""
    whole = theta.view(outputs, -1)
    return whole[:, :-1], whole[:, -1]


class Method(Protocol):
    """Computes a direction d from θ, the gradient g there, and the Hessian H if needed."""

    needs_hessian: bool
    memory: Memory

    def direction(self, theta: Tensor, g: Tensor, H: Tensor) -> Tensor: ...


class Newton:
    """d = −H⁻¹ g, with no component along flat directions of H (least squares)."""

    needs_hessian = True

    def __init__(self, p: int) -> None:
        if p > MOST_PARAMETERS:
            raise ConfigError(
                f"Newton's method solves for all parameters at once; {p:,} are too many (at most "
                f"{MOST_PARAMETERS:,}). Choose L-BFGS."
            )

    def direction(self, theta: Tensor, g: Tensor, H: Tensor) -> Tensor:
        # On the host: CUDA's solver requires an H of full rank.
        A, B = H.cpu(), -g.cpu()[:, None]
        found: Tensor = torch.linalg.lstsq(A, B, rcond=1e-12, driver="gelsd").solution
        return found[:, 0].to(g.device)

    @property
    def memory(self) -> Memory:
        return ()

    @memory.setter
    def memory(self, memory: Memory) -> None:
        """Do nothing: the method has no state."""


class LBFGS:
    """d = −B g, with B estimated from the last steps s and changes y of the gradient.

    Nocedal's two-loop recursion; a step without positive curvature along it is ignored.
    """

    needs_hessian = False

    def __init__(self, p: int) -> None:
        self._steps: deque[tuple[Tensor, ...]] = deque(maxlen=REMEMBERED)
        self._before: tuple[Tensor, ...] | None = None

    def direction(self, theta: Tensor, g: Tensor, H: Tensor) -> Tensor:
        if self._before is not None:
            s, y = theta - self._before[0], g - self._before[1]
            if s @ y > 1e-10 * y.norm() * s.norm():
                self._steps.append((s, y))
        self._before = theta, g
        d, alphas = -g, []
        for s, y in reversed(self._steps):
            alpha = (s @ d) / (y @ s)
            d = d - alpha * y
            alphas.append(alpha)
        if self._steps:
            s, y = self._steps[-1]
            d = d * ((s @ y) / (y @ y))
        for (s, y), alpha in zip(self._steps, reversed(alphas), strict=True):
            d = d + (alpha - (y @ d) / (y @ s)) * s
        return d

    @property
    def memory(self) -> Memory:
        """The state to restore to continue from here; its tensors are never overwritten."""
        return (*self._steps, *([self._before] if self._before else []))

    @memory.setter
    def memory(self, memory: Memory) -> None:
        self._steps.clear()
        self._steps.extend(memory[:-1])
        self._before = memory[-1] if memory else None


NEWTON: OptimiserName = "newton"
METHODS: dict[OptimiserName, type[Newton] | type[LBFGS]] = {NEWTON: Newton, "lbfgs": LBFGS}


class SecondOrderOptimiser:
    """Updates of a linear model on all rows, slice by slice.

    shares : who computes which shares of the rows; None for all at once in this process.
    """

    def __init__(
        self,
        name: OptimiserName,
        task: Task,
        rows: Rows,
        model: Model,
        shares: Shares | None = None,
    ) -> None:
        self._rows, self._model = rows, model
        self._head = head_of(task)
        W, b = model.parameters
        # Trial points of the line search do not touch the model.
        self._trial = model_of(task.config.model, (W.clone(), b.clone()), rows.unit)
        self._is_weight = flat((torch.ones_like(W), torch.zeros_like(b)))
        self._moves = torch.ones_like(self._is_weight)
        if not task.config.model.has_bias:
            self._moves = self._is_weight
        self._method: Method = METHODS[name](len(self._moves))
        self._shares = shares or OneProcess(1)
        self._gradient = GradientSum(self._shares, model.gradients)
        p = len(self._moves) if self._method.needs_hessian else 0  # MNIST's would take 0.5 GB
        self._hessian = self._shares.sum_of(p * p, self._moves)
        self._loss = self._shares.sum_of(1, self._moves)

    @property
    def memory(self) -> Memory:
        """The state of the method, to continue from here."""
        return self._method.memory

    @memory.setter
    def memory(self, memory: Memory) -> None:
        self._method.memory = memory

    def update(self, eta: float, decay: float) -> Generator[None, None, float]:
        """Move by η times the method's step; return the largest |∂L/∂θᵢ| before the step.

        While the loss does not fall enough, halve the factor η, the first time to at most 1: an η
        of 10³⁰ would take too many halvings. Yields after each slice.
        """
        theta = flat(self._model.parameters)
        g, H = yield from self.derivatives(decay)
        steepest = float(g.abs().max())
        d = self._method.direction(theta, g, H) * self._moves
        slope = float(g @ d)
        if slope > 0:  # not a descent direction: the curvature estimate is out of date
            d, slope = -g, -float(g @ g)
        before = yield from self.loss(theta, decay)
        size = eta
        while size >= min(eta, 1) * SHORTEST:
            after = yield from self.loss(theta + size * d, decay)
            if after <= before + ENOUGH * size * slope:
                for mine, found in zip(self._model.parameters, self._trial.parameters, strict=True):
                    mine.copy_(found)
                break
            size = min(size / 2, 1.0)  # after η > 1, try the method's own step next
        return steepest

    def derivatives(self, decay: float) -> Generator[None, None, tuple[Tensor, Tensor]]:
        """Return gradient (p,) and Hessian (p, p) of the mean loss with its penalty.

        Entries of fixed parameters are zero. For a method that needs no Hessian, it is empty.
        """
        g, H = yield from self._means()
        g = (g + decay * self._is_weight * flat(self._model.parameters)) * self._moves
        if self._method.needs_hessian:
            H.diagonal().add_(decay * self._is_weight)
            H = H * self._moves * self._moves[:, None]
        return g, H

    def _means(self) -> Generator[None, None, tuple[Tensor, Tensor]]:
        """Return the mean gradient (p,) and the mean of d²L/dz² ⊗ xxᵀ, (p, p), if needed."""
        model, rows, head = self._model, self._rows, self._head
        (dW, db), outputs = model.gradients, len(model.parameters[1])
        n, p = len(rows), len(self._moves)
        size = p if self._method.needs_hessian else 0
        at_once = max(1, HESSIANS // hessian_numbers(p, outputs))
        model.begin()
        for place, order in self._parts():
            H, is_empty = self._hessian.room(place).zero_().view(size, size), True
            for X, Y, Z in rows.slices(order):
                Z = model.forward(X, out=Z)
                if self._method.needs_hessian:
                    whole = dense(X), Y, Z
                    for some in zip(*(torch.split(part, at_once) for part in whole), strict=True):
                        self._add_hessian(H, *some)
                        yield
                model.backward(head.gradient(Z, Y, out=Z), X, add=not is_empty)
                is_empty = False
                yield
            self._gradient.put(place, is_empty=is_empty)
            self._hessian.put(place)
        self._gradient.add_up()
        H = self._hessian.total().view(size, size) if size else self._moves.new_empty(0, 0)
        return flat((dW * rows.unit, db)) / n, H / n

    def _parts(self) -> Iterator[tuple[int, Tensor | None]]:
        """Yield the place and the row numbers of each own share; None for all rows as they lie."""
        if self._shares.count == 1:
            yield 0, None
        else:
            yield from parts(
                self._shares, torch.arange(len(self._rows), device=self._rows.y.device)
            )

    def _add_hessian(self, H: Tensor, X: Tensor, Y: Tensor, Z: Tensor) -> None:
        """Add d²L/dz² ⊗ xxᵀ of these rows to H (p, p), one output's rows of H at a time."""
        if self._head.hessian is None:
            return
        X1 = pad(X.double() * self._rows.unit, (0, 1), value=1.0)
        for rows_of_H, blocks in zip(
            H.view(Z.shape[1], X1.shape[1], -1),
            self._head.hessian(Z.double(), Y).unbind(dim=1),
            strict=True,
        ):
            rows_of_H.add_(X1.mT @ (blocks[:, :, None] * X1[:, None, :]).flatten(1))

    def loss(self, theta: Tensor, decay: float) -> Generator[None, None, float]:
        """Return the mean loss over all rows at θ, with the penalty."""
        trial = self._trial
        W, b = trial.parameters
        for mine, value in zip((W, b), split(theta, len(b)), strict=True):
            mine.copy_(value)
        trial.begin()
        for place, order in self._parts():
            total = 0.0
            for X, Y, Z in self._rows.slices(order):
                total += float(self._head.loss(trial.forward(X, out=Z), Y).double().sum())
                yield
            self._loss.room(place).fill_(total)
            self._loss.put(place)
        return float(self._loss.total()) / len(self._rows) + decay / 2 * float(
            W.double().square().sum()
        )
