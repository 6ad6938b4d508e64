"""Training from disk makes the updates of training in memory, to the bit."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.errors import DataError, DeviceError
from core.model_family import FAMILY
from core.optimiser_family import OPTIMISERS, PLAIN
from core.runs.run_state import state_of, take_up
from core.train import batches, metrics
from core.train.batches import BatchSampler
from core.train.streamed import kept
from core.train.streamed import rows as streamed
from core.train.streamed.rows import StreamedRows, kept_bytes, place_rows
from core.train.trainer import Trainer

KEEPS = pytest.mark.skipif(not hasattr(os, "pwrite"), reason="nothing is kept on Windows")
N, M = 800, 16  # rows of 64 bytes: all slices begin at the same boundary of the processor
FIRST_ORDER = [name for name, rule in OPTIMISERS.items() if not rule.is_second_order]
COUNTED = [kind.name for kind in FAMILY.values() if kind.is_counted]


@pytest.fixture
def tasks(tmp_path, rng, monkeypatch):
    """Return tasks(…): the same task on disk, in windows of 3 blocks of 64 rows, and in memory.

    What is measured is in memory unless `measures_on_disk`.
    """
    monkeypatch.setattr(batches, "SLICE_ROWS", 64)
    monkeypatch.setattr(streamed, "HELD", 0)

    def made(model=None, is_bytes=False, data=None, measures_on_disk=False, **training):
        if not measures_on_disk:
            monkeypatch.setattr(metrics, "place_rows", batches.to_device)
        X = rng.normal(size=(N, M)) + np.arange(N)[:, None] % 3
        X = rng.integers(0, 255, (N, M)).astype(np.uint8) if is_bytes else X.astype(np.float32)
        np.save(tmp_path / "X.npy", X)
        np.save(tmp_path / "y.npy", np.arange(N) % 3)
        paths: dict[str, Any] = {"path": str(tmp_path / "X.npy"), "labels": str(tmp_path / "y.npy")}
        settings = TrainingConfig(**{"epochs": 2, "batch_size": 50, **training})
        found = []
        for is_streamed in (True, False):
            config = DataConfig("csv", stream=is_streamed, **paths, **(data or {}))
            run = RunConfig(config, model or ModelConfig(), settings)
            found.append(prepare(sources.load(config), run))
        row = M * found[0].dataset.X.itemsize + 4 * found[0].outputs + 8
        monkeypatch.setattr(streamed, "WINDOW", 3 * 64 * row)
        return found

    return made


def run(trainer):
    """Train to the end and return the batches."""
    taken = []
    while trainer.outcome is None:
        if not trainer.stepper.is_amid_update:
            taken.append(trainer.stepper.next_rows())
        trainer.advance()
    return taken


def in_same_order(task, taken, monkeypatch):
    """Return a trainer of the task that takes these of its training rows, batch by batch."""
    orders = iter(torch.cat(taken).view(-1, len(task.train_rows)))

    def draw(self):
        self._set_order(next(orders))
        self._is_fresh = True

    monkeypatch.setattr(BatchSampler, "_draw", draw)
    return Trainer(task)


def assert_same(a, b):
    for ours, theirs in zip(a.params().arrays, b.params().arrays, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def assert_same_slices(a, b):
    for (X, Y, _), (other_X, other_Y, _) in zip(a, b, strict=True):
        assert torch.equal(X, other_X) and torch.equal(Y, other_Y)


@pytest.mark.parametrize("optimiser", FIRST_ORDER)
def test_weights_are_those_of_rows_in_memory_in_the_same_order(tasks, optimiser, monkeypatch):
    disk, memory = tasks(
        optimiser=optimiser, learning_rate=0.01, measures_on_disk=optimiser == PLAIN
    )
    trainer = Trainer(disk)
    taken = run(trainer)
    twin = in_same_order(memory, taken, monkeypatch)
    run(twin)
    assert_same(trainer, twin)
    ours, theirs = trainer.measure(exact=True), twin.measure(exact=True)
    assert ours.figures[:4] == theirs.figures[:4]
    np.testing.assert_array_equal(ours.confusion, theirs.confusion)


CASES = {
    "bytes": {"is_bytes": True, "data": {"standardise": False}, "learning_rate": 1e-5},
    "bytes, standardised": {"is_bytes": True, "data": {"standardise": True}},
    "hidden units": {"model": ModelConfig(hidden=5)},
    "one neuron": {"model": ModelConfig("binary", positive="1")},
    "balanced classes": {"class_weight": "balanced"},
    "validation": {"data": {"validation_fraction": 0.2}, "patience": 2},
    "batches larger than a window": {"batch_size": 500},
    "kept on disk": {"epochs": 4},
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_so_are_those_of_other_models_and_rows(tasks, case, monkeypatch):
    disk, memory = tasks(**case)
    trainer = Trainer(disk)
    taken = run(trainer)
    twin = in_same_order(memory, taken, monkeypatch)
    run(twin)
    assert_same(trainer, twin)


def test_rows_that_fit_into_memory_are_in_the_order_that_they_have_there(tasks, monkeypatch):
    disk, memory = tasks()
    monkeypatch.setattr(streamed, "HELD", 2)
    one, other = Trainer(disk), Trainer(memory)
    np.testing.assert_array_equal(torch.cat(run(one)), torch.cat(run(other)))
    assert_same(one, other)


@pytest.mark.parametrize("optimiser", ["newton", "lbfgs"])
def test_methods_that_take_all_rows_take_them_slice_by_slice(tasks, optimiser):
    one, other = (Trainer(task) for task in tasks(optimiser=optimiser, epochs=5))
    run(one)
    run(other)
    assert_same(one, other)


@pytest.mark.parametrize("kind", COUNTED)
def test_features_are_counted_as_in_memory(tasks, kind, monkeypatch):
    disk, memory = tasks(ModelConfig(kind), is_bytes=True, data={"standardise": False})
    trainer = Trainer(disk)
    twin = in_same_order(memory, run(trainer), monkeypatch)
    run(twin)
    assert_same(trainer, twin)


@pytest.mark.parametrize(("steps", "epochs"), [(1, 2), (7, 2), (15, 2), (30, 4)])
def test_a_run_goes_on_to_the_bit_and_can_be_played_again(tasks, steps, epochs):
    disk, _ = tasks(optimiser="adam", learning_rate=0.01, epochs=epochs)
    whole, begun, other = (Trainer(disk) for _ in range(3))
    run(whole)
    for _ in range(steps):
        begun.step()
    take_up(other, state_of(begun))
    run(other)
    assert_same(whole, other)
    other.timeline.go_to(steps)
    assert_same(begun, other)


def test_a_state_with_an_impossible_order_is_refused(tasks):
    disk, _ = tasks()
    trainer = Trainer(disk)
    trainer.step()
    state = state_of(trainer)
    order = torch.arange(len(disk.train_rows))
    sampler = state.checkpoint.sampler._replace(order=order)
    with pytest.raises(DataError, match="the order of its rows"):
        take_up(
            Trainer(disk), replace(state, checkpoint=replace(state.checkpoint, sampler=sampler))
        )


def test_a_file_that_changes_while_it_trains_ends_the_run_with_words(tasks):
    disk, _ = tasks()
    trainer = Trainer(disk)
    trainer.step()
    with Path(disk.config.data.path).open("ab") as file:
        file.write(b"more")
    with pytest.raises(DataError, match=r"X\.npy has changed since it was opened"):
        run(trainer)


def test_another_device_is_refused(tasks):
    disk, _ = tasks()
    with pytest.raises(DeviceError, match="trained on by the CPU"):
        place_rows(disk, disk.train_rows, torch.device("meta"))


def test_few_blocks_are_in_memory_at_once(tasks):
    disk, _ = tasks()
    rows = place_rows(disk, disk.train_rows, torch.device("cpu"))
    assert isinstance(rows, StreamedRows) and rows.per_window == 3
    assert len(rows) == len(disk.train_rows) and len(rows.pool.X) == 3 * 3 * 64


@KEEPS
def test_after_an_epoch_rows_are_gathered_from_where_they_are_kept(tasks, monkeypatch):
    disk, memory = tasks()
    monkeypatch.setattr(kept, "TIMES", 1e9)  # however busy the disk is
    rows = place_rows(disk, disk.train_rows, torch.device("cpu"), is_kept=True)
    same = batches.to_device(memory, memory.train_rows, torch.device("cpu"))
    assert isinstance(rows, StreamedRows) and rows.kept is not None
    sampler = rows.sampler(torch.Generator().manual_seed(2))
    for is_whole in (False, True, True):
        assert rows.kept.is_whole is is_whole
        is_over = False
        while not is_over:
            order, _, is_over = sampler.next(50)
            assert_same_slices(rows.slices(order), same.slices(order))
        assert_same_slices(rows.slices(), same.slices())


@KEEPS
def test_rows_are_kept_if_that_pays_and_there_is_room(tasks, monkeypatch):
    disk, memory = tasks(epochs=3)
    n = len(disk.train_rows)
    assert kept_bytes(disk) >= 4 * n * (M + 3) and kept_bytes(memory) == 0
    assert kept_bytes(tasks(epochs=2)[0]) == 0  # hardly read again
    as_they_are = tasks(epochs=3, data={"standardise": False})
    assert kept_bytes(as_they_are[0]) == 0
    monkeypatch.setattr(kept, "MOST", 1000)
    assert kept_bytes(disk) == 0


@KEEPS
def test_without_a_place_to_keep_them_rows_are_read_anew(tasks, monkeypatch):
    disk, _ = tasks(epochs=4)
    whole = Trainer(disk)
    run(whole)

    def refused(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("core.data.streamed.disk.reserve", refused)
    assert kept_bytes(disk)
    other = Trainer(disk)
    run(other)
    assert_same(whole, other)
