"""The plane of a task, shown by itself."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from gui.kit import theme as look
from gui.stage.boundary.view import BoundaryView
from tests.gui.alone import opened

ASKED = ("boundary", "hover", "gradient arrows", "hidden lines")


@pytest.fixture
def settle(qtbot, background):
    """Return a function that waits until nothing is under way."""

    def is_done():
        background.poll()
        return not any(background.is_busy(key) for key in ASKED)

    return lambda: qtbot.waitUntil(is_done)


@pytest.fixture
def show(show_view, background, settle):
    """Return a function that shows a task and a snapshot, and waits until it is shaded."""
    views = []  # they live as long as the test

    def show(task, snapshot=None):
        view = BoundaryView(look.LIGHT, background)
        views.append(view)
        show_view(view, 700, 600)
        view.receive_task(task)
        if snapshot is not None:
            view.receive_snapshot(snapshot)
        view.plot.grab()
        QApplication.processEvents()  # so that all is laid out
        settle()
        return view

    return show


@pytest.fixture
def open_alone(qtbot):
    """Return a function that makes the controllers of a window, and no window."""
    yield from opened(qtbot)
