"""The reference of keys and menus, from the window's table of actions."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from documentation.marked import plain, table
from gui.window.help.keys import KeyRow, key_rows
from gui.window.menus.action import MENUS, SUBMENUS, Action


def keys(actions: Iterable[Action]) -> str:
    """Return the list of keys."""
    return key_table(key_rows(actions))


def key_table(rows: Iterable[KeyRow]) -> str:
    heads = ("key", "what it does")
    return table(heads, ((" ".join(map(_key, held)), plain(words)) for held, words in rows))


def _key(name: str) -> str:
    return f"<kbd>{plain(name)}</kbd>"


def menus(actions: Iterable[Action]) -> str:
    """Return the entries of each menu, those of a menu within it under its own name."""
    rows = tuple(actions)
    inner = dict.fromkeys(row.menu for row in rows if row.menu not in MENUS)
    parts = []
    for menu in MENUS:
        for title in (menu, *(name for name in inner if SUBMENUS[name] == menu)):
            found = [row for row in rows if row.menu == title]
            if found:
                place = f"{_words(menu)} → {_words(title)}" if title != menu else _words(menu)
                entries = ((_words(r.text), " ".join(map(_key, r.keys)), r.help) for r in found)
                parts += [f"## {place}", table(("entry", "key", "what it does"), entries)]
    return "\n\n".join(parts)


def _words(text: str) -> str:
    return plain(text.replace("&", ""))


@contextmanager
def actions_of_a_window() -> Iterator[tuple[Action, ...]]:
    """Give the table of actions of a window that nobody sees."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from gui.app.launch import make_application
    from gui.window.main_window import MainWindow

    application = make_application()
    window = MainWindow(None, "light")
    yield window.action_rows
    window.close()
    application.processEvents()
