"""The program, started again with the settings of the last start."""

import pytest
from PySide6.QtCore import QSettings

from core.config import RunConfig
from core.train.snapshot import Status
from gui.window.main_window import MainWindow
from tests.gui.conftest import PATIENCE_MS, end


@pytest.fixture
def start(qtbot, dressed, tmp_path):
    """Return a function that starts the program with the settings of the last start."""
    windows: list[MainWindow] = []
    before = dressed.font()

    def start_it() -> MainWindow:
        while windows:
            end(qtbot, windows.pop())
        settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
        window = MainWindow(settings, "light")
        windows.append(window)
        window.resize(1366, 768)
        window.start(RunConfig())
        window.show()
        qtbot.waitUntil(lambda: window.controller.snapshot is not None, timeout=PATIENCE_MS)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    yield start_it
    for window in windows:
        end(qtbot, window)
    dressed.setStyleSheet("")
    dressed.setFont(before)


@pytest.fixture
def reached(qtbot):
    """Return a function that waits until the window shows this step, and returns its snapshot."""

    def reached(window, step, newest=None):
        def is_there():
            snapshot = window.controller.snapshot
            if snapshot is None or snapshot.status is Status.TRAINING or snapshot.step != step:
                return False
            return newest is None or snapshot.newest_step == newest

        qtbot.waitUntil(is_there, timeout=PATIENCE_MS)
        return window.controller.snapshot

    return reached
