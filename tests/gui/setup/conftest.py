"""The panel with all settings is open."""

import pytest


@pytest.fixture
def open_window(open_window):
    """Return a function that opens the real window, with all settings in sight."""

    def open_it(*given, **named):
        window = open_window(*given, **named)
        window.columns.show_panel(True)
        return window

    return open_it
