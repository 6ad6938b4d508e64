"""A sheet whose lines are shown one after the other, each with its numbers beside it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt

from gui.kit import zoom
from gui.kit.maths.boxes import Slot
from gui.kit.maths.notation import Key
from gui.kit.maths.sheet import Sheet
from gui.kit.maths.sheet_layout import (
    LINE_GAP,
    MARGIN,
    NARROWEST,
    TITLE_GAP,
    PlacedLine,
    SheetLayout,
)
from gui.kit.theme import Theme

TITLE_SHARE, TITLE_MOST = 0.2, 150.0  # of the width, and in px; titles wrap in the smaller of both
NOTE_SHARE, NOTE_GAP = 0.4, 28.0  # where notes begin, of the width; px before one
NOTE_DROP = 3.0  # px between a line and a note below it


class UnfoldingLayout(SheetLayout):
    """Lines one below the other: title, lead and formula, and the note beside it or below.

    count : lines that are shown, the first ones; None for all. The others have their places, too.
    """

    def __init__(
        self, lines: Iterable[PlacedLine] = (), scale: float = 1.0, count: int | None = None
    ) -> None:
        super().__init__(lines, scale)
        self.count, self.whole_height = count, 0

    def place(self, width: float, *, is_dense: bool = False) -> int:
        """Place all boxes within this width; return the height of the shown lines in px."""
        # Not as wide as the scale: titles have a least size of type.
        margin = min(TITLE_MOST * zoom.factor(), TITLE_SHARE * width)
        leads = [line.lead for line in self.lines if line.lead is not None]
        for box in leads:
            box.measure(width)
        indent = max((box.width for box in leads), default=0.0)
        available = max(width - margin - indent - 2 * MARGIN, NARROWEST)
        y = MARGIN
        for line in self.lines:
            line.top = y
            self._place_line(line, margin, indent, available)
            y += line.height + LINE_GAP * self._scale
        self.whole_height = int(y) + round(MARGIN)
        if self.count is not None and self.count < len(self.lines):
            y = self.lines[self.count - 1].bottom if self.count else 0.0
        return int(y) + round(MARGIN)

    def shows(self, number: int) -> bool:
        """Return whether the line with this index is shown."""
        return self.count is None or number < self.count

    def _place_line(self, line: PlacedLine, margin: float, indent: float, width: float) -> None:
        """Place a line whose formula begins behind margin and indent, in this width."""
        beside = self._beside_line(line, width)
        boxes = [box for box in (line.box, line.lead) if box is not None]
        if line.note is not None and beside is not None:
            boxes.append(line.note)
        above, below = max(box.above for box in boxes), max(box.below for box in boxes)
        x, baseline = MARGIN + margin + indent, line.top + above
        if line.title is not None:
            line.title.measure(margin - TITLE_GAP)
            line.title.place(MARGIN, baseline)
            below = max(below, line.title.below)
        line.height = above + below
        if line.lead is not None:
            line.lead.place(x - line.lead.width, baseline)
        line.box.place(x, baseline)
        if line.note is None:
            return
        if beside is not None:
            line.note.place(x + beside, baseline)
        else:
            drop = NOTE_DROP * self._scale + line.note.above
            line.note.place(x, line.bottom + drop)
            line.height += drop + line.note.below

    def _beside_line(self, line: PlacedLine, width: float) -> float | None:
        """Measure a line and its note; return where the note begins, None if it must be below."""
        line.box.measure(width)
        if line.note is None:
            return None
        line.note.measure(width)
        aligned = min(NOTE_SHARE * width, width - line.note.width)
        beside = max(line.box.width + NOTE_GAP * self._scale, aligned)
        return beside if beside + line.note.width <= width else None


class UnfoldingSheet(Sheet):
    """All lines have their places from the beginning, so that none moves when others come.

    Up and Down go from term to term.
    """

    STEPS = (Qt.Key.Key_Up, Qt.Key.Key_Down)

    def __init__(self, theme: Theme) -> None:
        self._unfolding = UnfoldingLayout()
        super().__init__(theme)

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys of the numbers and terms on the lines that are shown, in reading order."""
        return tuple(key for key in super().keys if self.slots_in_sight(key))

    def slots_in_sight(self, key: Key) -> tuple[Slot, ...]:
        """Return where the number or term is, on the lines that are shown."""
        return tuple(slot for slot in self.spots(key) if slot.rect.top() < self._height)

    @property
    def whole_height(self) -> int:
        """The height of all lines, also of those that are not shown yet."""
        return self._unfolding.whole_height

    def unfold(self, count: int | None) -> None:
        """Show only the first `count` lines, or all."""
        self._unfolding.count = count
        self._lay_out()

    def set_scale(self, scale: float) -> None:
        """Set the size of all, relative to 100 %."""
        if scale != self._scale:
            self._scale = scale
            self._typeset()
            self._lay_out()

    def _typeset(self) -> None:
        super()._typeset()
        scale = self._scale * zoom.factor()
        self._layout = self._unfolding = UnfoldingLayout(
            self._layout.lines, scale, self._unfolding.count
        )

    def _lay_out(self) -> None:
        for number, root in enumerate(self._roots):
            root.setVisible(self._unfolding.shows(number))
        super()._lay_out()
