"""BatchSampler visit every row once an epoch; rows come out as numbers, slice by slice."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Generator

from core.config import DataConfig, RunConfig
from core.data.task import prepare
from core.train import batches, history
from core.train.batches import BatchSampler, cut, to_device
from core.train.metrics import Measurement
from core.train.sparse import dense

CPU = torch.device("cpu")


def epoch(sampler, n, sizes):
    """Return the row numbers of each batch until the epoch ends."""
    taken = []
    while True:
        rows, count, ends = sampler.next(next(sizes))
        rows = torch.arange(n) if rows is None else rows
        assert len(rows) == count
        taken.append(rows.tolist())
        if ends:
            return taken


def gather(rows, order=None):
    """Return all of X (n, m) and Y (n, outputs), put together from the slices."""
    parts = [(X.numpy().copy(), Y.numpy().copy()) for X, Y, _ in rows.slices(order)]
    X, Y = (np.concatenate(column) for column in zip(*parts, strict=True))
    return X, Y


def forever(*values):
    while True:
        yield from values


@given(
    n=st.integers(1, 60),
    sizes=st.lists(st.one_of(st.none(), st.integers(1, 80)), min_size=1, max_size=5),
    seed=st.integers(0, 1000),
)
def test_each_epoch_visits_every_row_exactly_once(n, sizes, seed):
    sampler, wanted = BatchSampler(n, Generator().manual_seed(seed), CPU), forever(*sizes)
    for _ in range(3):
        rows = [row for batch in epoch(sampler, n, wanted) for row in batch]
        assert sorted(rows) == list(range(n))


@pytest.mark.parametrize(
    ("size", "lengths"), [(1, [1] * 10), (4, [4, 4, 2]), (10, [10]), (99, [10]), (None, [10])]
)
def test_the_last_batch_is_what_is_left(size, lengths):
    taken = epoch(BatchSampler(10, Generator().manual_seed(1), CPU), 10, forever(size))
    assert [len(batch) for batch in taken] == lengths


def test_shuffles_differ_from_epoch_to_epoch_and_from_seed_to_seed():
    orders = []
    for seed in (1, 2):
        sampler = BatchSampler(50, Generator().manual_seed(seed), CPU)
        orders += [tuple(np.concatenate(epoch(sampler, 50, forever(8)))) for _ in range(2)]
    assert len(set(orders)) == 4


def test_restoring_a_state_repeats_what_came_after_it():
    sampler = BatchSampler(20, Generator().manual_seed(4), CPU)
    sampler.next(7)
    state = sampler.state()
    first = [str(sampler.next(7)) for _ in range(9)]
    sampler.restore(state)
    assert [str(sampler.next(7)) for _ in range(9)] == first


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("name", ["iris", "digits"])
def test_slices_hold_the_standardised_rows_in_order(
    name, standardise, request, make_task, monkeypatch
):
    monkeypatch.setattr(batches, "SLICE_ROWS", 32)
    task = make_task(request.getfixturevalue(name), data={"standardise": standardise})
    rows = to_device(task, task.train_rows, CPU)
    X, Y = gather(rows)
    y = rows.y.numpy()
    expected = task.standardiser.apply(task.dataset.values(task.train_rows))
    np.testing.assert_allclose(X * rows.unit, expected, rtol=1e-5, atol=1e-5)
    assert X.dtype == np.float32
    assert np.array_equal(y, task.dataset.y[task.train_rows])
    assert np.array_equal(Y.argmax(axis=1), y) and (Y.sum(axis=1) == 1).all()


def test_slices_follow_a_given_order(make_task, iris, monkeypatch):
    monkeypatch.setattr(batches, "SLICE_ROWS", 4)
    task = make_task(iris)
    rows = to_device(task, task.train_rows, CPU)
    order = torch.tensor([5, 2, 9, 77, 3, 2])
    X, Y = gather(rows, order)
    assert np.array_equal(X, dense(rows.X)[order])
    assert np.array_equal(Y, rows.targets.mT[order])


def test_slices_use_the_same_room_again(make_task, digits):
    task = make_task(digits)
    rows = to_device(task, task.train_rows, CPU)

    def places():
        return [[dense(t).data_ptr() for t in part] for part in rows.slices(torch.arange(32))]

    assert places() == places()


@pytest.mark.parametrize("order", [None, torch.arange(32)], ids=["in place", "batch"])
def test_targets_and_room_for_logits_are_viewed_once_and_not_by_every_step(make_task, iris, order):
    task = make_task(iris)
    rows = to_device(task, task.train_rows, CPU)
    ((_, Y, Z),) = rows.slices(order)
    ((_, Y_again, Z_again),) = rows.slices(order)
    assert Y_again is Y and Z_again is Z


def test_exact_figures_leave_no_room_behind_with_the_rows_that_are_trained_on(
    make_task, digits, monkeypatch
):
    monkeypatch.setattr(history, "SAMPLE", 100)
    task = make_task(digits)
    train, measurement = to_device(task, task.train_rows, CPU), Measurement(task, CPU)
    parameters = torch.zeros(task.outputs, task.m), torch.zeros(task.outputs)
    sampled = measurement(parameters, 0, 0)
    assert sampled.sampled == 100
    for _ in measurement.exactly(sampled, train, parameters):
        pass
    assert not train.buffers


def test_slices_of_wide_rows_are_short(make_task, digits):
    task = make_task(digits)
    rows = to_device(task, task.train_rows, CPU)
    assert rows.rows_at_once * task.m <= batches.BLOCK
    assert max(dense(X).numel() for X, _, _ in rows.slices()) <= 1.5 * batches.SLICE


def test_slices_of_very_wide_rows_are_not_cut(make_task, digits, monkeypatch):
    """Of each slice all weights are gone over, which takes longer there than its products."""
    monkeypatch.setattr(batches, "SLICE", 6_400)
    counts = []
    for few in (batches.FEW, 639):
        monkeypatch.setattr(batches, "FEW", few)
        task = make_task(digits)  # 640 weights
        rows = to_device(task, task.train_rows, CPU)
        counts.append(len(list(rows.slices())))
    assert counts == [14, 1]


@given(start=st.integers(0, 500), n=st.integers(1, 5_000), size=st.integers(1, 2_000))
def test_a_block_is_cut_evenly(start, n, size):
    slices = list(cut(start, start + n, size))
    rows = [stop - first for first, stop in slices]
    assert slices[0][0] == start and slices[-1][1] == start + n
    assert all(before[1] == after[0] for before, after in pairwise(slices))
    assert max(rows) <= 1.5 * size + 1 and len(set(rows[:-1])) <= 1 and rows[-1] <= rows[0]


@given(
    n=st.integers(2, 30),
    size=st.integers(1, 40),
    before=st.integers(0, 8),
    other=st.one_of(st.none(), st.integers(1, 40)),
)
def test_a_batch_that_is_taken_back_comes_again(n, size, before, other):
    """Also with another size: what is left of the epoch stays what it was."""
    sampler, twin = (BatchSampler(n, Generator().manual_seed(1), CPU) for _ in range(2))
    for _ in range(before):
        sampler.next(size)
        twin.next(size)
    sampler.next(size)
    sampler.take_back()
    for _ in range(2 * n):
        ours, theirs = sampler.next(other), twin.next(other)
        assert str(ours) == str(theirs)


def test_pixels_stay_bytes_and_a_published_split_is_not_copied(make_task, digits):
    task = make_task(replace(digits, published_test=297))
    rows = to_device(task, task.train_rows, CPU)
    assert dense(rows.X).dtype == torch.uint8
    assert np.shares_memory(dense(rows.X).numpy(), digits.X)


def test_a_run_without_test_rows_has_no_slices_to_measure(make_task, two_blobs):
    task = make_task(two_blobs)
    rows = to_device(task, task.test_rows, CPU)
    assert len(rows) == 0 and list(rows.slices()) == []


@pytest.mark.parametrize("seed", range(40))
def test_each_row_keeps_its_class_whatever_the_split(seed, iris):
    """Training and test rows one after the other may begin with row 0 and end with the last."""
    config = RunConfig(DataConfig(split_seed=seed))
    task = prepare(iris, config)
    numbers = np.concatenate([task.train_rows, task.test_rows])
    rows = to_device(task, numbers, CPU)
    expected = task.inputs(task.dataset.values(numbers))
    np.testing.assert_array_equal(dense(rows.X).numpy(), expected)
    np.testing.assert_array_equal(rows.y.numpy(), task.dataset.y[numbers])
