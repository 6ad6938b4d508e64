"""Updates in graphs equal updates made one by one; a device is never far behind nor waited for."""

import math
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from core.train import batches, cuda_graphs, warm_start
from core.train import device as device_
from core.train import metrics as measure
from core.train.cuda_graphs import HELD, TOGETHER
from core.train.device import AHEAD, MARKED, Cuda, HostCopy, Lag, queue_of
from core.train.optimisers import RULES
from core.train.snapshot import Status
from core.train.trainer import Trainer
from core.train.warm_start import move_to
from tests.core.late import LateDevice

LONG = 10**6
FLAT_OUT = 10**6


@pytest.fixture
def device(monkeypatch):
    return LateDevice().install(monkeypatch)


@pytest.fixture
def pair(device, make_task, monkeypatch):
    """Return pair(dataset, …): a trainer on the device, and one on the CPU; both measure rarely."""
    monkeypatch.setattr(measure, "CHEAP", 0)

    def make(dataset, **options):
        options = {"epochs": LONG, **options}
        tasks = (make_task(dataset, device=name, **options) for name in ("cuda", "cpu"))
        return tuple(Trainer(task) for task in tasks)

    return make


def go(subject, steps, most=FLAT_OUT):
    """Advance by at least so many steps, or to an outcome."""
    end = subject.step_count + steps
    while subject.outcome is None and subject.step_count < end:
        subject.advance(most)


def follow(twin, subject):
    """Make the same updates one by one."""
    while twin.step_count < subject.step_count and twin.outcome is None:
        twin.step()


def assert_same(subject, twin):
    ours, theirs = subject.params(), twin.params()
    assert np.array_equal(ours.W, theirs.W) and np.array_equal(ours.b, theirs.b)
    assert (subject.step_count, subject.epoch) == (twin.step_count, twin.epoch)
    assert (subject.outcome, subject.message) == (twin.outcome, twin.message)
    assert np.array_equal(
        subject.history.curves().table, twin.history.curves().table, equal_nan=True
    )
    assert subject.history.curves().marks == twin.history.curves().marks
    assert np.array_equal(subject.next_rows(), twin.next_rows())


# Graphs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["iris", "digits"])
@pytest.mark.parametrize("kind", ["softmax", "binary"])
@pytest.mark.parametrize("batch_size", [1, 8, 50, 100, None])
@pytest.mark.parametrize("standardise", [False, True])
def test_graphs_give_the_weights_of_updates_one_by_one(
    name, kind, batch_size, standardise, request, pair, device
):
    subject, twin = pair(
        request.getfixturevalue(name),
        data={"standardise": standardise},
        model={"kind": kind, "init": "random"},
        batch_size=batch_size,
        weight_decay=0.01,
        learning_rate=0.05,
    )
    go(subject, 600 if name == "iris" else 400)
    follow(twin, subject)
    assert_same(subject, twin)
    assert device.replayed > 0


@pytest.mark.parametrize("optimiser", [name for name, rule in RULES.items() if rule.is_steady])
def test_thresholds_and_class_weights_are_in_the_graphs(optimiser, iris, pair, device):
    subject, twin = pair(
        iris.with_two_classes("setosa", None),
        data={"features": ("all",)},
        model={"kind": "binary"},
        batch_size=8,
        optimiser=optimiser,
        l1=0.5,
        class_weight="balanced",
        learning_rate=0.02,
    )
    go(subject, 600)
    follow(twin, subject)
    assert_same(subject, twin)
    assert device.replayed > 0 and not subject.params().W.all()


def test_the_last_smaller_batch_of_an_epoch_is_made_by_itself(digits, pair, device):
    subject, twin = pair(digits, batch_size=64)
    assert len(subject.task.train_rows) % 64
    go(subject, 10 * math.ceil(len(subject.task.train_rows) / 64))
    follow(twin, subject)
    assert subject.epoch >= 10
    assert_same(subject, twin)


def test_many_updates_go_in_one_graph(digits, pair, device):
    subject, _ = pair(digits, batch_size=8)
    go(subject, 1000)
    before, replayed = subject.step_count, device.replayed
    go(subject, 1000)
    assert (subject.step_count - before) / (device.replayed - replayed) > TOGETHER / 2


def test_a_step_is_one_update(digits, pair, device):
    subject, twin = pair(digits, batch_size=8)
    for count in range(1, 3 * HELD):
        subject.step()
        assert subject.step_count == count
    follow(twin, subject)
    assert_same(subject, twin)
    assert device.replayed > 0


def test_steps_and_leaps_may_take_turns(digits, pair, rng):
    subject, twin = pair(digits, batch_size=16)
    for most in rng.choice([1, 1, 5, FLAT_OUT], size=300):
        subject.advance(int(most))
    follow(twin, subject)
    assert_same(subject, twin)


def test_nothing_is_measured_or_ends_within_a_graph(digits, pair):
    """What is due by step or epoch comes at the same step as without graphs."""
    subject, twin = pair(digits, batch_size=8, tolerance=1e-6)
    go(subject, 1200)
    follow(twin, subject)
    assert subject.history.curves().step.tolist() == twin.history.curves().step.tolist()
    assert_same(subject, twin)


CHANGES = (
    {"learning_rate": 0.3},
    {"weight_decay": 0.02},
    {"batch_size": 5},
    {"batch_size": None},
    {"batch_size": 60, "learning_rate": 0.02},
    {"batch_size": 8, "weight_decay": 0.0},
)


def test_tuning_holds_from_the_next_step_on(digits, pair, device):
    subject, twin = pair(digits, batch_size=8)
    for changes in CHANGES:
        go(subject, 333)
        follow(twin, subject)
        subject.set_hyperparameters(**changes)
        twin.set_hyperparameters(**changes)
        assert_same(subject, twin)
    go(subject, 333)
    follow(twin, subject)
    assert_same(subject, twin)
    assert device.captured >= len(CHANGES)


def test_settings_that_are_dragged_along_are_not_captured(digits, pair, device):
    subject, _ = pair(digits, batch_size=8)
    go(subject, 3 * HELD)
    captured = device.captured
    for k in range(1, 50):
        subject.set_hyperparameters(learning_rate=k / 100)
        go(subject, HELD // 2)
    assert device.captured == captured > 0


def test_reset_gives_the_same_run_again(digits, pair):
    subject, twin = pair(digits, batch_size=8, model={"init": "random"})
    go(subject, 500)
    subject.reset()
    assert_same(subject, twin)
    go(subject, 500)
    follow(twin, subject)
    assert_same(subject, twin)


def test_divergence_is_found_at_the_same_step_and_left_in_the_same_way(digits, pair):
    subject, twin = pair(digits, batch_size=8)
    for each in (subject, twin):
        go(each, 400, most=FLAT_OUT if each is subject else 1)
    follow(twin, subject)
    for each in (subject, twin):
        each.set_hyperparameters(learning_rate=1e30)
    go(subject, LONG)
    go(twin, LONG, most=1)
    assert subject.outcome is Status.DIVERGED
    assert_same(subject, twin)
    for each in (subject, twin):
        each.set_hyperparameters(learning_rate=each.stopping.suggested_learning_rate(each.settings))
        each.go_on()
    go(subject, 400)
    follow(twin, subject)
    assert_same(subject, twin)


def test_a_divergence_while_graphs_are_replayed_returns_to_a_healthy_place(digits, pair, device):
    subject, twin = pair(digits, batch_size=8, learning_rate=0.01, weight_decay=200.2)
    go(subject, 3000)
    go(twin, 3000, most=1)
    assert subject.outcome is twin.outcome is Status.DIVERGED and device.replayed > 0
    assert_same(subject, twin)
    subject.go_on()  # the same graphs, with what the weights are now
    twin.go_on()
    go(subject, 500)
    follow(twin, subject)
    assert_same(subject, twin)


def test_weights_that_are_moved_or_taken_over_go_on_in_graphs(digits, pair, device):
    (subject, twin), (later, later_twin) = pair(digits, batch_size=8), pair(digits, batch_size=8)
    go(subject, 400)
    follow(twin, subject)
    go(later, 100)
    follow(later_twin, later)
    start = later.params()
    for old, new in ((subject, later), (twin, later_twin)):
        warm_start.warm_start_from(new, old)
        move_to(new, start)
    go(later, 400)
    follow(later_twin, later)
    assert_same(later, later_twin)


def test_finished_means_the_same_step(digits, pair):
    subject, twin = pair(digits, batch_size=16, epochs=4)
    go(subject, LONG)
    go(twin, LONG, most=1)
    assert subject.outcome is Status.FINISHED
    assert_same(subject, twin)


def test_where_no_graph_can_be_captured_it_is_tried_once(digits, pair, device):
    device.can_capture = False
    subject, twin = pair(digits, batch_size=8)
    go(subject, 600)
    subject.set_hyperparameters(learning_rate=0.2)
    twin_at_tune = subject.step_count
    go(subject, 600)
    while twin.step_count < subject.step_count:
        if twin.step_count == twin_at_tune:
            twin.set_hyperparameters(learning_rate=0.2)
        twin.step()
    assert_same(subject, twin)
    assert device.tried == 1


def test_a_device_without_room_for_a_graph_makes_updates_one_by_one(
    digits, pair, device, monkeypatch
):
    def refuse(*_):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(cuda_graphs, "Block", refuse)
    subject, twin = pair(digits, batch_size=8)
    go(subject, 400)
    follow(twin, subject)
    assert_same(subject, twin)
    assert device.captured == 0


def test_a_batch_in_slices_is_not_captured(digits, pair, device, monkeypatch):
    monkeypatch.setattr(batches, "SLICE_ROWS", 100)
    subject, twin = pair(digits, batch_size=400)
    go(subject, 100)
    follow(twin, subject)
    assert_same(subject, twin)
    assert device.captured == 0


class Streams:
    """What `torch.cuda` says of streams and graphs, without a device."""

    def __init__(self, monkeypatch, failing=""):
        self.failing, self.current, self.told = failing, "main", []
        self.is_capturing = False
        for name in ("stream", "graph", "CUDAGraph", "current_stream"):
            monkeypatch.setattr(torch.cuda, name, getattr(self, name))
        monkeypatch.setattr(torch.cuda, "device", lambda _: nullcontext())
        monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
        monkeypatch.setattr(device_, "_side_stream", lambda index: self.current_stream("side"))

    def current_stream(self, name=None):
        name = name or self.current
        return SimpleNamespace(
            name=name, wait_stream=lambda other: self.told.append((name, "waits for", other.name))
        )

    @contextmanager
    def stream(self, stream):
        before, self.current = self.current, stream.name
        try:
            yield
        finally:
            self.current = before

    @contextmanager
    def graph(self, graph, stream, capture_error_mode):
        self.current = stream.name  # it is not put back where capturing fails
        assert capture_error_mode == "thread_local"
        if self.failing == "begin":
            raise RuntimeError("it cannot begin")
        self.is_capturing = True
        try:
            yield
        finally:
            self.is_capturing = False
            if self.failing == "end":
                raise RuntimeError("it cannot end")

    def CUDAGraph(self):
        return SimpleNamespace(replay=lambda: self.told.append("replay"))

    def work(self):
        self.told.append("capture" if self.is_capturing else f"work on {self.current}")
        if self.is_capturing and self.failing == "work":
            raise torch.AcceleratorError("operation not permitted when stream is capturing")


DONE_ONCE = [("side", "waits for", "main"), "work on side", ("main", "waits for", "side")]


def test_work_is_done_once_on_a_stream_of_its_own_and_then_captured_there(monkeypatch):
    streams = Streams(monkeypatch)
    replay = Cuda(torch.device("cuda")).capture(streams.work)
    assert streams.told == [*DONE_ONCE, "capture"] and streams.current == "main"
    assert replay is not None
    replay()
    assert streams.told[-1] == "replay"


@pytest.mark.parametrize("failing", ["begin", "work", "end"])
def test_where_capturing_fails_the_work_is_done_once_all_the_same(failing, monkeypatch):
    streams = Streams(monkeypatch, failing)
    assert Cuda(torch.device("cuda")).capture(streams.work) is None
    assert [told for told in streams.told if told != "capture"] == DONE_ONCE
    assert streams.current == "main"


@pytest.fixture
def twins_on_cuda(make_task, monkeypatch):
    """Return twins(dataset, …): two trainers on the CUDA device, only the first with graphs."""
    monkeypatch.setattr(measure, "CHEAP", 0)

    def make(dataset, **options):
        task = make_task(dataset, device=device_.devices()[-1], epochs=LONG, **options)
        subject, twin = Trainer(task), Trainer(task)
        monkeypatch.setattr(twin.update._blocks, "find", lambda *_: None)
        return subject, twin

    return make


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
@pytest.mark.parametrize("name", ["iris", "digits"])
@pytest.mark.parametrize("kind", ["softmax", "binary"])
@pytest.mark.parametrize("batch_size", [8, 50, None])
def test_real_graphs_agree_with_updates_one_by_one(name, kind, batch_size, request, twins_on_cuda):
    subject, twin = twins_on_cuda(
        request.getfixturevalue(name),
        model={"kind": kind, "init": "random"},
        batch_size=batch_size,
        learning_rate=0.05,
        l1=0.001,
        class_weight="balanced",
    )
    for eta in (0.05, 0.02):
        for each in (subject, twin):
            each.set_hyperparameters(learning_rate=eta, weight_decay=eta / 10)
        go(subject, 700)
        follow(twin, subject)
        ours, theirs = subject.params(), twin.params()
        np.testing.assert_allclose(ours.W, theirs.W, rtol=1e-3, atol=1e-4)
        np.testing.assert_allclose(ours.b, theirs.b, rtol=1e-3, atol=1e-4)
        assert np.array_equal(subject.next_rows(), twin.next_rows())
        assert all(block._replay is not None for block in subject.update._blocks._blocks.values())
        assert subject.update._blocks._blocks


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
def test_a_real_copy_is_of_the_moment_it_was_started(digits, twins_on_cuda):
    subject, _ = twins_on_cuda(digits, batch_size=8)
    go(subject, 500)
    expected, copy = subject.params(), subject.update.start_copy()
    go(subject, 500)
    W, b = copy.take()
    assert not W.is_pinned()
    assert np.array_equal(W, expected.W) and np.array_equal(b, expected.b)
    assert not np.array_equal(subject.params().W, expected.W)


def test_the_cpu_has_no_queue(pair, iris):
    _, twin = pair(iris)
    assert queue_of(torch.device("cpu")) is None and not twin.stepper.is_queued


# Copies ---------------------------------------------------------------------------------------


def test_a_copy_is_of_the_moment_it_was_started(digits, pair, device):
    subject, twin = pair(digits, batch_size=8)
    go(subject, 100)
    copy = subject.update.start_copy()
    follow(twin, subject)
    go(subject, 100)
    assert [copy.is_there for _ in range(device.queries + 1)] == [False] * device.queries + [True]
    W, b = copy.take()
    assert np.array_equal(W, twin.params().W) and np.array_equal(b, twin.params().b)


def test_a_copy_that_is_taken_early_is_waited_for(device):
    copy = HostCopy(device, torch.ones(2, 3), torch.ones(2))
    W, b = copy.take()
    assert W.min() == b.min() == 1 and device.waits == 1


def test_the_refuge_comes_while_it_trains(digits, pair, device):
    subject, _ = pair(digits, batch_size=8)
    go(subject, 50)
    waits = device.waits
    subject.backup.start(subject.checkpoint())
    begun_at = subject.step_count
    subject.backup.start(subject.checkpoint())  # one at a time
    for _ in range(device.queries + 1):
        subject.step()
    assert warm_start.rescued(subject).step_count == begun_at
    assert device.waits == waits


def test_a_refuge_that_never_came_leaves_the_one_before(digits, pair, device):
    subject, twin = pair(digits, batch_size=8)
    go(subject, 50)
    subject.backup.take(subject.checkpoint())
    follow(twin, subject)
    go(subject, 50)
    subject.backup.start(subject.checkpoint())
    device.is_lost = True
    rescued = warm_start.rescued(subject)
    assert rescued.step_count == twin.step_count
    assert np.array_equal(rescued.params().W, twin.params().W)


def test_after_a_reset_no_older_copy_becomes_the_refuge(digits, pair, device):
    subject, _ = pair(digits, batch_size=8)
    go(subject, 50)
    subject.backup.start(subject.checkpoint())
    subject.reset()
    for _ in range(10):
        subject.step()
    assert warm_start.rescued(subject).step_count == 0


# Lag ------------------------------------------------------------------------------------------


class Slow(LateDevice):
    """It does nothing until it is waited for."""

    launched = done = 0

    def signal(self):
        launched = self.launched

        def synchronize():
            self.done = launched

        return SimpleNamespace(query=lambda: self.done >= launched, synchronize=synchronize)


@pytest.mark.parametrize("pieces", [1, 5, TOGETHER])
def test_a_device_is_never_far_behind(pieces):
    slow = Slow()
    lag = Lag(slow)
    for _ in range(2000):
        lag.add(pieces)
        slow.launched += pieces
        assert slow.launched - slow.done <= (AHEAD + 1) * (MARKED + pieces)
    assert slow.done > 0
