"""Blocks come in a new order each epoch, rows shuffled within windows; both go on exactly."""

import pytest
import torch
from torch import Generator

from core.train.streamed.sampler import BlockSampler

N, SIZE, BLOCKS = 95, 10, 3


@pytest.fixture
def make():
    """Return make(seed): a sampler, and the windows that it has announced."""

    def made(seed=3):
        announced = []
        sampler = BlockSampler(
            N, Generator().manual_seed(seed), SIZE, BLOCKS, lambda *both: announced.append(both)
        )
        return sampler, announced

    return made


def epoch(sampler, batch=7):
    batches, is_over = [], False
    while not is_over:
        rows, count, is_over = sampler.next(batch)
        assert len(rows) == count
        batches.append(rows)
    return batches


def test_each_row_comes_once_an_epoch_in_another_order(make):
    sampler, _ = make()
    first, second = (torch.cat(epoch(sampler)) for _ in range(2))
    assert torch.equal(first.sort()[0], torch.arange(N))
    assert torch.equal(second.sort()[0], torch.arange(N))
    assert not torch.equal(first, second)
    assert not torch.equal(first, torch.cat(epoch(make(4)[0])))


def test_rows_are_those_of_the_windows_that_were_announced(make):
    sampler, announced = make()
    rows = torch.cat(epoch(sampler)).tolist()
    start = 0
    assert [len(blocks) for blocks, _ in announced] == [3, 3, 3, 1]
    for k, (blocks, ahead) in enumerate(announced):
        expected = [r for b in blocks for r in range(b * SIZE, min((b + 1) * SIZE, N))]
        window = rows[start : start + len(expected)]
        assert sorted(window) == sorted(expected) and window != expected
        assert ahead == (announced[k + 1][0] if k + 1 < len(announced) else ())
        start += len(expected)


@pytest.mark.parametrize("batch", [1, 7, 40, 94])
def test_what_comes_next_is_known_and_can_be_taken_back(make, batch):
    sampler, _ = make()
    for _ in range(30):
        expected = sampler.peek(batch)
        rows, _, _ = sampler.next(batch)
        assert torch.equal(rows, expected)
        sampler.take_back()
        assert torch.equal(sampler.next(batch)[0], expected)


def test_a_batch_of_all_rows_needs_no_order(make):
    sampler, announced = make()
    assert sampler.next(None) == (None, N, True) and sampler.peek(N) is None
    assert not announced


@pytest.mark.parametrize("taken", [0, 1, 5, 13, 14, 20])
@pytest.mark.parametrize("is_compact", [False, True])
def test_a_state_goes_on_exactly(make, taken, is_compact):
    sampler, _ = make()
    begun = sampler.state()
    for _ in range(taken):
        sampler.next(7)
    state = sampler.state()
    if is_compact and taken < 14:  # of the first epoch: drawn again from its start
        state = begun._replace(taken=state.taken)
    other, _ = make(99)
    other.restore(state)
    ours, theirs = (torch.cat([torch.cat(epoch(s)) for _ in range(2)]) for s in (sampler, other))
    assert torch.equal(ours, theirs)


def test_only_an_order_of_its_own_is_accepted(make):
    sampler, _ = make()
    sampler.next(7)
    order = sampler.state().order
    assert order is not None and sampler.accepts(order)
    assert not sampler.accepts(order[1:])
    assert not sampler.accepts(torch.arange(N))
    assert not sampler.accepts(order.clone().index_fill_(0, torch.tensor([0]), -1))
