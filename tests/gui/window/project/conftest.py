"""Windows that save a project and open it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def path(tmp_path, monkeypatch):
    """The file that a person chooses in the dialogs."""
    path = tmp_path / "mine.logitlab"
    for name in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_, **__: (str(path), ""))
    return path


@pytest.fixture
def walk(qtbot):
    """Return walk(window, steps): steps made by the key S, one after the other."""

    def go(window, steps):
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        for _ in range(steps):
            before = window.controller.steps
            qtbot.keyClick(window, Qt.Key.Key_S)
            qtbot.waitUntil(lambda before=before: window.controller.steps == before + 1)

    return go


@pytest.fixture
def save(qtbot, path):
    """Return save(window): Ctrl+S, until the file is written."""

    def press(window):
        qtbot.keyClick(window, Qt.Key.Key_S, CONTROL)
        qtbot.waitUntil(lambda: path.exists() and not window.projects.is_modified)

    return press


@pytest.fixture
def reopen(qtbot, path, new_run):
    """Return reopen(window): Ctrl+O, until the run is there."""

    def press(window):
        with new_run(window):
            qtbot.keyClick(window, Qt.Key.Key_O, CONTROL)
        qtbot.waitUntil(lambda: window.is_at_rest, timeout=30_000)

    return press
