"""The trajectory of a run: its weights over the steps, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

MOST = 1_500  # most points kept,
FEWEST = 50  # and fewest, for large models
HALVINGS = 7  # keep each of the first 128 steps, then 64 per doubling
BYTES, MOST_BYTES = 4 * 10**6, 64 * 10**6  # usual and absolute limit of memory


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Weights at some steps of a run, in order; read-only.

    steps : (points,). W : (points, outputs, m). b : (points, outputs), of the last layer, float32.
    below : (points, q) all weights and biases of a hidden layer below it; (points, 0) without one.
    """

    steps: NDArray[np.int64]
    W: NDArray[np.float32]
    b: NDArray[np.float32]
    below: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), np.float32))

    def __getitem__(self, points: slice) -> Trajectory:
        return Trajectory(self.steps[points], self.W[points], self.b[points], self.below[points])

    def until(
        self,
        step: int,
        W: NDArray[np.float32],
        b: NDArray[np.float32],
        *hidden: NDArray[np.float32],
    ) -> Trajectory:
        """Return the part before this step, with these weights of this step as last point.

        hidden : weights and biases of a hidden layer; a part that lacks them is left out.
        """
        n = int(np.searchsorted(self.steps, step))
        flat = [array.ravel() for array in hidden]
        below = np.concatenate([np.empty(0, np.float32), *flat])
        if not n or (hidden and self.below.shape[1] != len(below)):
            return Trajectory(np.array([step]), W[None], b[None], below[None])
        return Trajectory(
            np.append(self.steps[:n], step),
            np.concatenate([self.W[:n], W[None]]),
            np.concatenate([self.b[:n], b[None]]),
            np.concatenate([self.below[:n], below[None]]) if hidden else self.below[:n],
        )


EMPTY = Trajectory(
    np.empty(0, np.int64), np.empty((0, 0, 0), np.float32), np.empty((0, 0), np.float32)
)


class TrajectoryRecorder:
    """Records a trajectory: each of the first steps, then fewer and fewer.

    The steps kept depend only on the steps offered. Trajectories returned earlier stay valid:
    points are only appended to arrays that were handed out.
    """

    def __init__(self) -> None:
        self._kept = EMPTY  # preallocated, filled up to `_length`
        self._length = 0
        self._every = 1

    @property
    def nbytes(self) -> int:
        """Bytes of memory allocated."""
        kept = self._kept
        return kept.steps.nbytes + kept.W.nbytes + kept.b.nbytes + kept.below.nbytes

    def trajectory(self) -> Trajectory:
        """Return what has been recorded, without a copy."""
        return self._kept[: self._length]

    def record(self, step: int, parameters: Sequence[Tensor]) -> None:
        """Add the parameters, W (outputs, m) and b (outputs,) first, if this step is due.

        Weights of another shape begin a new trajectory; weights that are not finite are skipped.
        """
        below = sum(p.numel() for p in parameters[2:])
        kept = self._kept
        if kept.W.shape[1:] != tuple(parameters[0].shape) or kept.below.shape[1] != below:
            self._begin(parameters[0], below)
        if len(self._kept.steps) < 2 or step < self._next_step:
            return
        import torch  # already loaded: the parameters are tensors

        # One copy from another device: each copy waits for the device.
        flat = torch.cat([p.reshape(-1) for p in parameters]).cpu().numpy()
        if not np.isfinite(flat).all():
            return
        W, b, rest = np.split(flat, np.cumsum([p.numel() for p in parameters[:2]]))
        if self._length == len(self._kept.steps):
            self._thin_out()
            if step < self._next_step:
                return
        n, kept = self._length, self._kept
        kept.steps[n], kept.W[n] = step, W.reshape(parameters[0].shape)
        kept.b[n], kept.below[n] = b, rest
        self._length += 1

    @property
    def _next_step(self) -> int:
        if not self._length:
            return 0
        last = int(self._kept.steps[self._length - 1])
        return last + max(self._every, 1 << max(last.bit_length() - HALVINGS, 0))

    def cut(self, step: int) -> None:
        """Drop the points after this step."""
        n = int(np.searchsorted(self._kept.steps[: self._length], step, side="right"))
        if n < self._length:
            self._keep(self._kept[:n])
        if not n:
            self._every = 1

    def copy(self) -> TrajectoryRecorder:
        """Return an independent copy."""
        twin = TrajectoryRecorder()
        twin._kept, twin._every = self._kept, self._every
        twin._keep(self.trajectory())
        return twin

    @property
    def every(self) -> int:
        """The least number of steps between two points."""
        return self._every

    @classmethod
    def of(cls, points: Trajectory, every: int) -> TrajectoryRecorder:
        """Return a recorder that goes on after these points of another one."""
        recorder = cls()
        if len(points.steps):
            recorder._begin(points.W[0], points.below.shape[1])
            points = points[: len(recorder._kept.steps)]
            recorder._keep(points)
            recorder._every = every
        return recorder

    def _begin(self, W: Tensor | NDArray[np.float32], below: int) -> None:
        """Preallocate for W of this shape and so many numbers below it.

        The memory is touched now, not during the run.
        """
        size = W.nbytes + 4 * below
        capacity = max(BYTES // size, min(FEWEST, MOST_BYTES // size))
        outputs, m = W.shape
        self._kept = _empty_rows(min(capacity, MOST), outputs, m, below)
        self._length, self._every = 0, 1

    def _thin_out(self) -> None:
        """Keep every other point."""
        points = self.trajectory()[::2]
        self._keep(points)
        self._every = max(2 * self._every, int(np.diff(points.steps[-2:]).sum()))

    def _keep(self, points: Trajectory) -> None:
        """Continue after these points, in new arrays of the same capacity."""
        self._length = n = len(points.steps)
        capacity, outputs, m = self._kept.W.shape
        self._kept = _empty_rows(capacity, outputs, m, self._kept.below.shape[1])
        kept = self._kept
        kept.steps[:n], kept.W[:n], kept.b[:n] = points.steps, points.W, points.b
        kept.below[:n] = points.below if kept.below.size else 0


def _empty_rows(points: int, outputs: int, m: int, below: int) -> Trajectory:
    return Trajectory(
        np.full(points, 0),
        np.full((points, outputs, m), 0, np.float32),
        np.full((points, outputs), 0, np.float32),
        np.full((points, below), 0, np.float32),
    )
