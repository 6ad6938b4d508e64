"""Metrics of a model: loss, accuracy and confusion on training, test and validation rows."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.data.streamed.drawing import fixed_sample
from core.data.task import Task
from core.slices import finish
from core.train import history, models
from core.train.batches import Rows
from core.train.class_weights import head_of
from core.train.snapshot import Metrics
from core.train.sparse import sum_of_squares
from core.train.streamed.rows import place_rows

CHEAP = 200_000  # rows × numbers of a row or outputs: up to this, measure after each step at first
CHEAP_STRIDE = 64
SHUFFLED = 2**24  # rows: of more, a shuffle of all to take a few would need much memory
SHARE = 8  # above that: rows trained on for each row measured


@dataclass(frozen=True, eq=False)
class _Parts:
    """Parts of rows measured together, and what is the same in every measurement.

    sizes : rows of each part. h : classes.
    kept : what `made` yields, where it is used again and again.
    """

    rows: Rows
    sizes: tuple[int, ...]
    h: int
    kept: tuple[tuple[Tensor, Tensor, Tensor], ...] = ()

    @classmethod
    def of(cls, rows: Rows, sizes: Sequence[int], h: int) -> _Parts:
        parts = cls(rows, tuple(sizes), h)
        return replace(parts, kept=() if rows.is_on_disk else tuple(parts.made()))

    def made(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Yield for each slice of the rows, (k,) each: the part of every row, the index of its row
        of confusions in a flat table that starts with the parts' losses, and ones.
        """
        rows, device, k = self.rows, self.rows.y.device, len(self.sizes)
        ends = torch.tensor(self.sizes).cumsum(0)
        ones = torch.ones(min(rows.rows_at_once, len(rows)), dtype=torch.float64, device=device)
        start = 0
        for y in rows.labels():
            numbers = torch.arange(start, start + len(y))
            part = torch.searchsorted(ends, numbers, right=True).to(device)
            yield part, k + (part * self.h + y) * self.h, ones[: len(y)]
            start += len(y)


class Measurement:
    """Measures one task's models on the device, with one transfer to the host.

    A fixed sample of at most SAMPLE training rows and all test and validation rows are kept there
    as one array.
    """

    def __init__(self, task: Task, device: torch.device) -> None:
        self._task = task
        self._head = head_of(task)
        train_rows, most = task.train_rows, task.dataset.held(history.SAMPLE)
        if len(train_rows) > most:
            train_rows = _sample(train_rows, most)
        self._n = len(train_rows)
        self._sampled = self._n if self._n < len(task.train_rows) else 0
        parts = [train_rows, task.test_rows]
        if len(task.validation_rows):
            parts.append(task.validation_rows)
        self._rows = place_rows(task, np.concatenate(parts), device)
        self._parts = _Parts.of(self._rows, [len(rows) for rows in parts], task.dataset.h)
        self._model: models.Model | None = None  # of the parameters measured last

    def __len__(self) -> int:
        """Number of rows in each measurement."""
        return len(self._rows)

    def __call__(self, parameters: tuple[Tensor, ...], step: int, epoch: int) -> Metrics:
        """Measure the model with these parameters."""
        if self._model is None or self._model.parameters is not parameters:
            self._model = models.model_of(self._task.config.model, parameters, self._rows.unit)
        else:
            self._model.begin()
        losses, shares, confusions = finish(self._evaluating(self._parts, self._model))
        is_validated = len(losses) > 2
        return Metrics(
            step=step,
            epoch=epoch,
            train_loss=losses[0],
            test_loss=losses[1],
            train_accuracy=shares[0],
            test_accuracy=shares[1],
            confusion=confusions[0 if math.isnan(shares[1]) else 1],
            validation_loss=losses[2] if is_validated else math.nan,
            validation_accuracy=shares[2] if is_validated else math.nan,
            sampled=self._sampled,
        )

    def exactly(
        self, metrics: Metrics, train: Rows, parameters: tuple[Tensor, ...]
    ) -> Generator[None, None, Metrics]:
        """Return these metrics with those of the sample replaced by those of all training rows.

        Yields after each slice.
        """
        if not metrics.sampled:
            return metrics
        # Reuse the existing buffers; release new ones when this is done.
        train = replace(train, buffers=dict(self._rows.buffers))
        parts = _Parts.of(train, [len(train)], self._task.dataset.h)
        model = models.model_of(self._task.config.model, parameters, train.unit)
        losses, shares, confusions = yield from self._evaluating(parts, model)
        return replace(
            metrics,
            train_loss=losses[0],
            train_accuracy=shares[0],
            confusion=metrics.confusion if len(self._task.test_rows) else confusions[0],
            sampled=0,
        )

    def _evaluating(
        self, parts: _Parts, model: models.Model
    ) -> Generator[None, None, tuple[list[float], list[float], NDArray[np.int64]]]:
        """Return mean losses and accuracies (parts,), confusions (parts, h, h); yield per slice."""
        h, k = parts.h, len(parts.sizes)
        # One table holds the parts' losses and their confusions, whose counts are exact in float64.
        table = torch.zeros(k + k * h * h, dtype=torch.float64, device=parts.rows.y.device)
        slices = zip(parts.rows.slices(), parts.kept or parts.made(), strict=True)
        for (X, Y, Z), (part, begins, ones) in slices:
            Z = model.forward(X, out=Z)
            table.index_add_(0, part, self._head.loss(Z, Y).double())
            table.index_add_(0, begins + self._head.decide(Z), ones)
            yield
        figures = table.cpu().numpy()
        confusions = figures[k:].astype(np.int64).reshape(k, h, h)
        hits = confusions.trace(axis1=1, axis2=2).tolist()
        losses, shares = (
            [total / n if n else math.nan for total, n in zip(totals, parts.sizes, strict=True)]
            for totals in (figures[:k].tolist(), hits)
        )
        return losses, shares, confusions

    def stride(self, step: int, batch_size: int) -> int:
        """Return the number of steps until the next measurement, which depends on counts only.

        Small data are measured after every step at first, large data after steps 1, 2, 3, 4, 6,
        8, 12, …; then less and less often, until measuring costs a small share of training.
        """
        is_cheap = len(self) * max(self._task.numbers_per_row, self._task.outputs) <= CHEAP
        affordable = max(1, SHARE * len(self) // batch_size)
        if is_cheap:
            affordable = max(affordable, CHEAP_STRIDE)
        halvings = 10 if is_cheap else 2
        return int(min(max(1, 2 ** (step.bit_length() - halvings)), affordable))

    def curvature(self) -> float:
        """Return an upper bound of the loss's largest second derivative; 0 if none is known.

        The Hessian is the mean of d²L/dz² ⊗ xxᵀ, with a 1 in x for the bias. The first factor is
        at most the head's curvature bound, the mean of the second at most the mean of ‖x‖².
        """
        if self._task.config.model.hidden:
            return 0.0
        total, left = 0.0, self._n
        for X, _, _ in self._rows.slices():
            total += sum_of_squares(X[:left])
            left = max(left - len(X), 0)
        return self._head.curvature_bound * (total * self._rows.unit**2 / self._n + 1)


def _sample(rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Return a fixed sample of the rows, in their order."""
    if len(rows) > SHUFFLED:
        return fixed_sample(rows, most)
    chosen = torch.randperm(len(rows), generator=torch.Generator().manual_seed(0))
    found: NDArray[np.int64] = rows[np.sort(chosen[:most].numpy())]
    return found
