"""The training thread: commands in, the newest snapshot out, failures told, and a clean end."""

import json
import math
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.cli import train as cli
from core.config import DataConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from core.runs import activity, commands, device_benchmark, session
from core.runs.publisher import LEAD_SECONDS
from core.runs.session import Session
from core.runs.workspace import KEPT_RUNS
from core.train import batches, device, warm_start
from core.train.snapshot import Status
from core.train.trainer import Trainer
from tests.core.late import LateDevice
from tests.core.remote import RemoteDevice
from tests.core.watcher import Watcher

PATIENCE = 30.0  # seconds until a condition that never comes is a failure
LONG = 10**6  # epochs: longer than any test


@pytest.fixture
def watcher():
    before = threading.active_count()
    watcher = Watcher()
    yield watcher
    watcher.session.close()
    assert not watcher.session.is_alive
    assert threading.active_count() == before


@pytest.fixture
def task(iris, make_task):
    return make_task(iris, epochs=LONG)


def wait_for(condition):
    end, moment = time.monotonic() + PATIENCE, threading.Event()
    while not condition():
        assert time.monotonic() < end, "it never came"
        moment.wait(0.001)


def weights(snapshot):
    return snapshot.params.W.tolist(), snapshot.params.b.tolist()


def alone(task, steps):
    """Return the weights of a bare trainer after so many steps."""
    trainer = Trainer(task)
    for _ in range(steps):
        trainer.step()
    params = trainer.params()
    return params.W.tolist(), params.b.tolist()


# Commands -------------------------------------------------------------------------------------


def test_a_loaded_run_is_ready_at_its_start(watcher, task):
    watcher.session.send(commands.Load(7, task))
    snapshot = watcher.until_status(Status.READY)
    assert (snapshot.run, snapshot.step, snapshot.epoch) == (7, 0, 0)
    assert snapshot.settings == task.config.training
    assert snapshot.metrics.train_loss == pytest.approx(math.log(3))


def test_devices_are_known_once_it_runs(watcher, task):
    watcher.session.send(commands.Load(1, task))
    watcher.until_status(Status.READY)
    assert watcher.session.outbox.devices[0] == "cpu"


def test_play_trains_and_pause_holds_it(watcher, task):
    watcher.session.send(commands.Load(1, task))
    watcher.session.send(commands.Play())
    training = watcher.until(lambda s: s.step > 100)
    assert training.status is Status.TRAINING
    assert training.pace.steps > 0 and training.pace.examples > 0
    watcher.session.send(commands.Pause())
    paused = watcher.until_status(Status.PAUSED)
    assert paused.pace.steps == 0
    assert weights(paused) == alone(task, paused.step)
    watcher.session.send(commands.SetSpeed(5.0))  # any command publishes anew
    assert watcher.until(lambda s: s is not paused).step == paused.step


def test_load_can_play_at_once(watcher, task):
    watcher.session.send(commands.Load(1, task, play=True))
    watcher.until(lambda s: s.step > 10)


def test_step_makes_one_update_and_measures_it(watcher, task):
    watcher.session.send(commands.Load(1, task))
    for count in (1, 2, 3):
        watcher.session.send(commands.Step())
        snapshot = watcher.until(lambda s, count=count: s.step == count)
        assert snapshot.status is Status.PAUSED
        assert snapshot.metrics.step == count
        assert weights(snapshot) == alone(task, count)


def test_step_pauses_a_run(watcher, task):
    watcher.session.send(commands.Load(1, task, play=True))
    watcher.until(lambda s: s.step > 10)
    watcher.session.send(commands.Step())
    watcher.until_status(Status.PAUSED)


def test_reset_returns_to_the_same_start(watcher, iris, make_task):
    watcher.session.send(commands.Load(1, make_task(iris, model={"init": "random"}, epochs=LONG)))
    start = watcher.until_status(Status.READY)
    watcher.session.send(commands.Play())
    watcher.until(lambda s: s.step > 20)
    watcher.session.send(commands.Reset())
    again = watcher.until_status(Status.READY)
    assert again.step == 0 and weights(again) == weights(start)
    assert again.curves.step.tolist() == [0]


def test_tuning_while_it_runs_shows_in_settings_and_marks(watcher, task):
    watcher.session.send(commands.Load(1, task, play=True))
    watcher.until(lambda s: s.step > 10)
    watcher.session.send(commands.Tune({"learning_rate": 0.5}))
    snapshot = watcher.until(lambda s: s.settings.learning_rate == 0.5)
    (mark,) = snapshot.curves.marks
    assert mark.text == "η 0.1 → 0.5" and mark.step <= snapshot.step


def test_a_tuned_run_equals_a_trainer_tuned_at_the_marks_step(watcher, task):
    watcher.session.send(commands.Load(1, task, play=True))
    watcher.until(lambda s: s.step > 10)
    watcher.session.send(commands.Tune({"learning_rate": 0.5}))
    watcher.until(lambda s: s.curves.marks and s.step > s.curves.marks[0].step + 10)
    watcher.session.send(commands.Pause())
    paused = watcher.until_status(Status.PAUSED)
    trainer = Trainer(task)
    for step in range(paused.step):
        if step == paused.curves.marks[0].step:
            trainer.set_hyperparameters(learning_rate=0.5)
        trainer.step()
    assert weights(paused) == (trainer.params().W.tolist(), trainer.params().b.tolist())


def test_a_finished_run_says_so_and_play_goes_on(watcher, iris, make_task):
    watcher.session.send(commands.Load(1, make_task(iris, epochs=3), play=True))
    finished = watcher.until_status(Status.FINISHED)
    assert finished.epoch == 3 and finished.message == "Finished 3 epochs."
    watcher.session.send(commands.Play())
    watcher.until(lambda s: s.status is Status.FINISHED and s.epoch == 6)


def test_a_diverged_run_says_so_and_one_command_recovers_it(watcher, iris, make_task):
    watcher.session.send(
        commands.Load(1, make_task(iris, learning_rate=1e30, epochs=200), play=True)
    )
    diverged = watcher.until(lambda s: s.suggested_learning_rate is not None)
    assert diverged.status is Status.DIVERGED and "Diverged at step 1" in diverged.message
    assert np.isfinite(diverged.params.W).all()
    watcher.session.send(commands.Recover())
    finished = watcher.until_status(Status.FINISHED)
    assert finished.settings.learning_rate == diverged.suggested_learning_rate
    assert finished.metrics.train_loss < 0.2 and finished.suggested_learning_rate is None


def test_a_step_after_divergence_starts_from_the_healthy_place(watcher, iris, make_task):
    watcher.session.send(commands.Load(1, make_task(iris, learning_rate=1e30), play=True))
    watcher.until_status(Status.DIVERGED)
    watcher.session.send(commands.Tune({"learning_rate": 0.1}))
    watcher.session.send(commands.Step())
    snapshot = watcher.until(lambda s: s.step == 1)
    assert snapshot.status is Status.PAUSED and math.isfinite(snapshot.metrics.train_loss)


def test_a_command_comes_before_the_end_of_a_search_for_a_rate(watcher, digits, make_task):
    task = make_task(digits, model={"hidden": 256}, learning_rate=1e6)
    watcher.session.send(commands.Load(1, task, play=True))
    assert watcher.until_status(Status.DIVERGED).epilogue is None  # it is still being looked for
    watcher.session.send(commands.Reset())
    assert watcher.until_status(Status.READY).suggested_learning_rate is None


def test_a_setting_that_is_changed_after_divergence_is_tried_too(watcher, iris, make_task):
    watcher.session.send(commands.Load(1, make_task(iris, l1=1000.0), play=True))
    blamed = watcher.until(lambda s: s.epilogue is not None)
    assert blamed.suggested_learning_rate is None and "λ₁ = 1000" in blamed.epilogue.words
    watcher.session.send(commands.Tune({"l1": 0.0}))
    assert watcher.until(lambda s: s.suggested_learning_rate is not None).settings.l1 == 0


def test_a_finished_run_says_whether_it_came_to_rest(watcher, iris, make_task):
    watcher.session.send(commands.Load(1, make_task(iris, epochs=3, weight_decay=0.01), play=True))
    finished = watcher.until(lambda s: s.epilogue is not None)
    assert finished.epilogue.converged is False and "Not converged" in finished.epilogue.words


def test_recover_without_divergence_does_nothing(watcher, task):
    watcher.session.send(commands.Load(1, task))
    watcher.session.send(commands.Recover())
    watcher.session.send(commands.Step())
    assert watcher.until(lambda s: s.step == 1).settings.learning_rate == 0.1


# Snapshots ------------------------------------------------------------------------------------


def test_nothing_is_there_before_a_run_is_loaded(watcher):
    assert watcher.session.outbox.snapshots.take() is None


def test_the_newest_snapshot_wins(watcher, task):
    watcher.session.send(commands.Load(1, task))
    for _ in range(20):
        watcher.session.send(commands.Step())
    watcher.session.send(commands.Tune({"weight_decay": 0.25}))
    newest = watcher.until(lambda s: s.settings.weight_decay == 0.25)
    assert newest.step == 20
    assert watcher.session.outbox.snapshots.take() is None  # none of the older ones is left behind


def test_a_snapshot_is_no_view_of_the_running_weights(watcher, task):
    watcher.session.send(commands.Load(1, task, play=True))
    early = watcher.until(lambda s: s.step > 10)
    kept = weights(early)
    watcher.until(lambda s: s.step > early.step + 100)
    assert weights(early) == kept == alone(task, early.step)


def test_while_it_trains_flat_out_snapshots_keep_coming(watcher, task):
    watcher.session.send(commands.Load(1, task, play=True))
    steps = [watcher.until(lambda s: s.step > 0).step]
    while len(steps) < 10:
        steps.append(watcher.until(lambda s: s.step > steps[-1]).step)
    assert steps == sorted(set(steps))


def test_flat_out_a_snapshot_is_made_shortly_before_it_is_asked_for(watcher, task):
    watcher.session.send(commands.Load(1, task, play=True))
    watcher.until(lambda s: s.step > 0)
    wait_for(lambda: not watcher.session.outbox.snapshots.is_empty)  # nothing is wanted now
    watcher.session.outbox.snapshots.take()
    asked_at = time.perf_counter()
    snapshot = watcher.until(lambda s: s.made_at > asked_at - LEAD_SECONDS)
    assert snapshot.made_at > asked_at + 0.9 * LEAD_SECONDS


def test_who_asks_again_and_again_is_answered(watcher, task):
    """Each request would put off the answer to the one before."""
    watcher.session.send(commands.Load(1, task, play=True))
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:  # without a rest
        snapshot = watcher.session.outbox.snapshots.take()
        if snapshot is not None and snapshot.step > 100:
            return
    raise AssertionError("no snapshot came")


# Speed ----------------------------------------------------------------------------------------


def test_a_limited_session_still_obeys_pause(watcher, task):
    watcher.session.send(
        commands.SetSpeed(1 / (100 * PATIENCE))
    )  # the second step is due in an hour
    watcher.session.send(commands.Load(1, task, play=True))
    watcher.until(lambda s: s.step == 1)
    watcher.session.send(commands.Pause())
    assert watcher.until_status(Status.PAUSED).step == 1


def test_a_limit_can_be_lifted_while_it_waits(watcher, task):
    watcher.session.send(commands.SetSpeed(1 / (100 * PATIENCE)))
    watcher.session.send(commands.Load(1, task, play=True))
    watcher.until(lambda s: s.step == 1)
    watcher.session.send(commands.SetSpeed(math.inf))
    watcher.until(lambda s: s.step > 100)


def test_watched_slowly_each_snapshot_has_the_figures_of_its_step(watcher, digits, make_task):
    watcher.session.send(commands.SetSpeed(200.0))
    watcher.session.send(commands.Load(1, make_task(digits, epochs=LONG), play=True))
    for step in (5, 10, 15):
        snapshot = watcher.until(lambda s, step=step: s.step >= step)
        assert snapshot.metrics.step == snapshot.step


# Several runs ---------------------------------------------------------------------------------


def test_runs_are_remembered(watcher, task, digits, make_task):
    watcher.session.send(commands.Load(1, task, play=True))
    watcher.until(lambda s: s.step > 50)
    watcher.session.send(commands.Pause())
    first = watcher.until_status(Status.PAUSED)
    watcher.session.send(commands.Load(2, make_task(digits, epochs=LONG), play=True))
    watcher.until(lambda s: s.run == 2 and s.step > 5)
    watcher.session.send(commands.Resume(1, task))
    again = watcher.until(lambda s: s.run == 1)
    assert again.status is Status.PAUSED
    assert (again.step, weights(again)) == (first.step, weights(first))
    assert np.array_equal(again.curves.train_loss, first.curves.train_loss)


def test_a_forgotten_run_begins_anew(watcher, task):
    watcher.session.send(commands.Load(0, task))
    watcher.session.send(commands.Step())
    for run in range(1, KEPT_RUNS + 1):
        watcher.session.send(commands.Load(run, task))
    watcher.session.send(commands.Resume(0, task))
    assert watcher.until_status(Status.READY, run=0).step == 0


def test_a_run_can_take_over_where_another_was(watcher, two_blobs, make_task):
    watcher.session.send(commands.Load(1, make_task(two_blobs, epochs=LONG), play=True))
    watcher.until(lambda s: s.step > 20)
    watcher.session.send(commands.Pause())
    before = watcher.until_status(Status.PAUSED)
    moved = make_task(replace(two_blobs, X=two_blobs.X + 1), epochs=LONG)
    watcher.session.send(commands.Load(2, moved, warm_start_from=1))
    after = watcher.until(lambda s: s.run == 2)
    assert after.step == before.step and after.status is Status.PAUSED


# Failures -------------------------------------------------------------------------------------


def test_an_exception_in_the_trainer_reaches_the_person(watcher, task, monkeypatch):
    def explode(self):
        raise RuntimeError("boom\nand more")

    watcher.session.send(commands.Load(1, task))
    watcher.until_status(Status.READY)
    monkeypatch.setattr(Trainer, "advance", explode)
    watcher.session.send(commands.Play())
    failure = watcher.failure()
    assert failure.run == 1 and "RuntimeError: boom)" in failure.message
    assert "\n" not in failure.message
    monkeypatch.undo()
    watcher.session.send(commands.Play())
    watcher.until(lambda s: s.step > 10)


@pytest.mark.parametrize(
    ("error", "words"), [(ArithmeticError, "no further word"), (MemoryError, "not enough memory")]
)
def test_after_an_exception_the_newest_snapshot_is_paused(watcher, task, monkeypatch, error, words):
    watcher.session.send(commands.Load(1, task, play=True))
    watcher.until(lambda s: s.step > 10)

    def explode(self):
        raise error

    monkeypatch.setattr(Trainer, "advance", explode)
    assert words in watcher.failure().message
    watcher.until_status(Status.PAUSED)


@pytest.fixture
def failing_device(monkeypatch):
    """Let “cuda” be a device that computes on the CPU, until the returned function is called."""
    is_lost = threading.Event()
    advance = Trainer.advance

    def advance_while_it_works(self):
        if self.settings.device == "cuda" and is_lost.is_set():
            raise torch.OutOfMemoryError("CUDA out of memory.\nTried to allocate 2 GiB")
        return advance(self)

    monkeypatch.setattr(device, "devices", lambda: ("cpu", "cuda"))
    monkeypatch.setattr(device, "find_device", lambda name: torch.device("cpu"))
    monkeypatch.setattr(Trainer, "advance", advance_while_it_works)
    monkeypatch.setattr(activity, "COPY_SECONDS", 0.0)
    return is_lost.set


def test_training_goes_on_on_the_cpu_when_its_device_fails(
    failing_device, watcher, make_task, digits
):
    watcher.session.send(commands.Load(1, make_task(digits, device="cuda", epochs=LONG), play=True))
    watcher.until(lambda s: s.step > 50)
    failing_device()
    before = watcher.until(lambda s: s.settings.device == "cuda")
    rescued = watcher.until(lambda s: s.settings.device == "cpu" and s.step > before.step + 50)
    assert rescued.status is Status.TRAINING and not watcher.session.outbox.failures
    (remark,) = watcher.session.outbox.remarks
    assert remark.startswith("CUDA has stopped working (CUDA out of memory.). Training goes on")
    assert "CPU" in [mark.text for mark in rescued.curves.marks]
    losses = rescued.curves.train_loss
    assert np.isfinite(losses).all() and losses[-1] < losses[0]


def test_a_rescued_run_goes_on_as_if_nothing_had_happened(failing_device, make_task, digits):
    subject, twin = Trainer(make_task(digits, device="cuda")), Trainer(make_task(digits))
    for _ in range(20):
        subject.step()
    subject.backup.take(subject.checkpoint())
    subject.step()  # this one is lost
    rescued = warm_start.rescued(subject)
    assert rescued.step_count == 20
    for _ in range(30):
        rescued.step()
    for _ in range(50):
        twin.step()
    assert np.array_equal(rescued.params().W, twin.params().W)


def test_data_that_a_device_cannot_take_are_trained_on_the_cpu(
    failing_device, watcher, make_task, digits, monkeypatch
):
    place = batches.to_device

    def place_if_there_is_room(task, *rest):
        if task.config.training.device == "cuda":
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return place(task, *rest)

    monkeypatch.setattr(batches, "to_device", place_if_there_is_room)
    watcher.session.send(commands.Load(1, make_task(digits, device="cuda", epochs=LONG), play=True))
    assert watcher.until(lambda s: s.step > 10).settings.device == "cpu"
    (remark,) = watcher.session.outbox.remarks
    assert remark.startswith("CUDA cannot take this (CUDA out of memory.)")


def test_devices_are_raced_on_the_task_and_the_run_goes_on(
    failing_device, watcher, make_task, digits, monkeypatch
):
    monkeypatch.setattr(device_benchmark, "MEASURED_SECONDS", 0.02)
    watcher.session.outbox.devices = ("cpu", "cuda")
    watcher.session.send(commands.Load(1, make_task(digits, epochs=LONG), play=True))
    before = watcher.until(lambda s: s.step > 10)
    watcher.session.send(commands.CompareDevices())
    watcher.until(lambda s: bool(watcher.session.outbox.benchmarks) and s.step > before.step + 10)
    race = watcher.session.outbox.benchmarks.popleft()
    assert list(race.examples) == ["cpu", "cuda"] and min(race.examples.values()) > 0


# A device that is late ------------------------------------------------------------------------


@pytest.fixture
def late(monkeypatch):
    """Let “cuda” be a device whose copies come late."""
    return LateDevice().install(monkeypatch)


@pytest.fixture
def twins(digits, make_task):
    """Return twins(…): the same task for “cuda” and for the CPU."""

    def make(**options):
        options = {"epochs": LONG, "batch_size": 8, **options}
        return [make_task(digits, device=name, **options) for name in ("cuda", "cpu")]

    return make


def follow(twin, snapshot):
    """Bring a trainer on the CPU to the snapshot's step; its weights and rows must be the same."""
    while twin.step_count < snapshot.step:
        twin.step()
    params = twin.params()
    assert weights(snapshot) == (params.W.tolist(), params.b.tolist())
    assert np.array_equal(snapshot.batch, twin.next_rows())
    assert snapshot.epoch == twin.epoch
    assert snapshot.metrics.step == twin.metrics.step
    assert snapshot.metrics.train_loss == twin.metrics.train_loss


def test_snapshots_that_come_late_are_of_one_moment(watcher, late, twins):
    task, same = twins()
    twin = Trainer(same)
    watcher.session.send(commands.Load(1, task, play=True))
    while twin.step_count < 100:
        snapshot = watcher.until(lambda s: s.step > twin.step_count)
        assert snapshot.status is Status.TRAINING
        follow(twin, snapshot)
    assert late.replayed > 0


def test_a_device_is_not_waited_for_while_it_trains(watcher, late, twins, monkeypatch):
    monkeypatch.setattr(device, "AHEAD", LONG)
    monkeypatch.setattr(activity, "COPY_SECONDS", 0.0)
    watcher.session.send(commands.Load(1, twins()[0], play=True))
    for step in range(30, 720, 30):
        watcher.until(lambda s, step=step: s.step > step)
        watcher.session.send(commands.Tune({"learning_rate": step / 1e4}))
    watcher.until(lambda _: late.signals > 20)
    assert late.waits == 0


@pytest.mark.parametrize("queries", [0, 1, LONG])
def test_pausing_shows_the_last_step_whatever_is_on_its_way(watcher, late, twins, queries):
    late.queries = queries
    task, same = twins()
    twin = Trainer(same)
    watcher.session.send(commands.Load(1, task, play=True))
    for _ in range(3):
        signals = late.signals + 10
        wait_for(lambda signals=signals: late.signals > signals)
        watcher.session.send(commands.Pause())
        watcher.snapshot = None
        paused = watcher.until_status(Status.PAUSED)
        while twin.step_count < paused.step:
            twin.step()
        twin.measure()  # as whoever pauses wants to see it
        follow(twin, paused)
        watcher.session.send(commands.Play())


@pytest.mark.parametrize("queries", [1, LONG])
def test_the_end_of_a_late_run_is_shown(watcher, late, twins, queries):
    late.queries = queries
    task, same = twins(epochs=2)
    watcher.session.send(commands.Load(1, task, play=True))
    finished = watcher.until_status(Status.FINISHED)
    assert finished.epoch == 2
    assert weights(finished) == alone(same, finished.step)


def test_what_is_tuned_shows_although_an_older_copy_is_on_its_way(watcher, late, twins):
    watcher.session.send(commands.Load(1, twins()[0], play=True))
    watcher.until(lambda s: s.step > 100)
    for k in range(1, 20):
        watcher.session.send(commands.Tune({"learning_rate": k / 100}))
    snapshot = watcher.until(lambda s: s.settings.learning_rate == 0.19)
    assert snapshot.status is Status.TRAINING


def test_no_late_copy_of_a_run_comes_after_another_is_loaded(watcher, late, twins, iris, make_task):
    late.queries = 20
    watcher.session.send(commands.Load(1, twins()[0], play=True))
    watcher.until(lambda s: s.step > 100)
    watcher.session.send(commands.Load(2, make_task(iris, device="cuda", epochs=LONG), play=True))
    watcher.until(lambda s: s.run == 2)
    for _ in range(10):
        step = watcher.snapshot.step
        assert watcher.until(lambda s, step=step: s.step > step or s.run != 2).run == 2


def test_step_by_step_a_late_device_makes_one_update(watcher, late, twins):
    task, same = twins()
    watcher.session.send(commands.Load(1, task, play=True))
    watcher.until(lambda s: s.step > 50)
    watcher.session.send(commands.Pause())
    step = watcher.until_status(Status.PAUSED).step
    for count in range(step + 1, step + 4):
        watcher.session.send(commands.Step())
        snapshot = watcher.until(lambda s, count=count: s.step >= count)
        assert snapshot.step == snapshot.metrics.step == count
        assert weights(snapshot) == alone(same, count)


def test_a_device_that_is_lost_with_a_copy_on_its_way_leaves_the_run_on_the_cpu(
    watcher, late, twins, monkeypatch
):
    monkeypatch.setattr(activity, "COPY_SECONDS", 0.0)
    task, same = twins()
    watcher.session.send(commands.Load(1, task, play=True))
    before = watcher.until(lambda s: s.step > 100)
    late.is_lost = True
    rescued = watcher.until(lambda s: s.settings.device == "cpu" and s.step > before.step)
    assert rescued.status is Status.TRAINING and not watcher.session.outbox.failures
    (remark,) = watcher.session.outbox.remarks
    assert remark.startswith("CUDA has stopped working")
    (mark,) = (mark for mark in rescued.curves.marks if mark.text == "CPU")
    assert mark.step > 0  # a copy had come
    assert weights(rescued) == alone(same, rescued.step)


@pytest.fixture
def remote(monkeypatch):
    """Let “cuda” be a device with a memory of its own."""
    device = RemoteDevice().install(monkeypatch)
    run = threading.Thread.run

    def run_there(thread):
        with device:
            run(thread)

    monkeypatch.setattr(threading.Thread, "run", run_there)
    monkeypatch.setattr(activity, "COPY_SECONDS", 0.0)
    return device


@pytest.mark.parametrize("optimiser", ["sgd", "adam", "newton", "lbfgs"])
def test_a_session_trains_on_a_device_with_its_own_memory_and_outlives_it(
    remote, watcher, iris, make_task, optimiser
):
    task, same = (
        make_task(iris, device=name, optimiser=optimiser, batch_size=8, epochs=LONG)
        for name in ("cuda", "cpu")
    )
    watcher.session.send(commands.Load(1, task, play=True))
    before = watcher.until(lambda s: s.step > 20)
    remote.is_lost = True
    rescued = watcher.until(lambda s: s.settings.device == "cpu" and s.step > before.step)
    assert rescued.status is Status.TRAINING and not watcher.session.outbox.failures
    assert [mark.text for mark in rescued.curves.marks] == ["CPU"]
    assert weights(rescued) == alone(same, rescued.step)


def test_a_command_does_not_wait_for_the_end_of_a_large_update(
    watcher, make_task, digits, monkeypatch
):
    """An update of many slices is left half done; going on completes it, with the same result."""
    monkeypatch.setattr(batches, "SLICE_ROWS", 1)
    monkeypatch.setattr(session, "SLICE_SECONDS", 1e-6)
    task = make_task(digits, batch_size=None, epochs=LONG)
    watcher.session.send(commands.Load(1, task, play=True))
    watcher.until(lambda s: s.step > 0)
    watcher.session.send(commands.Pause())
    paused = watcher.until_status(Status.PAUSED)
    watcher.session.send(commands.Play())
    later = watcher.until(lambda s: s.step > paused.step)
    twin = Trainer(task)
    for _ in range(later.step):
        twin.step()
    assert np.array_equal(later.params.W, twin.params().W)


def test_the_pace_tells_how_much_of_its_time_the_thread_works(watcher, task):
    watcher.session.send(commands.Load(1, task, play=True))
    pace = watcher.until(lambda s: s.pace.steps > 0).pace
    assert 0 <= pace.training <= 1 and pace.training + pace.waiting == pytest.approx(1)
    watcher.session.send(commands.SetSpeed(20))
    slow = watcher.until(lambda s: 0 < s.pace.steps < 30).pace
    assert slow.waiting > 0.5


def test_a_run_that_cannot_even_be_shown_ends_no_thread(watcher, task, monkeypatch):
    def explode(self):
        raise RuntimeError("boom")

    watcher.session.send(commands.Load(1, task))
    watcher.until_status(Status.READY)
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "params", explode)
        watcher.session.send(commands.Step())
        assert "boom" in watcher.failure().message
    watcher.session.send(commands.Step())
    watcher.until(lambda s: s.step == 2)


def test_a_refused_setting_is_told_and_leaves_the_run_as_it_was(watcher, task):
    watcher.session.send(commands.Load(1, task))
    watcher.session.send(commands.Tune({"learning_rate": -1.0}))
    assert (
        watcher.failure().message
        == "learning_rate is -1; it must be greater than 0 and at most 1e+38."
    )
    watcher.session.send(commands.Step())
    assert watcher.until(lambda s: s.step == 1).settings == task.config.training


def test_a_task_that_cannot_be_trained_leaves_the_last_run_in_place(
    watcher, task, two_blobs, make_task
):
    hopeless = make_task(replace(two_blobs, y=np.zeros_like(two_blobs.y)))
    watcher.session.send(commands.Load(1, task, play=True))
    watcher.until(lambda s: s.step > 10)
    watcher.session.send(commands.Load(2, hopeless))
    failure = watcher.failure()
    assert failure.run == 2 and "one class" in failure.message
    watcher.until_status(Status.PAUSED, run=1)
    watcher.session.send(commands.Resume(3, hopeless))
    assert watcher.failure().run == 3
    watcher.session.send(commands.Play())
    watcher.until_status(Status.TRAINING, run=1)
    assert not watcher.session.outbox.failures


def test_a_command_with_nothing_to_train_is_told(watcher):
    watcher.session.send(commands.Play())
    failure = watcher.failure()
    assert failure.run is None and failure.message == "There is nothing to train yet."


def test_a_broken_pytorch_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "core.train.device", None)
    watcher = Watcher()
    assert "PyTorch cannot be loaded" in watcher.failure().message
    watcher.session.close()
    assert not watcher.session.is_alive


# The end --------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [1, None])
def test_closing_while_it_trains_flat_out_ends_the_thread(digits, make_task, batch_size):
    watcher = Watcher()
    watcher.session.send(
        commands.Load(1, make_task(digits, epochs=LONG, batch_size=batch_size), play=True)
    )
    watcher.until(lambda s: s.step > 10)
    closing = threading.Thread(target=watcher.session.close)
    closing.start()
    closing.join(PATIENCE)
    assert not closing.is_alive() and not watcher.session.is_alive


def test_closing_drops_what_is_still_queued(task):
    watcher = Watcher()
    watcher.session.send(commands.Load(1, task))
    watcher.until_status(Status.READY)
    watcher.session.send(commands.SetSpeed(1 / PATIENCE))
    for _ in range(100):
        watcher.session.send(commands.Play())
    watcher.session.close()
    assert not watcher.session.is_alive


def test_a_session_that_never_started_can_be_closed():
    session = Session()
    session.close()
    assert not session.is_alive


# One truth ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "iris --epochs 30",
        "iris --model binary --positive versicolor --init random --batch-size full --epochs 30",
        "digits --epochs 4 --weight-decay 0.01 --seed 5",
    ],
)
def test_window_and_command_line_give_bit_identical_weights(watcher, words, tmp_path, make_task):
    path = tmp_path / "run.json"
    assert cli.main([*words.split(), "--json", str(path)]) == 0
    told = json.loads(path.read_text(encoding="utf-8"))
    config = RunConfig.from_dict(told["config"])
    watcher.session.send(
        commands.Load(1, prepare(sources.load(DataConfig(config.data.source)), config))
    )
    watcher.session.send(commands.Play())
    finished = watcher.until_status(Status.FINISHED)
    assert weights(finished) == (told["W"], told["b"])
    assert finished.metrics.train_loss == told["train_loss"]
