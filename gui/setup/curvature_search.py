"""The largest curvature of a run's loss: over a sample while it trains, over all rows at rest."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np

from core.data.task import Task
from core.train.snapshot import Params
from gui.state.background_tasks import Background, Queue

KEY = "curvature"
SECONDS = 1.0  # between two searches while it trains
SHARE = 50  # then it waits so many times as long as the last one took
SLICE_SECONDS = 0.03  # the background has others to serve


@dataclass(frozen=True)
class Bend:
    """λ_max of the mean loss over so many of all training rows; NaN where it is not known."""

    value: float
    rows: int
    total: int

    @property
    def is_sampled(self) -> bool:
        return self.rows < self.total


@dataclass(frozen=True, eq=False)
class _Place:
    """Where it is looked for."""

    task: Task
    params: Params
    decay: float
    is_still: bool

    def covers(self, other: _Place) -> bool:
        """Whether what is found here is true there, and of no fewer rows."""
        pairs = zip(self.params.arrays, other.params.arrays, strict=True)
        return (
            self.task is other.task
            and self.decay == other.decay
            and self.is_still >= other.is_still
            and all(np.array_equal(mine, theirs) for mine, theirs in pairs)
        )


class CurvatureSearch:
    """Looks for λ_max in the background, slice by slice.

    found : the newest; it is of an earlier place while a search is under way.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.found: Bend | None = None
        self._place: _Place | None = None
        self._next_at = 0.0

    def forget(self, background: Background | None) -> None:
        """End the search, and know nothing."""
        self.found = self._place = None
        self._next_at = 0.0
        if background is not None:
            background.forget(KEY)

    def look(
        self, background: Background, task: Task, params: Params, decay: float, is_still: bool
    ) -> None:
        """Look for it here, unless that is under way; while it trains, now and then."""
        place = _Place(task, params, decay, is_still)
        if self._place is not None and self._place.covers(place):
            return
        if not is_still and (background.is_busy(KEY) or time.monotonic() < self._next_at):
            return
        self._place = place
        self._next_at = time.monotonic() + SECONDS
        background.forget(KEY)
        begun = time.monotonic()
        searching: Generator[None, None, float] | None = None

        def work() -> Bend | None:
            """Go on for a moment; None until it is found."""
            nonlocal searching
            from core.explain import curvature  # brings PyTorch

            if not curvature.has_curvature(task):
                return Bend(math.nan, 0, 0)
            rows = task.train_rows if is_still else curvature.cheap_rows(task)
            if searching is None:
                searching = curvature.search(task, params, decay, rows)
            end = time.monotonic() + SLICE_SECONDS
            try:
                while time.monotonic() < end:
                    next(searching)
            except StopIteration as stopped:
                return Bend(stopped.value, len(rows), len(task.train_rows))
            return None

        def answer(bend: Bend | None) -> None:
            if self._place is not place:
                return
            if bend is None:
                background.ask(KEY, work, answer, queue=Queue.STUDIES)
                return
            self._next_at = time.monotonic() + max(SECONDS, SHARE * (time.monotonic() - begun))
            self.found = bend
            self._changed()

        background.ask(KEY, work, answer, queue=Queue.STUDIES)
