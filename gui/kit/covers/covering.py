"""Which figures of a widget are covered: all with those of its view, but for those pressed.

What shows figures is a `Coverable`, and the view around it covers and reveals it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Hashable
from functools import cached_property

from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QToolTip, QWidget

from core.data.csv.spreadsheet import to_text
from core.language import tr
from gui.kit.described import HIDDEN, announce, covered, is_covered


class Covering:
    """Knows what is covered; parts are given by their marks, a widget that is one part by None."""

    def __init__(self) -> None:
        self.is_on = False
        self._revealed: set[Hashable] = set()

    def set(self, is_on: bool) -> None:
        """Cover all numbers, or reveal all."""
        self.is_on, self._revealed = is_on, set()

    def reveal(self, mark: Hashable = None) -> bool:
        """Reveal the numbers of a part; return whether they were covered."""
        is_new = self.hides(mark)
        self._revealed.add(mark)
        return is_new

    def hides(self, mark: Hashable = None) -> bool:
        """Return whether the numbers of a part are covered."""
        return self.is_on and mark not in self._revealed

    def number(self, text: str, mark: Hashable = None) -> str:
        """Return the number of a part, or its name, as it is shown."""
        return HIDDEN if text and self.hides(mark) else text

    def words(self, text: str, mark: Hashable = None) -> str:
        """Return a sentence about a part as it is shown."""
        return covered(text) if self.hides(mark) else text


class Coverable:
    """Mixin of a widget that shows figures; it shows them by what its `covering` says of them."""

    @cached_property
    def covering(self) -> Covering:
        return Covering()

    def cover(self, is_on: bool) -> None:
        """Cover all figures, or reveal all."""
        self.covering.set(is_on)
        self.show_figures()

    def uncover(self, mark: Hashable = None) -> bool:
        """Reveal the figures of a part; return whether they were covered."""
        is_new = self.covering.reveal(mark)
        if is_new:
            self.show_figures()
        return is_new

    def show_figures(self) -> None:
        """Show the figures, each as it is now: covered or not."""
        raise NotImplementedError


def cover_all(root: QWidget, is_on: bool) -> None:
    """Cover the figures of all widgets within the root, or reveal them."""
    for widget in (root, *root.findChildren(QWidget)):
        if isinstance(widget, Coverable):
            widget.cover(is_on)


def cover_new(part: QWidget) -> None:
    """Cover a part that comes into a view of covered numbers."""
    if is_covered(part):
        cover_all(part, True)


def table_of(shown: QWidget, text: str, names: int = 1) -> str:
    """Return a table as CSV with its figures covered where those of the view are.

    names : how many columns say what a row is about; they and the titles are no figures, also
    where a class is called 3.
    """
    if not is_covered(shown):
        return text
    titles, *rows = csv.reader(io.StringIO(text))
    return to_text([titles, *([*row[:names], *map(covered, row[names:])] for row in rows)])


def copy_figures(shown: QWidget, text: str, names: int = 1) -> None:
    """Copy a table, see `table_of`; what is missing from the copy is said at the pointer."""
    QGuiApplication.clipboard().setText(table_of(shown, text, names))
    if is_covered(shown):
        words = tr("The copy has “?” for the covered numbers. H reveals them: copy again.")
        QToolTip.showText(QCursor.pos(), words, shown)
        announce(shown, words)
