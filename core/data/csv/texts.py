"""Which column of a table holds the texts that are documents, and these."""

from __future__ import annotations

import numpy as np

from core.data.csv.table import MAX_WORDS, Column, Table
from core.data.text.prose import is_prose
from core.errors import DataError
from core.language import mark, tr
from core.number_format import format_integer, format_shortest

ONLY_TEXTS = mark("no other column can be a feature")
BESIDE_TEXTS = mark("beside texts, of which the words alone are features")


def possible(table: Table, label: int) -> tuple[int, ...]:
    """Return the columns that hold texts of several words each, beside the label."""
    return tuple(
        j
        for j, column in enumerate(table.columns)
        if j not in (label, table.split) and column.codes is not None and is_prose(column.words)
    )


def alone(table: Table, label: int) -> int | None:
    """Return the column of texts of a table without other features, None if there is none.

    Of several columns it is the one with the longest texts.
    """
    if any(not table.columns[j].doubt for j in table.usable(label)):
        return None
    return max(possible(table, label), key=lambda j: _length(table.columns[j]), default=None)


def chosen(table: Table, wanted: str, label: int) -> int:
    """Return the column of texts with this name or index (from 0).

    Raises DataError where it holds none.
    """
    j = table.column(wanted)
    column = table.columns[j]
    reason = ""
    if j in (label, table.split):
        reason = table.why_unusable(j, label)
    elif column.kind != "text":
        reason = tr(column.kind if column.kind == "empty" else "numbers")
    elif column.codes is None:
        reason = tr(
            "more than {most} different names or codes, and no texts of several words",
            most=format_integer(MAX_WORDS),
        )
    if not reason:
        return j
    names = ", ".join(tr("“{name}”", name=table.names[k]) for k in possible(table, label))
    raise DataError(
        tr(
            "{file}: column “{name}” cannot be the texts ({reason}); choose {names}.",
            file=table.path.name,
            name=column.name,
            reason=reason,
            names=names,
        )
        if names
        else tr(
            "{file}: column “{name}” cannot be the texts ({reason}); no column holds "
            "texts of several words.",
            file=table.path.name,
            name=column.name,
            reason=reason,
        )
    )


def texts_of(column: Column) -> list[str]:
    """Return the text of each cell, "" for a missing one."""
    words = [*column.words, ""]
    codes = np.full(len(column.values), -1) if column.codes is None else column.codes
    texts = [words[code] for code in codes.tolist()]
    for row in np.flatnonzero((codes < 0) & np.isfinite(column.values)).tolist():
        texts[row] = f"{format_shortest(float(column.values[row]))} {column.unit}".rstrip()
    return texts


def _length(column: Column) -> float:
    return sum(map(len, column.words)) / max(len(column.words), 1)
