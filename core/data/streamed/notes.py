"""What is noted of a streamed table: its format, what was left out, where its rows are."""

from __future__ import annotations

from pathlib import Path

from core.data.csv.table import Table
from core.data.streamed import store
from core.data.streamed.store import Manifest
from core.language import spoken
from core.number_format import format_bytes, format_count


def notes_of(table: Table, place: Path, found: Manifest) -> tuple[str, ...]:
    """Return the notes in English. place : of the rows."""
    with spoken("en"):  # they are stored in projects
        notes = [str(table.format), *table.format.notes]
        if found.skipped:
            lines = format_count(found.skipped, "line")
            notes.append(f"skipped {lines} of another number of values")
        if found.unlabelled:
            notes.append(f"skipped {format_count(found.unlabelled, 'row')} without a label")
        if table.split is not None:
            notes.append(
                f"the column “{table.names[table.split]}” is not followed: rows are split anew"
            )
        notes.append(f"converted once, to {format_bytes(store.size_of(place))} in {place}")
    return tuple(notes)
