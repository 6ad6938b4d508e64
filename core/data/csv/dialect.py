"""Format of a text table: its encoding, separator, decimal mark and header.

A file does not state its format: it is detected from the first lines, and the user may correct it.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from core.config import CsvOptions
from core.data.csv import text_file
from core.data.csv.header import Role, find_header
from core.data.csv.text_file import ENCODINGS, Head, lines_of
from core.errors import DataError

MAX_COLUMNS = 10_000
SAMPLE_RECORDS = 200
SAMPLE_CHARACTERS = 2**18
WORD_ROWS = 40  # looked at to tell columns of words
MOST_WORDS = 0.2  # share of words in a column of numbers with slips; above it the column is text

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
DECIMALS = {".": "decimal points", ",": "decimal commas"}
MISSING = ("", "NA", "N/A", "#N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "None", "?", "-")
NO_OPTIONS = CsvOptions()
COMMENTS = ("#", "%", "//")
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
    roles : what the header states of the columns, () if nothing.
    word_columns : indices of the columns that seem to hold words, where “NA” may be one of them.
    """

    encoding: str
    separator: str
    decimal: str
    header_line: int | None
    first_line: int
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    word_columns: tuple[int, ...] = ()

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
    first = records[0]
    if len(records) < len(sample.records):
        above = first.line - 1
    notes = [f"{above:,} line{'s' if above > 1 else ''} above the table skipped"] if above else []
    fields = [record.fields for record in records]

    def parse(cell: str) -> float | None:
        return parse_number(cell, sample.decimal)

    header = find_header(fields, sample.width, parse, MISSING, reading.has_header)
    return TableFormat(
        encoding=head.encoding,
        separator=sample.separator,
        decimal=sample.decimal,
        header_line=first.line if header.records else None,
        first_line=records[header.records - 1].next_line if header.records else first.line,
        names=header.names,
        notes=(*notes, *header.notes),
        roles=header.roles,
        word_columns=_word_columns(fields[header.records :], sample.width, parse),
    )


def _word_columns(
    rows: list[list[str]], width: int, parse: Callable[[str], float | None]
) -> tuple[int, ...]:
    """Return the indices of the columns that seem to hold words, judged by the first rows."""
    sample = [row for row in rows if len(row) == width][:WORD_ROWS]
    found = []
    for j in range(width):
        filled = [cell for row in sample if (cell := row[j].strip()) not in MISSING]
        words = sum(parse(cell) is None for cell in filled)
        if words > MOST_WORDS * len(filled):
            found.append(j)
    return tuple(found)


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
