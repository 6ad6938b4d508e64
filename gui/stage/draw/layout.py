"""Where each part of the view stands: all sizes follow from the room, none from what is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QRect

from gui.stage.draw.comparison import BETWEEN
from gui.stage.draw.nearest_digits import NEAREST

NARROW_PX = 540
GAP = 6
WIDEST_FIELD = 90  # px, of a class to compare


@dataclass(frozen=True)
class Room:
    """What the sizes follow from, in pixels.

    line, small : height of a line in plain and in small type. strip : height of the evidence for
    all classes. text_left : where sentences begin beside a picture of a height. is_brief : whether
    one picture with its sentences says it all, and there is no such strip.
    """

    width: int
    height: int
    line: int
    small: int
    strip: int
    text_left: Callable[[int], float]
    is_brief: bool

    @property
    def is_narrow(self) -> bool:
        return self.width < NARROW_PX


class Arrangement(NamedTuple):
    """The rectangles; that of the comparison is in the reason's own pixels, its head at the top."""

    pad: QRect
    steps: QRect
    shares: QRect
    tools: QRect
    teaching: QRect
    evidence: QRect
    reason: QRect
    nearest: QRect
    comparison: QRect
    head: int


def arrange(room: Room) -> Arrangement:
    """Return where everything stands: the pad at the top, as large as what is below lets it be."""
    width, height, line, small = room.width, room.height, room.line, room.small
    if room.is_narrow:
        tools, teaching, steps, gap = line + 8, line + 6, 46 + small, GAP // 2
        strip, foot = room.strip, line + 2 * small + 12
    else:
        tools, teaching, steps, gap = line + 12, line + 10, 74 + 2 * small, GAP
        strip, foot = room.strip, line + 3 * small + 22
    if room.is_brief:
        strip, foot = 0, strip + foot
    below = tools + teaching + strip + foot + 4 * gap
    if room.is_narrow:
        below += steps + gap
    top = height - below
    side = max(min(top, round(0.48 * width)), 100)
    left, right = side + 2 * GAP, width - side - 2 * GAP
    y = top + gap
    if room.is_narrow:  # the steps in a row of their own
        shares_rect, steps_rect = QRect(left, 0, right, top), QRect(0, y, width, steps)
        y += steps + gap
    else:
        steps_rect = QRect(left, 0, right, steps)
        shares_rect = QRect(left, steps + GAP, right, top - steps - GAP)
    tools_rect = QRect(0, y, width, tools)
    y += tools + gap
    teaching_rect = QRect(0, y, width, teaching)
    y += teaching + gap
    evidence_rect = QRect(0, y, width, strip)
    y += strip + gap
    return Arrangement(
        QRect(0, 0, side, top),
        steps_rect,
        shares_rect,
        tools_rect,
        teaching_rect,
        evidence_rect,
        *_arrange_foot(room, y),
    )


def _arrange_foot(room: Room, y: int) -> tuple[QRect, QRect, QRect, int]:
    """Return where reason, nearest digits and comparison stand from y down; and the reason's head.

    Where one reason says it all, the digits are under its sentences, beside the large picture.
    """
    width, foot = room.width, room.height - y
    left = round(room.text_left(foot))
    tiles = min(round(width * 0.38), NEAREST * (foot - 2 * room.small - 4))
    if room.is_brief:
        reason, head = QRect(0, y, width, foot), 0
        size = min(foot - 3 * room.small - 2 * GAP, 100)
        nearest = QRect(left, y + foot - size, min(width - left, tiles), size)
    else:
        reason, head = QRect(0, y, width - tiles - 2 * GAP, foot), room.line + 8
        nearest = QRect(width - tiles, y, tiles, foot)
    field = min((width - tiles - left - 40) // 2, WIDEST_FIELD)
    return reason, nearest, QRect(left, 0, 2 * field + BETWEEN, room.line + 6), head
