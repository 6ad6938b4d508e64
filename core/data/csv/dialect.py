"""Format of a text table: its encoding, separator, decimal mark and header.

A file does not state its format: it is detected from the first lines, and the user may correct it.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from core.config import CsvOptions
from core.data.csv import text_file
from core.data.csv.spreadsheet import restored
from core.data.csv.text_file import ENCODINGS, Head, lines_of
from core.errors import DataError
from core.invisible_characters import visible
from core.name_lookup import kept_apart

MAX_COLUMNS = 10_000
SAMPLE_RECORDS = 200
SAMPLE_CHARACTERS = 2**18

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
DECIMALS = {".": "decimal points", ",": "decimal commas"}
MISSING = ("", "NA", "N/A", "#N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "None", "?", "-")
NO_OPTIONS = CsvOptions()
COMMENTS = ("#", "%", "//")
SPLIT = "split"  # a column of an export, and its values
TRAIN, VALIDATION, TEST = "train", "validation", "test"
END = "\x1e"  # appended after the last line: an open quote would swallow it

_NUMBERS = {
    mark: re.compile(
        rf"[+-]?(\d+{m}?\d*|{m}\d+)(e[+-]?\d+)?|[+-]?inf(inity)?", re.ASCII | re.IGNORECASE
    )
    for mark, m in ((".", r"\."), (",", ","))
}
_FRACTIONS = {
    mark: re.compile(rf"[+-]?\d*{m}\d+(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
    for mark, m in ((".", r"\."), (",", ","))
}


@dataclass(frozen=True)
class TableFormat:
    """The format of a file, as detected or specified.

    header_line : line number (from 1) of the header, None without a header.
    first_line : line number of the first row.
    names : of the columns, all different.
    notes : further messages for the user.
    """

    encoding: str
    separator: str
    decimal: str
    header_line: int | None
    first_line: int
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        header = f"header in line {self.header_line:,}" if self.header_line else "no header"
        return ", ".join(
            (ENCODINGS[self.encoding], SEPARATORS[self.separator], DECIMALS[self.decimal], header)
        )


def parse_number(text: str, decimal: str) -> float | None:
    """Return the number in a text, or None; 1_000 and full-width digits are not numbers."""
    if not _NUMBERS[decimal].fullmatch(text):
        return None
    return float(text.replace(decimal, "."))


def is_blank(fields: list[str], line: str) -> bool:
    """Return whether a record is a blank line: no separator, only spaces and tabs."""
    return len(fields) < 2 and not line.strip(" \t\n")


def find_format(path: Path, reading: CsvOptions = NO_OPTIONS) -> TableFormat:
    """Detect the format from the file's first lines, except for what `reading` specifies.

    Raises DataError where the file is no table of text.
    """
    head = text_file.read_head(path, reading.encoding)
    sample, above = _best_sample(path, head, reading)
    records = _without_titles(sample, reading)
    first, rest = records[0], [record.fields for record in records[1:] if any(record.fields)]
    if len(records) < len(sample.records):
        above = first.line - 1
    notes = [f"{above:,} line{'s' if above > 1 else ''} above the table skipped"] if above else []
    has_header = reading.has_header
    if has_header is None:
        has_header = _looks_like_header(first.fields, rest, sample.decimal)
    if has_header:
        names, more = _name_columns(first.fields, rest, sample.width)
        notes += more
    else:
        names = kept_apart([""] * sample.width, "column")
    return TableFormat(
        encoding=head.encoding,
        separator=sample.separator,
        decimal=sample.decimal,
        header_line=first.line if has_header else None,
        first_line=first.next_line if has_header else first.line,
        names=names,
        notes=tuple(notes),
    )


def _best_sample(path: Path, head: Head, reading: CsvOptions) -> tuple[_Sample, int]:
    """Return the records split by the best separator, and the number of lines above them.

    Raises DataError where there are no records, or too many columns.
    """
    lines, above = _first_lines(head)
    separator = reading.separator
    if lines and (stated := re.fullmatch(r"sep=(.)\s*", lines[0], re.IGNORECASE)):  # Excel's own
        if separator is None and stated[1] in SEPARATORS:
            separator = stated[1]
        above, lines = above + 1, lines[1:]
    if not lines:
        raise DataError(f"{path.name} holds comments and blank lines only; a table was expected.")
    candidates = [separator] if separator else list(SEPARATORS)
    samples = [_Sample(lines, above, candidate, reading.decimal) for candidate in candidates]
    best = max(samples, key=lambda sample: sample.score)  # the first one of a tie
    if best.width > MAX_COLUMNS:
        raise DataError(
            f"{path.name} has {best.width:,} columns; at most {MAX_COLUMNS:,} are read. "
            "Does each row have a line of its own?"
        )
    return best, above


def _first_lines(head: Head) -> tuple[list[str], int]:
    """Return whole lines after leading blank lines and comments, and how many were skipped."""
    text = head.text
    above = start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        line = text[start:end]
        if line.strip() and not line.lstrip().startswith(COMMENTS):
            break
        above, start = above + 1, end
    lines = lines_of(text[start : start + SAMPLE_CHARACTERS])
    if not head.is_whole or len(text) > start + SAMPLE_CHARACTERS:
        lines = lines[:-1] or lines_of(text[start:])[:1]
    return lines, above


def _without_titles(sample: _Sample, reading: CsvOptions) -> list[_Record]:
    """Return the records from the header on, without titles, notes and gaps above it."""
    records = sample.records
    if sample.width == 1:
        return records
    may_have_gaps = reading.has_header is not False
    for start, record in enumerate(records):
        is_title = len(record.fields) == 1
        is_gap = may_have_gaps and not any(record.fields)
        if not (is_title or is_gap):
            return records[start:]
    return records[-1:]


class _Record(NamedTuple):
    """A record, its first line and the line after its last one (both counted from 1)."""

    line: int
    next_line: int
    fields: list[str]


class _Sample:
    """The first records, split by one separator, and a score of how well it fits."""

    def __init__(self, lines: list[str], above: int, separator: str, decimal: str | None) -> None:
        self.separator = separator
        self.records: list[_Record] = []
        reader = csv.reader([*lines, END], delimiter=separator, skipinitialspace=True)
        start = 0
        try:
            for fields in reader:
                end = reader.line_num
                if end > len(lines):  # the end of the sample, or a quote still open there
                    break
                if not is_blank(fields, lines[start]):
                    self.records.append(_Record(above + start + 1, above + end + 1, fields))
                start = end
                if len(self.records) == SAMPLE_RECORDS:
                    break
        except csv.Error:  # a field too long: score what came before it
            pass
        if not self.records:  # the reader will report the error in this line
            line = above + start + 1
            fields = lines[min(start, len(lines) - 1)].split(separator)
            self.records = [_Record(line, line, fields)]
        widths = Counter(len(record.fields) for record in self.records)
        self.width = max(widths, key=lambda width: (widths[width], width))
        cells = [
            cell.strip()
            for record in self.records
            if len(record.fields) == self.width and any(record.fields)
            for cell in record.fields[:64]
        ]
        points, commas = (
            sum(bool(_FRACTIONS[mark].fullmatch(cell)) for cell in cells) for mark in ".,"
        )
        self.decimal = decimal or ("," if commas > points else ".")
        known = sum(
            cell in MISSING or bool(_NUMBERS[self.decimal].fullmatch(cell)) for cell in cells
        )
        fit = widths[self.width] / len(self.records) + known / max(len(cells), 1)
        self.score = (self.width > 1, round(fit, 6))


def _looks_like_header(first: list[str], rest: list[list[str]], decimal: str) -> bool:
    """Return whether `first` has words above numbers, or above words that never repeat them."""
    if _ends_an_export([first, *rest]):
        return True
    numbers = [parse_number(cell.strip(), decimal) for cell in first]
    counted = [number for number in numbers if number is not None]
    if len(counted) > 2 and counted in (
        [float(k) for k in range(len(counted))],
        [float(k) for k in range(1, len(counted) + 1)],
    ):
        below = [parse_number(cell.strip(), decimal) for cell in rest[0]] if rest else []
        return [number for number in below if number is not None] != counted
    if counted:
        return False
    words_repeat = False
    for j, name in enumerate(cell.strip() for cell in first):
        cells = [fields[j].strip() for fields in rest if j < len(fields)]
        filled = [cell for cell in cells if cell not in MISSING]
        if name in MISSING or not filled:
            continue
        if 2 * sum(parse_number(cell, decimal) is not None for cell in filled) > len(filled):
            return True
        words_repeat |= name in filled
    return not words_repeat and len(set(first)) == len(first)


def _ends_an_export(records: list[list[str]]) -> bool:
    """Return whether the last column is the split column of an export, whatever the other names."""
    name, *cells = [record[-1].strip().casefold() for record in records]
    return bool(cells) and name.rstrip("_") == SPLIT and set(cells) <= {TRAIN, VALIDATION, TEST}


def _name_columns(
    header: list[str], rest: list[list[str]], width: int
) -> tuple[tuple[str, ...], list[str]]:
    """Return a name for each column, and notes on names that were made up or changed."""
    notes: list[str] = []
    names = restored(header)
    last = [fields[-1] for fields in rest if len(fields) == width]
    if len(names) == width - 1 and any(cell.strip() for cell in last):
        names = ["row name", *names]  # as R writes a data frame
        notes.append("the header is one name short: the first column holds row names")
    elif len(names) != width:
        notes.append(f"the header names {len(names)} columns, the rows have {width}")
        names = (names + [""] * width)[:width]
    apart = kept_apart(names, "column")
    for place, (name, given) in enumerate(zip(names, apart, strict=True), start=1):
        tidy = visible(" ".join(name.split()))
        if not tidy:
            notes.append(f"column {place} has no name")
        elif tidy != given:
            notes.append(f"a second “{tidy}” is now “{given}”")
    return apart, notes
