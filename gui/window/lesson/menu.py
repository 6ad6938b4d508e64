"""The Lessons menu: a menu for each group, an entry for each lesson."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from core.language import mark, tr
from gui.window.lesson import markdown

if TYPE_CHECKING:
    from core.teach.headings import Heading
    from gui.window.lesson.shelf import Shelf

OTHERS = mark("Other lessons")  # of lessons without a group


def fill(menu: QMenu, shelf: Shelf, begin: Callable[[str], None]) -> None:
    """Put the shelf's lessons before all else in the menu, in place of those before.

    begin : called with the key of the chosen one.
    """
    for action in menu.actions():
        if isinstance(inner := action.menu(), QMenu):
            menu.removeAction(action)
            inner.deleteLater()  # a menu keeps its menus
    others = menu.actions()
    groups = [(name or tr(OTHERS), list(found)) for name, found in by_group(shelf.headings)]
    taken = {text[text.index("&") + 1].lower() for text in map(QAction.text, others) if "&" in text}
    titles = with_mnemonics((name for name, _ in groups), taken)
    for title, (_, headings) in zip(titles, groups, strict=True):
        inner = QMenu(title, menu)
        menu.insertMenu(others[0], inner) if others else menu.addMenu(inner)
        _fill_group(inner, headings, shelf, begin)


def by_group(headings: Iterable[Heading]) -> Iterable[tuple[str, Iterable[Heading]]]:
    """Return the headings by their groups, as long as these follow each other."""
    return groupby(headings, key=lambda heading: heading.group)


def _fill_group(
    menu: QMenu, headings: list[Heading], shelf: Shelf, begin: Callable[[str], None]
) -> None:
    menu.setToolTipsVisible(True)
    titles = with_mnemonics(heading.title for heading in headings)
    for heading, title in zip(headings, titles, strict=True):
        action = QAction(title, menu)
        action.triggered.connect(lambda _=False, key=heading.key: begin(key))
        menu.addAction(action)

    def tell() -> None:
        """Say what to watch in each, which does not give the result away."""
        for action, heading in zip(menu.actions(), headings, strict=True):
            text = shelf.lesson(heading.key).first.text
            action.setToolTip(f"<div>{markdown.rich(text)}</div>")

    menu.aboutToShow.connect(tell)


def with_mnemonics(titles: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Put & before a letter or digit of each title that no earlier title uses, if there is one.

    taken : those of other entries, in lower case.
    """
    taken = set(taken)
    marked = []
    for title in titles:
        starts = [i for i in range(len(title)) if i == 0 or title[i - 1] == " "]
        places = [*starts, *range(len(title))]
        position = next(
            (
                i
                for i in places
                if title[i].isascii() and title[i].isalnum() and title[i].lower() not in taken
            ),
            None,
        )
        if position is None:
            marked.append(title.replace("&", "&&"))
            continue
        taken.add(title[position].lower())
        before, after = (part.replace("&", "&&") for part in (title[:position], title[position:]))
        marked.append(f"{before}&{after}")
    return marked
