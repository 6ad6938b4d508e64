"""On a device with a memory of its own a run is what it is on the CPU, and outlives its device."""

import numpy as np
import pytest

from core.train import metrics as measure
from core.train import warm_start
from core.train.losses import HEADS
from core.train.optimisers import RULES
from core.train.second_order import METHODS
from core.train.trainer import Trainer
from core.train.warm_start import move_to, start_from
from tests.core.late import LateDevice
from tests.core.remote import RemoteDevice

LONG = 10**6


@pytest.fixture
def device(monkeypatch):
    with RemoteDevice().install(monkeypatch) as device:
        yield device


@pytest.fixture
def pair(device, make_task):
    """Return pair(dataset, …): a trainer on the device, and one on the CPU."""

    def make(dataset, **options):
        options = {"epochs": LONG, **options}
        names = ("cuda", "cpu")
        return tuple(Trainer(make_task(dataset, device=name, **options)) for name in names)

    return make


def go(*trainers, steps):
    for each in trainers:
        for _ in range(steps):
            each.step()


def assert_same(subject, twin):
    assert subject.step_count == twin.step_count
    for ours, theirs in zip(subject.params().arrays, twin.params().arrays, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert np.array_equal(
        subject.history.curves().table, twin.history.curves().table, equal_nan=True
    )


HIDDEN = [{"hidden": 5, "activation": name} for name in ("relu", "tanh", "sigmoid")]


@pytest.mark.parametrize("batch_size", [8, None])
@pytest.mark.parametrize("model", [*({"kind": kind} for kind in HEADS), *HIDDEN], ids=str)
def test_every_model_trains_there_as_on_the_cpu(model, batch_size, pair, iris):
    subject, twin = pair(iris, model={"init": "random", **model}, batch_size=batch_size)
    go(subject, twin, steps=30)
    assert_same(subject, twin)


@pytest.mark.parametrize("optimiser", [*RULES, *METHODS])
def test_every_optimiser_trains_there_as_on_the_cpu(optimiser, pair, iris):
    l1 = 0.001 if optimiser in RULES else 0.0
    subject, twin = pair(iris, optimiser=optimiser, batch_size=8, weight_decay=0.01, l1=l1)
    go(subject, twin, steps=30)
    assert_same(subject, twin)


@pytest.mark.parametrize("standardise", [False, True])
def test_pixels_go_there_as_bytes(standardise, pair, digits):
    subject, twin = pair(digits, data={"standardise": standardise}, batch_size=32)
    go(subject, twin, steps=20)
    assert_same(subject, twin)


@pytest.mark.parametrize("optimiser", RULES)
def test_no_update_waits_for_the_device(optimiser, pair, device, digits, monkeypatch):
    monkeypatch.setattr(measure, "CHEAP", 0)
    subject, _ = pair(digits, optimiser=optimiser, batch_size=8, l1=0.001, weight_decay=0.01)
    go(subject, steps=40)
    reads, measured = device.reads, len(subject.history.curves().step)
    go(subject, steps=100)
    measured = len(subject.history.curves().step) - measured
    # A measurement reads its figures at once, and the weights of that step for the trajectory.
    assert 0 < measured < 10 and device.reads - reads == 2 * measured


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("optimiser", [*RULES, *METHODS])
def test_a_run_outlives_its_device(optimiser, is_there, pair, device, iris):
    subject, twin = pair(iris, optimiser=optimiser, batch_size=8)
    go(subject, twin, steps=15)
    if is_there:
        subject.backup.take(subject.checkpoint())
    else:
        subject.backup.start(subject.checkpoint())
        device.queries = 0
    go(subject, steps=5)  # these are lost
    device.is_lost = True
    rescued = warm_start.rescued(subject)
    go(rescued, twin, steps=10)
    assert rescued.step_count == twin.step_count == 25
    for ours, theirs in zip(rescued.params().arrays, twin.params().arrays, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(("optimiser", "steps"), [("sgd", 80), ("adam", 80), ("lbfgs", 40)])
def test_its_past_is_there_too(optimiser, steps, pair, iris):
    subject, twin = pair(iris, optimiser=optimiser, batch_size=8)
    go(subject, twin, steps=steps)
    for step in (steps - 10, 3, steps - 9, 0):
        subject.timeline.go_to(step)
        twin.timeline.go_to(step)
        assert_same(subject, twin)
    subject.branch_here()
    twin.branch_here()
    go(subject, twin, steps=20)
    assert_same(subject, twin)


def test_weights_are_moved_and_taken_over_there(pair, iris):
    (subject, twin), (later, later_twin) = pair(iris, batch_size=8), pair(iris, batch_size=8)
    go(subject, twin, steps=50)
    start = twin.params()
    for old, new in ((subject, later), (twin, later_twin)):
        warm_start.warm_start_from(new, old)
        new.set_hyperparameters(learning_rate=0.2, batch_size=None)
        new.step()
        move_to(new, start)
        new.step()
        start_from(new, start)
    go(later, later_twin, steps=10)
    assert_same(later, later_twin)


def test_divergence_there_returns_to_a_healthy_place(pair, iris):
    subject, twin = pair(iris, learning_rate=1e6, data={"standardise": False})
    for each in (subject, twin):
        while each.outcome is None:
            each.step()
        each.set_hyperparameters(learning_rate=each.stopping.suggested_learning_rate(each.settings))
        each.go_on()
    go(subject, twin, steps=20)
    assert_same(subject, twin)


@pytest.mark.parametrize("optimiser", ["momentum", "nesterov", "rmsprop"])
def test_updates_in_graphs_are_counted_once(optimiser, make_task, digits, monkeypatch):
    late = LateDevice().install(monkeypatch)
    monkeypatch.setattr(measure, "CHEAP", 0)
    task = make_task(digits, device="cuda", optimiser=optimiser, batch_size=8, epochs=LONG)
    trainer = Trainer(task)
    while trainer.step_count < 500:
        trainer.advance(LONG)
    assert late.replayed > 0
    assert trainer.update.count == trainer.step_count
