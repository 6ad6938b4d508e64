"""The way that a run's parameters have come, remembered whether or not anybody looks."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from core.train.snapshot import Params, Snapshot

MOST, FEWEST = 1_500, 50  # points of it that are kept
BYTES = 4_000_000


class Way:
    """Parameters of some steps, evenly spread over the run; ever more rarely as it goes on.

    They lie in one room that is made once: a frame leaves no object behind.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget it: another run begins."""
        self._W = np.empty((0, 0, 0), np.float32)
        self._b = np.empty((0, 0), np.float32)
        self.steps: list[int] = []
        self._every = 1
        self._past: tuple[int, int] | None = None  # shown and newest step, where they differ

    def to(self, params: Params) -> Params:
        """Return it as W (points, outputs, m) and b (points, outputs), these parameters last."""
        n = len(self.steps)
        if self._past is not None:
            n = bisect_right(self.steps, self._past[0])
        if not n:
            return Params(params.W[None], params.b[None])
        return Params(
            np.concatenate([self._W[:n], params.W[None]]),
            np.concatenate([self._b[:n], params.b[None]]),
        )

    def add(self, snapshot: Snapshot) -> None:
        """Take note of where the run is; where it went back, what came after is forgotten."""
        before = self._past
        self._past = (snapshot.step, snapshot.newest_step) if snapshot.is_past else None
        if snapshot.is_past:
            return
        if before is not None and snapshot.step != before[1]:  # it went on from there
            del self.steps[bisect_right(self.steps, before[0]) :]
        if self.steps and snapshot.step < self.steps[-1]:
            keep = bisect_right(self.steps, snapshot.step)
            if not keep or snapshot.step == 0:
                self.clear()
            del self.steps[keep:]
        if self.steps and snapshot.step < self.steps[-1] + self._every:
            return
        W, b = snapshot.params.W, snapshot.params.b
        if not (np.isfinite(W).all() and np.isfinite(b).all()):
            return  # it diverges: this lies nowhere
        if not len(self._W):
            most = min(MOST, max(FEWEST, BYTES // W.nbytes))
            # Memory is taken now, not as the run goes on.
            self._W = np.full((most, *W.shape), 0, np.float32)
            self._b = np.full((most, *b.shape), 0, np.float32)
        elif len(self.steps) == len(self._W):
            self._thin_out()
            if snapshot.step < self.steps[-1] + self._every:
                return
        self._W[len(self.steps)], self._b[len(self.steps)] = W, b
        self.steps.append(snapshot.step)

    def _thin_out(self) -> None:
        """Keep every other point."""
        self.steps = self.steps[::2]
        n = len(self.steps)
        self._W[:n], self._b[:n] = self._W[::2].copy(), self._b[::2].copy()
        self._every = max(2 * self._every, self.steps[-1] - self.steps[-2])
