"""The table of actions: its keys, the list of keys that F1 opens, and the README's."""

from __future__ import annotations

from pathlib import Path

from documentation import window as reference
from documentation.marked import plain
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QTextBrowser

from core.language import LANGUAGES, spoken, tr
from gui.window.actions import table
from gui.window.help.keys import key_rows
from gui.window.menus.action import MENUS, SUBMENUS

README = Path(__file__).parents[3] / "README.md"
HEAD = ["| key | |", "| --- | --- |"]


def test_every_shortcut_is_taken_once(window):
    taken: list[str] = []
    for action in window.findChildren(QAction):
        if action.isVisible():
            taken += [key.toString() for key in action.shortcuts()]
    doubles = {key for key in taken if taken.count(key) > 1}
    assert len(taken) > 12
    assert not doubles


def test_every_shortcut_of_the_window_is_one_of_the_table(window):
    listed = {key for keys, _ in key_rows(window.action_rows) for key in keys}
    taken = {
        key.toString(QKeySequence.SequenceFormat.PortableText)
        for action in window.findChildren(QAction)
        for key in action.shortcuts()
    }
    assert taken and taken <= listed


def texts_of(menu: QMenu, known: set[str]) -> list[str]:
    """The texts of a menu's entries, those of a menu of the table in its place."""
    texts = []
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu) and inner.title() in SUBMENUS:
            texts += texts_of(inner, known)
        elif action.text() in known or (not isinstance(inner, QMenu) and not action.isSeparator()):
            texts.append(action.text())
    return texts


def test_the_menus_have_the_rows_of_the_table(window):
    rows = [row.text for row in window.action_rows]
    menus = map(QMenu.menuInAction, window.menuBar().actions())
    assert [text for menu in menus for text in texts_of(menu, set(rows))] == rows


def test_each_key_has_words_that_say_what_it_does(window):
    rows = key_rows(window.action_rows)
    assert all(keys and words for keys, words in rows)
    assert len({words for _, words in rows}) == len(rows)


def test_shift_f1_says_what_can_be_done_and_lists_the_keys_of_the_table(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    (help_text,) = window.findChildren(QTextBrowser)
    text = help_text.toPlainText()
    for keys, words in key_rows(window.action_rows):
        assert words in text
        assert all(key in text for key in keys)
    first_key = text.index("train or pause")
    for topic in ("First steps", "In a hall", "Lessons", "Where results go", "zooms everything"):
        assert 0 <= text.index(topic) < first_key
    help_text.window().close()


def test_the_readme_lists_the_keys_of_the_table(window):
    lines = README.read_text(encoding="utf-8").splitlines()
    start = next(i for i in range(len(lines)) if lines[i : i + 2] == HEAD) + 2
    shown = lines[start : lines.index("", start)]
    assert shown == [
        f"| {' '.join(f'`{key}`' for key in keys)} | {words} |"
        for keys, words in key_rows(window.action_rows)
    ]


def test_the_reference_lists_every_entry_and_every_key_of_the_table(window):
    menus, keys = reference.menus(window.action_rows), reference.keys(window.action_rows)
    for row in window.action_rows:
        assert f"| {plain(row.text.replace('&', ''))} |" in menus
        assert all(f"<kbd>{plain(key)}</kbd>" in keys for key in row.keys)


def test_no_menu_has_a_mnemonic_twice_in_a_translation(window):
    for code in set(LANGUAGES) - {"en"}:
        with spoken(code):
            rows = table(window, window)
            titles = [tr(title) for title in MENUS]
            menus = {menu: [row.text for row in rows if row.menu == menu] for menu in MENUS}
            for inner, menu in SUBMENUS.items():
                menus[menu].append(tr(inner))
                menus[inner] = [row.text for row in rows if row.menu == inner]
        for menu, texts in {"": titles, **menus}.items():
            found = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
            assert len(set(found)) == len(found), (code, menu, texts)
