"""How the pictures of a data set of digits lie in their frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]  # (rows, columns) in 0 … 1
Coordinates = NDArray[np.float64]  # (…, 2): x, and y down; pixel j of a row covers j to j + 1

NEAREST = 1e-12  # of a length: what float64 can hardly tell from nothing


@dataclass(frozen=True)
class DigitLayout:
    """How the pictures of one data set lie in their frame, in pixels.

    box : width and height that the ink fits, from edge to edge of the strokes.
    stretch : 0 keeps the aspect, 1 fills the box both ways; between them the geometric mean.
    pen_width : mean width of the strokes.
    middle : index (counted from 0, as fractions) at which the centre of mass lies, along x and y;
        None where it is not moved along that axis.
    """

    box: tuple[float, float]
    stretch: float
    pen_width: float
    middle: tuple[float | None, float | None]


# The 20 pixels of MNIST's box hold the grey edges, too, half a pixel on each side. Its strokes are
# 2.4 pixels wide on average (twice the distance of their skeletons from the edge). Its centres of
# mass lie about index 14.0 and not about the frame's exact middle, 13.5; drawings at 13.9 are read
# as well as at 14.0, and 1.4 percentage points better than at 13.5.
MNIST_SIZE = 28
MNIST = DigitLayout(box=(19.0, 19.0), stretch=0.0, pen_width=2.4, middle=(13.9, 13.9))
# The bundled digits fill their eight rows and six columns of them, wide or narrow.
DIGITS_SIZE = 8
DIGITS = DigitLayout(box=(6.5, 8.0), stretch=0.5, pen_width=1.2, middle=(3.5, None))


def layout_of(size: int) -> DigitLayout:
    """Return the layout of pictures with `size` rows: the digits', or MNIST's in proportion."""
    if size == DIGITS_SIZE:
        return DIGITS
    ratio = size / MNIST_SIZE
    width, x = MNIST.box[0] * ratio, MNIST.middle[0]
    assert x is not None
    return DigitLayout((width, width), 0.0, MNIST.pen_width * ratio, (x * ratio, x * ratio))


def fitting(extent: Coordinates, layout: DigitLayout, pen: float) -> Coordinates:
    """Return the factors that make an extent (2,), with the pen's width, fit the layout's box."""
    room = np.array(layout.box) - pen
    factors = np.divide(room, extent, out=np.full(2, np.inf), where=extent > NEAREST)
    least = factors.min()
    if not np.isfinite(least):
        return np.ones(2)  # a dot
    factors[np.isinf(factors)] = least
    return np.asarray(least * (factors / least) ** layout.stretch)
