"""Frames of a run: the nearest one is found, memory is bounded, and what is shared counts once."""

from dataclasses import dataclass, replace

import pytest
import torch

from core.train import checkpoints
from core.train.batches import BatchSampler, SamplerState
from core.train.checkpoints import Frame, Keyframes, compact, first_stride


@dataclass(frozen=True, eq=False)
class Point:
    step: int
    epoch: int
    parameters: tuple[torch.Tensor, ...]
    sampler: SamplerState
    moments: tuple[tuple[torch.Tensor, ...], ...] = ()
    memory: tuple[tuple[torch.Tensor, torch.Tensor], ...] = ()


def frame(step, epoch=0, size=10, generator=None):
    sampler = SamplerState(torch.zeros(5) if generator is None else generator, None, step, False)
    return Frame(Point(step, epoch, (torch.full((size,), float(step)),), sampler))


@pytest.fixture
def frames():
    return Keyframes[Point](4)


def filled(frames, steps, **kinds):
    frames.pin(frame(0, **kinds))
    for step in steps:
        frames.add(frame(step, **kinds))
    return frames


def test_the_nearest_frame_is_the_last_one_that_is_not_after_the_step(frames):
    filled(frames, [4, 8, 12])
    assert [frames.nearest(step).step for step in (0, 3, 4, 7, 8, 11, 12, 99)] == [
        *(0, 0, 4, 4, 8, 8, 12, 12)
    ]


def test_a_frame_of_the_last_replay_is_found_too(frames):
    filled(frames, [4, 8])
    frames.keep_between(frame(6))
    assert [frames.nearest(step).step for step in (5, 6, 7, 8)] == [4, 6, 6, 8]


def test_of_the_frames_of_replays_only_the_last_few_stay(frames):
    filled(frames, [])
    for step in range(1, 1000):
        frames.keep_between(frame(step))
    assert len([step for step in range(1000) if frames.nearest(step).step == step]) == (
        checkpoints.BETWEEN + 1
    )


def test_what_came_after_a_step_can_be_forgotten(frames):
    filled(frames, [4, 8, 12])
    frames.keep_between(frame(10))
    frames.cut(8)
    assert frames.steps == [0, 4, 8]
    assert frames.nearest(11).step == 8


def test_a_pinned_frame_takes_the_place_of_what_was_there(frames):
    filled(frames, [4, 8, 12])
    moved = frame(8)
    frames.pin(moved)
    assert frames.steps == [0, 4, 8]
    assert frames.nearest(9) is moved


@pytest.mark.parametrize("size", [10, 100_000])
def test_memory_is_bounded_however_long_the_run(frames, size, monkeypatch):
    monkeypatch.setattr(checkpoints, "LIMIT", 40 * 2**20)
    filled(frames, [])
    for k in range(1, 1500):
        frames.add(frame(4 * k, size=size))
        assert len(frames) <= checkpoints.MOST
        if k % 10 == 0:
            assert frames.nbytes <= checkpoints.LIMIT
    assert len(frames) >= checkpoints.FEWEST


def test_a_few_frames_are_kept_whatever_they_take(frames, monkeypatch):
    monkeypatch.setattr(checkpoints, "LIMIT", 1)
    filled(frames, range(4, 4000, 4))
    assert checkpoints.FEWEST <= len(frames) <= 2 * checkpoints.FEWEST
    assert frames.steps[0] == 0 and frames.steps[-1] == 3996


def test_thinned_out_they_stay_evenly_spread_and_the_stride_says_how_far(frames, monkeypatch):
    monkeypatch.setattr(checkpoints, "MOST", 32)
    frames.pin(frame(0))
    step = 0
    while step < 10_000:
        step += frames.stride
        frames.add(frame(step))
    gaps = [b - a for a, b in zip(frames.steps, frames.steps[1:], strict=False)]
    assert frames.stride > 4
    assert max(gaps) <= 2 * frames.stride


def test_pinned_frames_outlive_the_others(frames, monkeypatch):
    monkeypatch.setattr(checkpoints, "MOST", 32)
    filled(frames, [4, 8])
    frames.pin(frame(10))
    for step in range(12, 2000):
        frames.add(frame(step))
    assert {0, 10} <= set(frames.steps)


def test_where_all_are_pinned_the_oldest_go(frames, monkeypatch):
    monkeypatch.setattr(checkpoints, "MOST", 32)
    for step in range(100):
        frames.pin(frame(step))
        assert len(frames) <= 32
    assert frames.oldest.step > 0
    assert frames.newest.step == 99


def test_what_several_frames_share_counts_once(frames):
    generator = torch.zeros(1000)
    filled(frames, range(4, 44, 4), generator=generator)
    assert frames.nbytes == 4 * (1000 + 11 * 10)


# Permutations -----------------------------------------------------------------------------------


def batches_after(place, count=40):
    sampler = BatchSampler(100, torch.Generator(), torch.device("cpu"))
    sampler.restore(place)
    rows = [sampler.next(7)[0] for _ in range(count)]
    return [r.tolist() for r in rows if r is not None]


def test_a_compact_place_holds_no_permutation_and_draws_the_same_batches():
    sampler = BatchSampler(100, torch.Generator().manual_seed(5), torch.device("cpu"))
    base, epoch = None, 0
    for step in range(60):
        whole = Point(step, epoch, (torch.zeros(1),), sampler.state())
        small = compact(whole, base)
        assert small.sampler.order is None
        assert batches_after(small.sampler) == batches_after(whole.sampler)
        if step % 4 == 0:
            sampler.peek(7)
        *_, ends_epoch = sampler.next(7)
        base, epoch = small, epoch + ends_epoch


def test_amid_an_epoch_whose_beginning_is_not_known_the_permutation_is_kept():
    sampler = BatchSampler(100, torch.Generator().manual_seed(5), torch.device("cpu"))
    sampler.next(7)
    place = Point(1, 0, (torch.zeros(1),), sampler.state())
    assert compact(place).sampler.order is place.sampler.order
    other_epoch = replace(place, epoch=3)
    assert batches_after(compact(place, other_epoch).sampler) == batches_after(place.sampler)


def test_a_permutation_that_is_drawn_for_the_next_epoch_is_kept():
    sampler = BatchSampler(100, torch.Generator().manual_seed(5), torch.device("cpu"))
    sampler.peek(7)
    sampler.next(None)  # all rows in place: the permutation waits
    place = Point(1, 1, (torch.zeros(1),), sampler.state())
    assert batches_after(compact(place).sampler) == batches_after(sampler.state())


@pytest.mark.parametrize(("multiplications", "stride"), [(1, 1024), (2**20, 16), (2**40, 1)])
def test_the_dearer_an_update_the_denser_the_frames(multiplications, stride):
    assert first_stride(multiplications) == stride
