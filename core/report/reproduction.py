"""How a run can be repeated: the command, and whether it gives the same weights."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from torch import Generator

from core.cli.command import command_for
from core.config import TrainingConfig
from core.data.task import Task
from core.language import tr
from core.number_format import format_integer
from core.train import models
from core.train.history import Curves
from core.train.settings_history import first_settings
from core.train.snapshot import Snapshot, Status

ENDS = (Status.FINISHED, Status.CONVERGED)


@dataclass(frozen=True)
class Reproduction:
    """A command for the terminal, None if there is none, and what it gives.

    is_exact : whether it gives the weights of the run to the bit, on the same machine.
    """

    command: str | None
    is_exact: bool
    remark: str


def reproduction_of(snapshot: Snapshot) -> Reproduction:
    """Return how the run of a snapshot can be repeated up to its step."""
    task = snapshot.task
    settings = replace(
        first_settings(snapshot.settings, snapshot.curves), epochs=snapshot.settings.epochs
    )
    went_on = snapshot.epoch > settings.epochs  # after it had ended
    is_over = snapshot.status in ENDS and not snapshot.is_past and not went_on
    ends_early = not is_over and snapshot.epoch > 0 and _ends_epoch(snapshot)
    if ends_early:
        settings = replace(settings, epochs=snapshot.epoch)
    command = command_for(task, settings)
    if command is None:
        return Reproduction(None, is_exact=False, remark=_say_why_not(task))
    edits = edits_of(snapshot.curves)
    if edits:
        remark = tr(
            "The command trains with the settings of the start and gives other weights: the run "
            "was changed while it trained ({changes}).",
            changes="; ".join(edits),
        )
    elif snapshot.status is Status.DIVERGED:
        remark = tr("The command diverges as the run did, and returns to the last stable step.")
    elif not _starts_as_configured(snapshot):
        remark = tr("The command gives other weights: the run started from weights chosen by hand.")
    elif not (is_over or ends_early):
        remark = tr(
            "The command trains to the end of epoch {epoch}; this report shows the weights of step "
            "{step}, on the way there.",
            epoch=format_integer(settings.epochs),
            step=format_integer(snapshot.step),
        )
    elif went_on and _depends_on_end(settings):
        remark = tr("The command gives other weights: the run was trained on after it had ended.")
    elif not snapshot.has_one_plan and _depends_on_end(settings):
        remark = tr(
            "The command gives other weights: what ends the run was changed while it trained, or "
            "it was trained on after it had ended."
        )
    elif not snapshot.is_best:
        remark = tr(
            "The command gives other weights: it returns to the epoch with the lowest validation "
            "loss."
        )
    elif ends_early and settings.schedule != "constant":
        remark = tr("The command gives other weights: with fewer epochs, η falls faster.")
    else:
        remark = tr("On the same machine the command gives the same weights, bit for bit.")
        return Reproduction(command, is_exact=True, remark=remark)
    return Reproduction(command, is_exact=False, remark=remark)


def _depends_on_end(settings: TrainingConfig) -> bool:
    """Return whether a run with more epochs differs from one that goes on after its end."""
    return settings.schedule != "constant" or settings.tolerance > 0 or settings.patience > 0


def edits_of(curves: Curves) -> tuple[str, ...]:
    """Return the changes that a user made during training, as text."""
    return tuple(
        tr("{change} at step {step}", change=tr(edit.text), step=format_integer(edit.step))
        for edit in curves.marks
        if edit.step > 0
    )


def _ends_epoch(snapshot: Snapshot) -> bool:
    """Return whether the snapshot's step is the last one of its epoch."""
    n, size = len(snapshot.task.train_rows), snapshot.settings.batch_size
    if snapshot.settings.rule.is_second_order or size is None:
        size = n
    return snapshot.step == snapshot.epoch * -(-n // min(size, n))


def _starts_as_configured(snapshot: Snapshot) -> bool:
    """Return whether the run's first weights are those of its settings, as far as is known."""
    path = snapshot.trajectory
    if not len(path.steps) or path.steps[0] != 0:
        return False
    task = snapshot.task
    generator = Generator().manual_seed(snapshot.settings.seed)
    W, b, *_ = models.start_of(task.config.model, task.outputs, task.m, generator)
    return np.array_equal(path.W[0], W.numpy()) and np.array_equal(path.b[0], b.numpy())


def _say_why_not(task: Task) -> str:
    if task.config.data.source == "drawn":
        return tr("No command repeats the run: its points were drawn by hand.")
    if task.source.added:
        return tr("No command repeats the run: it learnt from digits that were taught by hand.")
    return tr("No command repeats the run: a name in its data cannot be written as an option.")
