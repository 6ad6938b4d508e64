"""Lessons of a teacher's own: found in a folder, followed when they change, refused by line."""

import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from gui.window.lesson.lessons import Lessons

PATIENCE_MS = 30_000


def lesson(title, text="Look.", group="Mine"):
    return f'format = 1\ntitle = "{title}"\ngroup = "{group}"\n[[steps]]\ntext = "{text}"\n'


@pytest.fixture
def folder():
    folder = Path(os.environ["LOGITLAB_LESSONS"])
    folder.mkdir(parents=True)
    return folder


def write(path, text):
    """Write a file as editors do: another one takes its place."""
    other = path.with_suffix(".tmp")
    other.write_text(text, encoding="utf-8")
    other.replace(path)


def titles(window):
    return [heading.title for heading in window.lesson_opener.shelf.headings]


def own(window):
    return [
        heading.title
        for heading in window.lesson_opener.shelf.headings
        if heading.key.startswith("own/")
    ]


def said(window):
    return window.lessons.strip.words.text()


def test_lessons_of_the_folder_follow_those_of_the_program_in_their_order(
    open_window, folder, qtbot
):
    for name, title, group in (("02-b", "B", "One"), ("01-a", "A", "Two"), ("03-c", "C", "Two")):
        write(folder / f"{name}.toml", lesson(title, group=group))
    window = open_window()
    qtbot.waitUntil(lambda: len(own(window)) == 3, timeout=PATIENCE_MS)
    assert titles(window)[-3:] == ["A", "C", "B"]  # groups stay together


def test_without_a_folder_there_are_those_of_the_program(open_window):
    assert own(open_window()) == []


def test_a_changed_file_is_shown_at_once(open_window, folder, qtbot):
    path = folder / "a.toml"
    write(path, lesson("A", "Before."))
    window = open_window()
    qtbot.waitUntil(lambda: own(window) == ["A"], timeout=PATIENCE_MS)
    window.lessons.choose("own/a")
    assert "Before." in said(window)
    for text in ("After.", "And again."):  # a file that was replaced is followed too
        write(path, lesson("A", text))
        qtbot.waitUntil(lambda text=text: text in said(window), timeout=PATIENCE_MS)


def test_a_broken_file_says_its_line_and_leaves_the_version_before(open_window, folder, qtbot):
    path = folder / "a.toml"
    write(path, lesson("A", "Before."))
    window = open_window()
    qtbot.waitUntil(lambda: own(window) == ["A"], timeout=PATIENCE_MS)
    window.lessons.choose("own/a")
    with qtbot.waitSignal(window.lesson_opener.shelf.failed, timeout=PATIENCE_MS) as failed:
        write(path, lesson("A", "After.") + "speed = 0\n")
    assert failed.args[0].startswith("a.toml, line 6: speed is 0")
    assert failed.args[0].endswith("The version before stays.")
    assert "Before." in said(window) and own(window) == ["A"]


def test_new_files_come_and_removed_ones_go(open_window, folder, qtbot):
    write(folder / "a.toml", lesson("A"))
    window = open_window()
    qtbot.waitUntil(lambda: own(window) == ["A"], timeout=PATIENCE_MS)
    write(folder / "b.toml", lesson("B"))
    qtbot.waitUntil(lambda: own(window) == ["A", "B"], timeout=PATIENCE_MS)
    (folder / "a.toml").unlink()
    qtbot.waitUntil(lambda: own(window) == ["B"], timeout=PATIENCE_MS)


def test_a_file_is_opened_from_the_menu(open_window, tmp_path, qtbot, monkeypatch):
    window, path = open_window(), tmp_path / "x.toml"
    write(path, lesson("X", "From anywhere."))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    action = next(a for a in window.action_rows if a.text == "Open &lesson…")
    action.slot()
    qtbot.waitUntil(lambda: "From anywhere." in said(window), timeout=PATIENCE_MS)
    assert own(window) == ["X"]


def test_a_lesson_without_a_run_stays_while_the_run_changes(open_window, tmp_path, qtbot, new_run):
    window, path = open_window(), tmp_path / "x.toml"
    write(path, lesson("X"))
    window.lesson_opener.shelf.open(path)
    qtbot.waitUntil(window.lessons.strip.isVisible, timeout=PATIENCE_MS)
    with new_run(window):
        window.data_choice.choose("digits")
    assert window.lessons.strip.isVisible() and "Look." in said(window)


def test_a_file_that_is_no_lesson_is_refused_by_line(open_window, tmp_path, qtbot):
    window, path = open_window(), tmp_path / "x.toml"
    path.write_bytes(b"format = 1\n\xff")
    with qtbot.waitSignal(window.lesson_opener.shelf.failed, timeout=PATIENCE_MS) as failed:
        window.project_actions.open_path(path)
    assert failed.args[0].startswith("x.toml, line 2: This is no text in UTF-8")
    assert isinstance(window.lessons, Lessons) and window.lessons.shown is None
