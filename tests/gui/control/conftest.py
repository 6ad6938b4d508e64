"""The controllers of a window, without the window."""

import pytest

from tests.gui.alone import opened


@pytest.fixture
def open_alone(qtbot):
    """Return a function that makes the controllers of a window, and no window."""
    yield from opened(qtbot)
