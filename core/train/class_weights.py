"""Heads whose losses are weighted by class: a rare one counts as much as a frequent one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from core.data.task import Task
from core.model_family import FAMILY, pairs
from core.train.losses import ABSENT, HEADS, Head


def head_of(task: Task) -> Head:
    """Return the head of a task's model, each loss times the weight of the example's class.

    The loss stays the mean over examples, so that gradient, Hessian and curvature are weighted too.
    """
    kind, weights = task.config.model.kind, task.class_weights
    head = HEADS[kind]
    if weights is None:
        return head
    of_rows = weights_of_rows(kind, torch.from_numpy(weights), task.dataset.h)
    hessian, times = head.hessian, head.hessian_times

    def gradient(Z: Tensor, Y: Tensor, out: Tensor | None = None) -> Tensor:
        return head.gradient(Z, Y, out=out).mul_(of_rows(Y)[:, None])

    return replace(
        head,
        loss=lambda Z, Y: head.loss(Z, Y) * of_rows(Y),
        gradient=gradient,
        curvature_bound=head.curvature_bound * float(weights.max()),
        hessian=None if hessian is None else lambda Z, Y: hessian(Z, Y) * of_rows(Y)[:, None, None],
        hessian_times=None
        if times is None
        else lambda Z, Y, D: times(Z, Y, D) * of_rows(Y)[:, None],
    )


def weights_of_rows(kind: str, weights: Tensor, h: int) -> Callable[[Tensor], Tensor]:
    """Return the function from targets Y (n, outputs) to the weight of each example's class."""
    placed: dict[tuple[torch.dtype, torch.device], tuple[Tensor, Tensor]] = {}
    first, second = torch.zeros_like(weights), weights
    if FAMILY[kind].is_pairwise:
        first, second = (weights[torch.tensor(part)] for part in zip(*pairs(h), strict=True))
    elif FAMILY[kind].is_neuron:
        first, second = weights[:1], weights[1:]
    rows_of_pairs = h - 1 if FAMILY[kind].is_pairwise else 1

    def of_rows(Y: Tensor) -> Tensor:
        key = Y.dtype, Y.device
        if key not in placed:
            placed[key] = first.to(Y.device, Y.dtype), (second - first).to(Y.device, Y.dtype)
        low, more = placed[key]
        found = (low + Y * more) * (Y != ABSENT)
        return found.sum(dim=1) / rows_of_pairs

    return of_rows
