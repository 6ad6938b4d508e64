"""A view that reads texts, on its own."""

import pytest

from core.config import DataConfig
from core.data.sources import load
from gui.kit.theme import LIGHT
from gui.stage.read.view import ReadView
from tests.gui.stage.read.reading import PATIENCE_MS


@pytest.fixture(scope="module")
def genres():
    return load(DataConfig(source="genres"))


@pytest.fixture
def view(qtbot, background):
    """The view on its own, as large as a stage."""
    view = ReadView(LIGHT, background)
    qtbot.addWidget(view)
    view.resize(700, 540)
    view.show()
    qtbot.waitExposed(view)
    return view


@pytest.fixture
def settle(qtbot, view, background):
    """Return a function that waits until the view shows the answer to what is on the pad."""

    def is_settled():
        background.poll()
        return background.is_idle and view.is_at_rest

    return lambda: qtbot.waitUntil(is_settled, timeout=PATIENCE_MS)
