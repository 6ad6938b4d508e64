"""Convert image files into pictures like those that a model of digits was trained on.

Paper is the median grey of the picture's border, and ink is the difference from it: dark on light
and light on dark give the same result.
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
FAINTEST = 0.1  # ink in 0 … 1; less counts as paper
EDGE = 0.5  # fraction of the darkest ink that marks the edge of a stroke
NEAR = 0.022  # tolerance for the centre of mass, as a fraction of the frame
FINE = 4  # supersampling per axis while strokes are thickened
THICKER = 0.6  # fraction of the missing width: the filter is square and adds more along diagonals


def read(path: Path) -> Picture:
    """Return the ink of a PNG file, (rows, columns) in 0 … 1: paper is 0.

    Colours become grey; transparent areas become paper that contrasts with the ink.
    Raises DataError where the file is no PNG, is damaged, or has too many pixels.
    """
    data = contents(path, "a PNG picture", MAX_BYTES)
    if not data.startswith(SIGNATURE):
        found = "no PNG picture" if data else "empty (0 bytes)"
        raise DataError(f"{path.name} is {found}; choose a PNG file, or save the picture as one.")
    columns, rows = (int.from_bytes(data[k : k + 4], "big") for k in (16, 20))
    if not 0 < rows * columns <= MAX_PIXELS:  # before decompression
        raise DataError(
            f"{path.name} has {columns:,} × {rows:,} pixels; at most {MAX_PIXELS / 1e6:.0f} "
            "million can be read. Make it smaller."
        )
    try:
        grey, alpha = _decoded(data)
    except Exception as error:  # decoders raise many types for damaged data
        raise DataError(f"{path.name} is damaged ({error}). Save the picture again.") from error
    if (alpha < 1).any():
        is_dark = float((grey * alpha).sum()) < 0.5 * float(alpha.sum())
        grey = grey * alpha + (1 - alpha) * np.float32(is_dark)
    return ink_of(grey)


def ink_of(grey: Picture) -> Picture:
    """Return the ink of a grey picture (0 black, 1 white): its distance from paper, in 0 … 1."""
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = np.float32(np.median(edge))
    ink = (paper - grey) / paper if paper > 0.5 else (grey - paper) / (1 - paper)
    return np.asarray(ink.clip(0, 1), dtype=np.float32)


def picture_to_image(ink: Picture, size: int = 28) -> Picture:
    """Return the ink of a picture (rows, columns) in the form of MNIST, (size, size) in 0 … 1.

    It is cropped, scaled to the box of `layout.layout_of(size)` and centred on its centre of mass
    in one resampling step, in which each pixel is the mean of the area it covers. Strokes that
    would be thin are thickened: of digits drawn with a pen of 1 % of the picture, a softmax model
    then read 89 % instead of 75 %. A picture that already has this form is returned unchanged.
    Without ink the result is empty.
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
    # The rectangle of the source picture that is mapped to the frame.
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
    return np.array(fine.reduce(FINE), dtype=np.float32)  # a copy: Pillow's is read-only


def _thickened(image: Picture, width: float) -> Image.Image:
    """Thicken strokes that are thinner than `width` pixels towards that width."""
    image = (image / image.max()).clip(0, 1)
    # A stroke has two edges of its own length; π/4 is the mean over all directions.
    edges = sum(float(np.abs(np.diff(image, axis=axis)).sum()) for axis in (0, 1)) * math.pi / 4
    radius = int(THICKER * (width - 2 * float(image.sum()) / edges) / 2)
    result = Image.fromarray(image)
    return result.filter(ImageFilter.MaxFilter(2 * radius + 1)) if radius > 0 else result


def _is_in_form(ink: Picture, size: int) -> bool:
    if ink.shape != (size, size) or not ink.any():
        return False
    if size == DIGITS_SIZE:  # these are placed less regularly
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
    """Return start and end (exclusive) of the marked pixels along x (axis 0) or y (axis 1)."""
    (places,) = np.nonzero(marked.any(axis=axis))
    return int(places[0]), int(places[-1]) + 1


def _centre(ink: Picture, axis: int) -> float:
    """Return the centre of mass along x (axis 0) or y (axis 1); pixel 0 is centred at ½."""
    mass = ink.sum(axis=axis, dtype=np.float64)
    return float(mass @ (np.arange(len(mass)) + 0.5) / mass.sum())


def _decoded(data: bytes) -> tuple[Picture, Picture]:
    """Return grey and opacity in 0 … 1 of PNG data, (rows, columns) each."""
    with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
        if image.width * image.height > MAX_PIXELS:  # Pillow uses the last of several headers
            raise ValueError("it gives its size twice")
        if image.mode.startswith("I"):  # 16 bits of grey
            grey = np.asarray(image, dtype=np.float32) / np.float32(65535)
            return grey, np.ones_like(grey)
        # Converting by way of RGBA turns palette and single-colour transparency into opacity.
        both = np.asarray(image.convert("RGBA").convert("LA"), dtype=np.float32) / np.float32(255)
        return both[..., 0], both[..., 1]
