"""Rasterise straight pieces of strokes, drawn with a round pen."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from core.data.digits.layout import Picture
from core.data.digits.strokes import Ink


def rasterise(ink: Ink, size: int, pen: float, *, is_soft: bool) -> Picture:
    """Return the picture (size, size) of the pieces, drawn with a round pen of width `pen`.

    The coverage of a pixel at distance d from the nearest piece is clip(r + ½ − d, 0, 1), with
    r = pen / 2: exact for a straight edge along the pixel grid. With hard edges (not `is_soft`) it
    is 1 where d ≤ r. A pen narrower than a pixel covers at most `pen` with soft edges, and has
    r = ½ with hard ones.
    """
    radius = pen / 2
    span = ink.end - ink.start
    square = (span**2).sum(axis=1)
    # Only pixels near a piece are tested: at most `reach` from the pixel of its midpoint.
    reach = math.ceil(radius + 0.5 + math.sqrt(float(square.max())) / 2 - 0.5)
    middle = np.floor((ink.start + ink.end) / 2)
    near = ((middle >= -reach) & (middle < size + reach)).all(axis=1)
    start, span, square, middle = ink.start[near], span[near], square[near], middle[near]
    away = np.arange(-reach, reach + 1)
    pixel = middle.astype(np.intp)[:, :, None] + away  # (s, 2, 2·reach + 1)
    offset = pixel + 0.5 - start[:, :, None]
    x, y = offset[:, 0, None, :], offset[:, 1, :, None]
    dx, dy = span[:, 0, None, None], span[:, 1, None, None]
    share = (x * dx + y * dy) / np.where(square > 0, square, 1.0)[:, None, None]
    share = share.clip(0.0, 1.0)
    found = (x - share * dx) ** 2 + (y - share * dy) ** 2
    wide = size + 4 * reach  # a margin for pixels outside the frame
    flat_index = (pixel[:, 1, :, None] + 2 * reach) * wide + pixel[:, 0, None, :] + 2 * reach
    nearest = np.full(wide * wide, np.inf)
    np.minimum.at(nearest, flat_index.ravel(), found.ravel())
    inner = slice(2 * reach, 2 * reach + size)
    distance = np.sqrt(nearest.reshape(wide, wide)[inner, inner])
    covered: NDArray[np.float64] | NDArray[np.bool_]
    if is_soft:
        covered = np.clip(radius + 0.5 - distance, 0.0, min(1.0, pen))
    else:
        covered = distance <= max(radius, 0.5)
    return covered.astype(np.float32)
