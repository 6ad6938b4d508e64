"""The way that a run's parameters have come, remembered whether or not anybody looks."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from core.snapshot import Params, Snapshot

MOST, FEWEST = 1_500, 50  # points of it that are kept
BYTES = 4_000_000


class Way:
    """Parameters of some steps, evenly spread over the run; ever more rarely as it goes on."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget it: another run begins."""
        self.params: list[Params] = []
        self.steps: list[int] = []
        self._every = 1

    def add(self, snapshot: Snapshot) -> None:
        """Take note of where the run is; where it went back, what came after is forgotten."""
        if self.steps and snapshot.step < self.steps[-1]:
            keep = bisect_right(self.steps, snapshot.step)
            if not keep or snapshot.step == 0:
                self.clear()
            del self.params[keep:], self.steps[keep:]
        if self.steps and snapshot.step < self.steps[-1] + self._every:
            return
        if not all(np.isfinite(part).all() for part in (snapshot.params.W, snapshot.params.b)):
            return  # it diverges: this lies nowhere
        self.params.append(snapshot.params)
        self.steps.append(snapshot.step)
        if len(self.params) > min(MOST, max(FEWEST, BYTES // snapshot.params.W.nbytes)):
            self.params, self.steps = self.params[::2], self.steps[::2]
            self._every = max(2 * self._every, self.steps[-1] - self.steps[-2])
