"""A run as it is exported: what its updates depend on, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator

from core.config import TrainingConfig
from core.data.task import Task
from core.evaluate import model_outputs
from core.runs.model import Model
from core.runs.run_record import Record, default_name
from core.runs.run_state import RunState, take_up
from core.train import models
from core.train.batches import BatchSampler, SamplerState
from core.train.checkpoints import Checkpoint
from core.train.device import with_device
from core.train.history import MOVED, Curves
from core.train.snapshot import Metrics, Params, Status
from core.train.trainer import Trainer

Arrays = tuple[NDArray[np.generic], ...]


@dataclass(frozen=True, eq=False)
class Begin:
    """The state that the updates begin from, where it is not the seed's at step 0.

    params, moments, memory, updates : as in `core.train.checkpoints.Checkpoint`, in NumPy.
    generator : the state of the generator of the shuffles, after `order` was drawn.
    order, taken : rows of the epoch in progress, None if it is yet to be drawn, and how many of
        them have been taken.
    """

    step: int
    epoch: int
    params: Params
    moments: tuple[Arrays, ...]
    memory: tuple[Arrays, ...]
    updates: int
    generator: NDArray[np.uint8]
    order: NDArray[np.int64] | None
    taken: int

    @classmethod
    def of(cls, task: Task, point: Checkpoint) -> Self:
        sampler = drawn(len(task.train_rows), point.sampler)
        has_order = sampler.taken > 0 or sampler.is_fresh
        return cls(
            step=point.step,
            epoch=point.epoch,
            params=params_of(task, point),
            moments=tuple(tuple(v.cpu().numpy().copy() for v in vs) for vs in point.moments),
            memory=tuple(tuple(v.cpu().numpy().copy() for v in vs) for vs in point.memory),
            updates=point.updates,
            generator=sampler.generator.numpy().copy(),
            order=sampler.order.numpy().copy() if has_order and sampler.order is not None else None,
            taken=sampler.taken,
        )


@dataclass(frozen=True, eq=False)
class ExportedRun:
    """A run at one of its steps.

    params, step, epoch : where it stands. settings : those from a step on, the first of them
    those it began with.
    start : initial weights that a user chose; None for the seed's. begin : None for step 0.
    curves : its history. trained : updates until it ended; more than `step` if it has returned to
    an earlier step. status : of the run. device : that trained it.
    is_best : it has returned to the epoch with the least validation loss.
    """

    task: Task
    params: Params
    step: int
    epoch: int
    settings: tuple[tuple[int, TrainingConfig], ...]
    curves: Curves
    start: Params | None = None
    begin: Begin | None = None
    trained: int = 0
    is_best: bool = False
    status: Status = Status.PAUSED
    device: str = "cpu"

    @classmethod
    def of(cls, trainer: Trainer) -> Self:
        """Return the run of a trainer, at the step that it shows."""
        timeline, best = trainer.timeline, trainer.stopping.best
        has_returned = timeline.is_past and trainer.outcome is not None
        is_best = has_returned and best.is_known and best.step == trainer.step_count
        begin, start = _begin_of(trainer)
        settings = timeline.state().changes
        if any(active.begins_anew for _, active in settings):
            is_best = False  # it is the best since then only
        return cls(
            task=trainer.task,
            params=trainer.params(),
            step=trainer.step_count,
            epoch=trainer.epoch,
            settings=tuple((step, active.settings) for step, active in settings),
            curves=trainer.history.curves(),
            start=start,
            begin=begin,
            trained=timeline.newest_step if is_best else trainer.step_count,
            is_best=is_best,
            status=trainer.outcome or Status.PAUSED,
            device=trainer.settings.device,
        )

    @classmethod
    def of_state(cls, task: Task, state: RunState) -> Self:
        """Return a run of this task that was kept, at the step that it showed.

        Raises DataError if the state is none of the task's.
        """
        trainer = Trainer(with_device(task, "cpu"))
        take_up(trainer, state)
        return replace(cls.of(trainer), device=state.settings.device)

    @property
    def first(self) -> TrainingConfig:
        """The settings that it began with."""
        return self.settings[0][1]

    @property
    def last(self) -> TrainingConfig:
        """The settings of its last update."""
        steps = [step for step, _ in self.settings if step < max(self.trained, 1)]
        return self.settings[max(len(steps) - 1, 0)][1]

    def model(self) -> Model:
        """Return the model that it has come to, with its figures on all rows."""
        return Model.of(self.task, self.params, self.step, self.epoch, self.metrics)

    def record(self) -> Record:
        """Return the run as one that is kept, with its figures on all rows."""
        return Record(
            name=default_name(self.task.config, self.last),
            colour=0,
            task=self.task,
            config=replace(self.task.config, training=self.first),
            settings=self.last,
            curves=self.curves,
            params=self.params,
            metrics=self.metrics,
            step=self.step,
            epoch=self.epoch,
            status=self.status,
        )

    @cached_property
    def metrics(self) -> Metrics:
        """Its figures on all rows."""
        return model_outputs.measured(self.task, self.params, self.step, self.epoch)

    def epochs_at(self, steps: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many epochs were complete after each of these steps, ascending; (k,).

        −1 before the step that the record of the run begins with.
        """
        found, n = np.full(len(steps), -1, dtype=np.int64), len(self.task.train_rows)
        step, epoch, taken = 0, 0, 0
        if self.begin is not None:
            step, epoch, taken = self.begin.step, self.begin.epoch, self.begin.taken
        parts = [(max(at, step), settings) for at, settings in self.settings]
        last = int(steps[-1]) + 1 if len(steps) else step
        for (at, settings), (until, _) in pairwise([*parts, (last, self.last)]):
            size = n if settings.rule.is_second_order else min(settings.batch_size or n, n)
            mine = (steps >= at) & (steps <= until)
            found[mine] = _epochs(steps[mine] - at, epoch, taken, size, n)
            gone, taken_then = until - at, taken
            epoch = int(_epochs(np.array([gone]), epoch, taken_then, size, n)[0])
            taken = _taken(gone, taken_then, size, n)
        return found


def _epochs(
    updates: NDArray[np.int64], epoch: int, taken: int, size: int, n: int
) -> NDArray[np.int64]:
    """Return the epochs complete after so many updates of `size` rows."""
    left = -(-(n - taken) // size)  # updates that end the first epoch
    return epoch + np.where(updates < left, 0, 1 + (updates - left) // -(-n // size))


def _taken(updates: int, taken: int, size: int, n: int) -> int:
    """Return the rows taken of the epoch in progress after so many updates."""
    left = -(-(n - taken) // size)
    if updates < left:
        return taken + updates * size
    return (updates - left) % -(-n // size) * size


def drawn(n: int, state: SamplerState) -> SamplerState:
    """Return the state with the order of an epoch in progress, which may have been left out."""
    sampler = BatchSampler(n, Generator(), torch.device("cpu"))
    sampler.restore(state)
    return sampler.state()


def params_of(task: Task, point: Checkpoint) -> Params:
    """Return the weights of a checkpoint, as NumPy."""
    return Params.of(task.config.model, [p.cpu().numpy().copy() for p in point.parameters])


def _begin_of(trainer: Trainer) -> tuple[Begin | None, Params | None]:
    """Return the state that repeating begins from, or None and initial weights chosen by a user."""
    timeline, task = trainer.timeline, trainer.task
    if task.dataset.is_streamed:  # no program repeats it: see `core.exports.plan`
        return None, None
    moved = [
        mark.step
        for mark in trainer.history.curves().marks
        if mark.text == MOVED and mark.step <= trainer.step_count
    ]
    point = timeline.oldest
    if moved and moved[-1] > point.step:
        frames = timeline.state().frames
        point = max((f for f in frames if f.step <= moved[-1]), key=lambda f: f.step).checkpoint
    sampler = drawn(len(task.train_rows), point.sampler)
    generator = Generator().manual_seed(trainer.settings.seed)
    parameters = models.start_of(task.config.model, task.outputs, task.m, generator)
    if point.step or point.updates or sampler.taken or point.memory:
        return Begin.of(task, point), None
    if not sampler.is_fresh and not torch.equal(generator.get_state(), sampler.generator):
        return Begin.of(task, point), None
    same = zip(parameters, point.parameters, strict=True)
    if all(torch.equal(mine, theirs.cpu()) for mine, theirs in same):
        return None, None
    return None, params_of(task, point)
