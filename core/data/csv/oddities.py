"""Rows of a table that look odd: totals below the data, classes of one row, a header among rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.data.csv.spelling import spellings
from core.data.csv.table import Column, Table
from core.data.csv.understood import Remark
from core.language import mark
from core.note import Note, Value, counted

LAST_ROWS = 3  # looked at for totals
TOTALS = (
    *("total", "totals", "grand total", "sum", "sums", "subtotal", "mean", "average", "avg"),
    *("summe", "gesamt", "insgesamt", "gesamtsumme", "mittelwert", "durchschnitt", "σ", "somme"),
    *("moyenne", "suma", "totale", "totaal", "promedio", "media"),
)
_TOTAL_OF = re.compile(r"(grand )?totals? (for|of|per)\b.*")
MOST_NAMED = 6


class ExcludedRows(NamedTuple):
    """Rows that are no data: their indices, and why."""

    rows: NDArray[np.int64]
    why: str


def excluded_rows(table: Table) -> tuple[ExcludedRows, ...]:
    """Return the rows that are no data: totals below them, and the header once more."""
    found = (
        ExcludedRows(_totals(table), mark("named a total or a mean")),
        ExcludedRows(_headers(table), mark("that repeats the names of the columns")),
    )
    return tuple(group for group in found if len(group.rows))


def _totals(table: Table) -> NDArray[np.int64]:
    """Return the rows at the end that are named a total or a mean, as no other row is."""
    last = range(max(table.n - LAST_ROWS, 0), table.n)
    rows = [row for row in last if any(_is_total(column, row) for column in table.columns)]
    return np.array(rows, dtype=np.int64)


def _is_total(column: Column, row: int) -> bool:
    codes = column.codes
    if codes is None or codes[row] < 0:
        return False
    word = column.words[codes[row]].strip(" :.*").casefold()
    is_named = word in TOTALS or _TOTAL_OF.fullmatch(word) is not None
    return is_named and int((codes == codes[row]).sum()) == 1


def _headers(table: Table) -> NDArray[np.int64]:
    """Return the rows whose every cell is the name of its column."""
    is_header = np.ones(table.n, dtype=bool)
    for column in table.columns:
        if column.codes is None or column.name not in column.words:
            return np.empty(0, dtype=np.int64)
        is_header &= column.codes == column.words.index(column.name)
    return np.flatnonzero(is_header)


def remarks(
    table: Table, label: int, names: tuple[str, ...], y: NDArray[np.int64], *, is_merged: bool
) -> tuple[Remark, ...]:
    """Return what looks odd in the classes, which `names` and `y` (n,) give."""
    found = [] if is_merged else list(_spellings(names))
    found += _missing_words(table.columns[label])
    return (*found, *_of_one_row(table, names, y))


def _spellings(names: tuple[str, ...]) -> Iterator[Remark]:
    for group in spellings(names)[:MOST_NAMED]:
        written = tuple(Note(mark("“{name}”"), {"name": name}) for name in group)
        text = mark("{written} are {n} classes that differ only in how they are written")
        yield Remark(
            Note(text, {"written": written, "n": len(group)}),
            "--merge-case makes one of them",
        )


def _missing_words(column: Column) -> Iterator[Remark]:
    for word, count in column.na_words:
        is_class = word in column.words
        text = (
            mark("“{word}” in {name} ({rows}) is read as a class")
            if is_class
            else mark("“{word}” in {name} ({rows}) is read as no label")
        )
        yield Remark(
            Note(text, {"word": word, "name": column.name, "rows": counted(count, "row")}),
            f"--na “{word}” takes it as no label" if is_class else "--na empty makes it a class",
        )


def _of_one_row(table: Table, names: tuple[str, ...], y: NDArray[np.int64]) -> Iterator[Remark]:
    labelled = y if y.min(initial=0) >= 0 else y[y >= 0]  # no copy of a million rows
    counts = np.bincount(labelled, minlength=len(names))
    if counts.max(initial=0) < 2:
        return
    known = {row for group in excluded_rows(table) for row in group.rows.tolist()}
    alone = [
        (names[k], row)
        for k in np.flatnonzero(counts == 1)
        if (row := int(np.flatnonzero(y == k)[0])) not in known
    ]
    if alone and _may_be_header(table, alone[0][1]):
        name, row = alone.pop(0)
        text = mark("line {line} is taken as data, but no other row is of its class “{name}”")
        yield Remark(
            Note(text, {"line": int(table.lines[row]), "name": name}),
            "if it names the columns: --header",
        )
    if alone:
        named: Value = tuple(
            Note(mark("“{name}” (line {line})"), {"name": name, "line": int(table.lines[row])})
            for name, row in alone[:MOST_NAMED]
        )
        if len(alone) > MOST_NAMED:
            more = len(alone) - MOST_NAMED
            named = Note(mark("{names} and {n} more"), {"names": named, "n": more})
        text = mark("one row only is of class {listed}: it cannot be both learnt and tested")
        yield Remark(Note(text, {"listed": named}))


def _may_be_header(table: Table, row: int) -> bool:
    form = table.format
    is_first = row == 0 and int(table.lines[row]) == form.first_line
    return is_first and form.header_line is None and table.n > MOST_NAMED
