"""Frames as GIF and WebP: as many, as large and as coloured as they were."""

from __future__ import annotations

import io
import threading
from collections import deque

import numpy as np
import pytest
from PIL import Image, ImageSequence
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter

from core.errors import Cancelled
from gui.export.animation import FRAME_FORMAT, LAST_MS, MOST_BYTES, most_frames, to_animation
from gui.kit import theme as look

SIZE = QSize(90, 60)
NEAR = 4  # of 255, which nobody sees: how finely Pillow looks colours up


def frames_of(count: int) -> deque[QImage]:
    """Frames of many shades, with a moving square in the colour of each class."""
    frames: deque[QImage] = deque()
    for i in range(count):
        frame = QImage(SIZE, FRAME_FORMAT)
        painter = QPainter(frame)
        for x in range(90):
            painter.fillRect(x, 0, 1, 60, QColor.fromHsv(x * 3, 60, 255 - i))
        for k, colour in enumerate(look.LIGHT.classes):
            painter.fillRect(8 * k + i, 30, 6, 6, QColor(colour))
        painter.end()
        frames.append(frame)
    return frames


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_frames_sizes_and_times_are_kept(kind):
    data = to_animation(frames_of(12), 50, kind, (), threading.Event())
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == kind and image.size == SIZE.toTuple()
        durations = []
        for frame in ImageSequence.Iterator(image):
            frame.load()
            durations.append(frame.info["duration"])
    assert durations == [50] * 11 + [LAST_MS]


def test_colours_of_classes_are_the_same_in_every_frame_of_a_gif():
    data = to_animation(frames_of(12), 50, "GIF", look.LIGHT.colours, threading.Event())
    with Image.open(io.BytesIO(data)) as image:
        for i, frame in enumerate(ImageSequence.Iterator(image)):
            shown = np.asarray(frame.convert("RGB")).astype(int)
            for k, colour in enumerate(look.LIGHT.classes):
                assert np.abs(shown[33, 8 * k + i + 3] - look.rgb(colour)).max() <= NEAR


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_encoding_can_be_called_off(kind):
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        to_animation(frames_of(3), 50, kind, (), stop)


def test_memory_of_all_frames_is_bounded():
    for size in (QSize(480, 400), QSize(960, 900)):
        count = most_frames(size)
        assert 2 <= count <= MOST_BYTES / (4 * size.width() * size.height())
