"""The drawing board in the window: keys that the board and the window share, and messages."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import points as drawing
from core.data.points import Points
from core.train.snapshot import Status

CTRL = Qt.KeyboardModifier.ControlModifier
DRAWN = RunConfig(data=DataConfig("drawn"), training=TrainingConfig(epochs=10**9))
PAIR = Points().put([(-2, 0)], 0).put([(2, 0)], 1)


@pytest.fixture
def board_window(qtbot, open_window):
    """The window with an empty board."""
    window = open_window(DRAWN, wait=False)
    qtbot.waitUntil(lambda: window.controller.run is not None, timeout=30_000)
    return window


def settle(qtbot, window):
    """Wait until the points of the board are those of the shown run."""
    controller, board = window.controller, window.views["Boundary"].board

    def is_settled():
        is_shown = not controller.background.is_busy("load")
        return is_shown and controller.run.points is board.points

    qtbot.waitUntil(is_settled, timeout=30_000)


def test_a_number_key_chooses_the_class_on_the_board_and_the_tab_elsewhere(
    qtbot, board_window, click_plane
):
    window, view = board_window, board_window.views["Boundary"]
    view.plot.setFocus()
    qtbot.waitUntil(view.plot.hasFocus)
    qtbot.keyClick(view.plot, "3")  # without a class
    assert view.board.chosen_class == 0
    assert window.stage.current == "Boundary"

    window.stage.setFocus()
    qtbot.keyClick(window, "2")
    assert window.stage.current == "Weights"
    assert view.board.chosen_class == 0

    window.stage.show_name("Boundary")
    click_plane(view, 0, 0)
    focused = QApplication.focusWidget()
    assert focused is view.plot  # a click on the board gives it the keys
    qtbot.keyClick(focused, "2")
    click_plane(view, 1, 1)
    assert view.board.points.labels.tolist() == [0, 1]
    assert window.stage.current == "Boundary"


def test_what_is_drawn_is_undone_by_the_keys_and_what_is_refused_is_told(
    qtbot, board_window, click_plane, monkeypatch
):
    window, view = board_window, board_window.views["Boundary"]
    window.editor.draw(PAIR, "put points", True)
    settle(qtbot, window)
    click_plane(view, 0, 2)
    settle(qtbot, window)
    assert window.controller.run.task.dataset.n == 3
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    settle(qtbot, window)
    assert view.board.points is PAIR

    monkeypatch.setattr(drawing, "MAX_POINTS", 2)
    click_plane(view, 0, 2)
    assert "2 are the most" in window.notice.text
    assert view.board.points is PAIR


def test_space_is_not_lost_while_an_edit_is_on_its_way(qtbot, board_window, click_plane, reach):
    window, view = board_window, board_window.views["Boundary"]
    window.editor.draw(PAIR, "put points", True)
    settle(qtbot, window)
    click_plane(view, 0, 1)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    settle(qtbot, window)
    reach(window, Status.TRAINING)
    click_plane(view, 0, -1)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    reach(window, Status.PAUSED)
