"""What a run takes is estimated, said and refused before it is taken."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch

from core import memory
from core.cli import train as cli
from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.dataset import Dataset
from core.data.task import MAX_NEURONS, prepare
from core.errors import DataError
from core.memory import demand
from core.train import batches
from core.train.metrics import Measurement
from core.train.trainer import Trainer


def many_classes(h: int, rows_each: int = 2, m: int = 2) -> Dataset:
    rng = np.random.default_rng(h)
    return Dataset(
        name="many.csv",
        X=rng.normal(size=(h * rows_each, m)).astype(np.float32),
        y=np.arange(h * rows_each) % h,
        feature_names=tuple(f"f{j}" for j in range(m)),
        class_names=tuple(f"c{k}" for k in range(h)),
    )


def test_pairs_of_too_many_classes_are_refused_before_any_is_made():
    config = RunConfig(model=ModelConfig(kind="ovo"))
    with pytest.raises(DataError, match=r"32,640 neurons of the 256 classes.*Choose one vs rest"):
        prepare(many_classes(256), config)


def test_a_hundred_classes_are_not_too_many():
    task = prepare(many_classes(100), RunConfig(model=ModelConfig(kind="ovo")))
    assert task.outputs == 4_950 <= MAX_NEURONS


@pytest.mark.parametrize("kind", ["softmax", "ovr", "ovo"])
@pytest.mark.parametrize("hidden", [0, 7])
@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_the_parameters_are_those_that_are_trained(kind, hidden, optimiser):
    config = RunConfig(
        model=ModelConfig(kind=kind, hidden=hidden), training=TrainingConfig(optimiser=optimiser)
    )
    task = prepare(many_classes(5, m=3), config)
    assert task.demand.parameters == sum(a.size for a in Trainer(task).params().arrays)
    assert task.demand.neurons == task.outputs


def test_a_run_that_memory_has_no_room_for_is_refused_with_what_it_takes(monkeypatch, iris):
    monkeypatch.setattr(memory, "free", lambda: 1_000_000)
    config = RunConfig(data=DataConfig(features=("all",), degree=5))
    words = r"Training on Iris \(3 × 125 weights, 120 rows\) takes about \d+ MiB .* free here\."
    with pytest.raises(DataError, match=words):
        prepare(iris, config)


def test_a_machine_that_does_not_say_what_is_free_refuses_nothing(monkeypatch):
    monkeypatch.setattr(memory, "free", lambda: None)
    memory.check(1e30, "This", "")


def test_what_is_free_is_less_than_what_there_is():
    free = memory.free()
    assert free is not None and free > 0
    if sys.platform == "linux":
        import os

        assert free <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def test_more_rows_inputs_classes_and_units_take_more():
    def size(trained=1000, k=20, h=10, hidden=0, **training):
        config = RunConfig(model=ModelConfig(hidden=hidden), training=TrainingConfig(**training))
        return demand(config, trained, 100, k, h, row_size=4 * k).nbytes

    usual = size()
    for more in (
        size(trained=2000),
        size(k=40),
        size(h=20),
        size(hidden=200),
        size(optimiser="adam"),
    ):
        assert more > usual


def test_large_models_are_told_of_before_they_are_made():
    small = prepare(many_classes(3), RunConfig())
    large = prepare(many_classes(100, m=30), RunConfig(model=ModelConfig(kind="ovo")))
    assert "parameters" not in cli.describe(small)
    assert "4,950 neurons, 153,450 parameters, about" in cli.describe(large)


def test_lbfgs_makes_no_hessian(monkeypatch):
    config = RunConfig(training=TrainingConfig(optimiser="lbfgs", batch_size=None))
    trainer = Trainer(prepare(many_classes(20, m=50), config))
    sizes, zeros = [], torch.zeros

    def watched(*size, **how):
        made = zeros(*size, **how)
        sizes.append(made.numel())
        return made

    monkeypatch.setattr(torch, "zeros", watched)
    trainer.step()
    p = 20 * 51
    assert max(sizes, default=0) < p * p


def test_inputs_are_the_same_made_in_parts_or_at_once(monkeypatch):
    config = RunConfig(data=DataConfig(degree=3, sine=True))
    task = prepare(many_classes(3, rows_each=50, m=3), config)
    whole = task.inputs(task.dataset.X)
    monkeypatch.setattr("core.data.task.ROWS_AT_ONCE", 7)
    np.testing.assert_array_equal(task.inputs(task.dataset.X), whole)


def test_the_logits_of_a_slice_have_a_bounded_room():
    config = RunConfig(model=ModelConfig(kind="ovo"))
    task = prepare(many_classes(60, rows_each=20), config)
    rows = batches.to_device(task, task.train_rows, torch.device("cpu"))
    slices = [(Y.numel(), Z.numel()) for _, Y, Z in rows.slices()]
    assert len(slices) > 1 and np.max(slices) <= 1.5 * batches.SLICE


def test_many_outputs_are_measured_as_rarely_as_many_features():
    strides = []
    for kind in ("softmax", "ovo"):
        task = prepare(many_classes(60, rows_each=20), RunConfig(model=ModelConfig(kind=kind)))
        strides.append(Measurement(task, torch.device("cpu")).stride(64, 32))
    assert strides[0] == 1 < strides[1]
