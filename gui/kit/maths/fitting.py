"""How the lines of a sheet come to fit a height: close together, then in smaller type."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple


class Way(NamedTuple):
    """A scale of all type, and whether short lines stand side by side."""

    scale: float
    is_dense: bool


# A sheet takes the first way that fits, else the last.
WAYS = (Way(1.0, False), Way(1.0, True), Way(0.93, True), Way(0.86, True), Way(0.82, True))
# Smaller type makes lines lower and rows fewer: as its square, by measurement, and no more than as
# its cube. A narrower sheet is higher, but for what pictures and matrices gain at a turn.
POWER, NARROWER = 3, 0.9


class Fitting:
    """The height that lines should fit, and which ways of setting them are known to be too high.

    To typeset all lines at another scale takes longer than all else that a sheet does; a view asks
    for several heights until its parts have found their places, mostly at one width.

    scale : that of the way in which the lines are typeset now.
    """

    def __init__(self) -> None:
        self._most, self._may_shrink = math.inf, False
        self._heights: dict[tuple[int, Way], int] = {}
        self.scale = WAYS[0].scale

    def forget(self) -> None:
        """Begin again, for other lines or other type."""
        self._heights = {}
        self.scale = WAYS[0].scale

    def limit(self, most: float, *, is_shrunk: bool) -> bool:
        """Take the height to fit, in px, and whether type may shrink; return whether it is new."""
        before = self._most, self._may_shrink
        self._most, self._may_shrink = most, is_shrunk
        return before != (most, is_shrunk)

    def rescale(self, scale: float) -> bool:
        """Take the scale of the next way; return whether it is another one."""
        is_other, self.scale = scale != self.scale, scale
        return is_other

    def ways(self, width: int) -> Iterator[Way]:
        """Yield the ways to try at this width; the last one is always among them."""
        allowed = _allowed(self._may_shrink)
        for way in allowed:
            if way is allowed[-1] or self._least(width, way) <= self._most:
                yield way

    def _least(self, width: int, way: Way) -> float:
        """Return a height that the lines reach in this way, by those that they had in others."""
        least = 0.0
        for (other, known), height in self._heights.items():
            if known.is_dense == way.is_dense and other >= width and known.scale >= way.scale:
                smaller = (way.scale / known.scale) ** POWER
                least = max(least, height * smaller * (1.0 if other == width else NARROWER))
        return least

    def accepts(self, height: int, width: int, way: Way) -> bool:
        """Return whether the lines fit, which have this height when set in this way."""
        self._heights[width, way] = height
        return height <= self._most

    def may_fit(self, width: int, most: float, *, is_shrunk: bool) -> bool:
        """Return False if every way is known to be higher than this."""
        return any(self._least(width, way) <= most for way in _allowed(is_shrunk))


def _allowed(is_shrunk: bool) -> tuple[Way, ...]:
    return WAYS if is_shrunk else WAYS[:2]
