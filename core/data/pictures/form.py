"""Bring the ink of a picture into the form of the pictures that a model of digits was trained on.

The steps are those of a drawing, see `core.data.digits.drawing`: crop to the ink, scale to the box,
grey edges, centre of mass to the middle, deskew; in one resampling step, in which each pixel is the
mean of the area it covers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from core.data.digits.deskew import deskew_images
from core.data.digits.drawing import DigitPreprocessing, Stage, placements
from core.data.digits.layout import DIGITS_SIZE, Coordinates, Picture, fitting, layout_of
from core.data.digits.strokes import Ink

EDGE = 0.5  # fraction of the darkest ink that marks the edge of a stroke
NEAR = 0.022  # tolerance for the centre of mass, as a fraction of the frame
DOTS = 60  # a side: a picture is at least so fine when it is drawn in dots
FINE = 4  # supersampling per axis while strokes are thickened
THICKER = 0.6  # fraction of the missing width: the filter is square and adds more along diagonals


def picture_to_image(ink: Picture, size: int = 28) -> Picture:
    """Return the ink of a picture (rows, columns) in the form of MNIST, (size, size) in 0 … 1.

    See `form_stages`, of which it is the last.
    """
    return form_stages(ink, DigitPreprocessing(size=size))[-1].image


def form_stages(ink: Picture, recipe: DigitPreprocessing) -> list[Stage]:
    """Return the picture in the frame of `recipe`, (size, size) in 0 … 1, after each of its steps.

    Strokes that would be thin are thickened when they are scaled: of digits drawn with a pen of 1 %
    of the picture, a softmax model then read 89 % instead of 75 %. A picture that has the form
    already is only deskewed. Without ink the pictures are empty.
    """
    if is_in_form(ink, recipe.size):
        shown = [Stage("pad", ink)]
    elif not ink.any():
        shown = [Stage("pad", np.zeros((recipe.size, recipe.size), dtype=np.float32))]
    elif recipe.size == DIGITS_SIZE:
        shown = _as_drawing(ink, recipe)
    else:
        shown = list(_placements(ink, recipe))
    if recipe.deskew:
        last = shown[-1].image
        shown.append(Stage("deskew", deskew_images(last.reshape(1, -1)).reshape(last.shape)))
    return shown


def _as_drawing(ink: Picture, recipe: DigitPreprocessing) -> list[Stage]:
    """Return the steps of a drawing of dots, one for each dark pixel of the picture.

    So the recipe of the bundled digits makes strokes as thick as theirs, by the width of the pen.
    """
    across, down = (_span(ink >= EDGE * ink.max(), axis) for axis in (0, 1))
    origin, pad = np.array(ink.shape[::-1]) / 2, float(max(ink.shape))
    cropped = ink[slice(*down), slice(*across)]
    factor = max(1, max(cropped.shape) // DOTS)
    small = Image.fromarray(np.ascontiguousarray(cropped)).reduce(factor)
    y, x = np.nonzero(np.asarray(small) >= EDGE * ink.max())
    if not len(y):
        y, x = np.nonzero(np.asarray(small) > 0)
    dots = (np.column_stack([x, y]) + 0.5) * factor + (across[0], down[0])
    pen = factor * recipe.size / pad
    steps = placements(Ink(dots, dots), recipe, pad, origin, pen)
    return [Stage(name, placed.image) for name, placed in steps]


def _placements(ink: Picture, recipe: DigitPreprocessing) -> Iterator[Stage]:
    size, layout, half = recipe.size, recipe.layout, recipe.size / 2
    across, down = (_span(ink >= EDGE * ink.max(), axis) for axis in (0, 1))
    corners = np.array([across, down], dtype=np.float64)  # x and y, start and end
    middle, extent = corners.mean(axis=1), corners[:, 1] - corners[:, 0]
    scale = np.full(2, size / max(ink.shape))
    # The point of the ink that comes to a place of the frame.
    point, position = np.array(ink.shape[::-1]) / 2, np.full(2, half)
    pen = 0.0

    def placed(*, is_soft: bool) -> Picture:
        return _resampled(ink, point - position / scale, scale, size, pen, is_soft=is_soft)

    yield Stage("pad", placed(is_soft=False))
    if recipe.crop:
        point = middle
        yield Stage("crop", placed(is_soft=False))
    else:
        position = half + (middle - point) * scale
        point = middle
    if recipe.scale_to_box:
        scale, pen = fitting(extent, layout, pen=0.0), recipe.pen
        yield Stage("scale_to_box", placed(is_soft=False))
    if recipe.antialias:
        yield Stage("antialias", placed(is_soft=True))
    if recipe.centre:
        cropped = ink[slice(*down), slice(*across)]  # a shadow elsewhere does not move the centre
        for axis, goal in enumerate(layout.middle):
            if goal is not None:
                point[axis] = corners[axis, 0] + _centre(cropped, axis)
                position[axis] = goal + 0.5
        yield Stage("centre", placed(is_soft=recipe.antialias))


def _resampled(
    ink: Picture, low: Coordinates, scale: Coordinates, size: int, pen: float, *, is_soft: bool
) -> Picture:
    """Return the part of the ink from `low` (2,) on that fills the frame, (size, size).

    scale : pixels of the frame per pixel of the ink, along x and y. pen : the width towards which
        strokes are thickened, 0 for none.
    """
    high = low + size / scale
    rows, columns = ink.shape
    left, top = (max(0, math.ceil(-position)) for position in low)
    right, bottom = (max(0, math.ceil(position)) for position in high - (columns, rows))
    # What is far outside the frame is not needed.
    first_x, first_y = (max(0, math.floor(position) - 1) for position in low)
    last_x, last_y = (
        min(side, math.ceil(position) + 1)
        for position, side in zip(high, (columns, rows), strict=True)
    )
    needed = ink[first_y : max(last_y, first_y + 1), first_x : max(last_x, first_x + 1)]
    wide = Image.fromarray(np.pad(needed, ((top, bottom), (left, right))))
    shift_x, shift_y = left - first_x, top - first_y
    box = (low[0] + shift_x, low[1] + shift_y, high[0] + shift_x, high[1] + shift_y)
    fine = np.asarray(wide.resize((FINE * size, FINE * size), Image.Resampling.BOX, box=box))
    if not fine.any():
        return np.zeros((size, size), dtype=np.float32)
    image = _thickened(fine, FINE * pen) if pen else Image.fromarray(fine / fine.max())
    result = np.array(image.reduce(FINE), dtype=np.float32)  # a copy: Pillow's is read-only
    return result if is_soft else (result >= EDGE).astype(np.float32)


def _thickened(image: Picture, width: float) -> Image.Image:
    """Thicken strokes that are thinner than `width` pixels towards that width."""
    image = (image / image.max()).clip(0, 1)
    # A stroke has two edges of its own length; π/4 is the mean over all directions.
    edges = sum(float(np.abs(np.diff(image, axis=axis)).sum()) for axis in (0, 1)) * math.pi / 4
    radius = int(THICKER * (width - 2 * float(image.sum()) / edges) / 2) if edges else 0
    result = Image.fromarray(image)
    return result.filter(ImageFilter.MaxFilter(2 * radius + 1)) if radius > 0 else result


def is_in_form(ink: Picture, size: int) -> bool:
    """Return whether a picture of ink has the size and the layout of the data's own pictures."""
    if ink.shape != (size, size) or not ink.any():
        return False
    if size == DIGITS_SIZE:  # these are placed less regularly
        return True
    layout = layout_of(size)
    for axis, (inner, goal) in enumerate(zip(layout.box, layout.middle, strict=True)):
        first, last = _span(ink > 0, axis)
        assert goal is not None
        # The box is measured to the middle of the grey edges.
        if last - first > inner + 1 or abs(_centre(ink, axis) - 0.5 - goal) > NEAR * size:
            return False
    return True


def _span(marked: NDArray[np.bool_], axis: int) -> tuple[int, int]:
    """Return start and end (exclusive) of the marked pixels along x (axis 0) or y (axis 1)."""
    (indices,) = np.nonzero(marked.any(axis=axis))
    return int(indices[0]), int(indices[-1]) + 1


def _centre(ink: Picture, axis: int) -> float:
    """Return the centre of mass along x (axis 0) or y (axis 1); pixel 0 is centred at ½."""
    mass = ink.sum(axis=axis, dtype=np.float64)
    return float(mass @ (np.arange(len(mass)) + 0.5) / mass.sum())
