"""Pictures from files made into pictures like those that a model of digits was trained on.

Ink is what differs from the paper, and the paper is what most of the picture's edge shows: dark
on light and light on dark come out alike.
"""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from core.data.digits.layout import DIGITS_SIZE, fitting, layout_of
from core.errors import DataError
from core.files import contents

Picture = NDArray[np.float32]

MAX_BYTES = 2**26
MAX_PIXELS = 2**24
SIGNATURE = b"\x89PNG\r\n\x1a\n"
FAINTEST = 0.1  # ink, of 0 … 1: less is paper
EDGE = 0.5  # of the darkest ink: where a stroke ends
NEAR = 0.022  # of the frame: a centre of mass this close to its place is there
FINE = 4  # pixels a pixel while strokes are made thicker
THICKER = 0.6  # of what a thin stroke lacks: the filter is square, and does more along diagonals


def read(path: Path) -> Picture:
    """Return the ink of a PNG file, (rows, columns) in 0 … 1: paper is 0.

    Colours become grey; transparent is the paper that the ink stands out from.
    Raises DataError where the file is no PNG, is damaged, or has too many pixels.
    """
    data = contents(path, "a PNG picture", MAX_BYTES)
    if not data.startswith(SIGNATURE):
        found = "no PNG picture" if data else "empty (0 bytes)"
        raise DataError(f"{path.name} is {found}; choose a PNG file, or save the picture as one.")
    columns, rows = (int.from_bytes(data[k : k + 4], "big") for k in (16, 20))
    if not 0 < rows * columns <= MAX_PIXELS:  # before anything is unpacked
        raise DataError(
            f"{path.name} has {columns:,} × {rows:,} pixels; at most {MAX_PIXELS / 1e6:.0f} "
            "million can be read. Make it smaller."
        )
    try:
        grey, alpha = _decoded(data)
    except Exception as error:  # whatever a decoder says of damaged data
        raise DataError(f"{path.name} is damaged ({error}). Save the picture again.") from error
    if (alpha < 1).any():
        is_dark = float((grey * alpha).sum()) < 0.5 * float(alpha.sum())
        grey = grey * alpha + (1 - alpha) * np.float32(is_dark)
    return ink_of(grey)


def ink_of(grey: Picture) -> Picture:
    """Return the ink of a picture, 0 black … 1 white: its distance from the paper, in 0 … 1."""
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = np.float32(np.median(edge))
    ink = (paper - grey) / paper if paper > 0.5 else (grey - paper) / (1 - paper)
    return np.asarray(ink.clip(0, 1), dtype=np.float32)


def picture_to_image(ink: Picture, size: int = 28) -> Picture:
    """Return the ink of a picture (rows, columns) as MNIST would hold it, (size, size) in 0 … 1.

    It is cropped, scaled to the box of `layout.layout_of(size)` and moved until its centre of mass
    is in the middle, all at once, each pixel being the mean of what it covers. Strokes that would
    be thin become thicker: of digits drawn with a pen of 1 % of the picture a softmax model read
    89 % in place of 75 %. A picture that is of that form already is taken as it is. Without ink the
    result is empty.
    """
    if _is_in_form(ink, size):
        return ink
    ink = np.where(ink < FAINTEST, np.float32(0), ink)
    if not ink.any():
        return np.zeros((size, size), dtype=np.float32)
    layout = layout_of(size)
    across, down = (_span(ink >= EDGE * ink.max(), axis) for axis in (0, 1))
    extent = np.array([across[1] - across[0], down[1] - down[0]])
    zoom = fitting(extent, layout, pen=0.0)
    cropped = ink[slice(*down), slice(*across)]  # a shadow elsewhere does not move the centre
    # The rectangle of the picture that becomes the frame.
    low = np.empty(2)
    for axis, (span, goal) in enumerate(zip((across, down), layout.middle, strict=True)):
        if goal is None:
            low[axis] = sum(span) / 2 - size / 2 / zoom[axis]
        else:
            low[axis] = span[0] + _centre(cropped, axis) - (goal + 0.5) / zoom[axis]
    high = low + size / zoom
    rows, columns = ink.shape
    left, top = (max(0, math.ceil(-place)) for place in low)
    right, bottom = (max(0, math.ceil(place)) for place in high - (columns, rows))
    wide = Image.fromarray(np.pad(ink, ((top, bottom), (left, right))))
    box = (low[0] + left, low[1] + top, high[0] + left, high[1] + top)
    fine = wide.resize((FINE * size, FINE * size), Image.Resampling.BOX, box=box)
    fine = _thickened(np.asarray(fine), FINE * layout.pen_width)
    return np.array(fine.reduce(FINE), dtype=np.float32)  # Pillow's own is read-only


def _thickened(image: Picture, width: float) -> Image.Image:
    """Bring strokes that are thinner than so many pixels closer to that width."""
    image = (image / image.max()).clip(0, 1)
    # A stroke has two edges, each as long as itself; π/4, for they run in all directions.
    edges = sum(float(np.abs(np.diff(image, axis=axis)).sum()) for axis in (0, 1)) * math.pi / 4
    radius = int(THICKER * (width - 2 * float(image.sum()) / edges) / 2)
    result = Image.fromarray(image)
    return result.filter(ImageFilter.MaxFilter(2 * radius + 1)) if radius > 0 else result


def _is_in_form(ink: Picture, size: int) -> bool:
    if ink.shape != (size, size) or not ink.any():
        return False
    if size == DIGITS_SIZE:  # these lie less regularly
        return True
    layout = layout_of(size)
    for axis, (room, goal) in enumerate(zip(layout.box, layout.middle, strict=True)):
        first, last = _span(ink > 0, axis)
        assert goal is not None
        # The box is measured to the middle of the grey edges.
        if last - first > room + 1 or abs(_centre(ink, axis) - 0.5 - goal) > NEAR * size:
            return False
    return True


def _span(marked: NDArray[np.bool_], axis: int) -> tuple[int, int]:
    """Return where the marked pixels begin and end along x (axis 0) or y (axis 1)."""
    (places,) = np.nonzero(marked.any(axis=axis))
    return int(places[0]), int(places[-1]) + 1


def _centre(ink: Picture, axis: int) -> float:
    """Return the centre of mass along x (axis 0) or y (axis 1); a pixel's middle is at ½."""
    mass = ink.sum(axis=axis, dtype=np.float64)
    return float(mass @ (np.arange(len(mass)) + 0.5) / mass.sum())


def _decoded(data: bytes) -> tuple[Picture, Picture]:
    """Return grey and opacity in 0 … 1 of PNG data, (rows, columns) each."""
    with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
        if image.width * image.height > MAX_PIXELS:  # of several heads the last one counts
            raise ValueError("it gives its size twice")
        if image.mode.startswith("I"):  # 16 bits of grey
            grey = np.asarray(image, dtype=np.float32) / np.float32(65535)
            return grey, np.ones_like(grey)
        # A palette, or one colour that is transparent, becomes opacity on the way over RGBA.
        both = np.asarray(image.convert("RGBA").convert("LA"), dtype=np.float32) / np.float32(255)
        return both[..., 0], both[..., 1]
