"""A sheet whose lines are shown one after the other, each with its numbers beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt

from gui.kit import zoom
from gui.kit.maths.boxes import Slot
from gui.kit.maths.notation import Key, Line
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
# On a slide: the last line in the largest size in which it fits, those before it in a smaller one.
LAST_SIZES = (1.15, 1.0, 0.9, 0.8, 0.7, 0.62, 0.56, 0.5)
EARLIER_SIZE, EARLIER_SHARE = 0.62, 0.8  # at most, of 100 % and of the last line
MOST_EARLIER = 5  # lines that a slide shows before the last one


class UnfoldingLayout(SheetLayout):
    """Lines one below the other: title, lead and formula, and the note beside it or below.

    count : lines that are unfolded, the first ones; None for all. The others have places, too.
    most : px that the height may have; the first lines are folded for that. None for any height.
    """

    def __init__(
        self,
        lines: Iterable[PlacedLine] = (),
        scale: float = 1.0,
        count: int | None = None,
        most: float | None = None,
    ) -> None:
        super().__init__(lines, scale)
        self.count, self.most = count, most
        self.first = 0  # line that is shown
        self.last_fits = True  # whether the last line is neither too wide nor too high

    def place(self, width: float, *, is_dense: bool = False) -> int:
        """Place all boxes within this width; return the height of the shown lines in px."""
        # Not as wide as the scale: titles have a least size of type.
        margin = min(TITLE_MOST * zoom.factor(), TITLE_SHARE * width)
        leads = [line.lead for line in self.lines if line.lead is not None]
        for box in leads:
            box.measure(width)
        indent = max((box.width for box in leads), default=0.0)
        available = max(width - margin - indent - 2 * MARGIN, NARROWEST)
        self._stack(0, margin, indent, available)
        self.first = 0
        if self.most is not None and self._end:
            self._fold(self.most)
            self._stack(self.first, margin, indent, available)
            last = self.lines[self._end - 1]
            self.last_fits = last.box.width <= available and last.height <= self.most - 2 * MARGIN
        bottom = self.lines[self._end - 1].bottom if self._end else 0.0
        return int(bottom) + round(MARGIN)

    @property
    def _end(self) -> int:
        """How many lines are unfolded."""
        return len(self.lines) if self.count is None else min(self.count, len(self.lines))

    def _stack(self, first: int, margin: float, indent: float, width: float) -> None:
        """Place line after line from line `first` on; those before it are above the sheet."""
        gap = LINE_GAP * self._scale
        y = MARGIN - sum(line.height + gap for line in self.lines[:first])
        for line in self.lines:
            line.top = y
            self._place_line(line, margin, indent, width)
            y += line.height + gap

    def _fold(self, most: float) -> None:
        """Let those lines be shown that fit into this height, the last ones."""
        self.first = self._end - 1
        height = self.lines[self.first].height + 2 * MARGIN
        while self.first > max(self._end - 1 - MOST_EARLIER, 0):
            height += self.lines[self.first - 1].height + LINE_GAP * self._scale
            if height > most:
                break
            self.first -= 1

    def shows(self, number: int) -> bool:
        """Return whether the line with this index is shown."""
        return self.first <= number < self._end

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

    On a slide the last line is large, and those before it fold away where there is no room.
    Up and Down go from term to term.
    """

    STEPS = (Qt.Key.Key_Up, Qt.Key.Key_Down)

    def __init__(self, theme: Theme) -> None:
        self._unfolding = UnfoldingLayout()
        self._ready = 0  # lines that can be typeset without delay
        self._last_size = LAST_SIZES[0]
        super().__init__(theme)
        self._size_of = self._size

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys of the numbers and terms on the lines that are shown, in reading order."""
        return tuple(key for key in super().keys if self.slots_in_sight(key))

    def slots_in_sight(self, key: Key) -> tuple[Slot, ...]:
        """Return where the number or term is, on the lines that are shown."""
        return tuple(slot for slot in self.spots(key) if 0 <= slot.rect.top() < self._height)

    @property
    def lines_in_sight(self) -> list[int]:
        """The indices of the lines that are shown."""
        return [n for n in range(len(self._roots)) if self._unfolding.shows(n)]

    @property
    def last_size(self) -> float:
        """The size of the last line, of 100 %."""
        return 1.0 if self._unfolding.most is None else self._last_size

    def show_unfolding(
        self, lines: tuple[Line, ...], meaning: Mapping[Key, str], count: int, ready: int
    ) -> None:
        """Show the first `count` of these lines; the first `ready` can be typeset now."""
        self._ready, self._unfolding.count = ready, min(count, ready)
        self.show_lines(lines, None, meaning)

    def unfold(self, count: int, ready: int) -> None:
        """Show the first `count` lines, of which the first `ready` can be typeset now."""
        shown, was_ready = min(count, ready), self._ready
        is_slide = self._unfolding.most is not None
        is_complete = was_ready < ready == len(self._lines)
        is_other = shown != self._unfolding.count
        self._ready, self._unfolding.count = ready, shown
        if shown > was_ready or (is_slide and is_other) or (is_complete and not is_slide):
            self._typeset()
        if is_other or is_complete:
            self._lay_out()

    def set_slide(self, most: float | None) -> None:
        """Be a slide of this height in px; None for a sheet of any height."""
        if most != self._unfolding.most:
            self._unfolding.most = most
            self._typeset()
            self._lay_out()

    def _typeset(self) -> None:
        super()._typeset()
        scale = self._scale * zoom.factor()
        self._layout = self._unfolding = UnfoldingLayout(
            self._layout.lines, scale, self._unfolding.count, self._unfolding.most
        )

    def _size(self, number: int) -> float | None:
        """Return the size of the line with this index; None if it is not to be typeset."""
        if self._unfolding.most is None:
            return 1.0 if number < self._ready else None
        last = (self._unfolding.count or 1) - 1
        if number == last:
            return self._last_size
        earlier = min(EARLIER_SIZE, EARLIER_SHARE * self._last_size)
        return earlier if last - MOST_EARLIER <= number < last else None

    def _lay_out(self) -> None:
        if self._unfolding.most is not None:
            self._fit_last()
        super()._lay_out()
        for number, root in enumerate(self._roots):
            root.setVisible(self._unfolding.shows(number))

    def _fit_last(self) -> None:
        """Take the largest size in which the last line fits."""
        for size in LAST_SIZES:
            if size != self._last_size:
                self._last_size = size
                self._typeset()
            self._unfolding.place(float(self.width()))
            if self._unfolding.last_fits:
                break
