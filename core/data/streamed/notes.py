"""What is noted of a streamed table: its format, what was left out, where its rows are."""

from __future__ import annotations

from pathlib import Path

from core.data.csv.table import Table
from core.data.streamed import store
from core.data.streamed.store import Manifest
from core.language import mark
from core.note import Note, counted
from core.number_format import format_bytes


def notes_of(table: Table, place: Path, found: Manifest) -> tuple[str | Note, ...]:
    """Return the notes. place : of the rows."""
    notes: list[str | Note] = [table.format.note, *table.format.notes]
    if found.skipped:
        why = Note(mark("of another number of values"))
        values = {"rows": counted(found.skipped, "line"), "why": why}
        notes.append(Note(mark("skipped {rows} {why}"), values))
    if found.unlabelled:
        values = {"rows": counted(found.unlabelled, "row"), "why": Note(mark("without a label"))}
        notes.append(Note(mark("skipped {rows} {why}"), values))
    if table.split is not None:
        column = table.names[table.split]
        text = mark("the column “{name}” is not followed: rows are split anew")
        notes.append(Note(text, {"name": column}))
    size = format_bytes(store.size_of(place))
    text = mark("converted once, to {size} in {place}")
    return (*notes, Note(text, {"size": size, "place": str(place)}))
