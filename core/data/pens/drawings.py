"""The bundled drawings of pens, as pictures to train on."""

from __future__ import annotations

import gzip
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

import assets
from core.data.digits.drawing import strokes_to_image
from core.data.digits.layout import layout_of
from core.data.pens.shapes import Shape, read_shapes
from core.errors import DataError
from core.language import tr

PENS = (0.75, 1.35)  # widths of pens, as shares of the width of the data's strokes
PLACE = ("pens", "drawings.txt.gz")  # among the assets


@cache
def drawings() -> tuple[Shape, ...]:
    """Return the bundled drawings; raise DataError where they are damaged."""
    place = files(assets).joinpath(*PLACE)
    try:
        with place.open("rb") as raw, gzip.open(raw, "rt", encoding="utf-8") as file:
            found = read_shapes(file.read())
    except (OSError, EOFError, UnicodeError) as error:
        raise DataError(
            tr(
                "The bundled drawings of pens cannot be read ({error}); install the program again.",
                error=error,
            )
        ) from error
    if {drawing.digit for drawing in found} != set(range(10)):
        raise DataError(tr("The bundled drawings of pens lack digits; install the program again."))
    return found


@lru_cache(maxsize=4)
def pictures(size: int, seed: int, most: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return the first drawings as pictures (n, size²) in 0 … 1, and their digits (n,).

    They become pictures by the recipe of the pad, each with a pen of a width that the seed draws.
    """
    drawn = drawings()[:most]
    wide = np.random.Generator(np.random.PCG64(seed)).random(len(drawn))
    pens = layout_of(size).pen_width * (PENS[0] + (PENS[1] - PENS[0]) * wide)
    X = np.empty((len(drawn), size * size), dtype=np.float32)
    for row, drawing, pen in zip(X, drawn, pens, strict=True):
        row[:] = strokes_to_image(drawing.strokes, pen_width=float(pen), size=size).ravel()
    return X, np.array([drawing.digit for drawing in drawn], dtype=np.int64)
