"""Trainers in lock step: each is what it would be alone."""

from __future__ import annotations

import numpy as np
import pytest

from core.runs import commands
from core.runs.race import Race
from core.runs.session import Session
from core.train.snapshot import Status
from core.train.trainer import Trainer

SETTINGS = (
    {"learning_rate": 0.1},
    {"learning_rate": 0.05, "optimiser": "adam"},
    {"learning_rate": 0.1, "batch_size": None},
    {"learning_rate": 0.1, "optimiser": "newton"},
)


@pytest.fixture
def tasks(make_task, iris):
    return [make_task(iris, epochs=20, **settings) for settings in SETTINGS]


def same(a, b):
    assert np.array_equal(a.params.W, b.params().W)
    assert np.array_equal(a.params.b, b.params().b)


def test_after_k_rounds_everyone_has_the_weights_of_k_updates_alone(tasks):
    race = Race(1, [Trainer(task) for task in tasks])
    while race.rounds < 13:
        race.advance()
    snapshot = race.snapshot(is_running=False)
    for task, entry in zip(tasks, snapshot.entries, strict=True):
        alone = Trainer(task)
        for _ in range(13):
            alone.step()
        assert entry.step == 13
        same(entry, alone)


def test_the_same_seed_and_batch_size_give_everyone_the_same_rows(make_task, iris):
    trainers = [Trainer(make_task(iris, learning_rate=eta)) for eta in (0.01, 0.1, 1.0)]
    race = Race(1, trainers)
    for k in range(1, 10):
        rows = [trainer.next_rows() for trainer in trainers]
        assert all(np.array_equal(rows[0], other) for other in rows)
        while race.rounds < k:
            race.advance()


def test_it_is_over_when_all_have_trained_their_epochs(tasks):
    race = Race(1, [Trainer(task) for task in tasks])
    while not race.is_over:
        race.advance()
    snapshot = race.snapshot(is_running=True)
    assert snapshot.status is Status.FINISHED
    assert [entry.epoch for entry in snapshot.entries] == [20] * 4


def test_one_that_diverges_does_not_stop_the_others(make_task, iris):
    tasks = [
        make_task(iris, {"standardise": False, "features": ("all",)}, learning_rate=eta, epochs=9)
        for eta in (0.01, 1e6)
    ]
    race = Race(1, [Trainer(task) for task in tasks])
    while not race.is_over:
        race.advance()
    good, bad = race.snapshot(is_running=False).entries
    assert bad.status is Status.DIVERGED
    assert good.status is Status.FINISHED
    alone = Trainer(tasks[0])
    while alone.outcome is None:
        alone.step()
    same(good, alone)


# On the training thread ---------------------------------------------------------------------------


@pytest.fixture
def session():
    session = Session()
    session.start()
    yield session
    session.close()


def wait_for(session, is_so):
    """Return the first snapshot of the race for which this holds; each comes when asked for."""
    while session.is_alive:
        snapshot = session.outbox.races.take()
        if snapshot is not None and is_so(snapshot):
            return snapshot
    raise AssertionError(list(session.outbox.failures))


def test_the_session_races_to_the_weights_that_each_reaches_alone(session, tasks):
    session.send(commands.BeginRace(3, tasks))
    session.send(commands.RunRace())
    snapshot = wait_for(session, lambda snapshot: snapshot.status is Status.FINISHED)
    assert snapshot.number == 3
    for task, entry in zip(tasks, snapshot.entries, strict=True):
        alone = Trainer(task)
        while alone.outcome is None:
            alone.step()
        same(entry, alone)


def test_pausing_and_going_on_changes_no_weight(session, tasks):
    session.send(commands.BeginRace(1, tasks[:2]))
    session.send(commands.SetSpeed(400))
    session.send(commands.RunRace())
    wait_for(session, lambda snapshot: snapshot.rounds > 3)
    session.send(commands.PauseRace())
    paused = wait_for(session, lambda snapshot: snapshot.status is Status.PAUSED)
    assert paused.rounds > 3
    assert {entry.step for entry in paused.entries} == {paused.rounds}
    session.send(commands.SetSpeed(float("inf")))
    session.send(commands.RunRace())
    snapshot = wait_for(session, lambda snapshot: snapshot.status is Status.FINISHED)
    alone = Trainer(tasks[0])
    while alone.outcome is None:
        alone.step()
    same(snapshot.entries[0], alone)


def test_while_a_race_runs_the_single_run_waits(session, make_task, iris):
    session.send(commands.Load(1, make_task(iris, epochs=10**6), play=True))
    session.send(commands.BeginRace(1, [make_task(iris, epochs=10**6) for _ in range(2)]))
    session.send(commands.RunRace())
    wait_for(session, lambda snapshot: snapshot.rounds > 20)
    snapshot = None
    while snapshot is None:
        snapshot = session.outbox.snapshots.take()
    assert snapshot.status in (Status.PAUSED, Status.READY)


def test_playing_the_single_run_pauses_the_race(session, make_task, iris):
    session.send(commands.Load(1, make_task(iris, epochs=10**6)))
    session.send(commands.BeginRace(1, [make_task(iris, epochs=10**6) for _ in range(2)]))
    session.send(commands.RunRace())
    wait_for(session, lambda snapshot: snapshot.rounds > 20)
    session.send(commands.Play())
    wait_for(session, lambda snapshot: snapshot.status is Status.PAUSED)


def test_a_race_under_way_does_not_keep_the_thread_from_ending(make_task, digits):
    session = Session()
    session.start()
    session.send(commands.BeginRace(1, [make_task(digits, batch_size=None) for _ in range(4)]))
    session.send(commands.RunRace())
    wait_for(session, lambda snapshot: snapshot.rounds > 1)
    session.close()
    assert not session.is_alive


def test_what_cannot_be_trained_is_told_and_the_thread_goes_on(session, make_task, iris):
    session.send(commands.BeginRace(1, [make_task(iris), make_task(iris, device="cuda:7")]))
    while not session.outbox.failures:
        assert session.is_alive
    assert session.outbox.failures.popleft().is_of_race
    session.send(commands.BeginRace(2, [make_task(iris), make_task(iris)]))
    assert wait_for(session, lambda snapshot: snapshot.number == 2).rounds == 0
