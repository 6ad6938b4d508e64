"""The whole state of a run as a value, with which another trainer goes on to the bit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import torch

from core.config import TrainingConfig
from core.errors import DataError
from core.language import current, mark, tr
from core.note import Note
from core.train.checkpoints import Checkpoint
from core.train.history import CAPACITY, FIRST, LAST, ROWS, History, HistoryState
from core.train.outcome import Epilogue
from core.train.settings_history import ActiveSettings
from core.train.snapshot import Metrics, Params, Status
from core.train.stopping import StoppingState
from core.train.timeline import TimelineState
from core.train.trainer import Trainer


@dataclass(frozen=True, eq=False)
class RunState:
    """A run between two updates: all that decides how it goes on, and all that it has recorded.

    The members are those of `Trainer`. Its tensors are never overwritten.
    """

    settings: TrainingConfig
    start: Params | None
    checkpoint: Checkpoint
    last_stable: Checkpoint
    stopping: StoppingState
    outcome: Status | None
    message: str | Note
    epilogue: Epilogue | None
    metrics: Metrics
    next_measurement: int
    history: HistoryState
    timeline: TimelineState


def state_of(trainer: Trainer) -> RunState:
    """Return the state of a run; an update in progress is made again when it goes on."""
    trainer.stepper.begin_again()
    return RunState(
        settings=trainer.settings,
        start=trainer.start,
        checkpoint=trainer.checkpoint(),
        last_stable=trainer.last_stable,
        stopping=trainer.stopping.state(),
        outcome=trainer.outcome,
        message=trainer.message,
        epilogue=trainer.epilogue,
        metrics=trainer.metrics,
        next_measurement=trainer.next_measurement,
        history=trainer.history.state(),
        timeline=trainer.timeline.state(),
    )


def take_up(trainer: Trainer, state: RunState) -> None:
    """Put a new trainer of the same task into this state.

    Raises DataError, before anything is changed, if the state is not one of such a run.
    """
    _check(trainer, state)
    state = _on_device(state, trainer.settings.device)
    stopping = trainer.stopping
    trainer.settings, trainer.start = state.settings, state.start
    stopping.last_epoch, stopping.level = state.stopping.last_epoch, state.stopping.level
    stopping.restore(state.stopping.losses, state.stopping.best)
    trainer.restore(state.checkpoint)
    trainer.last_stable = state.last_stable
    trainer.outcome, trainer.message = state.outcome, state.message
    epilogue = state.epilogue
    is_readable = epilogue is not None and epilogue.language == current().code
    trainer.epilogue, trainer.metrics = epilogue if is_readable else None, state.metrics
    trainer.next_measurement = state.next_measurement
    trainer.history = History.of(state.history)
    trainer.timeline.take_up(state.timeline)
    trainer.backup.take(trainer.checkpoint())


def _on_device(state: RunState, device: str) -> RunState:
    """Return the state with all settings on this device: its own one may be absent."""
    if state.settings.device == device:
        return state

    def moved(active: ActiveSettings) -> ActiveSettings:
        return replace(active, settings=replace(active.settings, device=device))

    timeline = state.timeline
    head = timeline.head and replace(timeline.head, active=moved(timeline.head.active))
    changes = tuple((step, moved(active)) for step, active in timeline.changes)
    return replace(
        state,
        settings=replace(state.settings, device=device),
        timeline=replace(timeline, changes=changes, head=head),
    )


# Checks --------------------------------------------------------------------------------------


DIFFERS = mark("its {name} is {found} in one place and {own} in another.")


def _check(trainer: Trainer, state: RunState) -> None:
    """Raise DataError unless the state fits the trainer's task, and its parts fit together."""
    known = set[int]()
    for checkpoint in _checkpoints(state):
        _check_checkpoint(trainer, checkpoint)
        order = checkpoint.sampler.order
        if order is not None and id(order) not in known:  # checkpoints of an epoch share it
            known.add(id(order))
            is_order = order.dtype == torch.int64 and trainer.stepper.sampler.accepts(order)
            _demand(is_order, mark("the order of its rows is none."))
    if state.start is not None:
        _check_start(trainer, state.start)
    _check_history(state.history, trainer)
    _check_timeline(state)
    metrics, h = state.metrics, trainer.task.dataset.h
    _demand(
        metrics.confusion.shape == (h, h),
        mark("its confusion matrix has another number of classes."),
    )
    _demand(metrics.step >= 0 and state.next_measurement >= 0, mark("a step is below 0."))
    for name in ("optimiser", "schedule", "seed", "class_weight", "shares"):
        own, found = getattr(trainer.settings, name), getattr(state.settings, name)
        _demand(own == found, tr(DIFFERS, name=name, found=found, own=own))


def _checkpoints(state: RunState) -> Iterator[Checkpoint]:
    yield state.checkpoint
    yield state.last_stable
    yield from (frame.checkpoint for frame in state.timeline.frames)
    if state.timeline.head is not None:
        yield state.timeline.head.frame.checkpoint


def _check_checkpoint(trainer: Trainer, found: Checkpoint) -> None:
    own, n = trainer.last_stable, len(trainer.task.train_rows)
    shapes = [p.shape for p in own.parameters]
    _demand(
        [p.shape for p in found.parameters] == shapes, mark("its weights are of another model.")
    )
    moments = [[v.shape for v in vs] for vs in own.moments]
    _demand(
        [[v.shape for v in vs] for vs in found.moments] == moments,
        mark("the state of its optimiser is of another one."),
    )
    numbers = [*found.parameters, *(v for vs in found.moments for v in vs)]
    _demand(all(v.dtype == torch.float32 for v in numbers), mark("its weights are not float32."))
    _check_memory(trainer, found)
    _demand(min(found.step, found.epoch, found.updates) >= 0, mark("a count is below 0."))
    generator, _, taken, _ = found.sampler
    _demand(0 <= taken < max(n, 1), mark("its epoch is further than it has rows."))
    _demand(
        generator.dtype == torch.uint8 and generator.shape == own.sampler.generator.shape,
        mark("its generator has no state that is known."),
    )
    try:
        torch.Generator().set_state(generator)
    except RuntimeError:
        _demand(False, mark("its generator has no state that is known."))


def _check_memory(trainer: Trainer, found: Checkpoint) -> None:
    """Check the state of a second-order method: pairs of vectors of all parameters."""
    p = sum(theta.numel() for theta in found.parameters)
    has_memory = trainer.update.second_order is not None
    _demand(has_memory or not found.memory, mark("the state of its optimiser is of another one."))
    for pair in found.memory:
        are_vectors = all(v.dtype == torch.float64 and v.shape == (p,) for v in pair)
        _demand(
            len(pair) == 2 and are_vectors, mark("the state of its optimiser is of another one.")
        )


def _check_start(trainer: Trainer, start: Params) -> None:
    shapes = [tuple(p.shape) for p in trainer.update.parameters]
    _demand(
        [a.shape for a in start.arrays] == shapes, mark("its first weights are of another model.")
    )


def _check_history(state: HistoryState, trainer: Trainer) -> None:
    table, points = state.table, state.trajectory
    is_table = table.ndim == 2 and table.shape[0] == ROWS and 0 < table.shape[1] <= CAPACITY
    _demand(is_table, mark("the table of its curves has another shape."))
    is_ordered = bool((table[FIRST] <= table[LAST]).all() and (table[FIRST] >= 0).all())
    is_ordered &= bool((table[LAST, :-1] < table[FIRST, 1:]).all())
    _demand(
        is_ordered and table[LAST, -1] < 2**53, mark("the steps of its curves are in no order.")
    )
    _demand(state.stride > 0 and state.every > 0, mark("a stride is below 1."))
    W, b, *below = (tuple(p.shape) for p in trainer.update.parameters)
    k, q = len(points.steps), sum(math.prod(shape) for shape in below)
    has_below = points.below.shape in ((k, q), (0, 0))  # older projects have none
    _demand(
        not k or (points.W.shape == (k, *W) and points.b.shape == (k, *b) and has_below),
        mark("the trajectory of its weights is of another model."),
    )
    if state.fall is not None:
        lengths = {len(values) for values in state.fall.series.values()}
        _demand(lengths == {len(state.fall.steps)}, mark("its divergence has gaps."))


def _check_timeline(state: RunState) -> None:
    timeline = state.timeline
    steps = [frame.step for frame in timeline.frames]
    _demand(bool(steps) and _ascends(steps), mark("the steps of its checkpoints are in no order."))
    _demand(set(timeline.pinned) <= set(steps), mark("a pinned checkpoint is missing."))
    changes = [step for step, _ in timeline.changes]
    _demand(
        bool(changes) and _ascends(changes), mark("the changes of its settings are in no order.")
    )
    _demand(steps[0] <= state.checkpoint.step, mark("it is before its first checkpoint."))
    _demand(timeline.stride > 0, mark("a stride is below 1."))
    _demand(not math.isnan(state.stopping.level), mark("its level is no number."))


def _ascends(steps: list[int]) -> bool:
    return all(a < b for a, b in pairwise(steps))


def _demand(is_so: bool, fault: str) -> None:
    if not is_so:
        raise DataError(tr(fault))
