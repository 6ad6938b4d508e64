"""Steps of a lesson in the window: forth and back, what is waited for, and where it was left."""

from __future__ import annotations

from html import unescape

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gui.window.look.pointing import is_pointed_at

PATIENCE_MS = 30_000
STEPS = """
format = 1
title = "Three steps"

[[steps]]
text = "Watch the loss."
view = "Boundary"
highlight = "Loss"
speed = "flat out"
until = "step >= 5"
reveal = "It falls."

[steps.setup]
kind = "binary"
epochs = 3
batch_size = 10
points.generator = "toy"
points.size = 100

[[steps]]
text = "How many classes?"
view = "Data"
highlight = "Data"

[steps.question]
choices = ["1", "2"]
answer = "2"

[[steps]]
text = "Move a point."
until = "a point is moved"
reveal = "The line follows."
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "own" / "1-three.toml"
    path.parent.mkdir()
    path.write_text(STEPS, encoding="utf-8")
    return path


@pytest.fixture
def begun(window, new_run, path):
    """A window with the first step of the lesson."""
    with new_run(window):
        window.lesson_opener.shelf.open(path)
    return window


def said(window):
    return unescape(window.lessons.strip.words.text())


def press(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def until_step(qtbot, window, text):
    qtbot.waitUntil(lambda: text in said(window), timeout=PATIENCE_MS)


def test_an_opened_lesson_is_listed_and_set_up(begun):
    assert begun.controller.run.place.lesson.title == "Three steps"
    assert begun.rail.lessons.item(begun.rail.lessons.count() - 1).text() == "▸ Three steps"
    assert "Watch the loss." in said(begun)
    assert begun.lessons.strip.position.text().endswith("step 1 of 3")


def test_what_is_waited_for_is_shown_and_then_what_it_has_shown(begun, qtbot):
    strip = begun.lessons.strip
    assert strip.wait.text() == "until step >= 5 · now 0"
    assert "It falls." not in said(begun)
    qtbot.keyClick(begun, Qt.Key.Key_Space)
    until_step(qtbot, begun, "It falls.")
    assert strip.wait.text() == "✓ step >= 5"


def test_it_has_not_happened_once_the_run_has_gone_back_before_it(begun, qtbot):
    qtbot.keyClick(begun, Qt.Key.Key_Space)
    until_step(qtbot, begun, "It falls.")
    qtbot.waitUntil(lambda: not begun.controller.is_training, timeout=PATIENCE_MS)
    qtbot.keyClick(begun, Qt.Key.Key_R)
    until_step(qtbot, begun, "Watch the loss.")


def test_the_card_that_a_step_is_about_is_pointed_at(begun):
    loss = next(card for card in begun.side_panel.cards if "Loss" in card.names)
    assert is_pointed_at(loss) and not is_pointed_at(begun.stage)
    press(begun.lessons.strip.next_button)
    assert is_pointed_at(begun.stage) and not is_pointed_at(loss)
    assert begun.stage.current == "Data"
    press(begun.lessons.strip.close_button)
    assert not is_pointed_at(begun.stage)


def test_a_step_without_a_run_of_its_own_goes_on_with_the_one_that_is_there(begun, qtbot):
    run, strip = begun.controller.run, begun.lessons.strip
    press(strip.next_button)
    assert "How many classes?" in said(begun)
    assert begun.controller.run is run
    press(strip.back_button)
    assert "Watch the loss." in said(begun)


def test_next_answers_a_question_before_it_goes_on(begun):
    strip = begun.lessons.strip
    press(strip.next_button)
    press(strip.next_button)
    assert "Answer: 2." in strip.question.feedback.text()
    press(strip.next_button)
    assert "Move a point." in said(begun)


def test_an_answered_question_lets_the_clicker_pass(begun):
    strip = begun.lessons.strip
    press(strip.next_button)
    press(strip.question.choices[1])
    begun.presenter.toggle()
    begun.stage.show_name("Boundary")
    QTest.keyClick(begun, Qt.Key.Key_PageDown)
    assert "Move a point." in said(begun)
    QTest.keyClick(begun, Qt.Key.Key_PageUp)
    assert "How many classes?" in said(begun)
    begun.presenter.toggle()


def test_a_moved_point_is_seen_whatever_else_changes(begun, qtbot, new_run):
    strip = begun.lessons.strip
    for _ in range(3):
        press(strip.next_button)
    points = begun.editor.points
    with new_run(begun):
        begun.editor.draw(points.with_point(0.0, 0.0, 0), "put a point", is_last=True)
    assert "Move a point." in said(begun)
    with new_run(begun):
        begun.editor.draw(points.move([3], (1.0, 0.5)), "move a point", is_last=True)
    until_step(qtbot, begun, "The line follows.")


def test_a_lesson_is_gone_on_with_where_it_was_left(begun, new_run):
    press(begun.lessons.strip.next_button)
    with new_run(begun):
        begun.lessons.choose("xor")
    with new_run(begun):
        begun.lessons.choose("own/three")
    assert "How many classes?" in said(begun)


def test_where_it_was_left_is_kept_between_starts(begun, open_window, new_run, path):
    press(begun.lessons.strip.next_button)
    begun.close()
    again = open_window()
    with new_run(again):
        again.lesson_opener.shelf.open(path)
    assert "How many classes?" in said(again)


def test_one_undo_brings_the_run_before_the_lesson_back(begun, new_run, qtbot):
    press(begun.lessons.strip.next_button)
    with new_run(begun):
        qtbot.keyClick(begun, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not begun.lessons.strip.isVisible()
    with new_run(begun):
        qtbot.keyClick(begun, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert "How many classes?" in said(begun)


def test_a_project_keeps_the_step(begun, qtbot, new_run, tmp_path):
    press(begun.lessons.strip.next_button)
    project = tmp_path / "kept.logitlab"
    begun.projects.save(project)
    qtbot.waitUntil(project.exists, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not begun.controller.writes.is_busy, timeout=PATIENCE_MS)
    with new_run(begun):
        begun.lessons.choose("xor")
    with new_run(begun):
        begun.projects.open(project)
    until_step(qtbot, begun, "How many classes?")
    assert begun.controller.run.place.lesson.title == "Three steps"


def test_after_the_last_step_the_lesson_is_ticked(begun, qtbot):
    strip = begun.lessons.strip
    for _ in range(3):
        press(strip.next_button)
    assert "own/three" not in begun.lessons.progress.done
    points = begun.editor.points
    begun.editor.draw(points.move([3], (1.0, 0.5)), "move a point", is_last=True)
    until_step(qtbot, begun, "The line follows.")
    assert "own/three" in begun.lessons.progress.done
