"""Ways in which people write digits, as strokes set by hand."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

import assets
from core.data.digits.layout import Coordinates
from core.errors import DataError
from core.language import tr

LIFT = "/"


class Shape(NamedTuple):
    """A way of writing a digit: its strokes, arrays (k, 2) of x and y (down), about 100 high."""

    digit: int
    name: str
    strokes: tuple[Coordinates, ...]


@cache
def shapes() -> tuple[Shape, ...]:
    """Return the bundled shapes, in the order of the file."""
    text = files(assets).joinpath("pens", "shapes.txt").read_text(encoding="utf-8")
    return read_shapes(text)


def read_shapes(text: str) -> tuple[Shape, ...]:
    """Return the shapes that a text lists, one in a line; lines that begin with # are comments.

    Raises DataError with the number of the line that is no shape.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line and not line.startswith("#"):
            try:
                found.append(_shape(line))
            except ValueError as error:
                raise DataError(
                    tr(
                        "Line {number} of the shapes of digits is no shape ({error}); a digit, a "
                        "name and strokes such as “0,0 9,5 {lift} 4,9” were expected.",
                        number=number,
                        error=error,
                        lift=LIFT,
                    )
                ) from error
    return tuple(found)


def _shape(line: str) -> Shape:
    digit, name, drawn = line.split(maxsplit=2)
    if digit not in set("0123456789"):
        raise ValueError(f"“{digit}” is no digit")
    strokes = tuple(_stroke(stroke) for stroke in drawn.split(LIFT))
    return Shape(int(digit), name, strokes)


def _stroke(text: str) -> Coordinates:
    points = np.array([place.split(",") for place in text.split()], dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise ValueError("a stroke is a list of x,y")
    return points
