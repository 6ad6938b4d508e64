"""Descent directions that use the curvature of the loss: Newton's (IRLS) and L-BFGS's.

θ is the vector (p,) of all parameters, float64; see `flat`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import pad

from core.data.task import Task
from core.errors import ConfigError
from core.language import tr
from core.memory import HESSIANS, hessian_numbers
from core.number_format import format_integer
from core.optimiser_family import OptimiserName
from core.train.batches import Rows
from core.train.class_weights import head_of
from core.train.models import Model, model_of
from core.train.shares.sums import GradientSum, OneProcess, Shares, parts
from core.train.sparse import dense

MOST_PARAMETERS = 1_000  # most whose Hessian Newton's method forms and solves
REMEMBERED = 10  # steps from which L-BFGS estimates the curvature
ENOUGH = 1e-4  # share of the decrease predicted by the slope: Armijo's rule
# Share of the loss that rounding to float32 hides. Near the minimum a step saves less, and noise
# would decide whether it is taken (Hager and Zhang, 2005, relax Armijo's rule by as much).
ROUNDING = 2.0**-23
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
                tr(
                    "Newton's method solves for all parameters at once; {n} are too many (at most "
                    "{most}). Choose L-BFGS.",
                    n=format_integer(p),
                    most=format_integer(MOST_PARAMETERS),
                )
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


@dataclass(frozen=True, eq=False)
class _Point:
    """A model and its mean loss over all rows, without the penalty.

    theta : (p,). squares : Σ w² of the weights. g : the gradient (p,); H : the Hessian (p, p);
    empty where they are not needed.
    """

    theta: Tensor
    squares: float
    loss: float
    g: Tensor
    H: Tensor

    def penalised_loss(self, decay: float) -> float:
        return self.loss + decay / 2 * self.squares


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
        # All is computed at trial points: those of the line search do not touch the model.
        self._trial = model_of(task.config.model, (W.clone(), b.clone()), rows.unit)
        self._is_weight = flat((torch.ones_like(W), torch.zeros_like(b)))
        self._moves = torch.ones_like(self._is_weight)
        if not task.config.model.has_bias:
            self._moves = self._is_weight
        self._method: Method = METHODS[name](len(self._moves))
        self._shares = shares or OneProcess(1)
        self._gradient = GradientSum(self._shares, self._trial.gradients)
        p = len(self._moves) if self._method.needs_hessian else 0  # MNIST's would take 0.5 GB
        self._hessian = self._shares.sum_of(p * p, self._moves)
        self._loss = self._shares.sum_of(1, self._moves)
        self._reached: _Point | None = None  # where the last update ended, with its gradient

    @property
    def memory(self) -> Memory:
        """The state of the method, to continue from here."""
        return self._method.memory

    @memory.setter
    def memory(self, memory: Memory) -> None:
        self._method.memory = memory

    def update(self, eta: float, decay: float) -> Generator[None, None, float]:
        """Move by η times the method's step; return the largest |∂L/∂θᵢ| before the step.

        While the loss does not fall enough, rounding aside, halve the factor η, the first time to
        at most 1: an η of 10³⁰ would take too many halvings. Yields after each slice.
        """
        here = yield from self._here()
        theta, (g, H) = here.theta, self._penalised(here, decay)
        steepest = float(g.abs().max())
        d = self._method.direction(theta, g, H) * self._moves
        slope = float(g @ d)
        if slope > 0:  # not a descent direction: the curvature estimate is out of date
            d, slope = -g, -float(g @ g)
        before = here.penalised_loss(decay)
        noise = ROUNDING * abs(before)
        size = eta
        while size >= min(eta, 1) * SHORTEST:
            # Most points are taken. Their gradient comes with their loss for half a pass, and
            # the next update starts from it; a Hessian takes longer than all the rest.
            there = yield from self._at(
                theta + size * d, has_gradient=not self._method.needs_hessian
            )
            if there.penalised_loss(decay) <= before + ENOUGH * size * slope + noise:
                for mine, found in zip(self._model.parameters, self._trial.parameters, strict=True):
                    mine.copy_(found)
                self._reached = None if self._method.needs_hessian else there
                break
            size = min(size / 2, 1.0)  # after η > 1, try the method's own step next
        return steepest

    def derivatives(self, decay: float) -> Generator[None, None, tuple[Tensor, Tensor]]:
        """Return gradient (p,) and Hessian (p, p) of the mean loss with its penalty.

        Entries of fixed parameters are zero. For a method that needs no Hessian, it is empty.
        """
        return self._penalised((yield from self._here()), decay)

    def loss(self, decay: float) -> Generator[None, None, float]:
        """Return the model's mean loss over all rows, with the penalty."""
        here = yield from self._at(flat(self._model.parameters), has_gradient=False)
        return here.penalised_loss(decay)

    def _here(self) -> Generator[None, None, _Point]:
        """Return the model's point with its derivatives; the last update may know it already."""
        theta, reached = flat(self._model.parameters), self._reached
        if reached is not None and torch.equal(reached.theta, theta):
            return reached
        return (
            yield from self._at(theta, has_gradient=True, has_hessian=self._method.needs_hessian)
        )

    def _penalised(self, at: _Point, decay: float) -> tuple[Tensor, Tensor]:
        """Return the derivatives at a point with those of the penalty."""
        g, H = (at.g + decay * self._is_weight * at.theta) * self._moves, at.H
        if self._method.needs_hessian:
            H.diagonal().add_(decay * self._is_weight)
            H = H * self._moves * self._moves[:, None]
        return g, H

    def _at(
        self, theta: Tensor, *, has_gradient: bool, has_hessian: bool = False
    ) -> Generator[None, None, _Point]:
        """Return the point θ, in the precision of the model's parameters; yield after each slice.

        Its Hessian is the mean of d²L/dz² ⊗ xxᵀ.
        """
        model, rows, head = self._trial, self._rows, self._head
        outputs = len(model.parameters[1])
        for mine, value in zip(model.parameters, split(theta, outputs), strict=True):
            mine.copy_(value)
        n, p = len(rows), len(self._moves)
        size = p if has_hessian else 0
        at_once = max(1, HESSIANS // hessian_numbers(p, outputs))
        model.begin()
        for place, order in self._parts():
            total, is_empty = 0.0, True
            H = self._hessian.room(place)[: size * size].zero_().view(size, size)
            for X, Y, Z in rows.slices(order):
                Z = model.forward(X, out=Z)
                total += float(head.loss(Z, Y).double().sum())
                if has_hessian:
                    whole = dense(X), Y, Z
                    for some in zip(*(torch.split(part, at_once) for part in whole), strict=True):
                        self._add_hessian(H, *some)
                        yield
                if has_gradient:
                    model.backward(head.gradient(Z, Y, out=Z), X, add=not is_empty)
                is_empty = False
                yield
            self._loss.room(place).fill_(total)
            self._loss.put(place)
            if has_gradient:
                self._gradient.put(place, is_empty=is_empty)
            if has_hessian:
                self._hessian.put(place)
        g, H = self._moves.new_empty(0), self._moves.new_empty(0)
        if has_gradient:
            self._gradient.add_up()
            dW, db = model.gradients
            g = flat((dW * rows.unit, db)) / n
        if has_hessian:
            H = self._hessian.total().view(size, size) / n
        squares = float(model.parameters[0].double().square().sum())
        return _Point(flat(model.parameters), squares, float(self._loss.total()) / n, g, H)

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
