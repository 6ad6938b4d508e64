"""Files of tables, and clicks on the columns of their preview."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from core.config import RunConfig
from gui.setup.csv.preview import ROLE_ROW
from gui.window.opening.csv_opening import CsvOpener
from gui.window.settings import Settings


@pytest.fixture
def write(tmp_path):
    """Return write(text): the path of a file that holds it."""

    def write(text, name="birds.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def open_desk(qtbot, open_alone):
    """Return a function that makes the controllers of a window, and what opens tables, alone.

    csv : the opener, on a window of the usual size in which there is nothing else.
    """
    grounds = []

    def open_desk(config=None, *, wait=True):
        desk = open_alone()
        ground = QWidget()
        grounds.append(ground)
        ground.resize(1280, 800)
        ground.show()
        qtbot.waitExposed(ground)
        given = desk.controller, desk.loader, Settings(None), desk.appearance
        desk.csv = CsvOpener(ground, *given)
        for message in (desk.csv.failed, desk.csv.remarked):
            message.connect(desk.told.append)
        desk.start(config or RunConfig(), wait=wait)
        return desk

    yield open_desk
    for ground in grounds:
        ground.close()
        ground.deleteLater()


@pytest.fixture
def desk(open_desk):
    """The desk after a first start: Iris, softmax, ready."""
    desk = open_desk()
    yield desk
    desk.csv.close()


@pytest.fixture
def click_role(qtbot):
    """Return a function that clicks what a column of the preview is used as."""

    def click_role(dialog, name):
        column = dialog.table.column(name)
        index = dialog.preview.index(ROLE_ROW, column)
        dialog.view.scrollTo(index)
        place = dialog.view.visualRect(index).center()
        qtbot.mouseClick(dialog.view.viewport(), Qt.MouseButton.LeftButton, pos=place)

    return click_role
