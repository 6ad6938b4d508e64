"""Frames as MP4: as many, as large and nearly as coloured as before; without ffmpeg, a sentence."""

import subprocess
import threading
from collections import deque
from importlib import util

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from core.errors import Cancelled, SaveError
from gui.export.animation import FRAME_FORMAT, LAST_MS
from gui.export.video import check_encoder, to_video
from gui.kit import theme as look

RAW = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-")
COLOURS = ("#1763A6", "#BA410D", "#00857C", "#FFFFFF")


def frames_of(width=90, height=60):
    """A frame in each colour."""
    frames: deque[QImage] = deque()
    for colour in COLOURS:
        frame = QImage(width, height, FRAME_FORMAT)
        frame.fill(QColor(colour))
        frames.append(frame)
    return frames


@pytest.mark.parametrize("size", [(90, 60), (91, 61)])
def test_frames_come_back_in_their_colours(size, tmp_path):
    video = pytest.importorskip("imageio_ffmpeg")
    (tmp_path / "v.mp4").write_bytes(to_video(frames_of(*size), 100, threading.Event()))
    height, width = (side + side % 2 for side in (size[1], size[0]))
    decoded = subprocess.run(
        [video.get_ffmpeg_exe(), "-v", "error", "-i", tmp_path / "v.mp4", *RAW],
        capture_output=True,
        check=True,
    )
    shown = np.frombuffer(decoded.stdout, np.uint8).reshape(-1, height, width, 3)
    assert len(shown) == len(COLOURS) + LAST_MS // 100
    for frame, colour in zip(shown, COLOURS, strict=False):
        wanted = look.rgb(colour)
        assert np.abs(frame[20:40, 20:60].mean(axis=(0, 1)) - wanted).max() < 12


def test_encoding_can_be_called_off():
    pytest.importorskip("imageio_ffmpeg")
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        to_video(frames_of(), 100, stop)


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("gui.export.video.find_spec", lambda name: None)
    with pytest.raises(SaveError, match=r"pip install “logitlab\[mp4\]”"):
        check_encoder()
    with pytest.raises(SaveError, match="GIF and WebP need nothing"):
        to_video(frames_of(), 100, threading.Event())


def test_the_package_is_found_by_its_name():
    assert (util.find_spec("imageio_ffmpeg") is None) == _is_refused()


def _is_refused():
    try:
        check_encoder()
    except SaveError:
        return True
    return False
