"""Deskewing: pictures of slanted digits are sheared until they are upright."""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.data.digits.layout import Picture, layout_of
from core.errors import DataError
from core.language import tr
from core.number_format import format_integer

Pixels = TypeVar("Pixels", bound=NDArray[np.float32] | NDArray[np.float64] | NDArray[np.uint8])

CHUNK = 1024  # pictures processed at once
STEEPEST = 1.0  # shear limit: beyond 45° it is no slant


def deskew_images(X: Pixels) -> Pixels:
    """Shear pictures until they are upright, and centre them on their centre of mass.

    X : (n, m) square pictures in rows, float32 or uint8; the result has the same type.
    Upright means that x and y of the ink are uncorrelated: x is shifted by μ₁₁/μ₀₂ per row of
    distance from the centre of mass, with bilinear interpolation.
    Raises DataError where pictures are not square.
    """
    size = math.isqrt(X.shape[1])
    if size * size != X.shape[1]:
        raise DataError(
            tr(
                "Each picture has {shape} pixels; only square ones, such as 28 × 28 = 784, can "
                "be deskewed.",
                shape=format_integer(X.shape[1]),
            )
        )
    upright = np.empty_like(X)
    for first in range(0, len(X), CHUNK):
        rows = slice(first, first + CHUNK)
        images = X[rows].reshape(-1, size, size).astype(np.float32)
        sheared = _sheared(images, layout_of(size).middle).reshape(-1, size * size)
        upright[rows] = np.rint(sheared) if X.dtype == np.uint8 else sheared
    return upright


def _sheared(images: Picture, middle: tuple[float | None, float | None]) -> Picture:
    """Return pictures (n, size, size) sheared upright, with their centre of mass at `middle`."""
    index = np.arange(images.shape[1], dtype=np.float32)
    by_row, by_column = images.sum(axis=2), images.sum(axis=1)
    mass = by_row.sum(axis=1)
    mass[mass == 0] = 1.0  # an empty picture is left unchanged
    x, y = by_column @ index / mass, by_row @ index / mass
    away = index - y[:, None]  # distance from the centre of mass, in rows
    mu11 = ((images @ index - by_row * x[:, None]) * away).sum(axis=1)
    mu02 = (by_row * away**2).sum(axis=1)
    slant = np.divide(mu11, mu02, out=np.zeros_like(mass), where=mu02 > 1e-3 * mass)
    slant = slant.clip(-STEEPEST, STEEPEST)
    to_x, to_y = (
        own if goal is None else np.full_like(own, goal)
        for own, goal in zip((x, y), middle, strict=True)
    )
    rows = index + (y - to_y)[:, None]
    straight = _sampled(images, np.broadcast_to(rows[:, :, None], images.shape), axis=1)
    columns = index[None, :] + (x - to_x)[:, None]
    lean = slant[:, None] * (index - to_y[:, None])
    return _sampled(straight, columns[:, None, :] + lean[:, :, None], axis=2)


def _sampled(images: Picture, positions: Picture, axis: int) -> Picture:
    """Interpolate pictures (n, size, size) linearly along one axis; they are empty outside."""
    size = images.shape[axis]
    padded = np.pad(images, [(0, 0) if k != axis else (1, 1) for k in range(3)])
    below = np.floor(positions)
    share = positions - below
    near = below.astype(np.intp) + 1
    low = np.take_along_axis(padded, near.clip(0, size + 1), axis)
    high = np.take_along_axis(padded, (near + 1).clip(0, size + 1), axis)
    return low + share * (high - low)
