"""What a loss surface is asked for, and what the background finds out about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.data.task import Task
from core.explain import loss_surface
from core.explain.loss_surface import Cost, Direction, Range, Reals, Sample, Surface
from core.train.snapshot import Params
from gui.stage.surface.directions import pair_of

if TYPE_CHECKING:  # it imports PyTorch
    from core.explain.optimum import Optimum

LIVE_NODES, STILL_NODES = (40, 32), (96, 72)
LIVE_ROWS = 300

Ranges = tuple[Range, Range]


@dataclass(frozen=True, eq=False)
class SurfaceRequest:
    """A surface around a model, and what else is shown with it.

    params : of the model. path : parameters W (points, outputs, m) and b (points, outputs) up to
        and with these. penalties : λ and λ₁.
    chosen : what the directions stand for in the choices; directions : these, where they are known.
    ranges : to be shown, doubled where the model lies outside; None: such that the path fits in.
    losses : to be measured, on fewer nodes and rows while it `is_live`.
    plane : ranges of the two features over which the boundary is drawn, where there are two.
    known : the newest answer, of which what is still true is not found out again.
    """

    task: Task
    params: Params
    path: Params
    penalties: tuple[float, float]
    chosen: tuple[object, object]
    directions: tuple[Direction, Direction] | None
    ranges: Ranges | None
    losses: tuple[Cost, ...]
    is_live: bool
    plane: Ranges | None
    known: SurfaceAnswer | None

    def answer(self) -> SurfaceAnswer:
        """Measure the surface and find out the rest; this takes milliseconds to seconds."""
        from core.explain.optimum import optimum

        task, params, known = self.task, self.params, self.known
        if known is not None and known.task is not task:
            known = None
        whole, few = (known.whole, known.few) if known else _samples(task)
        if known and known.penalties == self.penalties:
            lowest = known.lowest
        else:
            lowest = optimum(task, *self.penalties)
        directions = self.directions or pair_of(task, self.chosen, whole, params)
        if self.ranges is None:
            ranges = fitted(directions, self.path, lowest.params)
        else:
            ranges = widened(self.ranges, directions, params)
        sample, size = (few, LIVE_NODES) if self.is_live else (whole, STILL_NODES)
        surface = loss_surface.surface(
            sample, params, directions, *ranges, size, self.losses, *self.penalties
        )
        lines = [] if self.plane is None else loss_surface.boundary(task, params, *self.plane)
        return SurfaceAnswer(
            task, self.penalties, surface, directions, ranges, lowest, whole, few, lines
        )


@dataclass(frozen=True, eq=False)
class SurfaceAnswer:
    """What has been found out.

    lowest : the optimum, or why there is none. whole, few : rows that are measured at rest, live.
    boundary : lines between the regions of the plane, each (points, 2).
    """

    task: Task
    penalties: tuple[float, float]
    surface: Surface
    directions: tuple[Direction, Direction]
    ranges: Ranges
    lowest: Optimum
    whole: Sample
    few: Sample
    boundary: list[Reals]

    @property
    def optimum(self) -> tuple[float, float] | None:
        """Where the optimum lies along the two directions; None where there is none."""
        best = self.lowest.params
        if best is None:
            return None
        first, second = self.directions
        return first.along(best), second.along(best)

    def caption(self) -> str:
        """Say what the surface is of, and what can be done on it."""
        task, (decay, l1), lowest = self.task, self.penalties, self.lowest
        words = []
        if len(self.whole.X) < self.whole.total:
            words.append(
                f"Measured on {len(self.whole.X):,} of {self.whole.total:,} training rows."
            )
        if task.outputs * (task.m + task.config.model.has_bias) > 2:
            words.append("All other parameters are as they are now.")
        if decay:
            words.append(f"With the penalty λ/2 ‖W‖², λ = {decay:g}.")
        if l1:
            words.append(f"With the penalty λ₁ Σ|w|, λ₁ = {l1:g}.")
        words.append(lowest.words + (" ★ marks it." if lowest.params is not None else ""))
        words.append("☆ is the lowest point of this picture, where it has one.")
        words.append("Drag the point to move the model; click elsewhere to start there.")
        return " ".join(words)


def _samples(task: Task) -> tuple[Sample, Sample]:
    return Sample.of(task), Sample.of(task, LIVE_ROWS)


def fitted(directions: tuple[Direction, Direction], path: Params, best: Params | None) -> Ranges:
    """Return ranges that hold the path, and the optimum unless it is far off."""
    found = []
    for direction in directions:
        along = direction.along_way(path)
        low, high = float(along.min()), float(along.max())
        if best is not None:
            at = direction.along(best)
            reach = 10 * max(high - low, 1.0)
            if low - reach < at < high + reach:
                low, high = min(low, at), max(high, at)
        half = max((high - low) * 0.75, 1.0)
        middle = (low + high) / 2
        found.append((middle - half, middle + half))
    return found[0], found[1]


def widened(ranges: Ranges, directions: tuple[Direction, Direction], params: Params) -> Ranges:
    """Return the ranges, doubled until they hold the parameters."""
    found = []
    for (low, high), direction in zip(ranges, directions, strict=True):
        at = direction.along(params)
        if not np.isfinite(at):
            at = (low + high) / 2
        for _ in range(60):
            if low <= at <= high:
                break
            width = high - low
            low, high = (low - width, high) if at < low else (low, high + width)
        found.append((low, high))
    return found[0], found[1]
