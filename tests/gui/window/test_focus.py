"""The focus can be seen, and so can borders and words, in what is painted."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from gui.window.panes import Panes
from tests.gui.kit.test_contrast import contrast

THEMES = pytest.mark.parametrize("theme", ["light", "dark", "white-on-black"])
LEAST_PIXELS = 12  # that differ, of a widget with and without the focus
KINDS = {
    "button": lambda w: w.run_bar.step_button,
    "primary button": lambda w: w.run_bar.play_button,
    "slider": lambda w: w.run_bar.speed,
    "slider of η": lambda w: w.knobs.rate.slider,
    "number": lambda w: w.knobs.learning_rate,
    "choice": lambda w: w.knobs.kind,
    "tool button": lambda w: w.knobs.settings_button,
    "source": lambda w: w.rail.source.button("iris"),
    "lessons": lambda w: w.rail.lessons,
    "switch": lambda w: w.setup.data.standardise,
    "segment": lambda w: w.setup.model.kind.button("softmax"),
    "tabs of the stage": lambda w: w.stage.tabs,
    "tabs of the side": lambda w: next(c.tabs for c in w.side_panel.cards if c.tabs.isVisible()),
    "curve": lambda w: w.views["Loss"].plot,
    "boundary": lambda w: w.views["Boundary"].plot,
    "time line": lambda w: w.history_bar.line,
}


@pytest.fixture
def dressed_window(open_window, qtbot):
    def open_it(theme):
        window = open_window(size=(1366, 768), theme=theme)
        qtbot.keyClick(window, "s")
        qtbot.waitUntil(lambda: window.controller.snapshot.step >= 1)
        window.columns.show_panel(True)
        qtbot.waitUntil(lambda: window.is_at_rest, timeout=30_000)
        return window

    return open_it


@THEMES
def test_borders_and_words_stand_out_as_they_are_painted_and_the_focus_is_seen(
    qtbot, dressed_window, pixels, theme
):
    window = dressed_window(theme)
    window.stage.setFocus()
    QApplication.processEvents()
    faint = []
    for name in ("button", "number", "choice", "switch"):
        widget = KINDS[name](window)
        picture = pixels(widget)
        ground = QColor(window.appearance.theme.panel)
        # All around a field is its border, all around a switch's track its rim.
        colours = {tuple(c) for c in picture.reshape(-1, 3)}
        middle = picture[picture.shape[0] // 2]
        border = max(contrast(QColor(*map(int, c)), ground) for c in middle[:12])
        inside = max(colours, key=lambda c: int((picture == c).all(axis=2).sum()))
        words = max(contrast(QColor(*map(int, c)), QColor(*map(int, inside))) for c in colours)
        if border < 3 or words < 4.5:
            faint.append((name, round(border, 2), round(words, 2)))
    assert faint == []
    unseen = []
    for name, find in KINDS.items():
        widget = find(window)
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
            continue
        window.stage.setFocus()
        QApplication.processEvents()
        before = pixels(widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.waitUntil(widget.hasFocus)
        QApplication.processEvents()
        differ = np.count_nonzero((pixels(widget) != before).any(axis=2))
        if differ < LEAST_PIXELS:
            unseen.append((name, differ))
    assert unseen == []


def test_f6_goes_to_the_left_one_of_those_beside_the_uppermost(qtbot):
    part = QWidget()
    qtbot.addWidget(part)
    places = {"lower": (0, 60), "right": (120, 0), "left": (0, 18)}  # a choice, and Next
    buttons = {name: QPushButton(name, part) for name in places}
    for name, place in places.items():
        buttons[name].setGeometry(*place, 80, 24)
    part.show()
    part.activateWindow()
    qtbot.waitUntil(part.isActiveWindow)
    Panes([part]).go(+1)
    assert QApplication.focusWidget() is buttons["left"]
