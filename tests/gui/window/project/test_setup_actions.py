"""A set-up goes from one window to another by the clipboard."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.points import Points
from core.projects.setup_text import to_text

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_what_is_copied_here_is_what_runs_there(open_window, qtbot, new_run):
    config = RunConfig(DataConfig("digits"), ModelConfig(hidden=8), TrainingConfig(0.02))
    first = open_window(config)
    first.controller.tune(batch_size=64)
    qtbot.waitUntil(lambda: first.controller.snapshot.settings.batch_size == 64)
    first.setups.copy()
    second = open_window()
    second.activateWindow()
    qtbot.waitUntil(second.isActiveWindow)
    with new_run(second):
        qtbot.keyClick(second, Qt.Key.Key_V, CONTROL)
    assert second.controller.config == first.controller.config


def test_drawn_points_come_along_and_can_be_undone(window, qtbot, new_run):
    points = Points(np.array([[0.5, 1.0], [-1.0, 2.0]]), np.array([0, 1]), ("yes", "no"))
    QGuiApplication.clipboard().setText(to_text(RunConfig(DataConfig("drawn")), points))
    with new_run(window):
        window.setups.paste_or_say()
    np.testing.assert_array_equal(window.controller.run.points.xy, points.xy)
    with new_run(window):
        qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert window.controller.run.task.source.name == "Iris"
    assert not len(window.editor.points)


def test_hostile_text_costs_a_sentence(window, qtbot):
    QGuiApplication.clipboard().setText("logitlab:1?learning_rate=[[[")
    run = window.controller.run
    qtbot.keyClick(window, Qt.Key.Key_V, CONTROL)
    assert "learning_rate" in window.notice.text
    QGuiApplication.clipboard().setText("nothing of the kind")
    window.setups.paste_or_say()
    assert "holds no set-up" in window.notice.text
    assert window.controller.run is run
