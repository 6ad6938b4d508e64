"""What to do first: beside the stage at the first start, gone after the first run."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from core.train.snapshot import Status
from gui.window.side.start_here import StartHere


def guide_of(window):
    return next((guide for guide in window.findChildren(StartHere) if guide.isVisible()), None)


def test_it_stands_in_for_the_cards_under_the_loss_which_keeps_its_room(start, qtbot):
    window = start()
    guide = guide_of(window)
    first, *others = window.side_panel.cards
    assert first.isVisible() and first.height() >= 200
    assert not any(card.isVisible() for card in others)
    assert guide.height() >= guide.minimumSizeHint().height()
    window.resize(1024, 768)
    wraps = Qt.TextFlag.TextWordWrap

    def is_whole(label: QLabel) -> bool:
        needed = label.fontMetrics().boundingRect(label.rect(), wraps, label.text())
        is_in_sight = label.visibleRegion().boundingRect() == label.rect()
        return is_in_sight and label.rect().contains(needed)

    qtbot.waitUntil(lambda: all(map(is_whole, guide.findChildren(QLabel))))


def test_the_first_press_does_what_it_says(start, qtbot):
    window = start()
    guide = guide_of(window)
    QTest.mouseClick(guide.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.controller.snapshot.step > 0)


def test_the_second_gives_the_focus_to_the_learning_rate(start):
    window = start()
    QTest.mouseClick(guide_of(window).buttons[1], Qt.MouseButton.LeftButton)
    assert window.knobs.rate.slider.hasFocus()


def test_the_third_opens_the_board(start, qtbot):
    window = start()
    QTest.mouseClick(guide_of(window).buttons[2], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.controller.config.data.source == "drawn")


def test_the_fourth_begins_the_first_lesson(start, qtbot):
    window = start()
    QTest.mouseClick(guide_of(window).buttons[3], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.lessons.strip.isVisible)


def test_after_the_first_run_it_is_gone_for_good(start, qtbot):
    window = start()
    guide_of(window).buttons[0].setFocus()
    QTest.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: guide_of(window) is None)
    assert QApplication.focusWidget() is None  # it went to no control that Return would press
    assert window.views["Accuracy"].isVisible()
    assert guide_of(start()) is None


def test_a_first_run_that_diverges_is_a_first_run(start, qtbot, enter):
    window = start()
    enter(window.knobs.learning_rate, "100000")
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.snapshot.status is Status.DIVERGED)
    assert window.controller.snapshot.step == 0
    qtbot.waitUntil(lambda: guide_of(window) is None)


def test_closed_it_is_gone_for_good(start, qtbot):
    window = start()
    guide_of(window).closed.emit()
    assert guide_of(window) is None
    assert guide_of(start()) is None
