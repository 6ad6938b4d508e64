"""Demonstrations in the window of a small laptop: each is seen whole."""

import pytest
from PySide6.QtWidgets import QApplication, QScrollArea

from gui.stage.demos.view import GROUPS

DEMOS = [cls for _, classes in GROUPS for cls in classes]


@pytest.fixture(params=[(1366, 768), (1280, 776)], ids=["1366 × 768", "1280 × 776"])
def demos(request, open_window, qtbot):
    window = open_window(size=request.param)
    window.stage.show_name("Demos")
    view = window.views["Demos"]
    qtbot.waitUntil(lambda: view.is_at_rest)
    return view


def test_none_scrolls(demos, qtbot):
    over = {}
    for cls in DEMOS:
        demos.titles.setCurrentRow(demos.rows.index(cls))
        qtbot.waitUntil(lambda: demos.is_at_rest)
        QApplication.processEvents()
        (area,) = (a for a in demos.findChildren(QScrollArea) if a.isVisible())
        if area.verticalScrollBar().maximum():
            over[cls.title] = area.verticalScrollBar().maximum()
    assert not over
