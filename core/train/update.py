"""The weights of a run and the updates to them: a descent of the loss, or counting.

Multinomial naive Bayes counts the weights of softmax regression instead of descending to them. With
N_kj the sum of feature j over the rows of class k, n_k the number of these rows, m features and the
smoothing α, which stands for α more of each feature in each class:

    θ_kj = (N_kj + α) / (Σⱼ N_kj + α m),   w_kj = log θ_kj,   b_k = log(n_k / n)

P(k | x) = softmax(W x + b)_k is then Bayes' rule for features drawn with the shares θ_k, each
independently of the others. What all classes have in common cancels in the softmax and is left out:
a weight is the log-ratio of a class's share to the geometric mean of those of all classes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from core.config import TrainingConfig
from core.data.task import Task
from core.model_family import FAMILY
from core.train import models
from core.train.batches import Rows
from core.train.checkpoints import Checkpoint
from core.train.class_weights import head_of
from core.train.cuda_graphs import Block, Blocks
from core.train.device import HostCopy, Queue
from core.train.optimisers import RULES, StepParams, scheduled
from core.train.second_order import Memory, SecondOrderOptimiser
from core.train.shares.sums import GradientSum, OneProcess, Shares
from core.train.sparse import SparseRows, by_column

UNSEEN = 0.5  # rows that a class counts for before its first one


def _write_shares(W: Tensor, b: Tensor, N: Tensor, n: Tensor, alpha: float) -> None:
    """Write the weights W (h, m) and, if there are any counts of rows, b (h,) from the counts.

    N : (h, m). n : (h,); all 0 for a model without biases, whose classes are equally frequent.
    """
    sums = N.double() + alpha
    shares = sums.log() - sums.sum(dim=1, keepdim=True).log()
    W.copy_(shares - shares.mean(dim=0))
    frequencies = n.double().clamp(min=UNSEEN).log()
    b.copy_(frequencies - frequencies.mean())


class Counts:
    """The counts of a run so far, and the weights that come of them, all written in place.

    N, n : the counts. rows : number of the training rows, each of which is counted once; with
    weights of classes, for as many rows as the weight of its class says.
    """

    def __init__(self, task: Task, parameters: tuple[Tensor, ...], N: Tensor, n: Tensor) -> None:
        self._parameters, self._N, self._n = parameters, N, n
        self._model, self._rows = task.config.model, len(task.train_rows)
        weights = task.class_weights
        self._weights = None if weights is None else torch.from_numpy(weights).to(n)

    def targets(self, Y: Tensor) -> Tensor:
        """Return what each row counts for in each class, (n, h), from its targets."""
        return Y if self._weights is None else Y * self._weights

    def add(self, N: Tensor, n: Tensor) -> None:
        """Add the sums (h, m) and the numbers of rows (h,) of a batch, unless all are counted."""
        if float(self._n.double().sum()) >= self._rows - UNSEEN:
            return
        self._N.add_(N)
        self._n.add_(n)
        (W, b), n = self._parameters, self._n
        _write_shares(
            W, b, self._N, n if self._model.has_bias else torch.zeros_like(n), self._model.smoothing
        )


class Update:
    """The model, its gradient, and the optimiser that updates its parameters.

    parameters : as in `core.train.models`, on the device; updated in place, never replaced.
    eta : η of the next update. count : number of updates that the moments reflect.
    shares : who computes the shares of a batch, if it is cut into several; None for this process.
    """

    def __init__(
        self,
        task: Task,
        rows: Rows,
        settings: TrainingConfig,
        queue: Queue | None,
        shares: Shares | None = None,
    ) -> None:
        model, device = task.config.model, rows.y.device
        self._settings, self._rows, self._queue = settings, rows, queue
        self._head = head_of(task)
        # Updated in place, never replaced: graphs refer to them by address.
        self.parameters = tuple(
            by_column(p) if task.dataset.is_text and p.ndim == 2 else p.to(device)
            for p in models.start_of(model, task.outputs, task.m, Generator())
        )
        self._model = models.model_of(model, self.parameters, rows.unit)
        is_counted = FAMILY[model.kind].is_counted
        self._is_linear = not model.hidden
        # None: a second-order method, or no descent at all
        self._rule = None if is_counted else RULES.get(settings.optimiser)
        remembered = self._rule.moments if self._rule else int(is_counted)
        self._moments = tuple(
            tuple(torch.zeros_like(p) for _ in range(remembered)) for p in self.parameters
        )
        self._counts: Counts | None = None
        if is_counted:
            (N,), (n,) = self._moments
            self._counts = Counts(task, self.parameters, N, n)
        # Trainable: parameter, gradient and its scale, moments, and whether penalties apply.
        gradients, scales = self._model.gradients, self._model.scales
        self._moving = [
            (p, g, scale, moments, p.ndim == 2)  # biases have no penalty
            for p, g, scale, moments in zip(
                self.parameters, gradients, scales, self._moments, strict=True
            )
            if p.ndim == 2 or model.has_bias
        ]
        if settings.shares > 1:
            shares = shares or OneProcess(settings.shares)
        self.shared = None if shares is None else GradientSum(shares, gradients)
        self.second_order: SecondOrderOptimiser | None = None
        if self._rule is None and not is_counted:
            self.second_order = SecondOrderOptimiser(
                settings.optimiser, task, rows, self._model, shares
            )
        self._blocks = None if queue is None or self.shared else Blocks(queue, rows)
        self.count = 0
        self.schedule(settings, 0)

    def schedule(self, now: TrainingConfig, epoch: int) -> None:
        """Apply these settings, and set η to its scheduled value for this epoch."""
        self._settings = now
        self.eta = eta = scheduled(now.schedule, now.learning_rate, epoch, now.epochs)
        # Plain descent: parameter, gradient, η times its scale, and the factor 1 − η λ or None.
        self._plain: list[tuple[Tensor, Tensor, float, float | None]] = []
        if self._rule is not None and not self._rule.moments and not now.l1:
            self._plain = [
                (p, g, eta * scale, 1 - eta * now.weight_decay if decays else None)
                for p, g, scale, _, is_weight in self._moving
                for decays in (bool(is_weight and now.weight_decay),)
            ]

    def slices(self, order: Tensor | None, n: int) -> Iterator[None]:
        """Make one update with the mean gradient of n rows; yield between slices of the batch.

        order : their numbers, (n,); None for all rows.
        """
        if self.second_order is not None:
            yield from self.second_order.update(self.eta, self._settings.weight_decay)
            self.count += 1
            return
        if self.shared is not None:
            yield from self._slices_of_shares(self.shared, order, n)
            return
        left = n
        for X, Y, Z in self._rows.slices(order):
            if isinstance(X, SparseRows) and self._plain and X.shape[0] == n and self._is_linear:
                self._descend_along(X, Y, Z)
                self.count += 1
                return
            self._differentiate(X, Y, Z, add=left < n)
            left -= X.shape[0]
            if left:
                yield
        self._descend(n)
        self.count += 1

    def _slices_of_shares(
        self, shared: GradientSum, order: Tensor | None, n: int
    ) -> Iterator[None]:
        """Make one update with a batch that is cut into shares; yield between their slices."""
        if order is None:
            # Not views of the rows, which lie anywhere: a product of the same numbers at another
            # address may be rounded otherwise.
            order = torch.arange(n, device=self._rows.y.device)
        for place, part in shared.own_parts(order):
            yield from self.differentiating(part)
            shared.put(place, is_empty=not part.numel())
        shared.add_up()
        self._descend(n)
        self.count += 1

    def differentiating(self, order: Tensor) -> Iterator[None]:
        """Write the gradient, summed over these rows, to the model's; yield after each slice.

        It changes nothing else.
        """
        is_first = True
        for X, Y, Z in self._rows.slices(order):
            self._differentiate(X, Y, Z, add=not is_first)
            is_first = False
            yield

    def block(self, left: int, most: int) -> Block | None:
        """Return up to `most` updates as a graph; None if there is no graph for them.

        left : rows of the epoch not yet taken.
        """
        if self._blocks is None or self._rule is None or not self._rule.is_steady:
            return None
        now, n = self._settings, len(self._rows)
        size = min(now.batch_size or n, n)
        settings = size, self.eta, now.weight_decay, now.l1, now.momentum
        return self._blocks.find(settings, left, most)

    def replay(self, block: Block, order: Tensor | None) -> None:
        """Make the block's updates with these rows, (block.examples,); None for all."""
        if self._blocks is not None:
            self._blocks.run(block, order, self._update_with)
            self.count += block.count

    def _update_with(self, X: Tensor | SparseRows, Y: Tensor, Z: Tensor) -> None:
        """Make one update with a batch that is a single slice."""
        self._differentiate(X, Y, Z)
        self._descend(len(X))

    def _descend_along(self, X: SparseRows, Y: Tensor, Z: Tensor) -> None:
        """Make an update of plain descent with a batch of sparse rows that is a single slice.

        Most weights have no gradient; going over all of them takes twice as long as all the rest.
        """
        n = X.shape[0]
        dZ = self._head.gradient(self._model.forward(X, out=Z), Y, out=Z)
        W, _, rate, stays = self._plain[0]
        if stays is not None:
            W.mul_(stays)
        X.add_transposed(dZ * (-rate / n), W)
        for b, _, rate, _ in self._plain[1:]:
            b.sub_(dZ.sum(dim=0), alpha=rate / n)

    def _differentiate(
        self, X: Tensor | SparseRows, Y: Tensor, Z: Tensor, *, add: bool = False
    ) -> None:
        """Write the gradient, summed over rows X (k, m), to the model's gradients, or add it.

        X is as stored. Z is a buffer that is overwritten.
        """
        model = self._model
        if not add:
            model.begin()
        if self._counts is not None:
            model.backward(self._counts.targets(Y), X, add=add)
            return
        dZ = self._head.gradient(model.forward(X, out=Z), Y, out=Z)
        model.backward(dZ, X, add=add)

    def _descend(self, n: int) -> None:
        """Apply the update rule to the mean gradient of n examples plus that of λ's penalty.

        λ₁ is in the proximal form of the rule, for the weights. If the optimiser decouples weight
        decay, the weights are first scaled by 1 − η λ.
        Plain descent, θ ← θ − η (∇ + λ θ), leaves the summed gradient as it is. A model that is
        counted takes sums instead.
        """
        if self._counts is not None:
            (dW, db), scale = self._model.gradients, self._model.scales[0]
            self._counts.add(dW * scale, db)
            return
        if self._plain:
            for theta, g, rate, stays in self._plain:
                if stays is not None:
                    theta.mul_(stays)
                theta.sub_(g, alpha=rate / n)
            return
        settings, rule = self._settings, self._rule
        assert rule is not None
        decay, l1, is_apart = settings.weight_decay, settings.l1, settings.rule.decouples_decay
        now = StepParams(self.eta, settings.momentum, self.count + 1, l1)
        for theta, g, scale, moments, is_weight in self._moving:
            g.mul_(scale / n)
            if is_weight and decay:
                if is_apart:
                    theta.mul_(1 - self.eta * decay)
                else:
                    g.add_(theta, alpha=decay)
            apply = rule.proximal if is_weight and l1 else rule.update
            apply(theta, g, moments, now)

    # State --------------------------------------------------------------------------------------

    def copies(self) -> tuple[Tensor, ...]:
        """Return a copy of the parameters."""
        return tuple(p.clone() for p in self.parameters)

    def copies_of_moments(self) -> tuple[tuple[Tensor, ...], ...]:
        """Return a copy of the optimiser's state for each parameter."""
        return tuple(tuple(v.clone() for v in vs) for vs in self._moments)

    @property
    def memory(self) -> Memory:
        """The state of a second-order method; empty for other optimisers."""
        return self.second_order.memory if self.second_order else ()

    def moments(self) -> tuple[tuple[NDArray[np.float32], ...], ...]:
        """Return a copy of the moments, as NumPy; empty on a device whose copy would block."""
        if self._queue is not None:
            return ()
        return tuple(tuple(v.numpy().copy() for v in vs) for vs in self._moments)

    def start_copy(self) -> HostCopy | None:
        """Start an asynchronous copy of the weights to the host; None if they are already there."""
        return None if self._queue is None else HostCopy(self._queue, *self.parameters)

    def write(self, parameters: Sequence[Tensor]) -> None:
        """Set the weights to these, of the same shapes."""
        for mine, value in zip(self.parameters, parameters, strict=True):
            mine.copy_(value)

    def begin(self, parameters: Sequence[Tensor]) -> None:
        """Set the weights to these and reset the optimiser's state."""
        self.write(parameters)
        self.count = 0
        for moments in self._moments:
            for v in moments:
                v.zero_()
        if self.second_order is not None:
            self.second_order.memory = ()

    def restore(self, there: Checkpoint) -> None:
        """Restore parameters and optimiser state from a checkpoint."""
        self.write(there.parameters)
        for moments, before in zip(self._moments, there.moments, strict=True):
            for v, value in zip(moments, before, strict=True):
                v.copy_(value)
        if self.second_order is not None:
            self.second_order.memory = there.memory
        self.count = there.updates
