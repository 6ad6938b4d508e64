"""The recipe of the bundled digits: a bitmap of 32 × 32, counted in blocks of 4 × 4.

Their makers used NIST's programs (Garris et al., “NIST form-based handprint recognition system”;
Kaynak, “Optical recognition of handwritten digits”): a digit is sheared until its left edges above
and below are in line, fits a box of 20 × 32 pixels, and is made thicker or thinner until as many
pixels are black as in others: a 1 has as much ink as an 8.
"""

from __future__ import annotations

import numpy as np

from core.data.digits.layout import NEAREST, Coordinates, Picture
from core.data.digits.rasterise import rasterise
from core.data.digits.strokes import Ink

BLOCK = 4  # pixels of the bitmap a side that are counted together
BOX = (20.0, 32.0)  # pixels of the bitmap
BLACK = 0.306  # share of the bitmap, as in the data: their mean
MOST_BLACK = 0.6  # of the widest pen
STEEPEST = 0.6  # shear in pixels a row
EDGE_ROWS = 0.06  # of the height, at both ends
PENS = (1.0, 12.0)  # pixels of the bitmap: the pen that is black enough is between them
HALVINGS = 5


def counted(ink: Ink, size: int, pen: float, *, is_soft: bool) -> Picture:
    """Return the picture (size, size) of pieces in its pixels, drawn with a pen of this width.

    A value is the share of black pixels in a block of the bitmap, or, with hard edges, whether it
    is at least a half.
    """
    blocks = _bitmap(ink, size, pen).reshape(size, BLOCK, size, BLOCK)
    image = np.asarray(blocks.mean(axis=(1, 3)), dtype=np.float32)
    return image if is_soft else (image >= 0.5).astype(np.float32)


def upright(ink: Ink) -> Ink:
    """Return the ink sheared until its left ends above and below are in line."""
    points = np.concatenate([ink.start, ink.end])
    low, high = points[:, 1].min(), points[:, 1].max()
    height = high - low
    if height <= NEAREST:
        return ink
    above = points[points[:, 1] <= low + EDGE_ROWS * height, 0].min()
    below = points[points[:, 1] >= high - EDGE_ROWS * height, 0].min()
    lean = float(np.clip((below - above) / height, -STEEPEST, STEEPEST))

    def sheared(part: Coordinates) -> Coordinates:
        return np.column_stack([part[:, 0] - lean * (part[:, 1] - low), part[:, 1]])

    return Ink(sheared(ink.start), sheared(ink.end))


def fitted(ink: Ink, size: int, factor: float) -> tuple[Coordinates, float]:
    """Return the scale along x and y, and the width of the pen in pixels of a picture.

    factor : ink in shares of what the data's digits have.
    """
    low, high = ink.span
    extent, middle = high - low, (low + high) / 2
    black = min(BLACK * factor, MOST_BLACK)
    narrow, wide = PENS[0] / BLOCK, min(PENS[1] * max(factor, 1.0), BOX[0]) / BLOCK
    for _ in range(HALVINGS):
        pen = (narrow + wide) / 2
        scale = _scale(extent, size, pen)
        image = _bitmap(ink.moved(scale, size / 2 - middle * scale), size, pen)
        narrow, wide = (pen, wide) if image.mean() < black else (narrow, pen)
    pen = (narrow + wide) / 2
    return _scale(extent, size, pen), pen


def _scale(extent: Coordinates, size: int, pen: float) -> Coordinates:
    """Return the scale that makes an extent plus the pen fit the box; a narrow digit stays so."""
    inner = np.maximum(np.array(BOX) / BLOCK * size / 8 - pen, 1 / BLOCK)
    factors = np.divide(inner, extent, out=np.full(2, np.inf), where=extent > NEAREST)
    if not np.isfinite(factors).any():
        return np.ones(2)  # the drawing is a dot
    down = factors[1] if np.isfinite(factors[1]) else factors[0]
    return np.array([min(factors[0], down), down])


def _bitmap(ink: Ink, size: int, pen: float) -> Picture:
    return rasterise(ink.moved(BLOCK, 0.0), BLOCK * size, BLOCK * pen, is_soft=False)
