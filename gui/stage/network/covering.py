"""Which numbers of a sketch are covered: all of them, but for those of parts that were pressed."""

from __future__ import annotations

from collections.abc import Hashable

from gui.kit.described import HIDDEN, covered


class Covering:
    """Knows what is covered; parts are given by their marks."""

    def __init__(self) -> None:
        self.is_on = False
        self._revealed: set[Hashable] = set()

    def set(self, is_on: bool) -> None:
        """Cover all numbers, or reveal all."""
        self.is_on, self._revealed = is_on, set()

    def reveal(self, mark: Hashable) -> bool:
        """Reveal the numbers of a part; return whether they were covered."""
        is_new = self.hides(mark)
        self._revealed.add(mark)
        return is_new

    def hides(self, mark: Hashable) -> bool:
        """Return whether the numbers of a part are covered."""
        return self.is_on and mark not in self._revealed

    def number(self, text: str, mark: Hashable) -> str:
        """Return the number of a part as it is shown."""
        return HIDDEN if self.hides(mark) else text

    def words(self, text: str, mark: Hashable) -> str:
        """Return a sentence about a part as it is shown."""
        return covered(text) if self.hides(mark) else text
