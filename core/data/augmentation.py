"""Augmentation of pictures: shifted, rotated, resized, with another pen width."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError
from core.language import tr
from core.number_format import format_integer

CHUNK = 1024  # pictures processed at once
SHIFT = 1.5 / 28  # at most, as a fraction of the picture's side, in either direction
TURN = math.radians(10)
RESIZE = 0.1
PEN = 0.5  # at most: weight of the lightest or darkest neighbour

Floats = NDArray[np.float32]


def varied(X: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """Return an augmented copy of each picture of X (n, m), square pictures in rows.

    Shift, angle, size and pen are drawn uniformly within the limits above, independently for each
    picture. Raises DataError where pictures are not square.
    """
    size = math.isqrt(X.shape[1])
    if size * size != X.shape[1]:
        raise DataError(
            tr(
                "Pictures of {count} pixels are not square and cannot be varied.",
                count=format_integer(X.shape[1]),
            )
        )
    rng = np.random.default_rng(seed)
    made = np.empty_like(X)
    for first in range(0, len(X), CHUNK):
        images = X[first : first + CHUNK].reshape(-1, size, size).astype(np.float32)
        images = _with_pen(images, rng.uniform(-PEN, PEN, len(images)).astype(np.float32))
        images = _moved(images, rng)
        made[first : first + CHUNK] = np.rint(images).reshape(len(images), -1)
    return made


def _with_pen(images: Floats, change: Floats) -> Floats:
    """Thicken strokes (change > 0) or thin them: mix each pixel with its extreme neighbour."""
    wide = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    around = [wide[:, i : i + images.shape[1], j : j + images.shape[2]] for i, j in _CROSS]
    darkest, lightest = np.maximum.reduce(around), np.minimum.reduce(around)
    change = change[:, None, None]
    towards = np.where(change > 0, darkest, lightest)
    mixed: Floats = images + np.abs(change) * (towards - images)
    return mixed


_CROSS = ((1, 1), (0, 1), (2, 1), (1, 0), (1, 2))


def _moved(images: Floats, rng: np.random.Generator) -> Floats:
    """Rotate and resize about the centre, and shift, with bilinear interpolation."""
    n, size, _ = images.shape
    angle, zoom = rng.uniform(-TURN, TURN, n), 1 / rng.uniform(1 - RESIZE, 1 + RESIZE, n)
    shift = rng.uniform(-SHIFT * size, SHIFT * size, (2, n, 1, 1))
    cos, sin = (zoom * part(angle) for part in (np.cos, np.sin))
    middle = (size - 1) / 2
    # Source coordinates of each pixel of the result.
    v, u = np.meshgrid(np.arange(size) - middle, np.arange(size) - middle, indexing="ij")
    u, v = u - shift[0], v - shift[1]
    x = cos[:, None, None] * u - sin[:, None, None] * v + middle
    y = sin[:, None, None] * u + cos[:, None, None] * v + middle
    wide = np.pad(images, ((0, 0), (1, 1), (1, 1)))  # zeros beyond the edge
    x, y = (np.clip(coordinate + 1, 0, size + 0.999) for coordinate in (x, y))
    i, j = y.astype(np.intp), x.astype(np.intp)
    down, right = (y - i).astype(np.float32), (x - j).astype(np.float32)
    flat = wide.reshape(n, -1)
    at = i * (size + 2) + j

    def pick(offset: int) -> Floats:
        indices = (at + offset).reshape(n, -1)
        return np.take_along_axis(flat, indices, axis=1).reshape(images.shape)

    upper = pick(0) * (1 - right) + pick(1) * right
    lower = pick(size + 2) * (1 - right) + pick(size + 3) * right
    moved: Floats = upper * (1 - down) + lower * down
    return moved
