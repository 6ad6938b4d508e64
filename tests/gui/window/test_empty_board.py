"""A board without points: nothing can be trained, and the window says what to do."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel

from core.config import DataConfig, RunConfig
from tests.gui.window.test_rendered_contrast import ENLARGED, of_words, place

BOARD = RunConfig(DataConfig(source="drawn"))


@pytest.fixture(params=["light", "dark"])
def board(request, open_window, qtbot):
    window = open_window(BOARD, size=(1366, 768), theme=request.param, wait=False)
    qtbot.waitUntil(lambda: window.controller.run is not None)
    return window


def test_a_view_without_an_example_says_what_is_missing(board, words, qtbot):
    for name in ("Trace", "Lasso"):
        board.stage.show_name(name)
        view = board.views[name]
        qtbot.waitUntil(lambda view=view: words(view) == board.controller.run.task.obstacle)
        assert "no points yet" in words(view)


def test_points_bring_the_trace_back_and_their_end_takes_it_away(
    board, qtbot, click_plane, words, reach
):
    plane, trace = board.views["Boundary"], board.views["Trace"]
    for k, x in enumerate((-2.0, 2.0)):
        plane.legend.choose(k)
        click_plane(plane, x, 0.0)
    qtbot.waitUntil(lambda: board.controller.snapshot is not None)
    board.stage.show_name("Trace")
    qtbot.waitUntil(trace.sheet.isVisible)
    plane.board.clear()
    qtbot.waitUntil(lambda: "no points yet" in words(trace))
    assert not trace.sheet.isVisible()


def test_buttons_that_have_nothing_to_do_can_be_read(board):
    image = QImage(board.size() * ENLARGED, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ENLARGED)
    board.render(image)
    button = board.run_bar.play_button
    assert not button.isEnabled()
    labels = [label for label in button.findChildren(QLabel) if label.isVisible()]
    assert len(labels) == 3
    assert min(of_words(image, place(board, label)) for label in labels) > 3
