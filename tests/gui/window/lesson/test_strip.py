"""The strip of a lesson alone: whatever a step says, it is as high as before."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from core.teach.lesson import Lesson, Place, Step
from gui.kit import theme as look
from gui.window.lesson.strip import LessonStrip

HIGH = r"The slope is $\frac{\partial L}{\partial w} = \frac{1}{n} \sum_i (a_i - y_i) x_i$."
LONG = "It falls at first, and then it does so ever more slowly. " * 4


@pytest.fixture
def strip(qtbot):
    around = QWidget()
    qtbot.addWidget(around)
    column = QVBoxLayout(around)
    strip = LessonStrip(look.LIGHT)
    column.addWidget(strip)
    column.addStretch(1)
    around.resize(700, 400)
    around.show()
    yield strip
    around.close()


@pytest.mark.parametrize("reveal", [HIGH, LONG], ids=["a formula", "many words"])
def test_what_a_step_says_later_has_its_room_from_the_beginning(strip, reveal):
    place = Place(Lesson("own", "A lesson", "Own", (Step("The loss.", reveal), Step("Read on."))))
    strip.show_step(place, is_revealed=False, is_changed=False)
    QApplication.processEvents()  # it is laid out
    before = strip.page.height()
    assert strip.words.height() <= before
    for is_revealed, is_changed in ((True, False), (True, True), (False, True), (False, False)):
        strip.show_step(place, is_revealed=is_revealed, is_changed=is_changed)
        QApplication.processEvents()
        assert strip.page.height() == before
    strip.show_step(Place(place.lesson, 1), is_revealed=False, is_changed=False)
    assert strip.page.height() < before


def test_words_that_get_the_room_of_the_buttons_need_fewer_lines_and_take_no_more(strip, qtbot):
    place = Place(Lesson("own", "A lesson", "Own", (Step(LONG),)))
    strip.show_step(place, is_revealed=False, is_changed=False)
    QApplication.processEvents()
    before = strip.page.height()
    assert before == needed(strip)
    strip.present(True)
    qtbot.waitUntil(lambda: strip.page.height() < before)
    assert strip.page.height() == needed(strip)
    strip.present(False)
    qtbot.waitUntil(lambda: strip.page.height() == before)


def needed(strip):
    """Return the height at which all words can be seen."""
    return strip.words.heightForWidth(strip.page.viewport().width())
