"""The content of the pad as values: strokes of points or a picture, the curve, the eraser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Stroke = NDArray[np.float64]
Picture = NDArray[np.float32]
Point = tuple[float, ...]  # x, y in shares of the pad's side, y down; and the pressure of a pen

CLOSEST = 0.002  # of the side: a point nearer to the previous one is dropped


class Content(NamedTuple):
    """The content of the pad: strokes, a picture of the data set, or a photo.

    strokes : (k, 2) points x, y in shares of the side, y down; (k, 3) with the pen's pressure.
    picture : (size, size) in 0 … 1, if there are no strokes.
    note : description of the picture or the photo.
    data : number of the data to which the note applies.
    photo : any picture with a digit, (rows, columns) of grey in 0 (black) … 1 (white).
    """

    strokes: tuple[Stroke, ...] = ()
    picture: Picture | None = None
    note: str = ""
    data: int = 0
    photo: Picture | None = None

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture or a photo, which a new stroke replaces as a whole."""
        return self.picture is not None or self.photo is not None

    @property
    def is_empty(self) -> bool:
        return not self.strokes and not self.is_picture

    def with_stroke(self, points: Sequence[Point]) -> Content:
        """Return the strokes and one more; it has pressures if all of its points have one."""
        width = 3 if all(len(point) == 3 for point in points) else 2
        stroke = np.array([point[:width] for point in points])
        return Content((*self.strokes, stroke))

    def without_touched(self, point: Point, reach: float) -> Content:
        """Return what an eraser of this reach leaves; a picture is erased as a whole."""
        position = np.array(point[:2])
        left = tuple(s for s in self.strokes if distance(s[:, :2], position) > reach)
        is_touched = len(left) < len(self.strokes) or self.is_picture
        return Content(left) if is_touched else self


@dataclass
class Gesture:
    """A gesture of the pen: it draws a stroke of points, or erases if it has none."""

    before: Content
    points: list[Point] = field(default_factory=list)

    def add(self, point: Point) -> bool:
        """Extend the stroke to a point; return False if it is nearer than CLOSEST to the last."""
        x, y = self.points[-1][:2]
        if np.hypot(point[0] - x, point[1] - y) < CLOSEST:
            return False
        self.points.append(point)
        return True


def distance(points: Stroke, position: Stroke) -> float:
    """Return the distance of the line through points (k, 2) from a position (2,)."""
    start, chord = points[: max(len(points) - 1, 1)], np.diff(points, axis=0)
    if not len(chord):
        chord = np.zeros((1, 2))
    square = (chord**2).sum(axis=1)
    t = ((position - start) * chord).sum(axis=1) / np.where(square > 0, square, 1.0)
    away = start + t.clip(0, 1)[:, None] * chord - position
    return float(np.hypot(away[:, 0], away[:, 1]).min())


def bezier(points: Sequence[complex], i: int) -> tuple[complex, complex, complex, complex]:
    """Return start, both control points and end of the cubic curve from point i to the next.

    It is a centripetal Catmull-Rom spline, as in `core.data.digits.strokes`; beyond both ends, the
    first and the last chord are continued.
    """
    start, end = points[i], points[i + 1]
    chord = end - start
    before = start - points[i - 1] if i > 0 else chord
    after = points[i + 2] - end if i + 2 < len(points) else chord
    d0, d1, d2 = (max(abs(way), 1e-9) ** 0.5 for way in (before, chord, after))
    leaving = chord + d1 * (before / d0 - (before + chord) / (d0 + d1))
    arriving = chord + d1 * (after / d2 - (chord + after) / (d1 + d2))
    return start, start + leaving / 3, end - arriving / 3, end
