"""The picture of a plane: regions in class colours, boundary lines, misclassified rows.

It is computed on the background thread; its resolution adapts to the time it takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.data.task import Task
from core.evaluate.classification import HALF, has_threshold, threshold_shift
from core.explain.plane import DecisionGrid, Nodes, Plane, boundary_lines
from core.train.snapshot import Params, Snapshot
from gui.kit import theme as look
from gui.kit.theme import Theme

HATCH = 3  # nodes: width of a stripe
# Of each class in high contrast: where (a · row + b · column) // HATCH is odd, it is fainter.
CLASS_HATCHES = np.array(
    ((0, 0), (1, 1), (1, -1), (1, 0), (0, 1), (2, 1), (2, -1), (1, 2), (1, -2), (2, 2))
)
HATCHED = 0.4  # of the opacity, in a stripe
FAINT, STRONG = 0.12, 0.60  # opacity of a region: guessing … certain
STILL_PX = 3.0  # pixels per grid node when nothing moves
FINEST_PX, COARSEST_PX = 5.0, 24.0  # and while training
BUDGET_SECONDS = 0.004  # of the 16 ms between two frames; the other two threads need the rest
MOST_KEPT = 4_000_000  # values: limit of the inputs cached between pictures, 16 MB
CALM = 0.9  # weight of the old value in the running mean of the seconds
HAIR = 1  # of 255: colours that differ by at most this look the same
LONGEST_REST = 4  # frames: 64 ms


class Shading(NamedTuple):
    """The result of one request to the background thread.

    image : (rows, columns, 3) bytes, the lowest row first.
    lines : between regions, (points, 2) each.
    wrong_train, wrong_test : for each training and held-out row whether it is misclassified.
    seconds : processor time. On a busy machine the wall time of a picture is mostly waiting,
        however coarse it is.
    """

    run: int
    plane: Plane
    image: NDArray[np.uint8]
    lines: list[NDArray[np.float64]]
    wrong_train: NDArray[np.bool_]
    wrong_test: NDArray[np.bool_]
    seconds: float


class NodeSize:
    """Pixels per grid node while training: as few as the frame budget allows."""

    def __init__(self) -> None:
        self.px = 6.0
        self._seconds = BUDGET_SECONDS / 2

    def learn(self, seconds: float) -> None:
        """Adapt to the seconds that a picture of the current node size took."""
        self._seconds = CALM * self._seconds + (1 - CALM) * seconds
        wanted = self.px
        if self._seconds > BUDGET_SECONDS:
            wanted = min(self.px * 1.25, COARSEST_PX)
        elif self._seconds < BUDGET_SECONDS / 2:
            wanted = max(self.px / 1.25, FINEST_PX)
        if wanted != self.px:
            self._seconds *= (self.px / wanted) ** 2  # time is proportional to 1 / px²
            self.px = wanted


class Rest:
    """The number of frames per picture: it grows as long as no picture looks different.

    Late in a run hundreds of updates a frame change nothing visible, and drawing them costs
    training a fifth of its speed.
    """

    def __init__(self) -> None:
        self.end()

    def end(self) -> None:
        """Give the next frame a picture."""
        self._frames = self._left = 1

    def is_over(self) -> bool:
        """Count a frame; return whether it gets a picture."""
        self._left -= 1
        if self._left > 0:
            return False
        self._left = self._frames
        return True

    def learn(self, looks_different: bool) -> None:
        """Adapt to whether the newest picture looks different."""
        longer = min(2 * self._frames, LONGEST_REST)
        self._frames = max(self._frames // 2, 1) if looks_different else longer


class Shader:
    """Makes pictures of one task and caches what they have in common.

    The work that it returns may only run on the background thread.
    """

    def __init__(self, task: Task, theme: Theme) -> None:
        self._task, self._theme = task, theme
        self._nodes: tuple[tuple[Plane, int, int], Nodes] | None = None
        self._rows = np.concatenate([task.train_rows, task.held_out_rows])
        self._inputs: NDArray[np.float32] | None = None  # of these rows

    def work(
        self, snapshot: Snapshot, plane: Plane, columns: int, rows: int, threshold: float = HALF
    ) -> Callable[[], Shading]:
        """Return a function that computes one picture of rows × columns nodes.

        threshold : on a single neuron's probability. The boundary line and the misclassified
            rows depend on it; the colours show the probability and do not.
        """
        task, params = self._task, snapshot.params
        kind = task.config.model.kind
        is_moved = threshold != HALF and has_threshold(kind)
        shift = threshold_shift(kind, threshold) if is_moved else 0.0

        def work() -> Shading:
            from core.explain import (
                probe,  # imports PyTorch, which must not delay the first paint
            )

            started = time.thread_time()
            grid = probe.decide_grid(task, params, self._nodes_of(plane, columns, rows))
            wrong = self._wrong(params, threshold if is_moved else None)
            return Shading(
                run=snapshot.run,
                plane=plane,
                image=shade(grid, task.dataset.class_marks, self._theme),
                lines=boundary_lines(_shifted(grid, shift)),
                wrong_train=wrong[: len(task.train_rows)],
                wrong_test=wrong[len(task.train_rows) :],
                seconds=time.thread_time() - started,
            )

        return work

    def _nodes_of(self, plane: Plane, columns: int, rows: int) -> Nodes:
        from core.explain import probe

        about = plane, columns, rows
        if self._nodes is None or self._nodes[0] != about:
            self._nodes = about, probe.nodes(self._task, *about)
        return self._nodes[1]

    def _wrong(self, params: Params, threshold: float | None) -> NDArray[np.bool_]:
        """Return for each training row, then each held-out row, whether it is misclassified."""
        from core.explain import probe

        task, rows, X = self._task, self._rows, self._inputs
        if X is None:
            X = task.inputs(task.dataset.values(rows))
            if X.size <= MOST_KEPT:
                self._inputs = X
        return probe.mistakes(task, params, rows, X, threshold)


def _shifted(grid: DecisionGrid, shift: float) -> DecisionGrid:
    """Raise the threshold on z from which a neuron predicts yes by `shift`."""
    if not shift:
        return grid
    return replace(grid, margins=grid.margins + np.array([shift, -shift], dtype=np.float32))


def shade(grid: DecisionGrid, marks: tuple[int, ...], theme: Theme) -> NDArray[np.uint8]:
    """Colour each node like its likeliest class, more opaque if more certain: (rows, columns, 3).

    One vs rest outputs do not sum to 1: where no sigmoid reaches 1/h, certainty is 0, as if
    guessing. Where the votes of pairs tie, the class that is decided on is hatched. In high
    contrast each class has its own hatching.
    """
    A = grid.probabilities
    winner, guess = A.argmax(axis=2), 1 / A.shape[2]
    if grid.logits is not None:  # votes decide, not shares
        winner = grid.margins.argmax(axis=2)
    certainty = ((A.max(axis=2) - guess) / (1 - guess)).clip(0, 1)
    colours = np.array([look.rgb(theme.class_colour(mark)) for mark in marks])
    ground = look.rgb(theme.panel)
    opacity = FAINT + (STRONG - FAINT) * certainty
    rows, columns = np.indices(opacity.shape, sparse=True)
    if theme.is_hatched:
        a, b = np.moveaxis(CLASS_HATCHES[np.array(marks)[winner] % len(CLASS_HATCHES)], 2, 0)
        opacity = np.where((a * rows + b * columns) // HATCH % 2 == 1, HATCHED, 1.0) * opacity
    if grid.logits is not None:
        opacity = np.where(grid.tied & ((rows + columns) // HATCH % 2 == 1), 0.0, opacity)
    return look.mixed(ground, colours[winner], opacity)
