"""Frames as an animated picture, GIF or WebP, which Pillow encodes."""

from __future__ import annotations

import io
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from core.errors import Cancelled

if TYPE_CHECKING:  # imported on the background, when there is something to encode
    from PIL.Image import Image as Pixels

MOST_BYTES = 256 * 2**20  # of all frames of an animation
BYTES_A_PIXEL = 4
LAST_MS = 2000  # that the last frame stands still
FRAME_FORMAT = QImage.Format.Format_RGBX8888
WEBP_QUALITY = 85
COLOURS, SAMPLE = 256, 8  # of a GIF; frames whose colours it takes


def most_frames(size: QSize) -> int:
    """Return how many frames of this size an animation may have."""
    return max(2, MOST_BYTES // max(1, BYTES_A_PIXEL * size.width() * size.height()))


def to_animation(
    frames: deque[QImage], frame_ms: int, kind: str, keep: Sequence[str], stop: threading.Event
) -> bytes:
    """Return the frames, at least one, as a file of this kind, “GIF” or “WEBP”.

    frames : FRAME_FORMAT, all of one size; they are taken out, so that memory is freed.
    keep : colours that stay what they are in a GIF, which has 256.
    Raises Cancelled soon after `stop` is set.
    """
    durations = [frame_ms] * (len(frames) - 1) + [LAST_MS]
    palette = _palette(frames, keep) if kind == "GIF" else None
    pictures = _pictures(frames, palette, stop)
    first, data = next(pictures), io.BytesIO()
    own = {"optimize": False} if palette else {"quality": WEBP_QUALITY, "method": 3}
    first.save(data, kind, save_all=True, append_images=pictures, duration=durations, loop=0, **own)
    return data.getvalue()


def _pictures(
    frames: deque[QImage], palette: Pixels | None, stop: threading.Event
) -> Iterator[Pixels]:
    from PIL import Image

    while frames:
        if stop.is_set():
            raise Cancelled
        picture = _picture(frames.popleft())
        yield picture.quantize(palette=palette, dither=Image.Dither.NONE) if palette else picture


def _picture(frame: QImage) -> Pixels:
    from PIL import Image

    size = frame.width(), frame.height()
    return Image.frombytes("RGB", size, bytes(frame.constBits()), "raw", "RGBX")


def _palette(frames: deque[QImage], keep: Sequence[str]) -> Pixels:
    """Return a picture with the colours of a sample of the frames, and with those to keep.

    One palette for all: with one each, the same colour would change from frame to frame.
    """
    from PIL import Image, ImageColor

    chosen = {round(i * (len(frames) - 1) / (SAMPLE - 1)) for i in range(SAMPLE)}
    sample = [_picture(frames[i]) for i in sorted(chosen)]
    width, height = sample[0].size
    sheet = Image.new("RGB", (width, height * len(sample)))
    for i, picture in enumerate(sample):
        sheet.paste(picture, (0, i * height))
    kept = [ImageColor.getrgb(colour)[:3] for colour in dict.fromkeys(keep)]
    found = sheet.quantize(COLOURS - len(kept), dither=Image.Dither.NONE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in kept for part in colour] + found)
    return palette
