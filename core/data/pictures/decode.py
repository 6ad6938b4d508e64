"""Decode picture files of any common kind into grey values, within bounds.

The size that a file claims is checked before its pixels are decoded, so that a small file cannot
take a lot of memory.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from core.data.pictures.kinds import begins_as_picture, describe_kind, first_part
from core.errors import DataError, PictureError
from core.files import contents
from core.language import mark, tr
from core.number_format import format_integer

Picture = NDArray[np.float32]

MAX_BYTES = 2**27
MAX_PIXELS = 2**25
MAX_PIXELS_JPEG = 2**27  # decoded at a half, a quarter or an eighth of its size
LONGEST_SIDE = 800  # pixels; a larger picture is reduced, which also averages its noise
PLAIN_GREY = 0.25  # range of greys below which opaque pixels are ink alone, without paper
ANIMATED = ("GIF", "WEBP", "PNG", "AVIF")
DAMAGED = mark("damaged")
VISIBLE = 0.25  # difference from paper
KEPT = 0.95  # of the first frame's ink is still there where a drawing grows

# Decoders of Pillow that read pixels and run no other program.
FORMATS = (
    *("PNG", "JPEG", "BMP", "DIB", "GIF", "WEBP", "TIFF", "AVIF", "JPEG2000"),
    *("PPM", "TGA", "PCX", "ICO", "QOI", "SGI"),
)


def read(path: Path) -> Picture:
    """Return the grey values of a picture file, (rows, columns) in 0 (black) … 1 (white).

    See `decode`. Raises DataError also where the file cannot be read.
    """
    return decode(contents(path, "a picture", MAX_BYTES), path.name)


def decode(data: bytes, name: str) -> Picture:
    """Return the grey values of a picture file's bytes, (rows, columns) in 0 … 1.

    Of several frames it is the first, or the last of a drawing that grows; it is turned as its EXIF
    data say; transparent areas become paper; with more than LONGEST_SIDE pixels a side it is
    reduced.

    name : of the file, for messages.
    Raises DataError where the data are no picture, are damaged, or have too many pixels.
    """
    with opened(data, name) as image:
        return _of_animation(image, _grey_of(image))


@contextmanager
def opened(data: bytes, name: str) -> Iterator[Image.Image]:
    """Open a picture file's bytes, whose size is within bounds; what is done with it may fail.

    name : of the file, for messages.
    Raises DataError where the data are no picture, are damaged, or have too many pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the size is checked here, for all kinds alike
            Image.init()
            known = [kind for kind in FORMATS if kind in Image.OPEN]
            with Image.open(io.BytesIO(data), formats=known) as image:
                _check_size(image, name)
                yield image
    except UnidentifiedImageError:
        if begins_as_picture(data):
            said = tr("{name} is damaged: it breaks off. Save the picture again.", name=name)
            raise PictureError(said, DAMAGED) from None
        other = describe_kind(data)
        raise PictureError(
            tr("{name} is {other}.", name=name, other=other), first_part(other)
        ) from None
    except Image.DecompressionBombError:
        raise _too_large(name, tr("far more than"), MAX_PIXELS) from None
    except DataError:
        raise
    except Exception as error:  # decoders raise many types for damaged data
        said = tr("{name} is damaged ({error}). Save the picture again.", name=name, error=error)
        raise PictureError(said, DAMAGED) from error


def load(image: Image.Image, smaller: str | None, side: int) -> None:
    """Decode the pixels of an opened picture.

    A JPEG may be decoded smaller, with no side below `side`, and in the mode `smaller`.
    """
    expected = image.size
    image.draft(smaller, (side, side))
    allowed = max(image.width * image.height, expected[0] * expected[1])
    image.load()
    if image.width * image.height > allowed:
        raise ValueError("it gives its size twice")


def _check_size(image: Image.Image, name: str) -> None:
    most = MAX_PIXELS_JPEG if image.format in ("JPEG", "MPO") else MAX_PIXELS
    if not 0 < image.width * image.height <= most:
        size = f"{format_integer(image.width)} × {format_integer(image.height)}"
        raise _too_large(name, tr("{size} pixels;", size=size), most)


def _too_large(name: str, found: str, most: int) -> PictureError:
    return PictureError(
        tr(
            "{name} has {found} at most {most} million can be read. Make it smaller.",
            name=name,
            found=found,
            most=format_integer(most / 1e6),
        ),
        mark("of too many pixels"),
    )


def _grey_of(image: Image.Image) -> Picture:
    load(image, None, LONGEST_SIDE)
    turned = ImageOps.exif_transpose(image)
    if turned.mode.startswith(("I", "F")):
        return _reduced(Image.fromarray(stretched(np.asarray(turned), turned.mode)))
    if turned.mode == "LAB":
        turned = turned.getchannel(0)
    # By way of RGBA, palettes and single transparent colours become opacity.
    both = turned if turned.mode == "L" else turned.convert("RGBA")
    small = both.reduce(_factor(both))
    if small.mode == "L":
        return np.asarray(small, dtype=np.float32) / np.float32(255)
    pair = np.asarray(small.convert("LA"), dtype=np.float32) / np.float32(255)
    return _composed(pair[..., 0], pair[..., 1])


def _of_animation(image: Image.Image, first: Picture) -> Picture:
    """Return the last frame of a drawing that grows frame by frame, else the first."""
    frames = getattr(image, "n_frames", 1) if image.format in ANIMATED else 1
    if not 1 < frames <= MAX_PIXELS_JPEG / (image.width * image.height):
        return first
    image.seek(frames - 1)
    last = _grey_of(image)
    if last.shape != first.shape:
        return first
    paper = np.median(last)
    before, after = (np.abs(frame - paper) > VISIBLE for frame in (first, last))
    is_kept = (after & before).sum() >= KEPT * before.sum()
    return last if is_kept and after.sum() > before.sum() else first


def _factor(image: Image.Image) -> int:
    """Return by how much a picture is reduced, so that it has no side above LONGEST_SIDE."""
    return max(1, -(-max(image.size) // LONGEST_SIDE))


def _reduced(image: Image.Image) -> Picture:
    return np.array(image.reduce(_factor(image)), dtype=np.float32)


def stretched(values: NDArray[Any], mode: str) -> Picture:
    """Return greys of more than 8 bits in 0 … 1; those of 32 bits by their own range."""
    grey = values.astype(np.float32)
    if mode.startswith("I;16") or (mode == "I" and grey.min(initial=0) >= 0):
        most = 65535 if grey.max(initial=0) <= 65535 else grey.max()
        return grey / np.float32(most)
    grey = np.where(np.isfinite(grey), grey, np.float32(0))
    low, high = grey.min(), grey.max()
    if low >= 0 and high <= 1:
        return grey
    return np.asarray((grey - low) / max(high - low, np.finfo(np.float32).tiny))


def _composed(grey: Picture, alpha: Picture) -> Picture:
    """Return greys on paper: transparent areas are the paper of what is opaque.

    Opaque pixels of one grey are ink alone, and its paper is what contrasts with it. Otherwise they
    have a paper of their own: most of what they show.
    """
    weight = float(alpha.sum())
    if not (alpha < 1).any() or not weight:
        return grey
    seen = np.sort(grey[alpha > 0.5]) if (alpha > 0.5).any() else np.sort(grey[alpha > 0])
    low, middle, high = seen[[len(seen) // 20, len(seen) // 2, len(seen) - 1 - len(seen) // 20]]
    low, high = min(low, seen[len(seen) // 100]), max(high, seen[-1 - len(seen) // 100])
    is_ink = high - low < PLAIN_GREY
    paper = np.float32((grey * alpha).sum() < 0.5 * weight) if is_ink else middle
    return np.asarray(grey * alpha + (1 - alpha) * paper, dtype=np.float32)
