"""The positions of the lines of a sheet: pure geometry of boxes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from gui.kit.maths.boxes import Box

LINE_GAP, DENSE_GAP = 9.0, 4.0
MARGIN = 4.0  # around all lines: the mark of the focus lies there
TITLE_GAP = 10.0
TITLE_SHARE, TITLE_MOST = 0.2, 112.0  # of the width, and in px: the most that titles get
BESIDE_GAP = 24.0  # between two lines side by side
UNBOUNDED = 1e6  # px
NARROWEST = 60.0  # px: the least width that a line is laid out in


@dataclass
class PlacedLine:
    """A line of a sheet, and its position once the layout has placed it.

    part : of an update; the gap between lines of different parts is larger.
    title, box : the content of its margin, if any, and of the line. lead, note : what stands
        before it and beside it, of lines that unfold.
    left, top, height : px from the upper left corner of the sheet.
    """

    part: int
    title: Box | None
    box: Box
    lead: Box | None = None
    note: Box | None = None
    left: float = 0.0
    top: float = 0.0
    height: float = 0.0

    @property
    def bottom(self) -> float:
        return self.top + self.height


class SheetLayout:
    """Lines one below the other, their titles in a left margin; short ones also side by side."""

    def __init__(self, lines: Iterable[PlacedLine] = (), scale: float = 1.0) -> None:
        self.lines = tuple(lines)
        self._scale = scale

    def place(self, width: float, *, is_dense: bool = False) -> int:
        """Place all boxes within this width; return the total height in px.

        is_dense : whether a line stands beside the one before it, where there is width for both.
        """
        y, gap = MARGIN, DENSE_GAP if is_dense else LINE_GAP
        margin = self._margin(width)
        part = None
        for lines in self._rows(width, margin, is_dense=is_dense):
            if part is not None and lines[0].part != part:
                y += gap
            part = lines[-1].part
            above = max(line.box.above for line in lines)
            height = above + max(line.box.below for line in lines)
            for line in lines:
                line.top, line.height = y, height
                left = line.left
                if line.title is not None:
                    line.title.place(left, y + above)
                    left += margin if left == MARGIN else self._beside(line.title)
                line.box.place(left, y + above)
            y += height + gap * self._scale
        return int(y) + round(MARGIN)

    def _margin(self, width: float) -> float:
        """Return the width of the titles' margin."""
        titles = [line.title for line in self.lines if line.title is not None]
        for title in titles:
            title.measure(UNBOUNDED)
        widest = max((title.width + TITLE_GAP for title in titles), default=0.0)
        return min(widest, TITLE_MOST * self._scale, TITLE_SHARE * width)

    def _beside(self, title: Box | None) -> float:
        """Return the width of the title of a line that stands beside another, with its gap."""
        return 0.0 if title is None else title.width + TITLE_GAP * self._scale

    def _rows(self, width: float, margin: float, *, is_dense: bool) -> list[list[PlacedLine]]:
        """Measure all lines, and return those that stand side by side, from left to right."""
        rows: list[list[PlacedLine]] = []
        end = math.inf  # px: where the row ends
        for line in self.lines:
            if line.title is not None:
                line.title.measure(margin - TITLE_GAP)
            line.box.measure(UNBOUNDED)
            before = self._beside(line.title)
            line.left = end + BESIDE_GAP * self._scale
            if is_dense and line.left + before + line.box.width <= width - MARGIN:
                rows[-1].append(line)
                end = line.left + before + line.box.width
                continue
            line.left = MARGIN
            line.box.measure(max(width - margin - 2 * MARGIN, NARROWEST))
            rows.append([line])
            end = MARGIN + margin + line.box.width
        return rows

    def span_of(self, part: int) -> tuple[int, int]:
        """Return upper and lower end of the lines of this part in px; 0, 0 if there are none."""
        inside = [line for line in self.lines if line.part == part]
        return (int(inside[0].top), int(inside[-1].bottom)) if inside else (0, 0)

    def line_at(self, x: float, y: float, reach: float = 0.0) -> int | None:
        """Return the index of the line at most `reach` px above or below this point, or None."""
        lines = self.lines
        near = [n for n, line in enumerate(lines) if line.top - reach <= y <= line.bottom + reach]
        if not near:
            return None
        beside = [n for n in near if lines[n].top == lines[near[0]].top and lines[n].left <= x]
        return beside[-1] if beside else near[0]

    def spot_at(self, y: float) -> tuple[int, float] | None:
        """Return which line is at this height in px, or the next below, and how far down in it."""
        below = ((n, line) for n, line in enumerate(self.lines) if line.bottom > y)
        number, line = next(below, (0, None))
        return None if line is None else (number, (y - line.top) / max(line.height, 1.0))

    def height_of(self, spot: tuple[int, float]) -> float | None:
        """Return where the spot of `spot_at` is now, in px from the top; None if it has gone."""
        number, share = spot
        if number >= len(self.lines):
            return None
        return self.lines[number].top + share * self.lines[number].height


class LinedBySheet:
    """What a scroll area asks its content for, to stay at a line of it: see `Lined`."""

    _layout: SheetLayout

    def spot_at(self, y: float) -> tuple[int, float] | None:
        """Return the spot at this height, in px from the top; None below the last line."""
        return self._layout.spot_at(y)

    def height_of(self, spot: tuple[int, float]) -> float | None:
        """Return where the spot is now, in px from the top; None if its line has gone."""
        return self._layout.height_of(spot)
