"""Trainers that start from given weights: a user's, another run's, those of a failed device."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.config import TrainingConfig
from core.data.task import Task
from core.errors import DataError
from core.language import mark, tr
from core.model_family import FAMILY
from core.train.device import with_device
from core.train.history import MOVED, History, Mark
from core.train.models import tensors_of
from core.train.settings_history import ActiveSettings
from core.train.snapshot import Params
from core.train.trainer import Trainer

TRIAL_STRIDE = 8  # steps between measurements of a trial


def start_from(trainer: Trainer, params: Params) -> None:
    """Reset to step 0 with these weights instead of the seed's, now and at every later reset.

    Raises DataError if the loss at these weights is not finite.
    """
    before, trainer.start = trainer.start, params
    try:
        trainer.reset()
    except DataError:
        trainer.start = before
        trainer.reset()
        raise DataError(
            tr(
                "{data} holds numbers that are too large for the model's weights; train a new one.",
                data=trainer.task.dataset.name,
            )
        ) from None


def move_to(trainer: Trainer, params: Params) -> None:
    """Continue from weights that the user has chosen, and mark the curves.

    Raises DataError, with nothing changed, if the loss at these weights is not finite.
    """
    parameters = tuple(p.to(trainer.device) for p in tensors_of(params))
    there = trainer.measured(parameters)
    if not math.isfinite(there.train_loss):
        raise DataError(tr("The loss has no value at these weights; choose smaller ones."))
    trainer.branch_here()
    if trainer.outcome is not None:
        trainer.go_on()
    trainer.stepper.begin_again()
    trainer.update.begin(parameters)
    # A large loss at the chosen weights must not count as divergence.
    stopping = trainer.stopping
    stopping.level = max(stopping.level, stopping.health.level(there))
    trainer.last_stable = trainer.checkpoint()
    trainer.history.cut(trainer.step_count - 1)  # the measurement at this step is no longer valid
    trainer.history.mark(Mark(trainer.step_count, MOVED))
    trainer.timeline.pin()
    trainer.measure()


def warm_start_from(trainer: Trainer, other: Trainer) -> None:
    """Continue another trainer's run on other rows with the same inputs and outputs.

    The weights are converted so that every raw input gives the same logits as before, although
    the standardiser may differ; new classes and new words start from zero, counters and curves
    continue. If the models do not match, or the loss is not finite, the trainer stays at its start.
    """
    parameters = _carried_over(trainer, other)
    if parameters is None:
        return
    trainer.update.write(parameters)
    begun = trainer.measured()
    if not math.isfinite(begun.train_loss):
        trainer.reset()
        return
    trainer.step_count, trainer.epoch = other.step_count, other.epoch
    # A larger loss because the data changed must not count as divergence.
    level = max(trainer.stopping.level, trainer.stopping.health.level(begun))
    history = other.history.copy()
    history.cut(other.step_count)  # drop steps after the one the weights are from
    is_drawn = trainer.task.config.data.source == "drawn"
    history.mark(Mark(trainer.step_count, mark("points") if is_drawn else mark("example")))
    settings = other.settings
    last_epoch = trainer.epoch + settings.epochs
    _record_anew(trainer, ActiveSettings(settings, last_epoch, level), history)


def _carried_over(trainer: Trainer, other: Trainer) -> list[Tensor] | None:
    """Return the other's parameters converted to the trainer's standardiser; None if no match.

    They are float64 on the host, with zeros for new classes and new words.
    """
    old, new = other.task.standardiser, trainer.task.standardiser
    outputs = other.task.outputs
    inputs = _same_inputs(trainer.task, other.task)
    if inputs is None or outputs > trainer.task.outputs:
        return None
    model = trainer.task.config.model
    if other.task.config.model != model:  # a different kind or architecture
        return None
    if FAMILY[model.kind].is_counted:  # all rows are counted anew
        return None
    has_others = outputs != trainer.task.outputs
    if has_others and FAMILY[model.kind].is_pairwise:  # pairs are numbered differently now
        return None
    parameters = [p.double().cpu() for p in other.checkpoint().parameters]
    into = 2 if model.hidden else 0  # the layer that takes the inputs
    raw = parameters[into] / torch.from_numpy(old.std)
    if trainer.task.dataset.is_text:  # whose inputs are never standardised
        at = torch.from_numpy(inputs)
        parameters[into] = raw[:, at] * (at >= 0)
    else:
        parameters[into] = raw * torch.from_numpy(new.std)
        parameters[into + 1] += raw @ torch.from_numpy(new.mean - old.mean)
    shapes = [p.shape for p in trainer.checkpoint().parameters]
    return [_with_rows(p, shape[0]) for p, shape in zip(parameters, shapes, strict=True)]


def _same_inputs(task: Task, before: Task) -> NDArray[np.int64] | None:
    """Return which input of a task before each of this one is, (m,); None if they do not match.

    Of texts the words are compared; −1 stands for a new one.
    """
    mine, theirs = task.dataset.vocabulary, before.dataset.vocabulary
    if mine is None or theirs is None:
        is_same = mine is theirs and task.m == before.m
        return np.arange(task.m) if is_same else None
    if mine.options != theirs.options:
        return None
    return np.array([theirs.index.get(word, -1) for word in mine.words], dtype=np.int64)


def _with_rows(theta: Tensor, rows: int) -> Tensor:
    """Return θ (k, …) padded with rows of zeros to (rows, …)."""
    more = theta.new_zeros((rows - len(theta), *theta.shape[1:]))
    return torch.cat([theta, more])


def rescued(trainer: Trainer) -> Trainer:
    """Return a trainer that continues from the last host backup, on the CPU."""
    twin = Trainer(with_device(trainer.task, "cpu"))
    twin.restore(trainer.backup.checkpoint)
    history = trainer.history.copy()
    history.cut(twin.step_count)
    history.mark(Mark(twin.step_count, "CPU"))
    settings = replace(trainer.settings, device="cpu")
    _record_anew(twin, replace(trainer.active_settings(), settings=settings), history)
    return twin


def twin_of(trainer: Trainer) -> Trainer:
    """Return another trainer of the same task and initial weights, for trials of settings.

    It measures less often.
    """
    twin = Trainer(tuned_task(trainer), start=trainer.start)
    twin.least_stride = TRIAL_STRIDE
    return twin


def tuned_task(trainer: Trainer) -> Task:
    """Return the trainer's task with its current settings."""
    config = replace(trainer.task.config, training=trainer.settings)
    return replace(trainer.task, config=config)


def stand_like(twin: Trainer, other: Trainer, settings: TrainingConfig, *, at_start: bool) -> None:
    """Set a twin to the other trainer's current or oldest checkpoint, with these settings."""
    twin.settings = settings
    twin.reset()
    twin.restore(other.timeline.oldest if at_start else other.checkpoint())
    last_epoch = twin.epoch + settings.epochs
    _record_anew(twin, ActiveSettings(settings, last_epoch, other.stopping.level), History())


def _record_anew(trainer: Trainer, active: ActiveSettings, history: History) -> None:
    """Restart the timeline at the current step, with these settings and curves."""
    trainer.set_active(active)
    trainer.history = history
    trainer.last_stable = trainer.checkpoint()
    trainer.timeline.begin()
    trainer.measure()
