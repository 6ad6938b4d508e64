"""A picture file as an example for a model: read, with what is ambiguous about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.digits.deskew import deskew_images
from core.errors import DataError
from core.runs.model import Model

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


def check_reads_pictures(model: Model, name: str) -> None:
    """Raise DataError for a model of measured features; name : of its file."""
    if model.image_shape is None:
        count = len(model.columns)
        raise DataError(
            f"{name} reads {count:,} measured features, no pictures; ask it by --values or --table."
        )


def pictured(
    path: Path, model: Model, without: tuple[str, ...] = (), *, is_deskewed: bool | None = None
) -> Example:
    """Return a picture file as an example for a model of pictures.

    For a model of a folder's pictures it is scaled as these were. For one of digits the digit in it
    is found. For others it must have the shape already.
    without : steps of the cleaning that are left out. is_deskewed : None is as in training.
    Raises DataError where it is no picture, or nothing is found in it.
    """
    from core.data.pictures import decode  # imports Pillow
    from core.data.pictures.cleaning import Cleaning
    from core.data.pictures.paper import global_contrast
    from core.data.pictures.reading import read_digit

    if is_deskewed is None:
        is_deskewed = model.config.data.deskew
    if model.config.data.source == "pictures":
        return _scaled(path, model, is_deskewed=is_deskewed)
    shape = model.image_shape
    grey = decode.read(path)
    if model.recipe is None:
        if shape is None or grey.shape != shape:
            wanted = "no pictures" if shape is None else f"{shape[0]} × {shape[1]}"
            raise DataError(
                f"{path.name} has {grey.shape[0]} × {grey.shape[1]} pixels; this model reads "
                f"{wanted}. Resize the picture."
            )
        found = Example(global_contrast(grey).ink.ravel())
    else:
        cleaning = replace(Cleaning(), **dict.fromkeys(without, False))
        reading = read_digit(grey, replace(model.recipe, deskew=is_deskewed), cleaning)
        found = Example(reading.image.ravel(), reading.doubts, reading.notes)
    if not found.values.any():
        raise DataError(NO_INK.format(path.name))
    return found


def _scaled(path: Path, model: Model, *, is_deskewed: bool) -> Example:
    """Return a picture as those of the folder that the model was trained on."""
    from core.data.pictures import decode, scaled
    from core.files import contents

    assert model.image_shape is not None
    data = model.config.data
    rows, columns = model.image_shape
    form = scaled.Form(
        rows // (scaled.CHANNELS if data.colour else 1), columns, data.colour, data.invert
    )
    pixels, _ = scaled.scaled(contents(path, "a picture", decode.MAX_BYTES), path.name, form)
    values = pixels.reshape(1, -1)
    if is_deskewed:
        values = deskew_images(values)
    return Example(values[0] / np.float32(model.scale))
