"""The picture of a plane: regions in the colours of their classes, lines, mistakes.

It is made on the background thread. How fine it is follows from how long it takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.evaluation import HALF, has_threshold, threshold_shift
from core.plane import DecisionGrid, Plane, boundary_lines
from core.snapshot import Snapshot
from core.task import Task
from gui import look
from gui.look import Theme

FAINT, STRONG = 0.12, 0.60  # opacity of a region: guessing … certain
STILL_PX = 3.0  # one node of the grid every so many pixels when nothing moves
FINEST_PX, COARSEST_PX = 5.0, 24.0  # and while training
BUDGET_SECONDS = 0.005  # of the 16 ms between two frames; the other two threads need theirs
CALM = 0.9  # share of the old in the running mean of the seconds


class Shading(NamedTuple):
    """What one request to the background gives.

    image : (rows, columns, 3) bytes, the lowest row first.
    lines : between regions, (points, 2) each.
    wrong_train, wrong_test : for each training and test row whether the model gets it wrong.
    seconds : that it took.
    """

    run: int
    plane: Plane
    image: NDArray[np.uint8]
    lines: list[NDArray[np.float64]]
    wrong_train: NDArray[np.bool_]
    wrong_test: NDArray[np.bool_]
    seconds: float


class NodeSize:
    """Pixels that one node of the grid takes while training: as few as the frame budget allows."""

    def __init__(self) -> None:
        self.px = 6.0
        self._seconds = BUDGET_SECONDS / 2

    def learn(self, seconds: float) -> None:
        """Take in how long a picture took with the size as it is."""
        self._seconds = CALM * self._seconds + (1 - CALM) * seconds
        wanted = self.px
        if self._seconds > BUDGET_SECONDS:
            wanted = min(self.px * 1.25, COARSEST_PX)
        elif self._seconds < BUDGET_SECONDS / 3:
            wanted = max(self.px / 1.25, FINEST_PX)
        if wanted != self.px:
            self._seconds *= (self.px / wanted) ** 2  # nodes go with the area
            self.px = wanted


def shader(
    task: Task,
    snapshot: Snapshot,
    plane: Plane,
    columns: int,
    rows: int,
    theme: Theme,
    threshold: float = HALF,
) -> Callable[[], Shading]:
    """Return the work of one picture, with all that it needs bound to it.

    threshold : of a single neuron's probability. The line and what is wrong go with it; the
        colours are of the probability, and stay.
    """
    run, params = snapshot.run, snapshot.params
    is_moved = threshold != HALF and has_threshold(task.config.model.kind)
    shift = threshold_shift(task.config.model.kind, threshold) if is_moved else 0.0

    def wrong(rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        from core import probe

        if not is_moved:
            return probe.mistakes(task, params, rows)
        A = probe.probabilities(task, params, task.dataset.values(rows))
        says_yes: NDArray[np.bool_] = A[:, 1] > threshold
        return np.asarray(says_yes != (task.dataset.y[rows] == 1))

    def work() -> Shading:
        from core import probe  # brings PyTorch, which the first paint must not wait for

        started = time.perf_counter()
        grid = probe.decision_grid(task, params, plane, columns, rows)
        return Shading(
            run=run,
            plane=plane,
            image=shade(grid, task.dataset.class_marks, theme),
            lines=boundary_lines(_shifted(grid, shift)),
            wrong_train=wrong(task.train_rows),
            wrong_test=wrong(task.test_rows),
            seconds=time.perf_counter() - started,
        )

    return work


def _shifted(grid: DecisionGrid, shift: float) -> DecisionGrid:
    """Let a neuron say yes only where z lies further up by this."""
    if not shift:
        return grid
    return replace(grid, margins=grid.margins + np.array([shift, -shift], dtype=np.float32))


def shade(grid: DecisionGrid, marks: tuple[int, ...], theme: Theme) -> NDArray[np.uint8]:
    """Colour each node like its likeliest class, the more opaque the surer: (rows, columns, 3)."""
    A = grid.probabilities
    winner, guess = A.argmax(axis=2), 1 / A.shape[2]
    certainty = (A.max(axis=2) - guess) / (1 - guess)
    opacity = (FAINT + (STRONG - FAINT) * certainty)[..., None]
    colours = np.array([look.rgb(theme.class_colour(mark)) for mark in marks])
    mixed: NDArray[np.float64] = look.rgb(theme.panel) * (1 - opacity) + colours[winner] * opacity
    return np.rint(mixed).astype(np.uint8)
