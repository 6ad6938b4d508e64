"""Layout of the pictures of a data set of digits within their frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]  # (rows, columns) in 0 … 1
Coordinates = NDArray[np.float64]  # (…, 2): x, and y down; pixel j of a row covers j to j + 1

NEAREST = 1e-12  # relative length that float64 can hardly distinguish from zero


@dataclass(frozen=True)
class DigitLayout:
    """Layout of the pictures of one data set within their frame, in pixels.

    box : width and height that the ink fits, from edge to edge of the strokes.
    stretch : 0 keeps the aspect ratio, 1 fills the box in both directions; in between, the two
        scales are interpolated geometrically.
    pen_width : mean width of the strokes.
    middle : fractional pixel index (from 0) of the centre of mass along x and y; None if it is not
        moved along that axis.
    """

    box: tuple[float, float]
    stretch: float
    pen_width: float
    middle: tuple[float | None, float | None]


# The 20 pixels of MNIST's box include the grey edges, half a pixel on each side. Its strokes are
# 2.4 pixels wide on average (twice the distance of their skeletons from the edge). Its centres of
# mass are near index 14.0, not at the frame's exact middle, 13.5; drawings centred at 13.9 are
# recognised as well as at 14.0, and 1.4 percentage points better than at 13.5.
MNIST_SIZE = 28
MNIST = DigitLayout(box=(19.0, 19.0), stretch=0.0, pen_width=2.4, middle=(13.9, 13.9))
# The bundled digits fill all eight rows and six of the columns, whether wide or narrow.
DIGITS_SIZE = 8
DIGITS = DigitLayout(box=(6.5, 8.0), stretch=0.5, pen_width=1.2, middle=(3.5, None))


def layout_of(size: int) -> DigitLayout:
    """Return the layout for pictures with `size` rows: the digits' for 8, else MNIST's scaled."""
    if size == DIGITS_SIZE:
        return DIGITS
    ratio = size / MNIST_SIZE
    width, x = MNIST.box[0] * ratio, MNIST.middle[0]
    assert x is not None
    return DigitLayout((width, width), 0.0, MNIST.pen_width * ratio, (x * ratio, x * ratio))


def fitting(extent: Coordinates, layout: DigitLayout, pen: float) -> Coordinates:
    """Return the scale factors (2,) that make an extent (2,) plus the pen width fit the box."""
    inner = np.array(layout.box) - pen
    factors = np.divide(inner, extent, out=np.full(2, np.inf), where=extent > NEAREST)
    least = factors.min()
    if not np.isfinite(least):
        return np.ones(2)  # the drawing is a dot
    factors[np.isinf(factors)] = least
    return np.asarray(least * (factors / least) ** layout.stretch)
