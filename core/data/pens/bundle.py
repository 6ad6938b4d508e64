"""Make the bundled drawings of pens anew: `python -m core.data.pens.bundle`."""

from __future__ import annotations

import gzip
from importlib.resources import files
from pathlib import Path

import numpy as np

import assets
from core.data.digits.layout import Coordinates
from core.data.pens.drawings import PLACE
from core.data.pens.shapes import LIFT, Shape, shapes
from core.data.pens.writing import write

PER_DIGIT = 400
SIDE = 200  # units of the longer side, all whole


def made() -> tuple[Shape, ...]:
    """Return the drawings, digit after digit, the shapes of each digit in turn.

    So the first n of them, n a multiple of ten, are n / 10 of each digit, of shapes as equal in
    number as possible.
    """
    own = [[shape for shape in shapes() if shape.digit == digit] for digit in range(10)]
    return tuple(
        shape._replace(strokes=_whole(write(shape, (shape.digit, k))))
        for k in range(PER_DIGIT)
        for shape in (of_digit[k % len(of_digit)] for of_digit in own)
    )


def _whole(strokes: tuple[Coordinates, ...]) -> tuple[Coordinates, ...]:
    """Return strokes in whole units, from 0 on."""
    points = np.concatenate(strokes)
    low = points.min(axis=0)
    unit = float((points.max(axis=0) - low).max()) / SIDE
    return tuple(np.rint((stroke - low) / unit) for stroke in strokes)


def text(drawn: tuple[Shape, ...]) -> str:
    """Return drawings as lines, as `read_shapes` reads them."""
    return "".join(
        f"{digit} {name} {f' {LIFT} '.join(map(_said, strokes))}\n"
        for digit, name, strokes in drawn
    )


def _said(stroke: Coordinates) -> str:
    return " ".join(f"{x:.0f},{y:.0f}" for x, y in stroke)


def main() -> None:
    """Write the drawings to their place among the assets."""
    place = Path(str(files(assets).joinpath(*PLACE)))
    place.write_bytes(gzip.compress(text(made()).encode(), mtime=0))


if __name__ == "__main__":
    main()
