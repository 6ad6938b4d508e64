"""Frames as an animated picture, GIF or WebP, which Pillow encodes."""

from __future__ import annotations

import io
import threading
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from core.errors import Cancelled

if TYPE_CHECKING:  # imported on the background, when there is something to encode
    from PIL.Image import Image

MOST_BYTES = 256 * 2**20  # of all frames of an animation
BYTES_A_PIXEL = 4
LAST_MS = 2000  # that the last frame stands still
FRAME_FORMAT = QImage.Format.Format_RGBX8888
WEBP_QUALITY = 85


def most_frames(size: QSize) -> int:
    """Return how many frames of this size an animation may have."""
    return max(2, MOST_BYTES // max(1, BYTES_A_PIXEL * size.width() * size.height()))


def to_animation(frames: deque[QImage], frame_ms: int, kind: str, stop: threading.Event) -> bytes:
    """Return the frames, at least one, as a file of this kind, “GIF” or “WEBP”.

    frames : FRAME_FORMAT, all of one size; they are taken out, so that memory is freed.
    Raises Cancelled soon after `stop` is set.
    """
    durations = [frame_ms] * (len(frames) - 1) + [LAST_MS]
    pictures = _pictures(frames, stop)
    first, data = next(pictures), io.BytesIO()
    own = {"quality": WEBP_QUALITY, "method": 3} if kind == "WEBP" else {"optimize": False}
    first.save(data, kind, save_all=True, append_images=pictures, duration=durations, loop=0, **own)
    return data.getvalue()


def _pictures(frames: deque[QImage], stop: threading.Event) -> Iterator[Image]:
    from PIL import Image

    while frames:
        if stop.is_set():
            raise Cancelled
        frame = frames.popleft()
        size = frame.width(), frame.height()
        yield Image.frombytes("RGB", size, bytes(frame.constBits()), "raw", "RGBX")
