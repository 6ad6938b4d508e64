"""Where the lines of a sheet stand, without a sheet: boxes that only note where they were put."""

from __future__ import annotations

import pytest

from gui.kit.maths.boxes import Box
from gui.kit.maths.sheet_layout import (
    LINE_GAP,
    MARGIN,
    TITLE_MOST,
    TITLE_SHARE,
    PlacedLine,
    SheetLayout,
)


class Block(Box):
    """So many px² of words: the narrower the room, the higher."""

    def __init__(self, area: float = 2000.0) -> None:
        self._area = area
        self.at = (-1.0, -1.0)

    def measure(self, room: float) -> None:
        self.width = room
        self.above = self.below = self._area / room / 2

    def place(self, x: float, baseline: float) -> None:
        self.at = x, baseline


def lines(*parts: int) -> list[PlacedLine]:
    return [PlacedLine(part, Block(), Block()) for part in parts]


@pytest.mark.parametrize("width", [160.0, 300.0, 1200.0])
def test_lines_stand_one_below_the_other_within_the_height(width):
    layout = SheetLayout(lines(0, 0, 1, 2, 3))
    height = layout.place(width)
    for above, below in zip(layout.lines, layout.lines[1:], strict=False):
        assert below.top - above.bottom >= LINE_GAP - 1e-9
    assert layout.lines[0].top > 0
    assert layout.lines[-1].bottom < height


def test_lines_of_another_part_stand_twice_as_far_away():
    layout = SheetLayout(lines(0, 0, 1))
    layout.place(300)
    first, second, third = layout.lines
    assert second.top - first.bottom == pytest.approx(LINE_GAP)
    assert third.top - second.bottom == pytest.approx(2 * LINE_GAP)


@pytest.mark.parametrize(("width", "left"), [(200.0, 200 * TITLE_SHARE), (1000.0, TITLE_MOST)])
def test_titles_take_a_share_of_the_width_and_stand_on_the_baseline_of_their_line(width, left):
    title, box = Block(), Block()
    line = PlacedLine(0, title, box)
    SheetLayout([line]).place(width)
    assert title.at == pytest.approx((MARGIN, box.at[1]))
    assert box.at == pytest.approx((MARGIN + left, line.top + box.above))


def test_without_titles_lines_begin_beside_the_mark_of_the_focus():
    box = Block()
    SheetLayout([PlacedLine(0, None, box)]).place(300)
    assert box.at[0] == MARGIN


def test_a_part_reaches_from_its_first_line_to_its_last():
    layout = SheetLayout(lines(0, 1, 1))
    layout.place(300)
    _, second, third = layout.lines
    assert layout.span_of(1) == (int(second.top), int(third.bottom))
    assert layout.span_of(7) == (0, 0)


def test_the_line_at_a_height_is_found_and_nothing_between_lines_but_by_reach():
    layout = SheetLayout(lines(0, 0))
    layout.place(300)
    first, second = layout.lines
    assert [layout.line_at(0, (line.top + line.bottom) / 2) for line in (first, second)] == [0, 1]
    between = (first.bottom + second.top) / 2
    assert layout.line_at(0, between) is None
    assert layout.line_at(0, between - 1, reach=LINE_GAP / 2) == 0
    assert layout.line_at(0, second.bottom + LINE_GAP) is None


class Short(Block):
    def measure(self, room: float) -> None:
        self.width, self.above, self.below = min(room, 100.0), 10.0, 5.0


def test_short_lines_of_a_dense_sheet_stand_side_by_side_as_far_as_the_width_goes():
    layout = SheetLayout([PlacedLine(part, None, Short()) for part in (0, 0, 0, 1)])
    loose, dense = layout.place(300), layout.place(300, is_dense=True)
    assert dense < loose
    first, second, third, last = layout.lines
    assert first.top == second.top < third.top == last.top
    assert first.left + first.box.width < second.left
    assert second.left + second.box.width <= 300
    middle = (first.top + first.bottom) / 2
    assert layout.line_at(first.left, middle) == 0
    assert layout.line_at(second.left + 1, middle) == 1
