"""Ruled lines, grids and thin frames: found as long straight runs of ink, and taken out.

Where a stroke crosses a line, its ink stays: there the run across the line is longer than the line
is thick.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.data.pictures.labelling import Mask, Numbers, Parts, connected, runs

SMALLEST = 16  # pixels a side of a picture in which there can be lines
SHORTEST = 0.3  # of the picture's side along the line
STEEPEST = 0.12  # slope of a line against the picture's side
THICKEST = 0.02  # of the picture's shorter side
LARGEST_GAP = 0.06  # of the side along the line: where strokes cross it
FILLED = 0.6  # share of a line's length on which there is ink
MOST = 80  # lines in one direction
COARSE = 3.0  # pixels by which lines of neighbouring slopes differ at their ends
THIN = 0.6  # of the width of the other strokes
ANCHORED = 0.03  # of the side: the reach to a border or to a line across
SUBSTANTIAL = 0.06  # of the longer side: the least size of what remains
MANY = 3  # lines make a grid or a frame, whatever their width


class Line(NamedTuple):
    """A line along x: y = at + slope · x from `start` to `end` (exclusive), so many pixels thick.

    Along y the mask is transposed.
    """

    at: float
    slope: float
    start: int
    end: int
    thickness: float
    is_upright: bool

    def end_points(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return x, y of both ends in the picture."""
        ends = [(float(x), self.at + self.slope * x) for x in (self.start, self.end - 1)]
        first, last = ((y, x) if self.is_upright else (x, y) for x, y in ends)
        return first, last

    def distance(self, x: float, y: float) -> float:
        """Return the distance in pixels of a point from the line, measured along x or y."""
        if self.is_upright:
            x, y = y, x
        beyond = max(self.start - x, x - self.end, 0.0)
        return max(abs(y - self.at - self.slope * x), beyond)


@dataclass(frozen=True, eq=False)
class Removal:
    """What was taken out: the mask of its pixels, and the lines that look like one but stay."""

    removed: Mask
    count: int
    kept: int


def line_removal(mask: Mask) -> Removal:
    """Return the pixels of ruled lines, grids and thin frames in a mask of ink.

    A line goes where something substantial remains, and either it is thinner than the strokes that
    remain or it is one of several that end at the border or at each other.
    """
    nothing = np.zeros_like(mask)
    if min(mask.shape) < SMALLEST:
        return Removal(nothing, 0, 0)
    found = [
        (line, pixels)
        for is_upright in (False, True)
        for line, pixels in _lines(mask, is_upright=is_upright)
    ]
    if not found:
        return Removal(nothing, 0, 0)
    rest = mask & ~np.logical_or.reduce([pixels for _, pixels in found])
    width = _stroke_width(rest)
    lines = [line for line, _ in found]
    anchored = [_is_anchored(line, lines, mask.shape) for line in lines]
    is_many = sum(anchored) >= MANY
    if not width:  # the digit itself is straight: only what is surely a line goes
        chosen = [
            pixels
            for line, pixels in found
            if _is_across(line, mask.shape) and _stroke_width(mask & ~pixels)
        ]
    else:
        chosen = [
            pixels
            for (line, pixels), is_anchored in zip(found, anchored, strict=True)
            if line.thickness <= THIN * width or (is_many and is_anchored)
        ]
    if not chosen:
        return Removal(nothing, 0, len(found))
    return Removal(np.logical_or.reduce(chosen), len(chosen), len(found) - len(chosen))


def _stroke_width(mask: Mask) -> float:
    """Return the mean width of the largest part's strokes, 0 if no part is substantial."""
    parts = connected(mask)
    size = np.maximum(parts.height, parts.width)
    is_large = size >= SUBSTANTIAL * max(mask.shape)
    if not is_large.any():
        return 0.0
    return stroke_width(parts, int(np.argmax(np.where(is_large, parts.area, 0))))


def stroke_width(parts: Parts, k: int) -> float:
    """Return the mean width of the strokes of part k, in pixels."""
    box = slice(parts.top[k], parts.bottom[k]), slice(parts.left[k], parts.right[k])
    part = np.pad(parts.labels[box] == k + 1, 1).astype(np.int8)
    edges = sum(int(np.abs(np.diff(part, axis=axis)).sum()) for axis in (0, 1))
    # A stroke has two edges of its own length; π/4 is the mean over all directions.
    return 2 * float(parts.area[k]) / (edges * np.pi / 4)


def _is_across(line: Line, shape: tuple[int, ...]) -> bool:
    """Return whether a line goes from border to border."""
    side = shape[0] if line.is_upright else shape[1]
    return line.start <= ANCHORED * side and line.end >= (1 - ANCHORED) * side


def _is_anchored(line: Line, lines: list[Line], shape: tuple[int, ...]) -> bool:
    """Return whether both ends are at the border or at a line across."""
    rows, columns = shape
    reach = ANCHORED * max(shape)
    return all(
        min(x, y, columns - 1 - x, rows - 1 - y) <= reach
        or any(
            other.is_upright is not line.is_upright and other.distance(x, y) <= reach
            for other in lines
        )
        for x, y in line.end_points()
    )


def _lines(mask: Mask, *, is_upright: bool) -> list[tuple[Line, Mask]]:
    """Return the lines along x, or along y, with the pixels that belong to nothing else."""
    turned = mask.T if is_upright else mask
    columns = turned.shape[1]
    thickest = max(2, round(THICKEST * min(mask.shape)))
    across = _run_lengths_down(turned)
    y, x = np.nonzero((across > 0) & (across <= thickest))
    if not len(y):
        return []
    length = across[y, x]
    votes = _Votes(y, x, turned.shape)
    found: list[tuple[Line, Mask]] = []
    while len(found) < MOST:
        slope, at, count = votes.best()
        if count < FILLED * SHORTEST * columns:
            break
        near = votes.left & (np.abs(y - at - slope * x) <= 1 + thickest / 2)
        votes.drop(near)
        span = _longest_span(np.unique(x[near]), columns)
        if span is None:
            continue
        inside = near & (x >= span[0]) & (x < span[1])
        slope, at = _fitted(y[inside], x[inside])
        thickness = float(np.median(length[inside]))
        own = inside & (length <= max(1.8 * thickness, thickness + 2))
        own &= np.abs(y - at - slope * x) <= thickness / 2 + 1.5
        pixels = np.zeros_like(turned)
        pixels[y[own], x[own]] = True
        line = Line(at, slope, *span, thickness, is_upright)
        found.append((line, pixels.T if is_upright else pixels))
    return found


def _fitted(y: Numbers, x: Numbers) -> tuple[float, float]:
    """Return slope and height at x = 0 of the line through most of these pixels."""
    kept = np.ones(len(y), dtype=bool)
    slope, at = 0.0, float(np.median(y))
    for _ in range(3):
        slope, at = (float(value) for value in np.polyfit(x[kept], y[kept], 1))
        away = np.abs(y - at - slope * x)
        near = away <= max(1.5, float(np.median(away)) * 2)
        if np.ptp(x[near]) == 0 or near.sum() < 3:
            break
        kept = near
    return slope, at


class _Votes:
    """Counts, for each slope and height, the pixels on that line."""

    def __init__(self, y: Numbers, x: Numbers, shape: tuple[int, ...]) -> None:
        self.left = np.ones(len(y), dtype=bool)  # pixels that still vote
        rows, columns = shape
        steps = max(1, round(STEEPEST * columns / COARSE))
        self._slopes = np.arange(-steps, steps + 1) * (STEEPEST / steps)
        self._y, self._x = y, x
        self._margin = round(STEEPEST * columns) + 2
        self._width = rows + 2 * self._margin
        self._counts = np.zeros((len(self._slopes), self._width), dtype=np.intp)
        self._add(self.left, 1)

    def best(self) -> tuple[float, float, int]:
        """Return slope and height at x = 0 of the line with most pixels, two thick, and these."""
        pairs = self._counts[:, :-1] + self._counts[:, 1:]
        k, at = np.unravel_index(int(np.argmax(pairs)), pairs.shape)
        slope = float(self._slopes[k])
        count = int(self._counts[k, at : at + 2].max())
        return slope, float(at) + 0.5 - self._margin, count

    def drop(self, which: NDArray[np.bool_]) -> None:
        self._add(which, -1)
        self.left = self.left & ~which

    def _add(self, which: NDArray[np.bool_], sign: int) -> None:
        y, x = self._y[which], self._x[which]
        for k, slope in enumerate(self._slopes):
            bin_of = np.rint(y - slope * x).astype(np.intp) + self._margin
            self._counts[k] += sign * np.bincount(bin_of, minlength=self._width)


def _longest_span(columns: Numbers, width: int) -> tuple[int, int] | None:
    """Return start and end of the longest line through these columns, None if it is too short."""
    if not len(columns):
        return None
    first, past = int(columns[0]), int(columns[-1]) + 1
    if past - first >= SHORTEST * width and len(columns) >= FILLED * (past - first):
        return first, past
    breaks = np.flatnonzero(np.diff(columns) > max(4, LARGEST_GAP * width))
    begins, ends = np.append(0, breaks + 1), np.append(breaks, len(columns) - 1)
    length = columns[ends] - columns[begins] + 1
    longest = int(np.argmax(length))
    filled = ends[longest] - begins[longest] + 1
    if length[longest] < SHORTEST * width or filled < FILLED * length[longest]:
        return None
    return int(columns[begins[longest]]), int(columns[ends[longest]]) + 1


def _run_lengths_down(mask: Mask) -> Numbers:
    """Return for each pixel of a mask the length of its run in its column, 0 elsewhere."""
    turned = np.ascontiguousarray(mask.T)
    _, start, end = runs(turned)
    lengths = np.zeros(turned.shape, dtype=np.intp)
    lengths[turned] = np.repeat(end - start, end - start)
    return lengths.T
