from __future__ import annotations

from PySide6.QtCore import Qt

from core.snapshot import Status


def test_space_trains_and_pauses(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.hub.snapshot.step > 3)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.hub.snapshot.status is Status.PAUSED)
