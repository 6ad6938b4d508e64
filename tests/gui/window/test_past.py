"""The past of one run that is over, in one window: each test leaves it, the next begins live."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import Qt

from core.train.snapshot import Status
from core.train.trainer import Trainer
from gui.control.run_controller import FLAT_OUT
from gui.window.run_bar import SPEEDS
from tests.gui.conftest import PATIENCE_MS
from tests.gui.window.history import at_share

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def window_of_all(open_for_all):
    """Iris, and the weights after its last step; empty until it is trained."""
    return open_for_all(), []


@pytest.fixture
def trained_window(window_of_all, finish, qtbot):
    """Iris, trained to the end, at its newest step and with nothing in focus but the stage."""
    window, last = window_of_all
    if not last:
        last.append(finish(window).params.W.tolist())
    window.run_bar.set_speed(SPEEDS.index(FLAT_OUT))
    window.controller.pause()
    window.controller.past.go_live()
    window.stage.setFocus()

    def is_live():
        snapshot = window.controller.snapshot
        return snapshot.status is Status.FINISHED and not snapshot.is_past

    qtbot.waitUntil(lambda: is_live() and window.is_at_rest, timeout=PATIENCE_MS)
    assert window.controller.snapshot.params.W.tolist() == last[0]
    assert window.history_bar.live_button.isChecked()
    return window


@pytest.fixture
def newest(trained_window):
    return trained_window.controller.snapshot.step


def weights_after(task, steps):
    trainer = Trainer(task)
    for _ in range(steps):
        trainer.step()
    return trainer.params().W.tolist()


def test_b_undoes_one_update_and_again_the_one_before(trained_window, newest, qtbot, reached):
    task = trained_window.controller.run.task
    for step in (newest - 1, newest - 2):
        qtbot.keyClick(trained_window, Qt.Key.Key_B)
        snapshot = reached(trained_window, step, newest)
        assert snapshot.params.W.tolist() == weights_after(task, step)


def test_the_back_button_does_the_same(trained_window, newest, qtbot, reached):
    qtbot.mouseClick(trained_window.run_bar.back_button, LEFT)
    reached(trained_window, newest - 1, newest)
    assert trained_window.history_bar.line.step == newest - 1


def test_a_click_on_the_line_goes_to_the_step_under_it(trained_window, newest, qtbot, reached):
    line = trained_window.history_bar.line
    qtbot.mouseClick(line, LEFT, pos=at_share(line, 0.5))
    assert line.step == pytest.approx(newest / 2, abs=newest / line.width() + 1)
    snapshot = reached(trained_window, line.step, newest)
    assert snapshot.params.W.tolist() == weights_after(
        trained_window.controller.run.task, line.step
    )


def test_a_drag_follows_the_pointer(trained_window, newest, qtbot, reached):
    line = trained_window.history_bar.line
    qtbot.mousePress(line, LEFT, pos=at_share(line, 0.9))
    for share in (0.8, 0.5, 0.3, 0.25):
        qtbot.mouseMove(line, at_share(line, share))
    wanted = line.step
    qtbot.mouseRelease(line, LEFT, pos=at_share(line, 0.25))
    assert wanted == pytest.approx(newest / 4, abs=newest / line.width() + 1)
    reached(trained_window, wanted, newest)
    assert line.step == wanted


@pytest.mark.parametrize(
    ("key", "step"),
    [
        (Qt.Key.Key_Left, 199),
        (Qt.Key.Key_Down, 199),
        (Qt.Key.Key_Right, 201),
        (Qt.Key.Key_Up, 201),
        (Qt.Key.Key_PageDown, 196),  # 120 rows in batches of 32
        (Qt.Key.Key_PageUp, 204),
        (Qt.Key.Key_Home, 0),
    ],
)
def test_keys_on_the_line_go_by_steps_and_epochs(trained_window, qtbot, reached, key, step):
    assert math.ceil(120 / trained_window.controller.settings.batch_size) == 4
    trained_window.controller.past.go_to(200)
    reached(trained_window, 200)
    qtbot.keyClick(trained_window.history_bar.line, key)
    reached(trained_window, step)


def test_end_returns_to_the_newest_step_and_its_status(trained_window, newest, qtbot, reached):
    line = trained_window.history_bar.line
    qtbot.keyClick(line, Qt.Key.Key_Home)
    assert reached(trained_window, 0, newest).status is Status.READY
    qtbot.keyClick(line, Qt.Key.Key_End)
    assert reached(trained_window, newest, newest).status is Status.FINISHED


def test_the_live_button_returns_to_the_newest_step(trained_window, newest, qtbot, reached):
    bar = trained_window.history_bar
    assert bar.live_button.isChecked()
    qtbot.keyClick(trained_window, Qt.Key.Key_B)
    reached(trained_window, newest - 1)
    assert not bar.live_button.isChecked()
    qtbot.mouseClick(bar.live_button, LEFT)
    reached(trained_window, newest)
    assert bar.live_button.isChecked()


def test_the_past_is_said_in_words_and_marked_on_the_curves(trained_window, newest, qtbot, reached):
    trained_window.controller.past.go_to(200)
    reached(trained_window, 200)
    assert trained_window.history_bar.words.text() == f"step 200 of {newest:,} · epoch 50"
    assert "earlier moment" in trained_window.notice.text
    for view in (trained_window.views["Loss"], trained_window.views["Accuracy"]):
        assert view.step_line.isVisible() and view.step_line.value() == 200
        assert view.train.line.getData()[0][-1] == newest
    trained_window.controller.past.go_live()
    reached(trained_window, newest)
    assert not trained_window.views["Loss"].step_line.isVisible()


def test_space_on_the_line_trains_on_from_the_past(trained_window, newest, qtbot, reached):
    whole = trained_window.controller.snapshot.curves.table.copy()
    line = trained_window.history_bar.line
    line.setFocus()
    trained_window.controller.past.go_to(200)
    reached(trained_window, 200)
    qtbot.keyClick(line, Qt.Key.Key_Space)
    snapshot = reached(trained_window, newest, newest)
    assert snapshot.status is Status.FINISHED
    assert snapshot.params.W.tolist() == weights_after(trained_window.controller.run.task, newest)
    np.testing.assert_array_equal(snapshot.curves.table, whole)


def test_replay_plays_the_run_again_and_ends_at_its_newest_step(
    trained_window, newest, qtbot, reached
):
    bar = trained_window.history_bar
    trained_window.run_bar.set_speed(SPEEDS.index(1))  # until it is seen
    trained_window.controller.past.go_to(newest - 60)
    reached(trained_window, newest - 60)
    qtbot.mouseClick(bar.replay_button, LEFT)
    qtbot.waitUntil(lambda: "pause" in bar.replay_button.text(), timeout=PATIENCE_MS)
    trained_window.run_bar.set_speed(SPEEDS.index(200))
    snapshot = reached(trained_window, newest, newest)
    assert snapshot.status is Status.FINISHED
    assert "replay" in bar.replay_button.text()


def test_space_holds_a_replay(trained_window, newest, qtbot):
    controller = trained_window.controller
    trained_window.run_bar.set_speed(SPEEDS.index(20))
    qtbot.mouseClick(trained_window.history_bar.replay_button, LEFT)  # from the start
    qtbot.waitUntil(
        lambda: controller.snapshot.status is Status.TRAINING and 3 < controller.snapshot.step < 50,
        timeout=PATIENCE_MS,
    )
    qtbot.keyClick(trained_window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: controller.snapshot.status is Status.PAUSED, timeout=PATIENCE_MS)
    assert controller.snapshot.is_past and controller.snapshot.newest_step == newest


def test_the_path_of_the_weights_ends_at_the_shown_step(trained_window, newest, reached):
    whole = trained_window.controller.snapshot.path.steps
    assert whole[0] == 0 and whole[-1] == newest
    trained_window.controller.past.go_to(newest // 2)
    past = reached(trained_window, newest // 2)
    assert past.path.steps.tolist() == [n for n in whole if n < newest // 2] + [newest // 2]
    np.testing.assert_array_equal(past.path.W[-1], past.params.W)
    trained_window.controller.past.go_live()
    assert reached(trained_window, newest).path.steps.tolist() == whole.tolist()
