"""Files of tables, and clicks on the columns of their preview."""

import pytest
from PySide6.QtCore import Qt

from gui.setup.csv.preview import ROLE_ROW


@pytest.fixture
def write(tmp_path):
    """Return write(text): the path of a file that holds it."""

    def write(text, name="birds.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


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
