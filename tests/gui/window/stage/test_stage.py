"""The stage: one view of the run, or two side by side."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest

from gui.kit.areas.grips import Gripped
from gui.kit.fields import kept
from gui.window.stage.tabs import StageTabs

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(open_window):
    return open_window(size=(1366, 768))


def seen(window):
    names = window.stage.names
    made = {name for name in names if name in ("Boundary", "Weights", "Data") or name == "Curves"}
    return {name for name in made if window.views[name].isVisible()}


def test_it_shows_one_view(window):
    assert seen(window) == {"Boundary"}


def test_split_it_shows_two_side_by_side(window):
    QTest.keyClick(window, Qt.Key.Key_D, CTRL)
    assert seen(window) == {"Boundary", "Weights"}
    boundary, weights = window.views["Boundary"], window.views["Weights"]
    assert (
        boundary.mapTo(window, boundary.rect().topRight()).x()
        <= weights.mapTo(window, weights.rect().topLeft()).x()
    )
    QTest.keyClick(window, Qt.Key.Key_D, CTRL)
    assert seen(window) == {"Boundary"}


def test_a_view_that_is_in_the_other_room_changes_places(window):
    window.stage.split(True)
    window.stage.show_name("Weights")
    assert seen(window) == {"Boundary", "Weights"}
    assert window.stage.current == "Weights"
    weights, boundary = window.views["Weights"], window.views["Boundary"]
    assert (
        weights.mapTo(window, weights.rect().topLeft()).x()
        < boundary.mapTo(window, boundary.rect().topLeft()).x()
    )


def test_both_follow_the_run(window, qtbot):
    window.stage.split(True)
    QTest.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(
        lambda: window.controller.snapshot is not None and window.controller.snapshot.step == 1
    )
    for name in ("Boundary", "Weights"):
        assert window.views[name].snapshot is window.controller.snapshot


def test_a_view_is_made_in_the_room_where_it_is_wanted(window):
    window.stage.split(True)
    window.stage.show_name("Curves")
    assert seen(window) == {"Curves", "Weights"}


def test_other_data_leave_two_views_that_apply(window, qtbot):
    window.stage.split(True)
    window.stage.show_name("Data")
    QTest.mouseClick(window.rail.source.button("digits"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.controller.config.data.source == "digits")
    assert "Boundary" not in window.stage.available
    assert len({view for view in window.views.made if view.isVisible()}) >= 2


def test_alone_again_the_first_room_has_its_view(window):
    window.stage.split(True)
    window.stage.show_name("Weights")
    window.stage.split(False)
    assert seen(window) == {"Weights"}
    window.stage.show_name("Boundary")
    assert seen(window) == {"Boundary"}


def test_every_view_goes_with_the_window_also_one_that_was_never_seen(window):
    assert all(window.isAncestorOf(view) for view in window.views.made)
    window.stage.split(True)
    window.stage.show_name("Curves")
    window.stage.split(False)
    assert all(window.isAncestorOf(view) for view in window.views.made)


def test_no_third_view_is_shown_while_two_change_places(window, paintings):
    window.stage.split(True)
    tabs = [each for each in window.stage.findChildren(StageTabs) if each is not window.stage.tabs]
    for name in ("Data", "Curves", "Weights"):  # which the second room holds from now on
        tabs[0].show_name(name)
    shown = {view: paintings(view, QEvent.Type.Show, children=False) for view in window.views.made}
    window.stage.show_name("Weights")
    assert seen(window) == {"Weights", "Boundary"}
    involved = {window.views["Weights"], window.views["Boundary"]}
    assert {view for view, heard in shown.items() if view in heard} <= involved


def test_a_view_that_no_longer_applies_is_not_shown_when_the_stage_is_split(
    window, paintings, new_run
):
    with new_run(window):
        QTest.mouseClick(window.rail.source.button("digits"), Qt.MouseButton.LeftButton)
    window.stage.show_name("Draw")
    window.stage.split(True)
    window.stage.show_name("Weights")  # Draw is in the second room now
    window.stage.split(False)
    with new_run(window):
        QTest.mouseClick(window.rail.source.button("iris"), Qt.MouseButton.LeftButton)
    shown = paintings(window.views["Draw"], QEvent.Type.Show, children=False)
    window.stage.split(True)
    assert not shown


def test_a_split_stage_is_split_again_at_the_next_start_and_whole_when_the_layout_is_restored(
    window, open_window, qtbot
):
    QTest.keyClick(window, Qt.Key.Key_D, CTRL)
    window.stage.show_name("Curves")
    window.stage.show_beside("Data")
    grip = window.stage.findChild(Gripped).handle(1)
    at = grip.rect().center()
    QTest.mousePress(grip, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(grip, at - QPoint(60, 0))
    QTest.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=at)
    shares = kept.sizes(window.stage.shares, 2)
    assert shares is not None and shares[1] > shares[0] + 60
    qtbot.waitUntil(window.close)
    again = open_window(size=(1366, 768))
    assert (again.stage.current, again.stage.beside) == ("Curves", "Data")
    qtbot.waitUntil(lambda: kept.sizes(again.stage.shares, 2) == pytest.approx(shares, abs=12))
    again.layout_memory.reset()
    assert not again.stage.is_split
    qtbot.waitUntil(again.close)
    assert not open_window().stage.is_split
