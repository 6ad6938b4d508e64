"""Search for the curvature bound of a run: on a sample during training, on all rows at rest."""

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
SECONDS = 1.0  # least time between two searches during training
SHARE = 50  # the pause after a search is at least this many times its duration
SLICE_SECONDS = 0.03  # time slice of a search, as the background has other requests


@dataclass(frozen=True)
class Bend:
    """λ_max of the mean loss over `rows` of `total` training rows; NaN if it is not known."""

    value: float
    rows: int
    total: int

    @property
    def is_sampled(self) -> bool:
        return self.rows < self.total


@dataclass(frozen=True, eq=False)
class _Request:
    """A search request: task, parameters, weight decay, and whether the run is at rest."""

    task: Task
    params: Params
    decay: float
    is_still: bool

    def covers(self, other: _Request) -> bool:
        """Return whether the result for this request holds for the other, with no fewer rows."""
        pairs = zip(self.params.arrays, other.params.arrays, strict=True)
        return (
            self.task is other.task
            and self.decay == other.decay
            and self.is_still >= other.is_still
            and all(np.array_equal(mine, theirs) for mine, theirs in pairs)
        )


class CurvatureSearch:
    """Searches for λ_max in the background, in time slices.

    found : the newest result; from earlier parameters while a search is running.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.found: Bend | None = None
        self._request: _Request | None = None
        self._next_at = 0.0

    def forget(self, background: Background | None) -> None:
        """Cancel the search and drop the result."""
        self.found = self._request = None
        self._next_at = 0.0
        if background is not None:
            background.forget(KEY)

    def look(
        self, background: Background, task: Task, params: Params, decay: float, is_still: bool
    ) -> None:
        """Search for λ_max at `params`, unless done or running; during training only at intervals.

        decay : weight decay λ. is_still : the run is at rest, so search on all training rows.
        """
        request = _Request(task, params, decay, is_still)
        if self._request is not None and self._request.covers(request):
            return
        if not is_still and (background.is_busy(KEY) or time.monotonic() < self._next_at):
            return
        self._request = request
        self._next_at = time.monotonic() + SECONDS
        background.forget(KEY)
        begun = time.monotonic()
        searching: Generator[None, None, float] | None = None

        def work() -> Bend | None:
            """Search for one time slice; return None until λ_max is found."""
            nonlocal searching
            from core.explain import curvature  # imports PyTorch

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
            if self._request is not request:
                return
            if bend is None:
                background.ask(KEY, work, answer, queue=Queue.STUDIES)
                return
            self._next_at = time.monotonic() + max(SECONDS, SHARE * (time.monotonic() - begun))
            self.found = bend
            self._changed()

        background.ask(KEY, work, answer, queue=Queue.STUDIES)
