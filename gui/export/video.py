"""Frames as an MP4 video (H.264), which ffmpeg encodes, by the optional package imageio-ffmpeg."""

from __future__ import annotations

import tempfile
import threading
from collections import deque
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage

from core.errors import Cancelled, SaveError
from core.language import mark, tr
from gui.export.animation import LAST_MS

QUALITY = 8  # of 10
SIDES = 2  # H.264 has even numbers of rows and columns: the last one stands twice if need be
MISSING = mark(
    "An MP4 video needs the package imageio-ffmpeg, which is not installed here: pip install "
    "“logitlab[mp4]”. GIF and WebP need nothing."
)


def check_encoder() -> None:
    """Raise SaveError unless videos can be encoded."""
    if find_spec("imageio_ffmpeg") is None:
        raise SaveError(tr(MISSING))


def to_video(frames: deque[QImage], frame_ms: int, stop: threading.Event) -> bytes:
    """Return the frames, at least one, as an MP4 file; the last one stands still for a while.

    frames : FRAME_FORMAT, all of one size; they are taken out, so that memory is freed.
    Raises Cancelled soon after `stop` is set, and SaveError if the encoder is absent or fails.
    """
    check_encoder()
    from imageio_ffmpeg import write_frames

    size = _even(frames[0].width()), _even(frames[0].height())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.mp4"
        encoder = write_frames(
            str(path),
            size,
            fps=1000 / frame_ms,
            quality=QUALITY,
            macro_block_size=SIDES,
            ffmpeg_log_level="error",
            output_params=["-movflags", "+faststart"],  # it plays before all of it is loaded
        )
        try:
            encoder.send(None)
            _encode(frames, frame_ms, encoder.send, stop)
        except OSError as error:
            raise SaveError(
                tr("The video could not be encoded ({error}). Write a GIF.", error=error)
            ) from error
        finally:
            encoder.close()
        return path.read_bytes()


def _encode(
    frames: deque[QImage], frame_ms: int, send: Callable[[bytes], object], stop: threading.Event
) -> None:
    pixels = b""
    while frames:
        if stop.is_set():
            raise Cancelled
        pixels = _pixels(frames.popleft())
        send(pixels)
    for _ in range(LAST_MS // frame_ms):
        send(pixels)


def _pixels(frame: QImage) -> bytes:
    """Return red, green and blue of each pixel, row by row, in even numbers of both."""
    height, width = frame.height(), frame.width()
    pixels = np.frombuffer(frame.constBits(), np.uint8).reshape(height, width, 4)[:, :, :3]
    more = (0, _even(height) - height), (0, _even(width) - width), (0, 0)
    return np.pad(pixels, more, mode="edge").tobytes()


def _even(side: int) -> int:
    return side + side % SIDES
