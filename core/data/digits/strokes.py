"""Pen strokes as smooth curves, cut into short straight pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.data.digits.layout import NEAREST, Coordinates
from core.errors import DataError
from core.language import localised, tr

FARTHEST = 1e100  # far beyond any screen, and nothing overflows yet
PIECE = 1.0  # longest straight piece of a curve, in pixels
DENSE = 400  # points; above this number, points close to their predecessor are skipped
CLOSE = 0.25  # pixels


@dataclass(frozen=True, eq=False)
class Ink:
    """Curves cut into s straight pieces from `start` to `end`, (s, 2) each."""

    start: Coordinates
    end: Coordinates

    def moved(self, scale: ArrayLike, shift: ArrayLike) -> Ink:
        """Return the ink scaled, then shifted; each by one number, or by a pair for x and y."""
        factor, by = np.asarray(scale), np.asarray(shift)
        return Ink(self.start * factor + by, self.end * factor + by)

    @property
    def span(self) -> tuple[Coordinates, Coordinates]:
        """The smallest and the largest x and y, (2,) each."""
        return (
            np.minimum(self.start.min(axis=0), self.end.min(axis=0)),
            np.maximum(self.start.max(axis=0), self.end.max(axis=0)),
        )


def checked(strokes: Sequence[ArrayLike]) -> list[Coordinates]:
    """Return the non-empty strokes as (k, 2) float64; raise DataError for an invalid one."""
    curves = []
    for number, stroke in enumerate(strokes, start=1):
        points = np.asarray(stroke, dtype=np.float64)
        if not points.size:
            continue
        if points.ndim != 2 or points.shape[1] != 2:
            raise DataError(
                tr(
                    "Stroke {number} has the shape {shape}; a stroke must be (k, 2), a row of x "
                    "and y for each point.",
                    number=number,
                    shape=points.shape,
                )
            )
        bad = np.flatnonzero(~(np.abs(points) < FARTHEST).all(axis=1))
        if len(bad):
            x, y = points[bad[0]]
            raise DataError(
                tr(
                    "Stroke {number}, point {point}: found ({x}, {y}); both must be finite "
                    "numbers. Draw the stroke again.",
                    number=number,
                    point=bad[0] + 1,
                    x=localised(f"{x:g}"),
                    y=localised(f"{y:g}"),
                )
            )
        curves.append(points)
    return curves


class Unit(NamedTuple):
    """The unit of `smooth`, given in the drawing's own unit: its origin and its length."""

    origin: Coordinates
    length: float


def smooth(curves: list[Coordinates], box: float) -> tuple[Ink, Unit]:
    """Interpolate each stroke by a smooth curve, in units of the drawing's longer side.

    box : pixels that this side will have; it decides how finely the curves are cut.
    The curve is a centripetal Catmull–Rom spline, which has neither loops nor cusps (Yuksel et
    al. 2011): eight points of a digit are recognised almost as well as a hundred.
    """
    points = np.concatenate(curves)
    low, high = points.min(axis=0), points.max(axis=0)
    length = float((high - low).max())
    if length <= max(NEAREST * float(np.abs(points).max()), 1 / FARTHEST):
        length = 1.0
        points = np.broadcast_to(low, points.shape)
    unit = Unit((low + high) / 2, length)
    points = (points - unit.origin) / length
    of_stroke = np.repeat(np.arange(len(curves)), [len(curve) for curve in curves])
    points, is_new = _distinct(points, np.diff(of_stroke, prepend=-1) > 0)
    if len(points) > DENSE:
        along = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T).cumsum()
        is_last = np.append(is_new[1:], True)
        keep = is_new | is_last | (np.diff(np.floor(along * (box / CLOSE)), prepend=-1) > 0)
        points, is_new = _distinct(points[keep], is_new[keep])  # the last may lie on the one before
    is_last = np.append(is_new[1:], True)
    dots = points[is_new & is_last]
    (at,) = np.nonzero(~is_last)
    p1, p2 = points[at], points[at + 1]
    chord = p2 - p1
    # Extrapolate both ends of a stroke by its first and last chord.
    before = np.where(is_new[at, None], chord, p1 - points[at - 1])
    after = np.where(is_last[at + 1, None], chord, points[(at + 2) % len(points)] - p2)
    d0, d1, d2 = (np.sqrt(np.hypot(v[:, :1], v[:, 1:])) for v in (before, chord, after))
    tangent1 = d1 * (before / d0 - (before + chord) / (d0 + d1)) + chord
    tangent2 = d1 * (after / d2 - (chord + after) / (d1 + d2)) + chord
    pieces = np.ceil(d1[:, 0] ** 2 * (box / PIECE)).astype(np.intp).clip(1)
    of_chord = np.repeat(np.arange(len(at)), pieces)
    step = np.arange(len(of_chord)) - np.repeat(np.cumsum(pieces) - pieces, pieces)

    def curve(step: NDArray[np.intp]) -> Coordinates:
        """Cubic Hermite interpolation from p1 to p2 with these tangents."""
        t = (step / pieces[of_chord])[:, None]
        bent = (1 - t) * tangent1[of_chord] - t * tangent2[of_chord]
        bent += (2 * t - 1) * chord[of_chord]
        return np.asarray(p1[of_chord] + t * chord[of_chord] + t * (1 - t) * bent)

    start, end = curve(step), curve(step + 1)
    return Ink(np.concatenate([start, dots]), np.concatenate([end, dots])), unit


def _distinct(
    points: Coordinates, is_new: NDArray[np.bool_]
) -> tuple[Coordinates, NDArray[np.bool_]]:
    """Skip points that lie where the point before them in their stroke lies."""
    keep = is_new | (np.abs(np.diff(points, axis=0, prepend=points[:1])).max(axis=1) > NEAREST)
    return points[keep], is_new[keep]
