"""Pen strokes made into a picture like those that a model of digits was trained on.

MNIST's recipe, step by step: crop to the ink, scale it to fit a box of 20 × 20 pixels with its
aspect kept, with grey edges, and move its centre of mass to the middle of 28 × 28 (LeCun, Cortes
and Burges, “The MNIST database of handwritten digits”). Here the strokes are scaled and moved, and
drawn once, at the end: where, how large and how densely somebody draws makes no difference.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.data.digits.deskew import deskew_images
from core.data.digits.layout import (
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

LARGEST = 10  # times the pad's side: what is drawn beyond its edge is not seen, and costs


@dataclass(frozen=True)
class DigitPreprocessing:
    """Which steps a drawing goes through; each can be left out to see what it is for.

    crop : the drawing is taken out of the pad and put in the middle of the frame.
    scale_to_box : its longer side is made to fit the box.
    antialias : the edges of strokes are grey, by the share of a pixel that is covered.
    centre : the centre of mass moves to the middle.
    deskew : the picture is sheared until it stands upright.
    pen_width : in pixels of the frame, however large the drawing was; None for the data's own.
    size : rows and columns of the frame.
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
            raise ConfigError(f"size is {self.size}; it must be from 4 to 256 pixels.")
        widest = self.size / 4
        if not 0 < self.pen < widest:
            raise ConfigError(
                f"pen_width is {self.pen:g}; it must be greater than 0 and less than {widest:g}, "
                "a quarter of the frame."
            )

    @property
    def layout(self) -> DigitLayout:
        return layout_of(self.size)

    @property
    def pen(self) -> float:
        """The width of strokes in pixels."""
        return self.layout.pen_width if self.pen_width is None else self.pen_width


class Stage(NamedTuple):
    """The picture after a step: “pad”, then the name of a switch of the recipe."""

    name: str
    image: Picture


def strokes_to_image(
    strokes: Sequence[ArrayLike],
    pen_width: float | None = None,
    deskew: bool = False,
    size: int = MNIST_SIZE,
) -> Picture:
    """Return the picture of a drawing as MNIST would hold it, (size, size) float32 in 0 … 1.

    strokes : arrays (k, 2) of points (x, y) in any unit, y down; the pen is lifted between them.
        One point is a dot; without any point the picture is empty.
    pen_width : in pixels of the picture; None for the data's own.
    deskew : as `deskew_images` does with training data.
    size : 8 gives pictures like the bundled digits.
    Raises DataError where a point is not a pair of finite numbers.
    """
    return draw(strokes, DigitPreprocessing(deskew=deskew, pen_width=pen_width, size=size))


def draw(
    strokes: Sequence[ArrayLike],
    recipe: DigitPreprocessing,
    frame: tuple[float, float] | None = None,
) -> Picture:
    """Return the picture that the recipe makes of a drawing, (size, size) float32 in 0 … 1.

    frame : width and height of the pad, from its corner (0, 0), in the unit of the strokes; only a
        recipe without crop or scale asks for it. None for a pad that the drawing just fills.
    """
    image = np.zeros((recipe.size, recipe.size), dtype=np.float32)
    for *_, ink, is_soft in [*_placements(strokes, recipe, frame)][-1:]:
        image = rasterise(ink, recipe.size, recipe.pen, is_soft=is_soft)
    return _upright(image) if recipe.deskew else image


def stages(
    strokes: Sequence[ArrayLike],
    recipe: DigitPreprocessing,
    frame: tuple[float, float] | None = None,
) -> list[Stage]:
    """Return the picture on the pad and after each step of the recipe; the last is `draw`'s.

    Without strokes there is nothing to show, and the list is empty.
    """
    shown = [
        Stage(name, rasterise(ink, recipe.size, recipe.pen, is_soft=is_soft))
        for name, ink, is_soft in _placements(strokes, recipe, frame)
    ]
    if shown and recipe.deskew:
        shown.append(Stage("deskew", _upright(shown[-1].image)))
    return shown


def _upright(image: Picture) -> Picture:
    return deskew_images(image.reshape(1, -1)).reshape(image.shape)


def _placements(
    strokes: Sequence[ArrayLike], recipe: DigitPreprocessing, frame: tuple[float, float] | None
) -> Iterator[tuple[str, Ink, bool]]:
    """Yield, after each step, its name, the ink in pixels of the frame, and if edges are grey."""
    curves = checked(strokes)
    if not curves:
        return
    layout, half = recipe.layout, recipe.size / 2
    ink, unit = smooth(curves, max(layout.box))
    low, high = ink.span
    extent = high - low
    # Where the drawing lies on its pad, in pixels of the frame.
    if frame is None:
        pad, origin = float(extent.max()), (low + high) / 2
    else:
        pad, origin = max(frame) / unit.length, (np.array(frame) / 2 - unit.origin) / unit.length
        if not (min(frame) > 0 and extent.max() / LARGEST < pad < math.inf):
            raise DataError(
                f"The pad is {frame[0]:g} × {frame[1]:g}; its sides must be greater than 0, and "
                f"the drawing at most {LARGEST} times as large. Give its size in the strokes' unit."
            )
    zoom = recipe.size / pad if pad > 0 else 1.0
    centre = ((low + high) / 2 - origin) * zoom + half
    scale: NDArray[np.float64] = np.full(2, zoom)

    def placed() -> Ink:
        return ink.moved(scale, centre - (low + high) / 2 * scale)

    yield "pad", placed(), False
    if recipe.crop:
        centre = np.full(2, half)
        yield "crop", placed(), False
    if recipe.scale_to_box:
        scale = fitting(extent, layout, recipe.pen)
        yield "scale_to_box", placed(), False
    if recipe.antialias:
        yield "antialias", placed(), True
    if recipe.centre:
        image = rasterise(placed(), recipe.size, recipe.pen, is_soft=recipe.antialias)
        centre = centre + _to_middle(image, layout)
        yield "centre", placed(), recipe.antialias


def _to_middle(image: Picture, layout: DigitLayout) -> Coordinates:
    """Return how far, along x and y, the centre of mass is from the middle."""
    mass = float(image.sum())
    if not mass:
        return np.zeros(2)  # all the ink is beside the frame
    index = np.arange(len(image))
    at = float(image.sum(axis=0) @ index) / mass, float(image.sum(axis=1) @ index) / mass
    return np.array(
        [0.0 if goal is None else goal - x for goal, x in zip(layout.middle, at, strict=True)]
    )
