"""Header of a table: whether its first line names the columns, and what else it states of them.

Each column votes: words above numbers speak for a header, a word that is found again below speaks
against one. Orange's files have three header lines (names, types, flags), or flags before each
name, as in `cD#species`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from core.data.csv.spreadsheet import restored
from core.invisible_characters import visible
from core.language import mark
from core.name_lookup import kept_apart
from core.note import Note

SPLIT = "split"  # a column of an export, and its values
TRAIN, VALIDATION, TEST = "train", "validation", "test"

Role = Literal["", "label", "aside"]  # what a header may state of a column
Parse = Callable[[str], float | None]
Rows = Sequence[Sequence[str]]

MOST_CELLS = 20_000  # looked at for the votes
MOSTLY = 0.5
MAX_NAME = 2**53  # beyond, every number is whole
FEW_CELLS = 3  # below a number; fewer do not tell what the column holds

_TYPES = {"continuous", "discrete", "string", "time"}
_SHORT_TYPES = {"c", "d", "s", "t"}
_FLAGS: dict[str, Role] = {
    "": "",
    "class": "label",
    "c": "label",
    "meta": "aside",
    "m": "aside",
    "ignore": "aside",
    "i": "aside",
    "weight": "aside",
    "w": "aside",
}
_MAY_BE_LETTER = re.compile(r"[^\W\d_eEdD]|[%$€£]")
_PREFIXED = re.compile(r"([cmiw]?)([CDSTN]?)#(.+)", re.DOTALL)


class Header(NamedTuple):
    """How many records the header takes, 0 for none, and what it says of the columns.

    names : all different. roles : as far as it states any. notes : messages for the user.
    """

    records: int
    names: tuple[str, ...]
    roles: tuple[Role, ...] = ()
    notes: tuple[Note, ...] = ()


def find_header(
    records: Rows, width: int, parse: Parse, missing: Collection[str], wanted: bool | None = None
) -> Header:
    """Return the header of these first records of a table.

    parse : returns the number that a cell holds, with a unit or without, or None.
    missing : words for a missing value. wanted : whether there is a header, None to find out.
    """
    first = records[0]
    rest = [record for record in records[1:] if any(record)]
    if wanted is not False and (roles := _orange_roles(records, width, parse, missing)):
        names, notes = _names(list(first), rest[2:], width)
        note = Note(mark("three header lines, as Orange writes them"))
        return Header(3, names, roles, (*notes, note))
    if wanted is None:
        wanted = _looks_like_header(first, rest, parse, missing)
    if not wanted:
        return Header(0, kept_apart([""] * width, "column"))
    bare, roles = _without_prefixes(list(first))
    names, notes = _names(bare, rest, width)
    if len(roles) != width:
        roles = ()
    return Header(1, names, roles, tuple(notes))


# Votes ----------------------------------------------------------------------------------------


class _Column(NamedTuple):
    """The first cell of a column; the filled cells below, and the numbers among them."""

    cell: str
    number: float | None
    below: list[str]
    numbers: list[float]

    @property
    def holds_numbers(self) -> bool:
        return len(self.numbers) > MOSTLY * len(self.below)

    def is_unlike(self, *, grows: bool) -> bool:
        """Return whether the first cell is a number that the column would hardly hold.

        grows : the numbers of the first line are whole and grow from column to column.
        """
        if self.number is None or len(self.below) < FEW_CELLS:
            return False
        if not self.holds_numbers:
            return True
        low, high = min(self.numbers), max(self.numbers)
        spread = (high - low) or 1.0
        if not low - spread <= self.number <= high + spread:
            return True
        if _is_year(self.number):
            return sum(map(_is_year, self.numbers)) < MOSTLY * len(self.numbers)
        whole = sum(number == round(number) for number in self.numbers if abs(number) < 2**53)
        return grows and whole < 0.2 * len(self.numbers)


def _is_year(number: float) -> bool:
    return 1800 <= number <= 2100 and number == round(number)


def _looks_like_header(
    first: Sequence[str], rest: Rows, parse: Parse, missing: Collection[str]
) -> bool:
    """Return whether the columns' votes make `first` a header."""
    if _ends_an_export([first, *rest]) or _counts_columns(first, rest, parse):
        return True
    columns = _columns(first, rest, parse, missing)
    named = [column for column in columns if column.number is None]
    above_numbers = sum(column.holds_numbers for column in named)
    repeated = sum(column.cell in column.below for column in named)
    if above_numbers or repeated:
        return above_numbers > repeated
    counted = [column for column in columns if column.number is not None]
    if len(set(first)) < len(first):
        return False
    if not counted:
        return True
    steps = _steps(counted)
    grows = min(steps, default=0) > 0
    unlike = sum(column.is_unlike(grows=grows) for column in counted)
    if not named:
        return grows and unlike == len(counted)
    if not any(2 * len(set(column.below)) <= len(column.below) for column in named):
        return unlike == len(counted)
    is_scale = grows and len(steps) > 1 and len(set(steps)) == 1  # as of wavelengths
    return is_scale or 2 * unlike > len(counted)


def _columns(
    first: Sequence[str], rest: Rows, parse: Parse, missing: Collection[str]
) -> list[_Column]:
    """Return the columns whose first cell is a number, or is filled and has filled cells below."""
    deep = rest[: max(20, MOST_CELLS // max(len(first), 1))]
    below = [record for record in deep if record != first]  # a header may be repeated
    bare = [cell.strip() for cell in first]
    columns = []
    for j, cell in enumerate(bare):
        if cell in missing:
            continue
        cells = [
            text
            for record in below
            if j < len(record) and (text := record[j].strip()) not in missing
        ]
        if cells or parse(cell) is not None:
            numbers = [number for text in cells if (number := parse(text)) is not None]
            is_name = _has_letters(cell) and not any(map(_has_letters, cells))
            columns.append(_Column(cell, None if is_name else parse(cell), cells, numbers))
    return columns


def _has_letters(cell: str) -> bool:
    """Return whether there is a unit beside a number."""
    if not _MAY_BE_LETTER.search(cell):
        return False
    return any(letter.isalpha() or letter in "%$€£" for letter in cell if letter not in "eEdD")


def _counts_columns(first: Sequence[str], rest: Rows, parse: Parse) -> bool:
    """Return whether the first line numbers the columns from 0 or 1, and the next one does not."""
    counted = [number for cell in first if (number := parse(cell.strip())) is not None]
    if len(counted) < 3 or counted not in (
        [float(k) for k in range(len(counted))],
        [float(k) for k in range(1, len(counted) + 1)],
    ):
        return False
    below = [parse(cell.strip()) for cell in rest[0]] if rest else []
    return [number for number in below if number is not None] != counted


def _steps(counted: list[_Column]) -> list[float]:
    """Return by how much the numbers of the first line grow, [] unless all of them are whole."""
    numbers = [column.number for column in counted if column.number is not None]
    if not all(number == round(number) for number in numbers if abs(number) < MAX_NAME):
        return []
    return [b - a for a, b in pairwise(numbers)]


def _ends_an_export(records: Rows) -> bool:
    """Return whether the last column is the split column of an export, whatever the other names."""
    name, *cells = [record[-1].strip().casefold() for record in records]
    return bool(cells) and name.rstrip("_") == SPLIT and set(cells) <= {TRAIN, VALIDATION, TEST}


# Orange ---------------------------------------------------------------------------------------


def _orange_roles(
    records: Rows, width: int, parse: Parse, missing: Collection[str]
) -> tuple[Role, ...]:
    """Return the roles that Orange's third header line states; () without three such lines."""
    if len(records) < 4 or any(len(record) != width for record in records[:3]):
        return ()
    kinds, flags = ([cell.strip() for cell in record] for record in records[1:3])
    known = [kind.casefold() for kind in kinds]
    flagged = [flag.casefold().split() for flag in flags]
    roles = [_role(words) for words in flagged]
    is_flag = all(word in _FLAGS or "=" in word for words in flagged for word in words)
    if not is_flag or not (set(known) & _TYPES or (set(known) <= _SHORT_TYPES and any(roles))):
        return ()
    for j, kind in enumerate(known):
        cells = [record[j].strip() for record in records[3:] if j < len(record)]
        filled = [cell for cell in cells if cell not in missing]
        numbers = sum(parse(cell) is not None for cell in filled)
        if kind in ("continuous", "c") and numbers <= MOSTLY * len(filled) and filled:
            return ()
        is_listed = bool(filled) and set(filled) <= set(kinds[j].split())  # the words themselves
        if kind not in _TYPES | _SHORT_TYPES and not is_listed:
            return ()
    return tuple(roles)


def _role(flags: Sequence[str]) -> Role:
    return next((_FLAGS[flag] for flag in flags if flag in _FLAGS), "")


def _without_prefixes(names: list[str]) -> tuple[list[str], tuple[Role, ...]]:
    """Return the names without Orange's flags before a #, and the roles that these state."""
    found = [_PREFIXED.fullmatch(name.strip()) for name in names]
    is_theirs = all(
        (match is not None) == ("#" in name) for match, name in zip(found, names, strict=True)
    )
    if not is_theirs or not any(match and match[1] + match[2] for match in found):
        return names, ()
    bare = [match[3] if match else name for match, name in zip(found, names, strict=True)]
    return bare, tuple(_FLAGS[match[1]] if match else "" for match in found)


# Names ----------------------------------------------------------------------------------------


def _names(header: list[str], rest: Rows, width: int) -> tuple[tuple[str, ...], list[Note]]:
    """Return a name for each column, and notes on names that were made up or changed."""
    notes: list[Note] = []
    names = restored(header)
    last = [fields[-1] for fields in rest if len(fields) == width]
    if len(names) == width - 1 and any(cell.strip() for cell in last):
        names = ["row name", *names]  # as R writes a data frame
        notes.append(Note(mark("the header is one name short: the first column holds row names")))
    elif len(names) != width:
        notes.append(
            Note(
                mark("the header names {count} columns, the rows have {width}"),
                {"count": len(names), "width": width},
            )
        )
        names = (names + [""] * width)[:width]
    apart = kept_apart(names, "column")
    for number, (name, given) in enumerate(zip(names, apart, strict=True), start=1):
        tidy = visible(" ".join(name.split()))
        if not tidy:
            notes.append(Note(mark("column {number} has no name"), {"number": number}))
        elif tidy != given:
            both = {"name": tidy, "given": given}
            notes.append(Note(mark("a second “{name}” is now “{given}”"), both))
    return apart, notes
