"""A grip divides the room by keys, as it does by mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from gui.kit.areas.grips import Grip, Gripped

ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
LEAST = 60  # px of each part


@pytest.fixture(params=[ACROSS, DOWN], ids=["across", "down"])
def divided(request, qtbot):
    """Two parts of equal size beside each other or one below the other, and a button."""
    window = QWidget()
    qtbot.addWidget(window)
    splitter = Gripped(request.param)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(8)
    for name in ("Stage", "Side"):
        part = QWidget()
        part.setAccessibleName(name)
        part.setMinimumSize(LEAST, LEAST)
        splitter.addWidget(part)
        splitter.setStretchFactor(splitter.count() - 1, 1)
    splitter.restored.connect(splitter.share_by_stretch)
    layout = QVBoxLayout(window)
    layout.addWidget(QPushButton("first"))
    layout.addWidget(splitter, 1)
    window.resize(500, 500)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    splitter.share_by_stretch()
    yield splitter
    window.close()


def grip_of(splitter):
    """The grip between both parts."""
    grip = splitter.handle(1)
    assert isinstance(grip, Grip)
    return grip


def press(widget, *keys):
    for key in keys:
        QTest.keyClick(widget, key)


def arrows(splitter):
    """The keys that make the first part smaller, and larger."""
    keys = Qt.Key
    is_across = splitter.orientation() is ACROSS
    return (keys.Key_Left, keys.Key_Right) if is_across else (keys.Key_Up, keys.Key_Down)


def test_arrow_keys_move_a_grip_and_return_restores_it(divided):
    grip, (less, more), before = grip_of(divided), arrows(divided), divided.sizes()
    grip.setFocus(Qt.FocusReason.TabFocusReason)
    press(grip, more)
    larger = divided.sizes()
    assert larger[0] > before[0] and sum(larger) == sum(before)
    press(grip, less)
    assert divided.sizes() == before
    press(grip, less, less, Qt.Key.Key_Return)
    assert divided.sizes() == before
    press(
        grip, *({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down} - {less, more})
    )
    assert divided.sizes() == before


def test_home_and_end_move_a_grip_as_far_as_it_goes(divided):
    grip = grip_of(divided)
    grip.setFocus()
    press(grip, Qt.Key.Key_Home)
    assert divided.sizes()[0] == LEAST
    press(grip, Qt.Key.Key_End)
    assert divided.sizes()[1] == LEAST


def test_a_move_by_keys_is_told_as_one_by_mouse(divided, qtbot):
    with qtbot.waitSignal(divided.splitterMoved):
        press(grip_of(divided), arrows(divided)[1])


def test_keys_of_a_grip_are_no_shortcuts_while_it_has_the_focus(divided):
    window, pressed = divided.window(), []
    action = QAction(window)
    action.setShortcut(arrows(divided)[1])
    action.triggered.connect(lambda: pressed.append(True))
    window.addAction(action)
    before = divided.sizes()
    press(grip_of(divided), arrows(divided)[1])
    assert not pressed and divided.sizes() != before


def test_tab_reaches_a_grip_only_where_something_can_be_divided(divided):
    grip, button = grip_of(divided), divided.window().findChild(QPushButton)
    assert button is not None
    button.setFocus()
    press(button, Qt.Key.Key_Tab)
    assert grip.hasFocus()
    for part in filter(None, map(divided.widget, range(2))):
        part.setFixedSize(part.size())
    grip.hide()
    grip.show()  # as when a part beside it is shown
    button.setFocus()
    press(button, Qt.Key.Key_Tab)
    assert not grip.hasFocus()


def test_a_grip_says_what_it_divides_and_how(divided):
    grip = grip_of(divided)
    grip.setFocus()
    assert grip.accessibleName() == "Grip between Stage and Side"
    assert grip.accessibleDescription() == "Stage has 50\N{NO-BREAK SPACE}%"
    press(grip, Qt.Key.Key_Home)
    share = round(100 * LEAST / sum(divided.sizes()))
    assert grip.accessibleDescription() == f"Stage has {share}\N{NO-BREAK SPACE}%"


def test_the_focus_on_a_grip_is_seen(divided, pixels):
    grip = grip_of(divided)
    before = pixels(grip)
    grip.setFocus(Qt.FocusReason.TabFocusReason)
    assert (pixels(grip) != before).any(axis=2).sum() > max(grip.width(), grip.height())
