"""The rail: sources and lessons at hand, folded where the window is narrow."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.teach import headings
from gui.window.rail import KEY


@pytest.fixture
def window(open_window):
    return open_window(size=(1366, 768))


def rows_of(window):
    """Return the rows of lessons, by key."""
    lessons = window.rail.lessons
    items = [lessons.item(row) for row in range(lessons.count())]
    return {item.data(KEY): item for item in items if item.data(KEY) is not None}


def titles(window):
    """Return the titles in sight, without the names of groups."""
    return [item.text() for item in rows_of(window).values() if not item.isHidden()]


def groups(window):
    """Return the names of groups in sight."""
    lessons = window.rail.lessons
    items = [lessons.item(row) for row in range(lessons.count())]
    return [item.text() for item in items if item.data(KEY) is None and not item.isHidden()]


def test_it_lists_every_lesson_uncut_below_the_names_of_groups_which_begin_none(window):
    assert [text.strip() for text in titles(window)] == [each.title for each in headings.bundled()]
    assert groups(window) == list(dict.fromkeys(each.group for each in headings.bundled()))
    lessons = window.rail.lessons
    room = lessons.viewport().width()
    rows = (lessons.model().index(row, 0) for row in range(lessons.count()))
    assert max(lessons.sizeHintForIndex(row).width() for row in rows) <= room
    first = lessons.item(0)
    assert first.text() == headings.bundled()[0].group
    assert not first.flags() & Qt.ItemFlag.ItemIsSelectable
    place = lessons.visualItemRect(first).center()
    QTest.mouseClick(lessons.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.lessons.shown is None and not window.next_task.is_busy


def test_a_press_on_a_lesson_begins_it_and_marks_it(window, qtbot, pixels):
    lessons = window.rail.lessons
    place = lessons.visualItemRect(lessons.item(2)).center()  # below its group and the first
    QTest.mouseClick(lessons.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(window.lessons.strip.isVisible)
    assert titles(window)[1] == f"▸ {headings.bundled()[1].title}"
    edge = lessons.viewport().width() - 4  # beyond all words
    marked, other = (lessons.visualItemRect(lessons.item(row)).center().y() for row in (2, 3))
    shown = pixels(lessons.viewport())
    assert (shown[marked, edge] != shown[other, edge]).any()


def test_a_press_on_a_source_shows_its_data(window, qtbot):
    QTest.mouseClick(window.rail.source.button("digits"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.controller.config.data.source == "digits")
    assert window.rail.source.button("digits").isChecked()


def test_it_folds_to_signs_and_back(window):
    wide = window.rail.sizeHint().width()
    QTest.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert window.rail.is_folded
    assert not window.rail.lessons.isVisible()
    assert window.rail.sizeHint().width() < wide / 2
    assert window.rail.source.button("iris").isVisible()
    QTest.mouseClick(window.rail.fold_button, Qt.MouseButton.LeftButton)
    assert not window.rail.is_folded
    assert window.rail.lessons.isVisible()


def test_it_is_folded_in_a_narrow_window(open_window):
    assert open_window(size=(1024, 768)).rail.is_folded


def test_at_1366_the_stage_is_large_enough_and_all_settings_come_and_go(window):
    assert window.stage.width() >= 600
    assert window.stage.height() >= 480
    assert not window.setup.isVisible()
    QTest.mouseClick(window.knobs.settings_button, Qt.MouseButton.LeftButton)
    assert window.setup.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert not window.setup.isVisible()
    assert not window.knobs.settings_button.isChecked()


def test_all_settings_are_there_in_a_wide_window(open_window):
    window = open_window(size=(1700, 900))
    assert window.setup.isVisible()
    assert window.knobs.settings_button.isChecked()


def test_the_titles_of_lessons_follow_the_zoom(window):
    item = rows_of(window)["toy"]
    before = item.font().pointSizeF()
    try:
        window.appearance.set_zoom(1.5)
        assert item.font().pointSizeF() == pytest.approx(1.5 * before)
    finally:
        window.appearance.set_zoom(1.0)


def test_a_search_leaves_lessons_with_its_words_and_their_groups_or_a_whole_group(window):
    QTest.keyClicks(window.rail.search, "xor HIDDEN")
    assert [text.strip() for text in titles(window)] == ["XOR with a hidden layer"]
    assert groups(window) == ["Beyond a line"]
    QTest.keyClicks(window.rail.search, " nothing")
    assert titles(window) == groups(window) == []
    window.rail.search.clear()
    assert len(titles(window)) == len(headings.bundled())
    QTest.keyClicks(window.rail.search, "descent")
    keys = [each.key for each in headings.bundled() if each.group == "Descent"]
    assert len(titles(window)) == len(keys)
