"""The positions of the lines of a sheet: pure geometry of boxes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gui.kit.maths.boxes import Box

LINE_GAP = 9.0
MARGIN = 4.0  # above the first line, below the last, and right of them
TITLE_GAP = 10.0
TITLE_SHARE, TITLE_MOST = 0.2, 92.0  # of the width, and in px; the titles get the smaller of both
NARROWEST = 60.0  # px: the least width that a line is laid out in


@dataclass
class PlacedLine:
    """A line of a sheet, and its position once the layout has placed it.

    part : of an update; the gap between lines of different parts is larger.
    title, box : the content of its margin, if any, and of the line.
    top, height : px from the upper edge of the sheet.
    """

    part: int
    title: Box | None
    box: Box
    top: float = 0.0
    height: float = 0.0

    @property
    def bottom(self) -> float:
        return self.top + self.height


class SheetLayout:
    """Lines one below the other, their titles in a left margin."""

    def __init__(self, lines: Iterable[PlacedLine] = (), scale: float = 1.0) -> None:
        self.lines = tuple(lines)
        self._scale = scale

    def place(self, width: float) -> int:
        """Place all boxes within this width; return the total height in px."""
        has_titles = any(line.title is not None for line in self.lines)
        left = min(TITLE_MOST * self._scale, TITLE_SHARE * width) if has_titles else 0.0
        y = MARGIN
        part = None
        for line in self.lines:
            if part is not None and line.part != part:
                y += LINE_GAP
            part = line.part
            line.box.measure(max(width - left - MARGIN, NARROWEST))
            line.top, line.height = y, line.box.above + line.box.below
            baseline = y + line.box.above
            if line.title is not None:
                line.title.measure(left - TITLE_GAP)
                line.title.place(0, baseline)
            line.box.place(left, baseline)
            y += line.height + LINE_GAP * self._scale
        return int(y) + round(MARGIN)

    def span_of(self, part: int) -> tuple[int, int]:
        """Return upper and lower end of the lines of this part in px; 0, 0 if there are none."""
        inside = [line for line in self.lines if line.part == part]
        return (int(inside[0].top), int(inside[-1].bottom)) if inside else (0, 0)

    def line_at(self, y: float, reach: float = 0.0) -> int | None:
        """Return the index of the first line at most `reach` px from this height, or None."""
        for number, line in enumerate(self.lines):
            if line.top - reach <= y <= line.bottom + reach:
                return number
        return None
