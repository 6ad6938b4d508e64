"""Checkpoints of a run from which it can be replayed, in bounded memory.

A run is determined by its start, its settings and its generator, so any step can be reproduced
exactly by repeating the updates from the nearest earlier checkpoint.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar

from torch import Tensor

from core.data.validation import Best
from core.train import batches
from core.train.device import HostCopy, Queue
from core.train.second_order import Memory

LIMIT = 8 * 2**20  # bytes of tensors per run
MOST, FEWEST = 128, 20  # frames per run; FEWEST are kept whatever memory they take
BETWEEN = 24  # frames of the last replay, for nearby steps viewed next
CHEAP = 2**24  # multiplications replayed at once: about 10 ms
LONGEST_STRIDE = 1024  # initial upper bound: keeping frames then takes 0.1 % of the time


class Point(Protocol):
    """The state of a run after a step: what `Keyframes` needs of a checkpoint."""

    @property
    def step(self) -> int: ...

    @property
    def epoch(self) -> int: ...

    @property
    def parameters(self) -> tuple[Tensor, ...]: ...

    @property
    def moments(self) -> tuple[tuple[Tensor, ...], ...]: ...

    @property
    def memory(self) -> tuple[tuple[Tensor, ...], ...]: ...

    @property
    def sampler(self) -> batches.SamplerState: ...


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The state of a run after a step, to which it can return.

    moments : the optimiser's state for each parameter; updates : how many updates it reflects.
    memory : the curvature information of a second-order method.
    """

    step: int
    epoch: int
    parameters: tuple[Tensor, ...]
    moments: tuple[tuple[Tensor, ...], ...]
    memory: Memory
    updates: int
    sampler: batches.SamplerState

    def tensors(self) -> list[Tensor]:
        """Return all its tensors that are on the device."""
        return [*self.parameters, *(v for vs in (*self.moments, *self.memory) for v in vs)]

    def with_tensors(self, tensors: Iterable[Tensor]) -> Checkpoint:
        """Return the checkpoint with these in place of `tensors()`, in the same order."""
        left = iter(tensors)

        def take(of: Sequence[Tensor]) -> tuple[Tensor, ...]:
            return tuple(next(left) for _ in of)

        return replace(
            self,
            parameters=take(self.parameters),
            moments=tuple(take(vs) for vs in self.moments),
            memory=tuple(take(vs) for vs in self.memory),
        )


P = TypeVar("P", bound=Point)


@dataclass(frozen=True, eq=False)
class Frame(Generic[P]):
    """A checkpoint plus the state of the stopping rules.

    losses : at the ends of the last epochs. best : the epoch with the least validation loss.
    """

    checkpoint: P
    losses: tuple[float, ...] = ()
    best: Best = field(default_factory=Best)

    @property
    def step(self) -> int:
        return self.checkpoint.step


def compact(checkpoint: P, base: P | None = None) -> P:
    """Return the checkpoint without its permutation, where that can be drawn again.

    Within an epoch, drawing it again needs the generator's state from the start of the epoch;
    `base`, an earlier checkpoint, provides it if it belongs to the same epoch.
    """
    sampler = checkpoint.sampler
    if sampler.taken == 0:
        if not sampler.is_fresh:  # the old order is used up, the next not yet drawn
            sampler = sampler._replace(order=None)
    elif base is not None and base.epoch == checkpoint.epoch:
        sampler = base.sampler._replace(taken=sampler.taken)
    return replace(checkpoint, sampler=sampler)  # type: ignore[type-var]  # all are dataclasses


class Keyframes(Generic[P]):
    """Frames by step: pinned ones stay, the others are thinned out as the run goes on.

    stride : steps from one frame to the next.
    """

    def __init__(self, stride: int) -> None:
        self.stride = stride
        self._frames: list[Frame[P]] = []
        self._pinned: set[int] = set()
        self._between: dict[int, Frame[P]] = {}
        self._nbytes = 0

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def nbytes(self) -> int:
        """Bytes of all tensors kept; a tensor that several frames share counts once."""
        return self._nbytes + _total(sorted(self._between.values(), key=_step))

    @property
    def steps(self) -> list[int]:
        return [frame.step for frame in self._frames]

    @property
    def oldest(self) -> Frame[P]:
        return self._frames[0]

    @property
    def newest(self) -> Frame[P]:
        return self._frames[-1]

    @property
    def frames(self) -> tuple[Frame[P], ...]:
        """All frames at equal strides and those pinned, by step."""
        return tuple(self._frames)

    @property
    def pinned(self) -> tuple[int, ...]:
        """The steps of the pinned frames."""
        return tuple(sorted(self._pinned))

    @classmethod
    def of(cls, frames: Iterable[Frame[P]], pinned: Iterable[int], stride: int) -> Keyframes[P]:
        """Return keyframes that go on after those of another run; see `frames` and `pinned`."""
        kept = cls(stride)
        kept._frames, kept._pinned = list(frames), set(pinned)
        kept._nbytes = _total(kept._frames)
        return kept

    def nearest(self, step: int) -> Frame[P]:
        """Return the last frame at or before this step."""
        found = self._frames[bisect_right(self._frames, step, key=_step) - 1]
        between = [frame for frame in self._between.values() if found.step < frame.step <= step]
        return max(between, key=_step, default=found)

    def add(self, frame: Frame[P]) -> None:
        """Append the newest frame; thin out older ones if a limit is exceeded."""
        self._nbytes += _nbytes(frame, self._frames[-1] if self._frames else None)
        self._frames.append(frame)
        if len(self._frames) > MOST or self._nbytes > LIMIT:
            self._drop_frames()

    def pin(self, frame: Frame[P]) -> None:
        """Pin a frame that no replay reaches, such as the start, and drop all later frames."""
        self.cut(frame.step - 1)
        self._pinned.add(frame.step)
        self.add(frame)

    def keep_between(self, frame: Frame[P]) -> None:
        """Keep a frame that a replay passed, until newer ones displace it."""
        self._between.pop(frame.step, None)
        self._between[frame.step] = frame
        while len(self._between) > BETWEEN or (
            len(self._between) > 1 and _total(list(self._between.values())) > LIMIT // 4
        ):
            del self._between[next(iter(self._between))]

    def cut(self, step: int) -> None:
        """Drop all frames after this step."""
        del self._frames[bisect_right(self._frames, step, key=_step) :]
        self._pinned = {pinned for pinned in self._pinned if pinned <= step}
        self._between = {s: frame for s, frame in self._between.items() if s <= step}
        self._nbytes = _total(self._frames)

    def _drop_frames(self) -> None:
        """Drop the least useful frame, the one closest to both of its neighbours, until in bounds.

        One frame goes for each that comes: halving their number now and then would be simpler, but
        memory use would oscillate. Where all are pinned, the oldest goes.
        """
        while len(self._frames) > FEWEST and (len(self._frames) > MOST or self._nbytes > LIMIT):
            steps = self.steps
            inner = range(1, len(steps) - 1)
            free = [k for k in inner if steps[k] not in self._pinned]
            if free:
                k = min(free, key=lambda k: steps[k + 1] - steps[k - 1])
            else:
                k = 0
                self._pinned = (self._pinned - {steps[0]}) | {steps[1]}
            gone, around = self._frames[k], self._frames[max(k - 1, 0) : k + 2]
            rest = [frame for frame in around if frame is not gone]
            self._nbytes -= _total(around) - _total(rest)
            del self._frames[k]
            self.stride = max(self.stride, (steps[-1] - steps[0]) // len(self._frames))


def first_stride(multiplications: int) -> int:
    """Return the initial number of steps between frames, from the multiplications per update."""
    return min(max(CHEAP // max(multiplications, 1), 1), LONGEST_STRIDE)


def _step(frame: Frame[P]) -> int:
    return frame.step


def _nbytes(frame: Frame[P], before: Frame[P] | None) -> int:
    """Return the bytes of the frame's tensors, less those shared with the frame before it."""
    point = frame.checkpoint
    own = sum(theta.nbytes for theta in point.parameters)
    own += sum(v.nbytes for moments in point.moments for v in moments)
    known = {id(tensor) for tensor in _shared(before.checkpoint)} if before is not None else set()
    return own + sum(t.nbytes for t in _shared(point) if id(t) not in known)


def _shared(point: Point) -> Iterator[Tensor]:
    """Yield the tensors that are never overwritten, which several checkpoints may share."""
    yield point.sampler.generator
    if point.sampler.order is not None:
        yield point.sampler.order
    for pair in point.memory:
        yield from pair


def _total(frames: list[Frame[P]]) -> int:
    """Return the total bytes of frames, which must be ordered by step."""
    pairs = zip(frames, [None, *frames], strict=False)
    return sum(_nbytes(frame, before) for frame, before in pairs)


class HostBackup:
    """One checkpoint on the host, and possibly a newer one being copied there.

    queue : the device's; None where the device is the host.
    """

    def __init__(self, queue: Queue | None) -> None:
        self._queue = queue
        self._pending: tuple[Checkpoint, HostCopy] | None = None
        self.checkpoint: Checkpoint

    def take(self, checkpoint: Checkpoint) -> None:
        """Copy this checkpoint to the host and wait until it is there."""
        self.checkpoint = checkpoint.with_tensors(t.cpu() for t in checkpoint.tensors())
        self._pending = None

    def start(self, checkpoint: Checkpoint) -> None:
        """Start copying this checkpoint to the host, without waiting, unless a copy is pending."""
        if self._queue is None:
            self.take(checkpoint)
        elif self._pending is None:
            self._pending = checkpoint, HostCopy(self._queue, *checkpoint.tensors())

    def poll(self) -> None:
        """Adopt the newer checkpoint if its copy has arrived."""
        if self._pending is not None and self._pending[1].is_there:
            checkpoint, copy = self._pending
            self.checkpoint, self._pending = checkpoint.with_tensors(copy.take()), None
