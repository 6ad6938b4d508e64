"""Figures of a run at rest are of all training rows; on the way they say that they are not."""

import threading
import time

import numpy as np
import pytest
from sklearn.metrics import log_loss

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data.dataset import Dataset
from core.data.sources import load
from core.data.task import prepare
from core.evaluate import model_outputs
from core.runs import commands
from core.runs.exact_metrics import ExactMetrics
from core.runs.session import Session
from core.train import batches, history
from core.train.snapshot import Status
from core.train.trainer import Trainer

PATIENCE = 60.0
N = 12_000  # training rows


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(5)
    X = rng.normal(size=(15_000, 3)).astype(np.float32)
    y = (X[:, 0] + rng.normal(size=15_000) > 0).astype(np.int64)
    return Dataset("Many", X, y, ("a", "b", "c"), ("no", "yes"))


@pytest.fixture
def task(rows, make_task):
    return make_task(rows, epochs=10**6, learning_rate=0.05, batch_size=128)


@pytest.fixture
def session():
    session = Session()
    session.start()
    session.send(commands.SetSpeed(float("inf")))
    yield session
    session.close()


def until(session, condition):
    end, moment = time.monotonic() + PATIENCE, threading.Event()
    while time.monotonic() < end:
        snapshot = session.outbox.snapshots.take()
        if snapshot is not None and condition(snapshot):
            return snapshot
        moment.wait(0.001)
    raise AssertionError("it never came")


def exact(task, params):
    """Loss and accuracy over all training rows, in float64."""
    y = task.dataset.y[task.train_rows]
    X = task.inputs(task.dataset.values(task.train_rows)).astype(np.float64)
    Z = X @ params.W.T.astype(np.float64) + params.b
    A = np.exp(Z - Z.max(axis=1, keepdims=True))
    A /= A.sum(axis=1, keepdims=True)
    return log_loss(y, A), float((Z.argmax(axis=1) == y).mean())


def assert_exact(task, snapshot):
    loss, accuracy = exact(task, snapshot.params)
    assert snapshot.metrics.step == snapshot.step
    assert snapshot.metrics.train_loss == pytest.approx(loss, rel=1e-5)
    assert snapshot.metrics.train_accuracy == pytest.approx(accuracy, abs=1.5 / N)


def test_paused_ended_and_stepped_the_figures_are_of_all_rows(session, task):
    session.send(commands.Load(1, task))
    first = until(session, lambda s: not s.metrics.sampled)
    assert first.status is Status.READY
    session.send(commands.Play())
    running = until(session, lambda s: s.status is Status.TRAINING and s.step > 400)
    assert running.metrics.sampled == history.SAMPLE
    session.send(commands.Pause())
    paused = until(session, lambda s: s.status is Status.PAUSED and not s.metrics.sampled)
    assert_exact(task, paused)
    session.send(commands.Step())
    stepped = until(session, lambda s: s.step == paused.step + 1 and not s.metrics.sampled)
    assert_exact(task, stepped)
    session.send(commands.GoTo(7))
    past = until(session, lambda s: s.step == 7 and not s.metrics.sampled)
    assert_exact(task, past)
    session.send(commands.GoLive())
    session.send(commands.Tune({"epochs": stepped.epoch + 1}))
    session.send(commands.Play())
    ended = until(session, lambda s: s.status is Status.FINISHED and not s.metrics.sampled)
    assert_exact(task, ended)


def test_the_curve_keeps_to_its_sample_so_that_a_pause_leaves_no_step(session, task):
    session.send(commands.Load(1, task))
    session.send(commands.Step())
    snapshot = until(session, lambda s: s.step == 1 and not s.metrics.sampled)
    trainer = Trainer(task)
    trainer.step()
    loss = trainer.measure().train_loss
    assert snapshot.curves.train_loss[-1] == loss != snapshot.metrics.train_loss


def test_a_pause_is_seen_before_the_figures_are_exact(session, task):
    session.send(commands.Load(1, task, play=True))
    until(session, lambda s: s.step > 100)
    session.send(commands.Pause())
    seen = []

    def is_exact(snapshot):
        if snapshot.status is Status.PAUSED:
            seen.append(snapshot.metrics.sampled)
        return snapshot.status is Status.PAUSED and not snapshot.metrics.sampled

    until(session, is_exact)
    assert seen[-1] == 0 and set(seen[:-1]) <= {history.SAMPLE}


def test_entries_at_rest_have_exact_figures(session, task, rows, make_task):
    tasks = [make_task(rows, epochs=1, learning_rate=rate, batch_size=128) for rate in (0.01, 0.1)]
    session.send(commands.BeginRace(1, tasks))
    session.send(commands.RunRace())
    end, moment = time.monotonic() + PATIENCE, threading.Event()
    snapshot = None
    while (
        snapshot is None
        or snapshot.status is not Status.FINISHED
        or any(entry.metrics.sampled for entry in snapshot.entries)
    ):
        assert time.monotonic() < end
        snapshot = session.outbox.races.take() or snapshot
        moment.wait(0.001)
    for one, entry in zip(tasks, snapshot.entries, strict=True):
        assert entry.metrics.train_accuracy == pytest.approx(
            exact(one, entry.params)[1], abs=1.5 / N
        )


def test_what_moves_the_weights_meanwhile_begins_anew(task, monkeypatch):
    monkeypatch.setattr(batches, "SLICE_ROWS", 100)  # many slices
    trainer = Trainer(task)
    exact_metrics = ExactMetrics(lambda: trainer)
    assert not exact_metrics.advance(until=0.0)
    trainer.step()
    trainer.measure()
    while not exact_metrics.advance(until=0.0):
        pass
    assert trainer.metrics.step == 1 and not trainer.metrics.sampled
    loss, _ = exact(task, trainer.params())
    assert trainer.metrics.train_loss == pytest.approx(loss, rel=1e-5)


def test_what_fails_is_told_once(session, task, monkeypatch):
    def fail(*_):
        yield
        raise RuntimeError("no memory")

    monkeypatch.setattr("core.train.metrics.Measurement.exactly", fail)
    session.send(commands.Load(1, task))
    end, moment = time.monotonic() + PATIENCE, threading.Event()
    while not session.outbox.failures:
        assert time.monotonic() < end
        moment.wait(0.001)
    session.send(commands.Step())
    until(session, lambda s: s.step == 1)
    assert len(session.outbox.failures) <= 2


@pytest.mark.slow
def test_mnist_at_rest_is_what_a_recomputation_says(session, mnist_folder):
    data = DataConfig("mnist", folder=str(mnist_folder))
    task = prepare(load(data), RunConfig(data, training=TrainingConfig(batch_size=256)))
    session.send(commands.Load(1, task, play=True))
    until(session, lambda s: s.step > 100)
    session.send(commands.Pause())
    snapshot = until(session, lambda s: s.status is Status.PAUSED and not s.metrics.sampled)
    X = task.dataset.X[:60_000].astype(np.float64) / 255
    Z = X @ snapshot.params.W.T.astype(np.float64) + snapshot.params.b
    share = float((Z.argmax(axis=1) == task.dataset.y[:60_000]).mean())
    assert snapshot.metrics.train_accuracy == pytest.approx(share, abs=1.5 / 60_000)


def test_the_figures_of_weights_alone_are_those_of_their_trainer(rows, make_task):
    for data in ({}, {"test_fraction": 0.0}, {"validation_fraction": 0.1}):
        trainer = Trainer(make_task(rows, data=data))
        for _ in range(20):
            trainer.step()
        mine = trainer.measure(exact=True)
        found = model_outputs.measured(trainer.task, trainer.params(), 20, 0)
        assert found.figures == pytest.approx(mine.figures, rel=1e-5, nan_ok=True)
        assert np.array_equal(found.confusion, mine.confusion)
