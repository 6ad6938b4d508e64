"""A run as an animation: as many frames as said, of their size; the run is as it was before."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageSequence
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from core.config import RunConfig, TrainingConfig
from core.train.snapshot import Status
from gui.export.animation import LAST_MS
from gui.kit import theme as look
from tests.gui.conftest import PATIENCE_MS

QUICK = RunConfig(training=TrainingConfig(epochs=5))
ENDLESS = RunConfig(training=TrainingConfig(epochs=10**9))
STEPS = 20  # of Iris in five epochs
RECORDING_MS = 3 * PATIENCE_MS  # each frame is painted by the window


@pytest.fixture
def open_dialog(qtbot):
    """Return a function that opens the dialog by the menu."""

    def open_dialog(window):
        (action,) = (a for a in window.findChildren(QAction) if "Animation" in a.text())
        action.trigger()
        dialog = window.exports.animations.dialog
        assert dialog is not None and dialog.isVisible()
        return dialog

    return open_dialog


@pytest.fixture
def record(qtbot, open_dialog, save_as):
    """Return a function that writes an animation and returns its file."""

    def record(window, name):
        dialog = open_dialog(window)
        target = save_as(name)
        qtbot.waitUntil(dialog.save_button.isEnabled, timeout=PATIENCE_MS)
        qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: f"frames to {target}" in window.notice.text, timeout=RECORDING_MS)
        assert not dialog.isVisible()
        return target

    return record


def state(window):
    shot = window.controller.snapshot
    return shot.step, shot.newest_step, [array.copy() for array in shot.params.arrays]


def assert_same(before, after):
    assert before[:2] == after[:2]
    for one, other in zip(before[2], after[2], strict=True):
        assert np.array_equal(one, other)


def test_it_is_said_before_that_numbers_are_covered(qtbot, open_window, finish, open_dialog):
    window = open_window(QUICK)
    finish(window)
    dialog = open_dialog(window)
    qtbot.waitUntil(dialog.save_button.isEnabled, timeout=PATIENCE_MS)
    assert "covered" not in dialog.summary.text()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_H)
    open_dialog(window)
    qtbot.waitUntil(lambda: "covered" in dialog.summary.text(), timeout=PATIENCE_MS)


def test_an_animation_has_a_frame_of_each_kept_step_and_the_run_is_where_it_was(
    qtbot, open_window, finish, record
):
    window = open_window(QUICK)
    finish(window)
    kept = window.controller.snapshot.trajectory.steps
    for name, shown in (("run.gif", STEPS), ("run.webp", 7)):
        if shown < STEPS:  # a step of the past
            window.controller.past.go_to(shown)
        qtbot.waitUntil(lambda n=shown: window.controller.snapshot.step == n, timeout=PATIENCE_MS)
        before = state(window)
        target = record(window, name)
        size, durations = opened(target)
        assert size[0] == 720
        assert len(durations) == len(kept) == STEPS + 1
        assert durations == [100] * STEPS + [LAST_MS]
        assert_same(before, state(window))
        with Image.open(target) as image:
            frames = [frame.convert("L") for frame in ImageSequence.Iterator(image)]
        axes = [
            np.asarray(frame)[:, :90] for frame in frames[-2:]
        ]  # labels of the axis at the left
        assert np.abs(axes[0].astype(int) - axes[1]).mean() < 2  # as high at the end as before


def opened(target) -> tuple[tuple[int, int], list[int]]:
    """The size of an animation, and the duration of each frame in ms."""
    with Image.open(target) as image:
        durations = []
        for frame in ImageSequence.Iterator(image):
            frame.load()
            durations.append(int(frame.info["duration"]))
        return image.size, durations


def test_fewer_frames_are_chosen_evenly_from_the_first_step_to_the_newest(
    qtbot, open_window, finish, record, open_dialog
):
    window = open_window(RunConfig(training=TrainingConfig(epochs=15)))
    finish(window)
    assert len(window.controller.snapshot.trajectory.steps) > 50
    dialog = open_dialog(window)
    dialog.count_choice.setFocus()
    qtbot.keyClick(dialog.count_choice, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: "50 frames" in dialog.summary.text(), timeout=PATIENCE_MS)
    assert len(opened(record(window, "run.gif"))[1]) == 50


def test_a_run_that_trains_goes_on_from_where_it_was(qtbot, open_window, reach, record):
    window = open_window(ENDLESS)
    window.run_bar.set_speed(3)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    reach(window, Status.TRAINING)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 5, timeout=PATIENCE_MS)
    reached = window.controller.snapshot.step
    record(window, "run.gif")
    shot = reach(window, Status.TRAINING)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > reached, timeout=PATIENCE_MS)
    assert not shot.is_past


def test_cancel_and_the_end_of_the_window_write_nothing_and_light_colours_are_of_the_file_alone(
    qtbot, open_window, finish, open_dialog, save_as, record
):
    window = open_window(QUICK, theme="dark")
    dialog = open_dialog(window)
    qtbot.waitUntil(lambda: "train first" in dialog.summary.text(), timeout=PATIENCE_MS)
    assert not dialog.save_button.isEnabled()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    finish(window)
    before = state(window)

    dialog = open_dialog(window)
    target = save_as("called off.gif")
    qtbot.waitUntil(dialog.save_button.isEnabled, timeout=PATIENCE_MS)
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.progress.value() >= 2, timeout=PATIENCE_MS)
    qtbot.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "called off" in window.notice.text, timeout=PATIENCE_MS)
    assert not target.exists() and dialog.isVisible()
    assert_same(before, state(window))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()

    dialog = open_dialog(window)
    dialog.background_choice.setFocus()
    qtbot.keyClick(dialog.background_choice, Qt.Key.Key_Down)
    with Image.open(record(window, "run.gif")) as image:
        corner = image.convert("RGB").getpixel((2, 2))
    assert isinstance(corner, tuple) and min(corner) > 240
    assert window.appearance.theme is look.DARK

    dialog = open_dialog(window)
    target = save_as("closed.gif")
    qtbot.waitUntil(dialog.save_button.isEnabled, timeout=PATIENCE_MS)
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.progress.value() >= 1, timeout=PATIENCE_MS)
    qtbot.waitUntil(window.close, timeout=PATIENCE_MS)
    assert not target.exists()
