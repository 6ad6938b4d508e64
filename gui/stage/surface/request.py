"""A request for a loss surface, and the answer that the background computes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.data.task import Task
from core.explain.surface import loss_surface
from core.explain.surface.direction import Direction, Reals, point_of
from core.explain.surface.loss_surface import Range, Sample, Surface
from core.language import in_a_row, tr
from core.model_kind import LossName
from core.number_format import format_integer, format_plain
from core.train.snapshot import Params
from core.train.trajectory import Trajectory
from gui.stage.surface.directions import pair_of

if TYPE_CHECKING:  # it imports PyTorch
    from core.explain.optimum import Optimum

LIVE_NODES, STILL_NODES = (40, 32), (96, 72)
LIVE_ROWS = 300
NEAR = 10  # lengths of the path: an optimum farther away is left out of the ranges
LEAP = 1.5  # factor of each growth of a range
MARGIN = 1.1  # least ratio of a half range to the reach of the path in it

Ranges = tuple[Range, Range]


@dataclass(frozen=True, eq=False)
class SurfaceRequest:
    """A request for a surface around a model, and for what is shown with it.

    path : trajectory of the run, up to and including the model's weights. penalties : λ and λ₁.
    chosen : keys of the directions; directions : the pair itself, None if not yet computed.
    ranges : set by the user, widened until they hold the model; None: computed by `extent`.
    losses : to evaluate, on fewer nodes and rows if `is_live`.
    plane : ranges of the two features over which the boundary is drawn; None: no plane.
    known : the newest answer, whose parts are reused while they are valid.
    """

    task: Task
    path: Trajectory
    penalties: tuple[float, float]
    chosen: tuple[object, object]
    directions: tuple[Direction, Direction] | None
    ranges: Ranges | None
    losses: tuple[LossName, ...]
    is_live: bool
    plane: Ranges | None
    known: SurfaceAnswer | None

    def answer(self) -> SurfaceAnswer:
        """Compute the surface and the rest of the answer; takes milliseconds to seconds."""
        from core.explain.optimum import optimum

        task, known = self.task, self.known
        params = point_of(task, self.path, -1)
        if known is not None and known.task is not task:
            known = None
        whole, few = (known.whole, known.few) if known else _samples(task)
        if known and known.penalties == self.penalties:
            lowest = known.lowest
        else:
            lowest = optimum(task, *self.penalties)
        directions = self.directions or pair_of(task, self.chosen, whole, self.path)
        if self.ranges is None:
            ranges = extent(directions, self.path, lowest.params)
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
    """A computed surface and what is shown with it.

    lowest : the optimum, or why there is none. whole, few : rows evaluated at rest, and live.
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
        """Coordinates of the optimum along the two directions; None where there is none."""
        best = self.lowest.params
        if best is None:
            return None
        first, second = self.directions
        return first.along(best), second.along(best)

    def caption(self) -> str:
        """Return the caption: what the surface shows, and how to use it."""
        task, (decay, l1), lowest = self.task, self.penalties, self.lowest
        words = []
        if self.whole.n < self.whole.total:
            words.append(
                tr(
                    "Measured on {n} of {total} training rows.",
                    n=format_integer(self.whole.n),
                    total=format_integer(self.whole.total),
                )
            )
        if task.config.model.hidden:
            words.append(tr("One slice of a loss with many valleys."))
        if task.config.model.hidden or task.outputs * (task.m + task.config.model.has_bias) > 2:
            words.append(tr("All other parameters are as they are now."))
        if decay:
            words.append(
                tr("With the penalty λ/2 ‖W‖², λ = {decay}.", decay=format_plain(decay, 6))
            )
        if l1:
            words.append(tr("With the penalty λ₁ Σ|w|, λ₁ = {l1}.", l1=format_plain(l1, 6)))
        words.append(lowest.words)
        if lowest.params is not None:
            words.append(tr("★ marks it."))
        words.append(tr("☆ is the lowest point of this picture, where it has one."))
        words.append(
            tr("Arrow keys or a drag move the model’s point; Return or a click starts there.")
        )
        return in_a_row(*words)


def _samples(task: Task) -> tuple[Sample, Sample]:
    return Sample.of(task), Sample.of(task, LIVE_ROWS)


def extent(
    directions: tuple[Direction, Direction], path: Trajectory, best: Params | None
) -> Ranges:
    """Return ranges that hold the path, and the optimum unless it is farther than NEAR.

    They start around the beginning of the path, and each side grows in steps of LEAP. So they
    change rarely during a run, and depend on its path only, not on when they are computed.
    """
    found = []
    for direction in directions:
        along = direction.along_path(path)
        low = high = float(along[0])
        if best is not None:
            at = direction.along(best)
            near = NEAR * max(float(np.ptp(along)), 1.0)
            if along.min() - near < at < along.max() + near:
                low, high = min(low, at), max(high, at)
        middle, half = (low + high) / 2, max((high - low) * 0.75, 1.0)
        below, above = middle - float(along.min()), float(along.max()) - middle
        found.append((middle - _grown(half, below), middle + _grown(half, above)))
    return found[0], found[1]


def _grown(half: float, reach: float) -> float:
    """Return half a range, multiplied by LEAP until it is at least MARGIN times the reach."""
    leaps = math.ceil(math.log(max(MARGIN * reach, half) / half, LEAP))
    return half * LEAP**leaps


def widened(ranges: Ranges, directions: tuple[Direction, Direction], params: Params) -> Ranges:
    """Return the ranges, each doubled on the side needed until they hold the parameters.

    Non-finite parameters leave a range as it is.
    """
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
