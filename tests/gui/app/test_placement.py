"""Where the window stands: wholly on its screen, frame included."""

from __future__ import annotations

import ast
import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PySide6.QtCore import QMargins, QRect

from gui.app.placement import fit
from tests import warm

ROOT = Path(__file__).parents[3]
LENGTHS = st.integers(1, 3000)
PLACES = st.integers(-3000, 3000)

OPENED = """
import sys
from PySide6.QtCore import QTimer
from core.config import RunConfig
from gui.app.launch import Launch, make_application

application = make_application()
launch = Launch(application, RunConfig(), None, None, None, None)
window = launch.window

def move():
    for x, y, width, height in [map(int, word.split(",")) for word in sys.argv[1:]]:
        window.setGeometry(x, y, width, height)
    QTimer.singleShot(0, tell)

def tell():
    print(window.screen().name(), *window.frameGeometry().getRect())
    window.close()

window.painted.connect(lambda: QTimer.singleShot(0, move))
sys.exit(launch.run())
"""


ZOOMED = """
from PySide6.QtCore import QTimer
from core.config import RunConfig
from gui.app.launch import Launch, make_application
from gui.kit import zoom

application = make_application()
window = Launch(application, RunConfig(), None, None, None, None).window
screens = application.screens()
found = []

def moved_to(number, level=None):
    corner = screens[number].geometry().topLeft()
    window.setGeometry(corner.x() + 20, corner.y() + 40, 900, 600)
    application.processEvents()
    found.append((number, screens.index(window.screen()), round(100 * zoom.factor())))
    if level is not None:
        window.appearance.set_zoom(level)

def move():
    for step in ((0, 1.1), (1, 1.5), (0,), (1,)):
        moved_to(*step)
    print(found)
    window.close()

window.painted.connect(lambda: QTimer.singleShot(0, move))
window.show()
application.exec()
"""


@pytest.fixture
def run_on(tmp_path):
    """Return a function that runs a program on screens side by side, and returns what it prints."""

    def run_on(program: str, *sizes: tuple[int, int], words: Sequence[str] = ()) -> str:
        screens, left = [], 0
        for name, (width, height) in enumerate(sizes):
            screen = {"name": str(name), "x": left, "y": 0, "width": width, "height": height}
            screens.append(screen | {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1})
            left += width
        file = tmp_path / "screens.json"
        file.write_text(json.dumps({"screens": screens}), encoding="utf-8")
        variables = {
            # By its name alone: Qt may misread letters of the path where the locale is C.
            "QT_QPA_PLATFORM": f"offscreen:configfile={file.name}",
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "PYTHONPATH": str(ROOT),
        }
        ended = subprocess.run(
            [*warm.python(), "-c", program, *words],
            cwd=tmp_path,
            env=os.environ | variables,
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    return run_on


@pytest.fixture
def open_on(run_on):
    """Return a function that opens the program on screens side by side.

    It gives the name of the screen that the window is on, and its place with the frame.
    """

    def open_on(*sizes: tuple[int, int], move_to: str | None = None) -> tuple[str, QRect]:
        told = run_on(OPENED, *sizes, words=[move_to] if move_to else [])
        screen_name, *numbers = told.split()
        return screen_name, QRect(*map(int, numbers))

    return open_on


def test_each_screen_has_its_own_zoom_which_the_window_takes_as_it_comes_there(run_on):
    """A laptop, and a screen that is large: its type is so, unless the user chooses otherwise."""
    told = run_on(ZOOMED, (1600, 900), (1920, 1080))
    assert ast.literal_eval(told) == [(0, 0, 100), (1, 1, 120), (0, 0, 110), (1, 1, 150)]


@pytest.mark.parametrize("size", [(1366, 768), (1280, 800), (1024, 768)], ids=str)
def test_the_first_start_is_wholly_on_screen(open_on, size):
    _, frame = open_on(size)
    assert QRect(0, 0, *size).contains(frame)


def test_a_large_screen_is_taken_for_the_most_part(open_on):
    _, frame = open_on((1920, 1080))
    assert frame.width() == pytest.approx(0.85 * 1920, abs=20)
    assert frame.height() == pytest.approx(0.85 * 1080, abs=40)


def test_a_small_screen_is_taken_whole(open_on):
    _, frame = open_on((1366, 768))
    assert (frame.width(), frame.height()) == (1366, 768)


def test_a_window_remembered_on_a_screen_that_is_gone_comes_back_on_one_that_is_there(open_on):
    assert open_on((1920, 1080), (2560, 1440), move_to="2200,200,1900,1200")[0] == "1"
    _, frame = open_on((1024, 768))
    assert QRect(0, 0, 1024, 768).contains(frame)


@given(x=PLACES, y=PLACES, width=LENGTHS, height=LENGTHS, data=st.data())
def test_a_frame_is_moved_and_made_smaller_only_as_far_as_the_room_wants(x, y, width, height, data):
    inside = QRect(x, y, width, height)
    margins = QMargins(*data.draw(st.tuples(*[st.integers(0, 60)] * 4)))
    room = QRect(*data.draw(st.tuples(PLACES, PLACES, LENGTHS, LENGTHS)))
    assume(room.width() >= 120 and room.height() >= 120)
    frame = inside.marginsAdded(margins)

    place = fit(inside, frame, room)

    outer = place.marginsAdded(margins)
    assert room.contains(outer)
    if room.contains(frame):
        assert place == inside
    for length, wanted, most in (
        (outer.width(), frame.width(), room.width()),
        (outer.height(), frame.height(), room.height()),
    ):
        assert length == min(wanted, most)
