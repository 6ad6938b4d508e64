"""A run that is taken up by another trainer goes on to the bit, with all that it has recorded."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.data.task import prepare
from core.errors import DataError
from core.model_family import FAMILY
from core.optimiser_family import OPTIMISERS
from core.runs.run_state import state_of, take_up
from core.train.settings_history import NEVER
from core.train.snapshot import Status
from core.train.trainer import Trainer
from core.train.warm_start import move_to, start_from
from tests.core.training import go, trained


def taken_up(trainer):
    """Another trainer of an equal task in the same state."""
    twin = Trainer(prepare(trainer.task.source, trainer.task.config))
    take_up(twin, state_of(trainer))
    return twin


def assert_same(one, other):
    """Weights, optimiser, sampler, curves and trajectory are equal, bit for bit."""
    a, b = one.checkpoint(), other.checkpoint()
    assert (a.step, a.epoch, a.updates) == (b.step, b.epoch, b.updates)
    for x, y in zip(a.tensors(), b.tensors(), strict=True):
        assert torch.equal(x, y)
    assert torch.equal(a.sampler.generator, b.sampler.generator)
    assert a.sampler.taken == b.sampler.taken
    np.testing.assert_array_equal(one.history.curves().table, other.history.curves().table)
    assert one.history.curves().marks == other.history.curves().marks
    np.testing.assert_array_equal(one.history.trajectory().steps, other.history.trajectory().steps)
    np.testing.assert_array_equal(one.history.trajectory().W, other.history.trajectory().W)
    assert one.timeline.kept_steps == other.timeline.kept_steps
    assert (one.outcome, one.message) == (other.outcome, other.message)
    assert one.metrics.figures == pytest.approx(other.metrics.figures, abs=0, nan_ok=True)


def walk(trainer, steps):
    for _ in range(steps):
        trainer.step()


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("hidden", [0, 5])
@pytest.mark.parametrize("batch_size", [7, None])
def test_every_optimiser_goes_on_as_if_it_had_never_stopped(
    optimiser, hidden, batch_size, iris, make_task
):
    if OPTIMISERS[optimiser].is_second_order and (hidden or batch_size):
        pytest.skip("methods of second order are for linear models, and take all rows")
    task = make_task(
        iris,
        data={"features": ("all",)},
        model={"hidden": hidden},
        optimiser=optimiser,
        batch_size=batch_size,
        weight_decay=0.01,
    )
    one = trained(task, 29)
    other = taken_up(one)
    for trainer in (one, other):
        walk(trainer, 6 if OPTIMISERS[optimiser].is_second_order else 40)
    assert_same(one, other)


@pytest.mark.parametrize("schedule", ["step", "cosine", "1/t"])
@pytest.mark.parametrize("at", [0, 4, 9])
def test_schedules_and_any_place_in_an_epoch(schedule, at, iris, make_task):
    task = make_task(iris, schedule=schedule, epochs=12, batch_size=32)
    one = trained(task, at)
    other = taken_up(one)
    for trainer in (one, other):
        go(trainer)
    assert one.outcome is Status.FINISHED
    assert_same(one, other)


@pytest.mark.parametrize("kind", FAMILY)
def test_every_model_goes_on(kind, iris, make_task):
    one = trained(make_task(iris, model={"kind": kind}, class_weight="balanced"), 21)
    other = taken_up(one)
    for trainer in (one, other):
        walk(trainer, 20)
    assert_same(one, other)


def test_settings_changed_on_the_way_stay_changed_and_can_be_played_again(iris, make_task):
    one = trained(make_task(iris, optimiser="momentum"), 30)
    one.set_hyperparameters(learning_rate=0.5, batch_size=11, l1=0.01)
    walk(one, 30)
    other = taken_up(one)
    for trainer in (one, other):
        walk(trainer, 30)
        trainer.timeline.go_to(15)
        assert trainer.timeline.settings_here().settings.learning_rate == 0.1
    assert_same(one, other)
    for trainer in (one, other):
        trainer.timeline.go_live()
    assert_same(one, other)


def test_a_run_whose_past_is_viewed_keeps_its_newest_step(iris, make_task):
    one = trained(make_task(iris), 50)
    one.timeline.go_to(20)
    other = taken_up(one)
    assert other.step_count == 20 and other.timeline.newest_step == 50
    assert other.next_measurement == NEVER
    for trainer in (one, other):
        trainer.timeline.go_live()
        walk(trainer, 10)
    assert_same(one, other)


def test_early_stopping_remembers_its_best_epoch(iris, make_task):
    task = make_task(iris, data={"validation_fraction": 0.3}, patience=6, epochs=400)
    whole = Trainer(task)
    go(whole)
    one = trained(task, whole.timeline.newest_step - 5)
    other = taken_up(one)
    for trainer in (one, other):
        go(trainer)
    assert one.timeline.is_past  # it has returned to its best epoch
    assert_same(one, other)


def test_a_diverged_run_keeps_its_fall(iris, make_task):
    one = Trainer(make_task(iris, data={"standardise": False}, learning_rate=1e6))
    go(one)
    other = taken_up(one)
    assert one.outcome is Status.DIVERGED
    assert_same(one, other)
    mine, fall = one.history.curves().fall, other.history.curves().fall
    assert mine is not None and fall is not None
    np.testing.assert_array_equal(mine.steps, fall.steps)


def test_chosen_first_weights_are_those_of_a_reset(iris, make_task):
    one = Trainer(make_task(iris))
    start = trained(make_task(iris), 3).params()
    start_from(one, start)
    walk(one, 5)
    other = taken_up(one)
    other.reset()
    np.testing.assert_array_equal(other.params().W, start.W)


def test_weights_that_were_moved_are_where_the_past_begins_anew(iris, make_task):
    one = trained(make_task(iris), 20)
    move_to(one, trained(make_task(iris), 3).params())
    walk(one, 20)
    other = taken_up(one)
    for trainer in (one, other):
        trainer.timeline.go_to(25)
    assert_same(one, other)


def test_an_update_in_progress_is_made_again(make_task, digits, monkeypatch):
    from core.train import batches

    monkeypatch.setattr(batches, "SLICE_ROWS", 100)
    task = make_task(digits, batch_size=None)
    one, whole = trained(task, 2), trained(task, 5)
    assert not one.advance()
    other = taken_up(one)
    walk(other, 3)
    assert torch.equal(other.checkpoint().parameters[0], whole.checkpoint().parameters[0])


def test_a_state_of_another_device_goes_on_on_the_one_there_is(iris, make_task):
    one = trained(make_task(iris), 5)
    state = state_of(one)
    away = replace(state, settings=replace(state.settings, device="cuda:7"))
    twin = Trainer(one.task)
    take_up(twin, away)
    walk(twin, 5)
    walk(one, 5)
    assert twin.settings.device == "cpu"
    assert torch.equal(one.checkpoint().parameters[0], twin.checkpoint().parameters[0])


# States that are none ------------------------------------------------------------------------


def spoilt(state, **checkpoint):
    return replace(state, checkpoint=replace(state.checkpoint, **checkpoint))


def of_wrong_order(state):
    sampler = state.checkpoint.sampler
    order = torch.zeros(120, dtype=torch.int64)
    return spoilt(state, sampler=sampler._replace(order=order))


FAULTS = {
    "weights": lambda s: spoilt(s, parameters=tuple(p[:1] for p in s.checkpoint.parameters)),
    "kinds": lambda s: spoilt(s, parameters=tuple(p.double() for p in s.checkpoint.parameters)),
    "moments": lambda s: spoilt(s, moments=()),
    "memory": lambda s: spoilt(s, memory=((torch.zeros(3), torch.zeros(3)),)),
    "step": lambda s: spoilt(s, step=-1),
    "taken": lambda s: spoilt(s, sampler=s.checkpoint.sampler._replace(taken=10**6)),
    "order": of_wrong_order,
    "generator": lambda s: spoilt(
        s, sampler=s.checkpoint.sampler._replace(generator=torch.zeros(9, dtype=torch.uint8))
    ),
    "table": lambda s: replace(s, history=s.history._replace(table=s.history.table[:4])),
    "steps": lambda s: replace(s, history=s.history._replace(table=s.history.table[:, ::-1])),
    "no frames": lambda s: replace(s, timeline=replace(s.timeline, frames=())),
    "frames": lambda s: replace(s, timeline=replace(s.timeline, frames=s.timeline.frames * 2)),
    "changes": lambda s: replace(s, timeline=replace(s.timeline, changes=())),
    "confusion": lambda s: replace(s, metrics=replace(s.metrics, confusion=np.zeros((9, 9), int))),
    "optimiser": lambda s: replace(s, settings=replace(s.settings, optimiser="adam")),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_state_that_cannot_be_is_refused_before_anything_changes(fault, iris, make_task):
    one = trained(make_task(iris, optimiser="momentum"), 30)
    twin, fresh = Trainer(one.task), Trainer(one.task)
    with pytest.raises(DataError):
        take_up(twin, FAULTS[fault](state_of(one)))
    for trainer in (twin, fresh):
        walk(trainer, 10)
    assert_same(twin, fresh)
