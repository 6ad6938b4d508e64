"""A picture file of any size as pixels of a data set's: turned, on white, scaled, padded.

Pictures keep their proportions: they are scaled by Lanczos' filter until they fit, and what is left
on two sides is filled with the colour of their border. A picture that has the size already keeps
its pixels.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from core.data.pictures import decode

CHANNELS = 3
DRAFT = 4  # times the wanted side, at which a JPEG is decoded at least
REDUCED = 3.0  # times the wanted size, to which larger pictures are averaged before the filter

Pixels = NDArray[np.uint8]


class Form(NamedTuple):
    """What pictures become: rows × columns, of grey values or in red, green and blue.

    is_inverted : whether light becomes dark.
    """

    rows: int
    columns: int
    is_coloured: bool = False
    is_inverted: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the pixels; in colour, three pictures one below the other."""
        return self.rows * (CHANNELS if self.is_coloured else 1), self.columns


def size_of(data: bytes, name: str) -> tuple[int, int]:
    """Return rows and columns of a picture file's bytes as it is seen, without decoding it.

    Raises DataError as `core.data.pictures.decode.opened` does.
    """
    with decode.opened(data, name) as image:
        width, height = _upright_size(image)
        return height, width


def scaled(data: bytes, name: str, form: Form) -> tuple[Pixels, tuple[int, int]]:
    """Return a picture file's bytes as pixels of the form's shape, and the rows and columns it had.

    Of several frames it is the first; it is turned as its EXIF data say; what is transparent is
    white; of colours a grey picture has the luminance (ITU-R 601).
    Raises DataError as `core.data.pictures.decode.opened` does.
    """
    with decode.opened(data, name) as image:
        width, height = _upright_size(image)
        mode = "RGB" if form.is_coloured else "L"
        decode.load(image, mode, DRAFT * max(form.rows, form.columns))
        plain = _opaque(ImageOps.exif_transpose(image), form)
        pixels = _fitted(plain.convert(mode), form)
    if form.is_coloured:
        pixels = np.ascontiguousarray(pixels.transpose(2, 0, 1)).reshape(form.shape)
    if form.is_inverted:
        np.subtract(255, pixels, out=pixels)
    return pixels, (height, width)


def _upright_size(image: Image.Image) -> tuple[int, int]:
    """Return width and height of a picture as its EXIF data turn it."""
    is_turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
    return (image.height, image.width) if is_turned else image.size


def _opaque(image: Image.Image, form: Form) -> Image.Image:
    """Return a picture of 8 bits without transparency, perhaps smaller."""
    if image.mode.startswith(("I", "F")):
        grey = decode.stretched(np.asarray(image), image.mode)
        return Image.fromarray(np.rint(grey.clip(0, 1) * 255).astype(np.uint8))
    if image.mode == "LAB":
        return image.getchannel(0)
    if not image.has_transparency_data:
        return image
    both = image.convert("RGBA")
    factor = min(image.width // form.columns, image.height // form.rows) // DRAFT
    if factor > 1:  # three copies of a large picture would take much memory
        both = both.reduce(factor)
    white = Image.new("RGBA", both.size, "white")
    return Image.alpha_composite(white, both)


def _fitted(image: Image.Image, form: Form) -> Pixels:
    """Return the pixels (rows, columns), or (rows, columns, 3), of a picture that fits in."""
    if image.size == (form.columns, form.rows):
        return np.array(image)
    share = min(form.columns / image.width, form.rows / image.height)
    width = min(max(round(image.width * share), 1), form.columns)
    height = min(max(round(image.height * share), 1), form.rows)
    small: Pixels = np.array(
        image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=REDUCED)
    )
    if (width, height) == (form.columns, form.rows):
        return small
    sheet = np.empty((form.rows, form.columns, *small.shape[2:]), dtype=np.uint8)
    sheet[:] = _border(image)
    top, left = (form.rows - height) // 2, (form.columns - width) // 2
    sheet[top : top + height, left : left + width] = small
    return sheet


def _border(image: Image.Image) -> Pixels:
    """Return the median grey or colour of a picture's outermost pixels."""
    width, height = image.size
    edges = (
        (0, 0, width, 1),
        (0, height - 1, width, height),
        (0, 0, 1, height),
        (width - 1, 0, width, height),
    )
    parts = [np.asarray(image.crop(edge)) for edge in edges]
    pixels = np.concatenate([part.reshape(-1, *part.shape[2:]) for part in parts])
    middle: Pixels = np.rint(np.median(pixels, axis=0)).astype(np.uint8)
    return middle
