"""The panel with all settings is open, in the window or alone."""

import pytest

from core.config import RunConfig
from tests.gui.alone import opened


@pytest.fixture
def open_window(open_window):
    """Return a function that opens the real window, with all settings in sight."""

    def open_it(*given, **named):
        window = open_window(*given, **named)
        window.columns.show_panel(True)
        return window

    return open_it


@pytest.fixture
def open_alone(qtbot):
    """Return a function that makes the controllers of a window, and no window."""
    yield from opened(qtbot)


@pytest.fixture
def open_panel(open_alone):
    """Return a function that shows the panel with all settings alone, on a run that is ready."""

    def open_panel(config=None):
        alone = open_alone()
        alone.show_setup()
        alone.start(config or RunConfig())
        return alone

    return open_panel


@pytest.fixture
def panel(open_panel):
    """The panel after a first start: Iris, softmax, ready."""
    return open_panel()
