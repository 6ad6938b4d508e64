"""What commands do with the runs and the current activity, without a thread."""

from __future__ import annotations

import math
import threading
import time

import numpy as np
import pytest

from core.runs import commands
from core.runs.activity import Racing, Replaying, Seeking, Training
from core.runs.device_benchmark import Benchmarking
from core.runs.workspace import Outbox, Workspace
from core.train import checkpoints
from core.train.snapshot import Params, Status
from core.train.trainer import Trainer

LONG = 10**6  # epochs: longer than any test


@pytest.fixture
def workspace():
    return Workspace(Outbox(), threading.Event())


@pytest.fixture
def task(iris, make_task):
    return make_task(iris, epochs=LONG)


def obey(workspace, *wanted):
    for command in wanted:
        workspace.obey(command)


def advance_until(workspace, is_so):
    """Advance by the shortest slices; no condition of a test is further away than so many."""
    for _ in range(100_000):
        if is_so():
            return
        workspace.advance(time.perf_counter())
    raise AssertionError("it never came")


def train_to(workspace, step):
    while workspace.trainer.step_count < step:
        obey(workspace, commands.Step())


def test_nothing_is_current_where_nothing_is_loaded(workspace):
    assert workspace.current is None


def test_one_activity_is_current_and_each_command_puts_its_own_there(workspace, task):
    kinds = []
    obey(workspace, commands.Load(1, task), commands.Play())
    kinds.append(type(workspace.current))
    workspace.advance(time.perf_counter() + 0.02)
    obey(workspace, commands.GoTo(0))
    kinds.append(type(workspace.current))
    advance_until(workspace, lambda: workspace.activity is None)
    obey(workspace, commands.Replay())
    kinds.append(type(workspace.current))
    obey(workspace, commands.Pause())
    kinds.append(type(workspace.current))
    assert kinds == [Training, Seeking, Replaying, type(None)]


def test_a_benchmark_comes_first_and_training_goes_on_after_it(workspace, task, monkeypatch):
    monkeypatch.setattr("core.runs.device_benchmark.MEASURED_SECONDS", 0.0)
    workspace.outbox.devices = ("cpu",)
    obey(workspace, commands.Load(1, task, play=True), commands.CompareDevices())
    assert isinstance(workspace.current, Benchmarking)
    assert workspace.outbox.snapshots.take().status is Status.TRAINING
    advance_until(workspace, lambda: workspace.outbox.benchmarks)
    assert workspace.trainer.step_count == 0
    assert isinstance(workspace.current, Training)


def test_a_race_goes_on_while_the_run_that_is_shown_is_looked_at(workspace, task):
    obey(workspace, commands.Load(1, task))
    train_to(workspace, 10)
    obey(workspace, commands.BeginRace(1, [task, task]), commands.RunRace(), commands.GoTo(5))
    assert isinstance(workspace.current, Seeking)
    advance_until(workspace, lambda: workspace.activity is None)
    assert workspace.trainer.step_count == 5
    assert isinstance(workspace.current, Racing)


def test_what_waits_for_a_step_is_done_there_in_order(workspace, task, monkeypatch):
    monkeypatch.setattr(checkpoints, "LONGEST_STRIDE", LONG)  # a long way
    obey(workspace, commands.Load(1, task))
    train_to(workspace, 60)
    obey(workspace, commands.GoTo(50), commands.Tune({"learning_rate": 0.5}), commands.Step())
    assert workspace.trainer.settings.learning_rate == 0.1
    advance_until(workspace, lambda: workspace.activity is None)
    alone = Trainer(task)
    for _ in range(50):
        alone.step()
    alone.set_hyperparameters(learning_rate=0.5)
    alone.step()
    assert workspace.trainer.step_count == workspace.trainer.timeline.newest_step == 51
    assert np.array_equal(workspace.trainer.params().W, alone.params().W)


def test_steps_and_steps_back_in_a_row_each_count(workspace, task, monkeypatch):
    monkeypatch.setattr(checkpoints, "LONGEST_STRIDE", LONG)  # a long way
    obey(workspace, commands.Load(1, task))
    train_to(workspace, 60)
    back, on = commands.StepBack(), commands.Step()
    obey(workspace, commands.GoTo(50), on, on, on, back, on, back, back)
    advance_until(workspace, lambda: workspace.activity is None)
    assert workspace.trainer.step_count == 51


def test_a_step_that_was_reached_on_the_way_to_another_can_be_wanted_again(
    workspace, task, monkeypatch
):
    monkeypatch.setattr("core.runs.activity.SEEK_SECONDS", math.inf)  # any way is a short one
    monkeypatch.setattr(checkpoints, "LONGEST_STRIDE", LONG)
    obey(workspace, commands.Load(1, task))
    train_to(workspace, 60)
    obey(workspace, commands.GoTo(50), commands.GoTo(20))
    advance_until(workspace, lambda: not workspace.activity.is_on_the_way)
    assert workspace.trainer.step_count == 50
    obey(workspace, commands.GoTo(50), commands.Step())
    advance_until(workspace, lambda: workspace.activity is None)
    assert workspace.trainer.step_count == 51


@pytest.mark.parametrize("command", [commands.Pause(), commands.GoTo(30), commands.Reset()])
def test_what_waits_for_a_step_is_forgotten_with_the_step(workspace, task, command):
    obey(workspace, commands.Load(1, task))
    train_to(workspace, 60)
    obey(workspace, commands.GoTo(50), commands.Play(), command)
    advance_until(workspace, lambda: workspace.activity is None)
    assert workspace.outbox.snapshots.take().status is not Status.TRAINING
    assert workspace.current is None


def test_pausing_after_any_slice_changes_no_weight(workspace, task):
    obey(workspace, commands.Load(1, task))
    while workspace.trainer.step_count < 40:
        obey(workspace, commands.Play())
        workspace.advance(time.perf_counter() + 1e-5)
        obey(workspace, commands.Pause())
    alone = Trainer(task)
    while alone.step_count < workspace.trainer.step_count:
        alone.step()
    assert np.array_equal(workspace.trainer.params().W, alone.params().W)


def test_entries_of_a_race_whose_exact_metrics_fail_are_told_once_each(
    workspace, iris, make_task, monkeypatch
):
    def fail(*_):
        yield
        raise RuntimeError("no memory")

    monkeypatch.setattr("core.train.history.SAMPLE", 50)
    monkeypatch.setattr("core.train.metrics.Measurement.exactly", fail)
    obey(workspace, commands.BeginRace(1, [make_task(iris), make_task(iris)]))
    told = []
    for _ in range(20):
        if workspace.current is None:
            break
        try:
            workspace.advance(math.inf)
        except RuntimeError as error:
            told.append(error)
    assert workspace.current is None and len(told) == 2


def test_commands_are_values_that_say_what_they_are(task):
    assert commands.GoTo(3) == commands.GoTo(3) != commands.GoTo(4)
    assert repr(commands.Tune({"l1": 0.5})) == "Tune(changes={'l1': 0.5})"
    told = repr(commands.Load(2, task, play=True, replaces=1))
    assert told == "Load(run=2, play=True, warm_start_from=None, replaces=1)"


def test_a_run_that_begins_again_leaves_the_one_before_as_it_was(workspace, task):
    obey(workspace, commands.Load(1, task), commands.Tune({"learning_rate": 0.5}))
    train_to(workspace, 60)
    before = workspace.trainer.params()
    obey(workspace, commands.BeginAgain(2))
    snapshot = workspace.outbox.snapshots.take()
    assert (snapshot.run, snapshot.step, snapshot.settings.learning_rate) == (2, 0, 0.5)
    assert snapshot.task is task
    obey(workspace, commands.Resume(1, task))
    assert workspace.trainer.step_count == 60
    assert np.array_equal(workspace.trainer.params().W, before.W)


def test_a_run_begins_again_at_the_start_that_was_chosen(workspace, task):
    obey(workspace, commands.Load(1, task))
    params = workspace.trainer.params()
    start = Params(params.W + 1, params.b)
    obey(workspace, commands.BeginAgain(2, start))
    train_to(workspace, 20)
    obey(workspace, commands.BeginAgain(3, replaces=2))
    assert np.array_equal(workspace.trainer.params().W, start.W)
    assert workspace.find(2) is None and workspace.find(1) is not None


def test_a_start_that_cannot_be_trained_from_leaves_the_run_and_is_told_of(workspace, task):
    obey(workspace, commands.Load(1, task))
    train_to(workspace, 20)
    params = workspace.trainer.params()
    obey(workspace, commands.BeginAgain(2, Params(np.full_like(params.W, np.inf), params.b)))
    (failure,) = workspace.outbox.failures
    assert failure.run == 2 and "too large" in failure.message
    assert workspace.run.number == 1 and workspace.trainer.step_count == 20
