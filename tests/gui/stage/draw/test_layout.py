"""The parts of the Draw view fill the room and never overlap, whatever size and type are."""

from dataclasses import replace
from itertools import combinations, product

import pytest
from PySide6.QtCore import QRect

from gui.stage.draw.layout import NARROW_PX, Room, arrange

ROOM = Room(
    width=900,
    height=700,
    line=20,
    small=17,
    strip=150,
    text_left=lambda height: height + 8.0,
    is_brief=False,
)
SIZES = [(900, 700), (700, 600), (NARROW_PX, 520), (NARROW_PX - 1, 520), (400, 500)]


ROOMS = [
    replace(ROOM, width=width, height=height, line=line, small=line - 3, is_brief=is_brief)
    for (width, height), line, is_brief in product(SIZES, (18, 24), (False, True))
]


def seen(room):
    """The parts that are seen: the nearest digits may lie on a brief reason, which leaves room."""
    found = arrange(room)
    parts = found._asdict()
    del parts["comparison"], parts["head"]  # in the reason
    if room.is_brief:
        del parts["evidence"], parts["nearest"]
    return parts


@pytest.mark.parametrize("room", ROOMS, ids=lambda r: f"{r.width}x{r.height} {r.line} {r.is_brief}")
def test_no_part_lies_on_another_or_out_of_the_room(room):
    parts = seen(room)
    for (a, one), (b, other) in combinations(parts.items(), 2):
        assert not one.intersects(other), (a, b)
    for rect in parts.values():
        assert rect.isValid() and QRect(0, 0, room.width, room.height).contains(rect)


@pytest.mark.parametrize("room", ROOMS, ids=lambda r: f"{r.width}x{r.height} {r.line} {r.is_brief}")
def test_the_foot_ends_where_the_room_does(room):
    found = arrange(room)
    assert found.reason.bottom() == found.nearest.bottom() == room.height - 1


@pytest.mark.parametrize("is_brief", [False, True])
def test_nothing_moves_while_a_window_is_widened_but_what_gets_the_room(is_brief):
    before, after = (
        arrange(replace(ROOM, width=width, is_brief=is_brief)) for width in (1200, 1300)
    )
    assert before.pad == after.pad  # as high as it may be, and no wider
    assert after.shares.width() == before.shares.width() + 100
    assert before.tools.top() == after.tools.top()


def test_a_narrow_view_has_the_steps_in_a_row_of_their_own():
    wide, narrow = arrange(ROOM), arrange(replace(ROOM, width=NARROW_PX - 1))
    assert wide.steps.left() == wide.shares.left() > wide.pad.right()
    assert narrow.steps.width() == NARROW_PX - 1 and narrow.steps.top() >= narrow.pad.bottom()
