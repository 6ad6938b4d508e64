"""Whether a finished run has converged, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.config import TrainingConfig
from core.data.task import Task
from core.explain.optimum import optimum
from core.language import localised, mark, tr
from core.model_family import FAMILY
from core.model_kind import Kind
from core.train.class_weights import head_of
from core.train.health import Health
from core.train.losses import ABSENT
from core.train.models import model_of
from core.train.outcome import Epilogue
from core.train.snapshot import Metrics, Params, Status
from core.train.streamed.rows import place_rows

AT_REST = 1e-4  # tolerance on the largest slope along a parameter, as in scikit-learn's solvers
WORK = 1e7  # most rows × parameters² for which an optimum is searched: well below a second


COUNTED = mark(
    "Its weights are counted: they fit how features occur in each class. Softmax on the same rows "
    "descends the loss itself, and may get lower."
)


@dataclass(frozen=True)
class _Slope:
    """The largest slope of the loss with its penalties, over all training rows.

    separates : whether scaling up the output weights always lowers the loss, penalties aside: an
        output (all of them for softmax) has every example on the right side.
    is_still : whether every example's gradient is zero.
    """

    largest: float
    separates: bool
    is_still: bool


def judge(
    task: Task, params: Params, settings: TrainingConfig, status: Status, metrics: Metrics
) -> Epilogue:
    """Return whether a finished run has converged, with notes on what prevents it.

    metrics : measured on all training rows.
    """
    kind, health = FAMILY[task.config.model.kind], Health.of(task)
    if kind.is_counted:
        return Epilogue(True, (tr(COUNTED),))
    notes = []
    if not health.has_learnt(health.cost(metrics)):
        notes.append(_nothing(health, metrics))
    slope = _slope(task, params, settings)
    is_free = not (settings.weight_decay or settings.l1)
    if kind.margin is not None:
        return _of_margins(kind, slope, notes, is_free=is_free)
    is_endless = _is_endless(task, slope) if is_free else False
    if is_endless:
        notes.append(
            tr(
                "The weights grow without end, for {classes} can be separated: without a penalty "
                "the loss has no lowest point. Add a penalty λ.",
                classes=kind.separable,
            )
        )
        return Epilogue(status is Status.CONVERGED, tuple(notes))
    is_at_rest = slope.largest <= AT_REST
    if not is_at_rest and settings.weight_decay and settings.rule.decouples_decay:
        is_over = status is Status.CONVERGED
        if not is_over:
            notes.append(
                tr(
                    "The loss still slopes, by {slope}; {rule} shrinks the weights besides, so "
                    "this does not tell whether they are at rest.",
                    slope=localised(f"{slope.largest:.2g}"),
                    rule=tr(settings.rule.title),
                )
            )
        return Epilogue(is_over or None, tuple(notes))
    if not is_at_rest and status is not Status.CONVERGED:
        notes.append(
            tr(
                "Not converged: the loss still slopes, by {slope} (at rest it is below {rest}).",
                slope=localised(f"{slope.largest:.2g}"),
                rest=localised(f"{AT_REST:g}"),
            )
        )
    if is_at_rest and (task.config.model.hidden or not kind.is_convex):
        notes.append(tr("It is at rest, but a loss with several valleys can be lower elsewhere."))
        return Epilogue(None, tuple(notes))
    if is_at_rest and is_endless is None:
        notes.append(
            tr("It is at rest; it is not known whether the weights will grow without end.")
        )
        return Epilogue(None, tuple(notes))
    return Epilogue(is_at_rest or status is Status.CONVERGED, tuple(notes))


def _of_margins(kind: Kind, slope: _Slope, notes: list[str], *, is_free: bool) -> Epilogue:
    """Judge a loss with kinks, where the slope is discontinuous.

    With a margin of 0 a penalty changes nothing: smaller weights give the same decisions.
    """
    if is_free or not kind.margin:
        if not slope.is_still:
            notes.append(
                tr(
                    "Not converged: a {kind} moves on for as long as {condition}.",
                    kind=kind.title_in_text,
                    condition=tr(kind.moves_while),
                )
            )
        return Epilogue(slope.is_still, tuple(notes))
    notes.append(
        tr(
            "With a penalty the {loss} is lowest at kinks, where its slope does not tell whether "
            "it is at rest.",
            loss=tr(kind.loss),
        )
    )
    return Epilogue(None, tuple(notes))


def _nothing(health: Health, metrics: Metrics) -> str:
    right = metrics.train_accuracy
    if health.is_by_mistakes:
        share = localised(f"{right:.0%}")
        return tr("Nothing is learnt: {share} right is no better than guessing.", share=share)
    is_sure = 1 - right < health.guess_mistakes / 2
    loss, guess = (localised(f"{x:.4g}") for x in (metrics.train_loss, health.guess))
    if is_sure:
        return tr(
            "It is far too sure of its mistakes: the loss {loss} is no better than guessing, "
            "{guess}.",
            loss=loss,
            guess=guess,
        )
    return tr(
        "Nothing is learnt: the loss {loss} is no better than guessing, {guess}.",
        loss=loss,
        guess=guess,
    )


def _is_endless(task: Task, slope: _Slope) -> bool | None:
    """Return whether the loss without penalties has no minimum; None if unknown."""
    if FAMILY[task.config.model.kind].always_has_optimum:
        return False
    if slope.separates:
        return True
    p = task.outputs * (task.m + 1)
    if task.config.model.hidden or len(task.train_rows) * p**2 > WORK:
        return None
    found = optimum(task, 0.0)
    return found.is_endless if np.isfinite(found.loss) else None


@torch.no_grad()
def _slope(task: Task, params: Params, settings: TrainingConfig) -> _Slope:
    head, config = head_of(task), task.config.model
    rows = place_rows(task, task.train_rows, torch.device("cpu"))
    parameters = tuple(torch.from_numpy(array) for array in params.arrays)
    model = model_of(config, parameters, rows.unit)
    outputs = torch.ones(task.outputs, dtype=torch.bool)
    start, is_still = 0, True
    for X, Y, Z in rows.slices():
        Z = model.forward(X, out=Z)
        outputs &= _right(config.kind, Z, Y).all(dim=0)
        dZ = head.gradient(Z, Y, out=Z)
        is_still &= not dZ.any()
        model.backward(dZ, X, add=start > 0)
        start += len(X)
    n = len(rows)
    largest = 0.0
    for theta, g, scale in zip(parameters, model.gradients, model.scales, strict=True):
        slope = (g * (scale / n)).double()
        if theta.ndim == 2:
            slope += settings.l2 * theta
            # At 0 the L1 penalty has a kink, which holds a weight at 0 for slopes up to λ₁.
            held = torch.nn.functional.softshrink(slope, settings.l1)
            slope = torch.where(theta == 0, held, slope + settings.l1 * theta.sign())
        elif not config.has_bias:
            continue
        largest = max(largest, float(slope.abs().max()))
    return _Slope(largest, bool(outputs.any()), is_still)


def _right(kind: str, Z: Tensor, Y: Tensor) -> Tensor:
    """Return whether each output of each example is strictly right, (n, outputs).

    With softmax, an example is right or wrong in all outputs at once.
    """
    if not FAMILY[kind].is_shift_invariant:
        return ((2 * Y - 1) * Z > 0) | (Y == ABSENT)
    own = (Z * Y).sum(dim=1)
    others = Z.masked_fill(Y > 0, -torch.inf).amax(dim=1)
    return (own > others)[:, None].expand(-1, Z.shape[1])
