"""Digits on paper, as arrays and as files: written, photographed, framed, ruled."""

import io

import numpy as np
from PIL import Image

from core.data.digits.drawing import DigitPreprocessing, draw
from tests.core.hands import written


def page(digit=3, size=200, pen=14.0, share=0.6, place=(0.1, 0.1), style=0):
    """A digit on a large square sheet, ink in 0 … 1; place: of its corner, in shares."""
    stroke = [part * (share * size) + np.array(place) * size for part in written(digit, style)]
    recipe = DigitPreprocessing(
        crop=False, scale_to_box=False, centre=False, size=size, pen_width=pen
    )
    return draw(stroke, recipe, frame=(size, size))


def file_of(grey, kind="PNG", **options):
    """Return the bytes of a picture file of grey in 0 … 1, (rows, columns) or with channels."""
    image = grey
    if not isinstance(grey, Image.Image):
        image = Image.fromarray(np.rint(255 * np.clip(grey, 0, 1)).astype(np.uint8))
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def across(shape):
    """Shares from 0 to 1 down and along a picture."""
    return np.mgrid[0 : 1 : shape[0] * 1j, 0 : 1 : shape[1] * 1j]


def gradient(size):
    y, x = across((size, size))
    return 0.45 + 0.45 * (x + y) / 2


def vignette(size):
    y, x = across((size, size))
    return 0.9 - 0.6 * ((x - 0.5) ** 2 + (y - 0.5) ** 2) / 0.5


def shadow(size):
    """The edge of a shadow right through the middle."""
    y, x = across((size, size))
    return np.where(x + 0.3 * y < 0.6, 0.9, 0.5)


def finger(size, tip, root, width, depth, penumbra):
    """The light on paper under the shadow of a finger: 1 − depth within it, with soft edges.

    tip, root, width, penumbra : in shares of the picture's side.
    """
    y, x = across((size, size))
    (tx, ty), (rx, ry) = tip, root
    along = ((x - tx) * (rx - tx) + (y - ty) * (ry - ty)) / ((rx - tx) ** 2 + (ry - ty) ** 2)
    along = along.clip(0, 1)
    away = np.hypot(x - tx - along * (rx - tx), y - ty - along * (ry - ty)) - width / 2
    return 1 - depth * (0.5 - away / penumbra).clip(0, 1)
