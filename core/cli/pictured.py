"""A picture file as an example for a model: read, with what is ambiguous about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.digits.drawing import DigitPreprocessing
from core.errors import DataError

Picture = NDArray[np.float32]

NO_INK = "{}: nothing is drawn. Draw something, then ask again."
CLEANINGS = ("paper", "lines", "dust")


@dataclass(frozen=True, eq=False)
class Example:
    """One input of a model: `values` (d,) in the units of its features.

    doubts : sentences on what is ambiguous about it. notes : on what was left out of it.
    """

    values: Picture
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def pictured(
    path: Path,
    shape: tuple[int, int],
    recipe: DigitPreprocessing | None,
    without: tuple[str, ...] = (),
) -> Example:
    """Return a picture file as an example for a model of pictures of this shape.

    recipe : of a model of digits; with None the picture must have the shape already.
    without : steps of the cleaning that are left out.
    """
    from core.data.pictures import decode  # imports Pillow
    from core.data.pictures.cleaning import Cleaning
    from core.data.pictures.paper import global_contrast
    from core.data.pictures.reading import read_digit

    grey = decode.read(path)
    if recipe is None:
        if grey.shape != shape:
            raise DataError(
                f"{path.name} has {grey.shape[0]} × {grey.shape[1]} pixels; this model reads "
                f"{shape[0]} × {shape[1]}. Resize the picture."
            )
        found = Example(global_contrast(grey).ink.ravel())
    else:
        cleaning = replace(Cleaning(), **dict.fromkeys(without, False))
        reading = read_digit(grey, recipe, cleaning)
        found = Example(reading.image.ravel(), reading.doubts, reading.notes)
    if not found.values.any():
        raise DataError(NO_INK.format(path.name))
    return found
