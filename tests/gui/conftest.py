from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from core.config import RunConfig
from gui import look
from gui.main_window import MainWindow


@pytest.fixture
def open_window(qtbot, qapp: QApplication, tmp_path):
    """Return a function that opens the real window on a config and waits for its first numbers."""
    windows = []

    def open_it(config: RunConfig | None = None, *, wait: bool = True) -> MainWindow:
        qapp.setStyle("Fusion")
        qapp.setFont(look.base_font())
        settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
        window = MainWindow(settings, "light")
        windows.append(window)
        window.resize(1280, 800)
        window.start(config or RunConfig())
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        window.stage.setFocus()
        if wait:
            qtbot.waitUntil(lambda: window.hub.snapshot is not None, timeout=20_000)
        return window

    yield open_it
    for window in windows:
        window.close()
        window.deleteLater()


@pytest.fixture
def window(open_window) -> MainWindow:
    """The window as it first starts: Iris, softmax, ready."""
    return open_window()
