"""Convert pen strokes into a picture like those that a model of digits was trained on.

The steps follow MNIST: crop to the ink, scale it to fit a box of 20 × 20 pixels with its aspect
ratio kept and with grey edges, and move its centre of mass to the middle of 28 × 28 (LeCun, Cortes
and Burges, “The MNIST database of handwritten digits”). Here the strokes are scaled and moved, and
rasterised once, at the end, so that position, size and sampling density of a drawing do not matter.
Pictures of 8 × 8 follow the makers of the bundled digits, see `bitmap`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.data.digits import bitmap
from core.data.digits.deskew import deskew_images
from core.data.digits.layout import (
    DIGITS_SIZE,
    MNIST_SIZE,
    Coordinates,
    DigitLayout,
    Picture,
    fitting,
    layout_of,
)
from core.data.digits.rasterise import rasterise
from core.data.digits.strokes import Ink, checked, smooth
from core.errors import ConfigError, DataError
from core.language import localised, tr

LARGEST = 10  # times the pad's side: what is drawn beyond its edge is invisible but costs time


@dataclass(frozen=True)
class DigitPreprocessing:
    """The preprocessing steps of a drawing; each can be left out to see its effect.

    crop : move the drawing from its position on the pad to the middle of the frame.
    scale_to_box : scale the drawing to fit the box.
    antialias : make the edges of strokes grey, by the fraction of a pixel that is covered.
    centre : move the centre of mass to the middle.
    deskew : shear the picture until it is upright.
    pen_width : in pixels of the frame, whatever the size of the drawing; None for the width of the
        data's own strokes.
    size : number of rows and of columns of the frame.
    """

    crop: bool = True
    scale_to_box: bool = True
    antialias: bool = True
    centre: bool = True
    deskew: bool = False
    pen_width: float | None = None
    size: int = MNIST_SIZE

    def __post_init__(self) -> None:
        if not 4 <= self.size <= 256:
            raise ConfigError(
                tr("size is {size}; it must be from 4 to 256 pixels.", size=self.size)
            )
        widest = self.size / 4
        if not 0 < self.pen < widest:
            raise ConfigError(
                tr(
                    "pen_width is {pen}; it must be greater than 0 and less than {widest}, a "
                    "quarter of the frame.",
                    pen=localised(f"{self.pen:g}"),
                    widest=localised(f"{widest:g}"),
                )
            )

    @property
    def layout(self) -> DigitLayout:
        return layout_of(self.size)

    @property
    def pen(self) -> float:
        """The width of strokes in pixels."""
        return self.layout.pen_width if self.pen_width is None else self.pen_width


class Placed(NamedTuple):
    """Ink in pixels of the frame (size, size), with a pen of this width; edges are grey if soft."""

    ink: Ink
    size: int
    pen: float
    is_soft: bool

    @property
    def image(self) -> Picture:
        paint = bitmap.counted if self.size == DIGITS_SIZE else rasterise
        return paint(self.ink, self.size, self.pen, is_soft=self.is_soft)


class Stage(NamedTuple):
    """The picture after a step: “pad”, or the name of a step in DigitPreprocessing."""

    name: str
    image: Picture


def strokes_to_image(
    strokes: Sequence[ArrayLike],
    pen_width: float | None = None,
    deskew: bool = False,
    size: int = MNIST_SIZE,
) -> Picture:
    """Return the picture of a drawing in the form of MNIST, (size, size) float32 in 0 … 1.

    strokes : arrays (k, 2) of points (x, y) in any unit, y down; the pen is lifted between them.
        One point is a dot; without any point the picture is empty.
    pen_width : in pixels of the picture; None for the width of the data's own strokes.
    deskew : apply `deskew_images`, as to training data.
    size : 8 gives pictures like the bundled digits.
    Raises DataError where a point is not a pair of finite numbers.
    """
    return draw(strokes, DigitPreprocessing(deskew=deskew, pen_width=pen_width, size=size))


def draw(
    strokes: Sequence[ArrayLike],
    recipe: DigitPreprocessing,
    frame: tuple[float, float] | None = None,
) -> Picture:
    """Return the picture of a drawing after all steps of `recipe`, (size, size) float32 in 0 … 1.

    frame : width and height of the pad, from its corner (0, 0), in the unit of the strokes; it
        matters only for a recipe without crop or scale. None for a pad that the drawing just fills.
    """
    image = np.zeros((recipe.size, recipe.size), dtype=np.float32)
    for *_, placed in [*_placements(strokes, recipe, frame)][-1:]:
        image = placed.image
    return _upright(image) if recipe.deskew else image


def stages(
    strokes: Sequence[ArrayLike],
    recipe: DigitPreprocessing,
    frame: tuple[float, float] | None = None,
) -> list[Stage]:
    """Return the picture on the pad and after each step of `recipe`; the last equals `draw`'s.

    Without strokes the list is empty.
    """
    shown = [Stage(name, placed.image) for name, placed in _placements(strokes, recipe, frame)]
    if shown and recipe.deskew:
        shown.append(Stage("deskew", _upright(shown[-1].image)))
    return shown


def _upright(image: Picture) -> Picture:
    return deskew_images(image.reshape(1, -1)).reshape(image.shape)


def _placements(
    strokes: Sequence[ArrayLike], recipe: DigitPreprocessing, frame: tuple[float, float] | None
) -> Iterator[tuple[str, Placed]]:
    """Yield the name of each step and the ink after it."""
    curves = checked(strokes)
    if not curves:
        return
    ink, unit = smooth(curves, max(recipe.layout.box))
    low, high = ink.span
    extent = high - low
    # Side and centre of the pad in the unit of `smooth`, then the drawing's position in pixels.
    if frame is None:
        pad, origin = float(extent.max()), (low + high) / 2
    else:
        pad, origin = max(frame) / unit.length, (np.array(frame) / 2 - unit.origin) / unit.length
        if not (min(frame) > 0 and extent.max() / LARGEST < pad < math.inf):
            raise DataError(
                tr(
                    "The pad is {width} × {height}; its sides must be greater than 0, and the "
                    "drawing at most {largest} times as large. Give its size in the strokes' unit.",
                    width=localised(f"{frame[0]:g}"),
                    height=localised(f"{frame[1]:g}"),
                    largest=LARGEST,
                )
            )
    yield from placements(ink, recipe, pad, origin, recipe.pen)


def placements(
    ink: Ink, recipe: DigitPreprocessing, pad: float, origin: Coordinates, pen: float
) -> Iterator[tuple[str, Placed]]:
    """Yield the name of each step and the ink after it.

    pad, origin : side and centre of the pad, in the unit of the ink. pen : width in pixels of the
        frame, until 8 × 8 pixels are made as black as the data's.
    """
    layout, half = recipe.layout, recipe.size / 2
    low, high = ink.span
    extent = high - low
    zoom = recipe.size / pad if pad > 0 else 1.0
    centre = ((low + high) / 2 - origin) * zoom + half
    scale: NDArray[np.float64] = np.full(2, zoom)

    def placed(*, is_soft: bool = False) -> Placed:
        moved = ink.moved(scale, centre - (low + high) / 2 * scale)
        return Placed(moved, recipe.size, pen, is_soft)

    yield "pad", placed()
    if recipe.crop:
        centre = np.full(2, half)
        yield "crop", placed()
    if recipe.scale_to_box:
        if recipe.size == DIGITS_SIZE:  # as the makers of the bundled digits did
            ink = bitmap.upright(ink)
            low, high = ink.span
            scale, pen = bitmap.fitted(ink, recipe.size, recipe.pen / layout.pen_width)
        else:
            scale = fitting(extent, layout, pen)
        yield "scale_to_box", placed()
    if recipe.antialias:
        yield "antialias", placed(is_soft=True)
    if recipe.centre:
        image = placed(is_soft=recipe.antialias).image
        centre = centre + _to_middle(image, layout)
        yield "centre", placed(is_soft=recipe.antialias)


def _to_middle(image: Picture, layout: DigitLayout) -> Coordinates:
    """Return the shift along x and y that moves the centre of mass to the middle."""
    mass = float(image.sum())
    if not mass:
        return np.zeros(2)  # all the ink is outside the frame
    index = np.arange(len(image))
    at = float(image.sum(axis=0) @ index) / mass, float(image.sum(axis=1) @ index) / mass
    return np.array(
        [0.0 if goal is None else goal - x for goal, x in zip(layout.middle, at, strict=True)]
    )
