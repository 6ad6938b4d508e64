"""Kept runs: the list of their records, their colours and names, and edits of the list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QUndoCommand, QUndoStack

from core.data.task import Task
from core.invisible_characters import visible
from core.language import mark, tr, tr_n
from core.runs.run_record import MAX_KEPT, Record, same_data
from gui.kit.plain_text import unmarked
from gui.kit.theme import Theme

LIVE = -1  # colour number of the shown run: that of the training curve
LIVE_NAME = mark("this run")
# Distinct from the colours of classes and of the training and the test curve.
COLOURS = (
    (mark("magenta"), "#B0149A", "#F07ADB"),
    (mark("teal"), "#00857C", "#35D0C3"),
    (mark("violet"), "#5A2CA0", "#B995FF"),
    (mark("moss"), "#5E8C1F", "#A9D66B"),
    (mark("crimson"), "#C8003C", "#FF7096"),
    (mark("umber"), "#84522B", "#DCAB7C"),
    (mark("slate"), "#3F5C85", "#A3B9DC"),
    (mark("olive"), "#757500", "#D3D35A"),
)
SWATCH_PX = 14


def colour_of(theme: Theme, number: int) -> str:
    """Return the colour with this number in the palette of runs, as “#RRGGBB”."""
    if number == LIVE:
        return theme.accent
    _, light, dark = COLOURS[number % len(COLOURS)]
    return dark if theme.is_dark else light


def shown_name_of(record: Record) -> str:
    """Return the name of a run; the live one is called so in the language of the window."""
    return tr(LIVE_NAME) if record.colour == LIVE else record.name


def swatch(theme: Theme, number: int) -> QIcon:
    """Return an icon of a short thick line in the colour of a run's curve."""
    ratio = 3
    picture = QPixmap(SWATCH_PX * ratio, SWATCH_PX * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(QColor(0, 0, 0, 0))
    painter = QPainter(picture)
    painter.fillRect(0, SWATCH_PX // 2 - 2, SWATCH_PX, 4, QColor(colour_of(theme, number)))
    painter.end()
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Disabled)  # not greyed: it shows the curve's colour
    return icon


def free_colour(taken: Iterable[int]) -> int:
    """Return the number of the first colour in the palette that is used least in `taken`."""
    counts = [0] * len(COLOURS)
    for number in taken:
        if number != LIVE:
            counts[number % len(COLOURS)] += 1
    return counts.index(min(counts))


def free_name(name: str, taken: Iterable[str]) -> str:
    """Return the name, with a number appended if it is taken."""
    names = set(taken)
    found, k = name, 1
    while found in names:
        k += 1
        found = f"{name} ({k})"
    return found


class _Deletion(QUndoCommand):
    """Deletion of runs; undo inserts them at their old positions in the current list."""

    def __init__(self, kept: KeptRuns, gone: list[Record], text: str) -> None:
        super().__init__(unmarked(text))  # for the menu
        self._kept = kept
        self._gone = [(kept.records.index(record), record) for record in gone]

    def redo(self) -> None:
        gone = [record for _, record in self._gone]
        self._kept.set_records(r for r in self._kept.records if r not in gone)

    def undo(self) -> None:
        records = list(self._kept.records)
        for position, record in self._gone:
            records.insert(position, record)
        self._kept.set_records(records)


class KeptRuns(QObject):
    """Up to MAX_KEPT records, in the order they were kept; deletions can be undone."""

    changed = Signal()
    refused = Signal(str)  # message for the user

    def __init__(self, undo_stack: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._undo_stack = undo_stack
        self.records: tuple[Record, ...] = ()

    def set_records(self, records: Iterable[Record]) -> None:
        self.records = tuple(records)
        self.changed.emit()

    def keep(self, record: Record) -> Record | None:
        """Keep the run as it is now, with a unique name and a colour; None if the list is full."""
        if len(self.records) >= MAX_KEPT:
            self.refused.emit(
                tr("{n} runs are kept, and no more: delete one first (Runs).", n=MAX_KEPT)
            )
            return None
        mine = replace(
            record.kept(),
            name=free_name(record.name, (other.name for other in self.records)),
            colour=self._colour_for(record),
        )
        self.set_records((*self.records, mine))
        return mine

    def _colour_for(self, record: Record) -> int:
        taken = [other.colour for other in self.records]
        return free_colour(taken) if record.colour in (LIVE, *taken) else record.colour

    def shown(self, task: Task | None) -> list[Record]:
        """Return the ticked runs that were trained on the data set of this task."""
        if task is None:
            return []
        return [r for r in self.records if r.is_shown and same_data(r.task, task)]

    def rename(self, record: Record, name: str) -> None:
        name = visible(" ".join(name.split()))
        if name and name != record.name:
            others = (other.name for other in self.records if other is not record)
            self._put(record, replace(record, name=free_name(name, others)))

    def recolour(self, record: Record, colour: int) -> None:
        self._put(record, replace(record, colour=colour))

    def show(self, record: Record, is_shown: bool) -> None:
        self._put(record, replace(record, is_shown=is_shown))

    def remove(self, records: Iterable[Record]) -> None:
        """Delete these runs; undo restores them."""
        gone = [record for record in records if record in self.records]
        if gone:
            text = (
                tr("deletion of {name}", name=gone[0].name)
                if len(gone) == 1
                else tr_n("deletion of {n} run", "deletion of {n} runs", len(gone))
            )
            self._undo_stack.push(_Deletion(self, gone, text))

    def _put(self, old: Record, new: Record) -> None:
        self.set_records(new if record is old else record for record in self.records)
