"""Where the parts of a picture's numbers are: matrix, whole planes, stack, strip, cells."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSizeF

from core.teach.pixels import PixelOrder

GAP = 14.0
MATRIX_SHARE = 0.6  # of the width, at most
LEAST_CELLS, MOST_CELLS = 3, 16  # rows and columns of numbers
CELL_LINES = 1.2  # line heights: the least side of a cell
STRIP_LINES, FAN_LINES, VALUE_LINES, INDEX_LINES, CAPTION_LINES = 1.0, 0.9, 1.5, 1.1, 1.2
MOST_PLACES = 15  # of the vector, written out


@dataclass(frozen=True)
class Geometry:
    """The parts of the sheet, in pixels.

    matrix : the numbers; n : its rows and columns. planes : each channel as a whole; none where
        the matrix is all of it. stack : of the batch. strip : the vector. places : a part of it,
        written out; count : of how many numbers. caption, below : heights of a caption above planes
        and stack, and of the names below the places.
    """

    matrix: QRectF
    n: tuple[int, int]
    planes: tuple[QRectF, ...]
    stack: QRectF
    strip: QRectF
    places: QRectF
    count: int
    caption: float
    below: float

    @property
    def cell(self) -> QSizeF:
        rows, columns = self.n
        return QSizeF(self.matrix.width() / columns, self.matrix.height() / rows)


def arrange(
    order: PixelOrder,
    width: float,
    height: float,
    line: float,
    index: float,
    number: float,
    place: float,
) -> Geometry:
    """Arrange the parts of pictures of this order.

    line : height of a line of type. index, number, place : widths of the widest index of a row, of
    the widest number, and of the widest number or name of a place in the vector.
    """
    bottom = (STRIP_LINES + FAN_LINES + VALUE_LINES + INDEX_LINES) * line
    edge = CAPTION_LINES * line  # the indices of rows and columns
    top = max(height - bottom - GAP, line)
    least = max(number + 4, CELL_LINES * line)
    room = max(min(top - edge, MATRIX_SHARE * width - index), least)
    fitting = min(max(int(room // least), LEAST_CELLS), MOST_CELLS)
    n = min(order.H, fitting), min(order.W, fitting)
    side = room / max(n)
    matrix = QRectF(index + 6, edge, n[1] * side, n[0] * side)
    right = QRectF(matrix.right() + 1.5 * GAP, 0, width - matrix.right() - 1.5 * GAP, top)
    is_whole = n == (order.H, order.W) and order.C == 1
    planes: tuple[QRectF, ...] = ()
    stack = right.adjusted(0, edge, 0, 0)
    if not is_whole:
        upper = QRectF(right.left(), edge, right.width(), top / 2 - edge)
        planes = _side_by_side(upper, order)
        below = max(plane.bottom() for plane in planes) + GAP / 2
        stack = QRectF(right.left(), below + edge, right.width(), top - below - edge)
    strip = QRectF(1, top + GAP, width - 2, STRIP_LINES * line)
    count = min(max(int(width // (place + 8)), 3), MOST_PLACES, order.m)
    y = strip.bottom() + FAN_LINES * line
    places = QRectF(1, y, width - 2, VALUE_LINES * line)
    return Geometry(matrix, n, planes, stack, strip, places, count, edge, INDEX_LINES * line)


def _side_by_side(rect: QRectF, order: PixelOrder) -> tuple[QRectF, ...]:
    """Return the place of each channel in a rectangle."""
    available = (rect.width() - GAP * (order.C - 1)) / order.C
    pixel = max(min(available / order.W, rect.height() / order.H), 0.1)
    pixel = math.floor(pixel) if pixel >= 2 else pixel
    size = QSizeF(order.W * pixel, order.H * pixel)
    lefts = [rect.left() + c * (size.width() + GAP) for c in range(order.C)]
    return tuple(QRectF(left, rect.top(), size.width(), size.height()) for left in lefts)
