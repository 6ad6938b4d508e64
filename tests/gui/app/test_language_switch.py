"""Another language: the window that speaks it shows what the one before showed, and trains on."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog

from core.config import DataConfig, RunConfig
from core.language import ENGLISH, LANGUAGES, current
from gui.app import translators
from gui.app.language_switch import LanguageSwitch
from gui.window.look.language_choice import stored


@pytest.fixture(autouse=True)
def english(dressed):
    """Speak English again at the end, and end with the last window."""
    yield
    translators.speak(ENGLISH.code, dressed)
    dressed.setQuitOnLastWindowClosed(True)


@pytest.fixture
def switch(qtbot, dressed, open_window):
    """Return switch(window): the window in German that takes its place."""

    def switch(window, *, wait=True):
        asked = LanguageSwitch(window, dressed)
        choose(window, "Deutsch")
        with qtbot.waitSignal(asked.ended, timeout=30_000) as ended:
            pass
        code, held = ended.args
        translators.speak(code, dressed)
        return open_window(held=held, wait=wait)

    return switch


def choose(window, name):
    (action,) = (action for action in window.findChildren(QAction) if action.text() == name)
    action.trigger()


def test_the_run_goes_on_from_where_it_was(window, switch, qtbot):
    for steps in range(1, 4):
        qtbot.keyClick(window, Qt.Key.Key_S)
        qtbot.waitUntil(lambda steps=steps: window.controller.steps == steps)
    before = window.controller.snapshot
    other = switch(window)
    assert not window.isVisible()
    after = other.controller.snapshot
    assert after.step == 3
    for old, new in zip(before.params.arrays, after.params.arrays, strict=True):
        assert np.array_equal(old, new)
    assert other.projects.is_modified
    assert current().code == "de"
    assert stored(other.settings) == "de"


def test_what_trains_goes_on_training(window, switch, qtbot):
    window.run_bar.set_speed(0)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.controller.is_training)
    other = switch(window)
    qtbot.waitUntil(lambda: other.controller.is_training)


def test_what_was_saved_is_still_saved(window, switch, qtbot, tmp_path):
    with qtbot.waitSignal(window.controller.done, timeout=30_000):
        window.projects.save(tmp_path / "flowers.logitlab")
    other = switch(window)
    qtbot.waitUntil(lambda: other.projects.path == tmp_path / "flowers.logitlab")
    assert not other.projects.is_modified


def test_buttons_that_qt_makes_speak_it_too(dressed):
    translators.speak("de", dressed)
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    assert box.buttons()[0].text() == "Abbrechen"
    translators.speak("en", dressed)
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    assert box.buttons()[0].text() == "Cancel"


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != ENGLISH.code])
def test_a_dialog_of_files_has_no_english_label_in_another_language(qtbot, dressed, code):
    said = []
    for each in (ENGLISH.code, code):
        translators.speak(each, dressed)
        dialog = QFileDialog()
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        qtbot.addWidget(dialog)
        said.append([dialog.labelText(label) for label in QFileDialog.DialogLabel])
    assert [label for label in said[0] if label in said[1]] == []


def test_a_class_that_is_there_is_not_sent_home(window, dressed, qtbot):
    asked = LanguageSwitch(window, dressed)
    window.classroom.open()
    window.classroom.classroom.open("127.0.0.1")
    with qtbot.assertNotEmitted(asked.ended), qtbot.waitSignal(window.controller.remarked) as said:
        choose(window, "Deutsch")
    assert "class" in said.args[0]
    assert window.isVisible()


def test_a_file_on_its_way_is_written_first(window, dressed, qtbot):
    asked, may_end = LanguageSwitch(window, dressed), threading.Event()

    def write():
        may_end.wait(30)
        return "Saved."

    window.controller.writes.write("flowers.csv", write)
    with qtbot.assertNotEmitted(asked.ended), qtbot.waitSignal(window.controller.remarked):
        choose(window, "Deutsch")
    may_end.set()
    qtbot.waitUntil(lambda: not window.controller.writes.is_busy)
    with qtbot.waitSignal(asked.ended, timeout=30_000):
        choose(window, "Deutsch")


@pytest.mark.parametrize("points", [0, 1])
def test_a_board_without_a_run_comes_along(points, open_window, switch, qtbot, click_plane):
    window = open_window(RunConfig(DataConfig("drawn")), wait=False)
    qtbot.waitUntil(lambda: window.controller.run is not None)
    if points:
        click_plane(window.views["Boundary"], 0.0, 0.0)
        qtbot.waitUntil(lambda: len(window.controller.run.points) == 1)
    other = switch(window, wait=False)
    qtbot.waitUntil(lambda: other.controller.run is not None)
    assert len(other.controller.run.points) == points
    assert other.controller.run.task.obstacle


def test_what_can_be_undone_is_not_given_up_without_a_question(
    open_window, dressed, qtbot, click_plane
):
    window = open_window(RunConfig(DataConfig("drawn")), wait=False)
    qtbot.waitUntil(lambda: window.controller.run is not None)
    click_plane(window.views["Boundary"], 0.0, 0.0)
    qtbot.waitUntil(lambda: window.controller.undo_stack.count() == 1)
    window.project_actions.asks, asked = True, LanguageSwitch(window, dressed)
    with qtbot.assertNotEmitted(asked.ended):
        choose(window, "Deutsch")
        answer(qtbot, asked.question, "At the next start")
        qtbot.waitUntil(lambda: asked.question is None)
    assert window.isVisible()
    assert stored(window.settings) == "de"
    choose(window, "Deutsch")
    with qtbot.waitSignal(asked.ended, timeout=30_000):
        answer(qtbot, asked.question, "Change now")


def answer(qtbot, box, words):
    (button,) = (button for button in box.buttons() if button.text() == words)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
