"""Figures of a model: loss, accuracy, confusion, of a sample of the training and the test rows."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Generator, Tensor

from core import models
from core.batches import Rows, place
from core.losses import HEADS
from core.snapshot import Metrics
from core.task import Task

SAMPLE = 10_000  # training rows that are measured along the way; as many as MNIST's test rows
CHEAP = 200_000  # rows × features or outputs: so many may be measured after each step at first
CHEAP_STRIDE = 64
SHARE = 8  # above that: rows trained on for each row that is measured


class Measurement:
    """Measures one task's models, in place on the device, with one transfer to the host.

    A fixed sample of at most SAMPLE training rows and all test rows lie ready, one after the other.
    """

    def __init__(self, task: Task, device: torch.device) -> None:
        self._task = task
        self._head = HEADS[task.config.model.kind]
        train_rows = task.train_rows
        if len(train_rows) > SAMPLE:
            chosen = torch.randperm(len(train_rows), generator=Generator().manual_seed(0))
            train_rows = train_rows[np.sort(chosen[:SAMPLE].numpy())]
        self._n = len(train_rows)
        self._rows = place(task, np.concatenate([train_rows, task.test_rows]), device)
        is_test = torch.arange(len(self._rows), device=device) >= self._n
        self._part = is_test.long()

    def __len__(self) -> int:
        """Rows that are measured each time."""
        return len(self._rows)

    def __call__(
        self,
        parameters: tuple[Tensor, ...],
        step: int,
        epoch: int,
        *,
        train: Rows | None = None,
    ) -> Metrics:
        """Measure the model with these parameters; on all training rows where they are given."""
        h = self._task.dataset.h
        sums, counts = self._evaluate(self._rows, self._part, parameters)
        if train is not None:
            all_sums, all_counts = self._evaluate(train, torch.zeros_like(train.y), parameters)
            sums[0], counts[0] = all_sums[0], all_counts[0]
        figures = torch.cat([sums, counts.flatten().double()]).cpu().numpy()
        confusions = figures[2:].astype(np.int64).reshape(2, h, h)
        n = confusions.sum(axis=(1, 2)).tolist()
        hits = confusions.trace(axis1=1, axis2=2).tolist()
        has_test = n[1] > 0
        return Metrics(
            step=step,
            epoch=epoch,
            train_loss=float(figures[0]) / n[0],
            test_loss=float(figures[1]) / n[1] if has_test else math.nan,
            train_accuracy=hits[0] / n[0],
            test_accuracy=hits[1] / n[1] if has_test else math.nan,
            confusion=confusions[1 if has_test else 0],
        )

    def _evaluate(
        self, rows: Rows, part: Tensor, parameters: tuple[Tensor, ...]
    ) -> tuple[Tensor, Tensor]:
        """Return the summed losses (2,) and the confusion counts (2, h, h) of both parts."""
        h = self._task.dataset.h
        sums = torch.zeros(2, dtype=torch.float64, device=rows.y.device)
        counts = torch.zeros(2 * h * h, dtype=torch.int64, device=rows.y.device)
        start, model = 0, models.model_of(self._task.config.model, parameters, rows.unit)
        for X, Y, Z in rows.slices():
            here = slice(start, start := start + len(X))
            Z = model.forward(X, out=Z)
            sums.index_add_(0, part[here], self._head.loss(Z, Y).double())
            cell = (part[here] * h + rows.y[here]) * h + self._head.decide(Z)
            counts.index_add_(0, cell, torch.ones_like(cell))
        return sums, counts.view(2, h, h)

    def stride(self, step: int, batch_size: int) -> int:
        """Return the number of steps until the next measurement; it depends on counts alone.

        Small data are measured after every step at first, large data after steps 1, 2, 3, 4, 6,
        8, 12, …; then ever more rarely, until measuring costs a small share of training.
        """
        is_cheap = len(self) * max(self._task.m, self._task.outputs) <= CHEAP
        affordable = max(1, SHARE * len(self) // batch_size)
        if is_cheap:
            affordable = max(affordable, CHEAP_STRIDE)
        halvings = 10 if is_cheap else 2
        return int(min(max(1, 2 ** (step.bit_length() - halvings)), affordable))

    def curvature(self) -> float:
        """Return an upper bound of the loss's largest second derivative; 0 where none is known.

        The Hessian is the mean of d²L/dz² ⊗ xxᵀ, x with a 1 for the bias. The first factor is at
        most the head's bend, the second at most the mean of ‖x‖².
        """
        if self._task.config.model.hidden:
            return 0.0
        total, left = 0.0, self._n
        for X, _, _ in self._rows.slices():
            total += float(X[:left].double().square().sum())
            left = max(left - len(X), 0)
        return self._head.bend * (total * self._rows.unit**2 / self._n + 1)
