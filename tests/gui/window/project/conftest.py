"""Windows that save a project and open it, and what does so in them without the rest."""

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QFileDialog, QMainWindow

from core.config import RunConfig
from gui.control.projects import Projects
from gui.window.main_window import MainWindow
from gui.window.project.project_actions import ProjectActions
from gui.window.settings import Settings
from tests.gui.alone import Alone, opened

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def open_alone(qtbot):
    """Return a function that makes the controllers of a window, and no window."""
    yield from opened(qtbot)


@pytest.fixture
def open_desk(open_alone, tmp_path):
    """Return a function that shows a run without a window, and saves and opens projects.

    ground : a window with nothing in it, which has the title and the dialogs.
    """
    desks = []

    def open_desk(config=None):
        desk = open_alone()
        desk.ground = QMainWindow()
        desks.append(desk)
        desk.projects = Projects(desk.controller, desk.next_task, desk.loader, desk)
        file = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
        given = desk.controller, desk.projects, Settings(file), desk.loader.open_model
        desk.project_actions = ProjectActions(desk.ground, *given)
        desk.projects.start(desk.context.kept)
        desk.ground.show()
        desk.start(config or RunConfig())
        return desk

    yield open_desk
    for desk in desks:
        desk.ground.close()
        desk.ground.deleteLater()


@pytest.fixture
def desk(open_desk):
    """The desk after a first start: Iris, softmax, ready."""
    return open_desk()


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
        if isinstance(window, Alone):
            window.walk(steps)
            return
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
        if isinstance(window, MainWindow):
            qtbot.keyClick(window, Qt.Key.Key_S, CONTROL)
        else:
            window.project_actions.save()
        qtbot.waitUntil(lambda: path.exists() and not window.projects.is_modified)

    return press


@pytest.fixture
def reopen(qtbot, path, new_run):
    """Return reopen(window): Ctrl+O, until the run is there."""

    def press(window):
        with new_run(window):
            if isinstance(window, MainWindow):
                qtbot.keyClick(window, Qt.Key.Key_O, CONTROL)
            else:
                window.project_actions.open()
        qtbot.waitUntil(lambda: window.is_at_rest, timeout=30_000)

    return press
