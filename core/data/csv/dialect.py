"""Format of a text table: its encoding, separator, decimal mark and header.

A file does not state its format: it is detected from the first lines, and the user may correct it.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from core.config import CsvOptions
from core.data.csv import foreign, layout, rewriting, text_file
from core.data.csv.encodings import ENCODINGS
from core.data.csv.header import Role, find_header
from core.data.csv.layout import Layout
from core.data.csv.numbers import DECIMALS, THOUSANDS, Doubt, NumberForm, find_marks
from core.data.csv.packed import Source
from core.data.csv.rewriting import BLANKS, Rewriter
from core.data.csv.text_file import Head, lines_of
from core.errors import DataError
from core.language import mark, tr
from core.note import Note, note_n
from core.number_format import format_integer

MAX_COLUMNS = 10_000
SAMPLE_RECORDS = 200
SAMPLE_CHARACTERS = 2**18
SAMPLE_COLUMNS = 64
WORD_ROWS = 40  # looked at to tell columns of words
MOST_WORDS = 0.2  # share of words in a column of numbers with slips; above it the column is text

SEPARATORS = {
    ",": mark("commas"),
    ";": mark("semicolons"),
    "\t": mark("tabs"),
    "|": mark("bars"),
    BLANKS: mark("blanks"),
}
QUOTES = {'"': mark("double quotes"), "'": mark("single quotes"), "": mark("quotes are letters")}
MISSING = ("", "NA", "N/A", "#N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "None", "?", "-")
NO_OPTIONS = CsvOptions()
PLAIN = CsvOptions("utf-8", ",", ".", has_header=True, thousands="", quote='"')
COMMENTS = ("#", "%", "//")
END = "\x1e"  # appended after the last line: an open quote would swallow it


@dataclass(frozen=True)
class TableFormat:
    """The format of a file, as detected or specified.

    header_line : line number (from 1) of the header, None without a header.
    first_line : line number of the first row.
    names : of the columns, all different.
    notes : further messages for the user; texts are of older projects.
    roles : what the header states of the columns, () if nothing.
    word_columns : indices of the columns that seem to hold words, where “NA” may be one of them.
    thousands : the mark within large numbers, "" for none. quote : around cells.
    has_quoted_rows : whether lines are quoted as a whole.
    layout : None for a plain text table.
    unusual : some words of the file that are not ASCII, as bytes.
    """

    encoding: str
    separator: str
    decimal: str
    header_line: int | None
    first_line: int
    names: tuple[str, ...]
    notes: tuple[str | Note, ...] = ()
    roles: tuple[Role, ...] = ()
    word_columns: tuple[int, ...] = ()
    thousands: str = ""
    quote: str = '"'
    has_quoted_rows: bool = False
    layout: Layout | None = None
    unusual: bytes = b""

    def __str__(self) -> str:
        return str(self.note)

    @property
    def note(self) -> Note:
        """How the file is written, as a list of notes."""
        if self.layout and not self.layout.is_text:
            return Note(self.layout.kind)
        encoding, decimal = Note(ENCODINGS[self.encoding]), Note(DECIMALS[self.decimal])
        kind = self.layout.kind if self.layout else SEPARATORS[self.separator]
        parts = [encoding, Note(kind), decimal]
        if self.thousands:
            parts.append(Note(THOUSANDS[self.thousands]))
        if self.quote != '"' and not self.layout:
            parts.append(Note(QUOTES[self.quote]))
        if self.has_quoted_rows:
            parts.append(Note(mark("each row in quotes")))
        if self.header_line and not self.layout:
            parts.append(Note(mark("header in line {line}"), {"line": self.header_line}))
        elif not self.layout:
            parts.append(Note(mark("no header")))
        return Note("{parts}", {"parts": tuple(parts)})

    @property
    def number_form(self) -> NumberForm:
        return NumberForm(self.decimal, self.thousands)

    @property
    def delimiter(self) -> str:
        """The character between the cells of the lines that `rewriter` makes."""
        return rewriting.canonical_separator(self.separator)

    @property
    def rewriter(self) -> Rewriter | None:
        """What makes plain lines of the file's lines; None where they are plain."""
        return rewriting.rewriter(
            self.separator,
            self.quote,
            has_quoted_rows=self.has_quoted_rows,
            first=self.layout.rewriter if self.layout else None,
        )


def is_blank(fields: list[str], line: str) -> bool:
    """Return whether a record is a blank line: no separator, only spaces and tabs."""
    return len(fields) < 2 and not line.strip(" \t\n")


def find_format(source: Source, reading: CsvOptions = NO_OPTIONS) -> TableFormat:
    """Detect the format from the file's first lines, except for what `reading` specifies.

    Raises DataError where the file is no table of text.
    """
    head = text_file.read_head(source, reading.encoding)
    if source.is_plain:
        reading = replace(PLAIN, na=reading.na)
        head = text_file.read_head(source, reading.encoding)
    if found := layout.find(source, head, MAX_COLUMNS):
        return _format_of(found, head, reading)
    foreign.check_words(source.name, head.text)
    sample, above = _best_sample(source.name, head, reading)
    records = _without_titles(sample, reading)
    first = records[0]
    if len(records) < len(sample.records):
        above = first.line - 1
    notes: list[str | Note] = [source.remark] if source.remark else []
    if above:
        notes.append(
            note_n("{n} line above the table skipped", "{n} lines above the table skipped", above)
        )
    fields = [record.fields for record in records]
    parse = cache(sample.number_form.parse_any)  # header and columns of words ask alike
    header = find_header(fields, sample.width, parse, MISSING, reading.has_header)
    if sample.doubt:
        notes.append(_describe_doubt(sample.doubt, header.names, sample.number_form))
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
        thousands=sample.number_form.thousands,
        quote=sample.quote,
        has_quoted_rows=sample.has_quoted_rows,
        unusual=head.unusual,
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


def _format_of(found: Layout, head: Head, reading: CsvOptions) -> TableFormat:
    """Return the format of a file whose layout names its columns."""
    lines = lines_of(head.text)[found.first_line - 1 :][: 2 * SAMPLE_RECORDS]
    plain = lines_of(found.rewriter("".join(lines).encode()).decode()) or ["\n"]
    samples = [
        _Sample(plain, found.first_line - 1, separator, found.quote, False, reading)
        for separator in found.separators
    ]
    best = max(samples, key=lambda sample: (sample.width == len(found.names), sample.score))
    doubt = best.doubt
    rows = [record.fields for record in best.records]
    is_named = doubt is not None and doubt.column < len(found.names)
    return TableFormat(
        encoding=head.encoding,
        separator=best.separator,
        decimal=best.decimal,
        header_line=None,
        first_line=found.first_line,
        names=found.names,
        notes=(_describe_doubt(doubt, found.names, best.number_form),)
        if doubt and is_named
        else (),
        thousands=best.number_form.thousands,
        quote=best.quote,
        layout=found,
        word_columns=_word_columns(rows, len(found.names), best.number_form.parse_any),
        unusual=head.unusual,
    )


def _quotes(lines: list[str], separator: str, reading: CsvOptions) -> list[str]:
    """Return the quotes that may stand around cells, the likelier one first."""
    if reading.quote is not None:
        return [reading.quote]
    if separator == "\t" and rewriting.has_literal_quotes("".join(lines)):
        return [""]
    return ["'", '"'] if rewriting.has_single_quotes("".join(lines)) else ['"']


def _describe_doubt(doubt: Doubt, names: tuple[str, ...], form: NumberForm) -> Note:
    number = form.parse_any(doubt.cell)
    read = f"{number or 0:g}" if (number or 0) < 1e6 else f"{number:.0f}"
    values = {"cell": doubt.cell, "name": names[doubt.column]}
    return Note(
        mark(
            "“{cell}” in {name} could be read in two ways and was taken for {read}: if that is "
            "wrong, choose the thousands mark"
        ),
        {**values, "read": Note(mark("no number")) if number is None else read},
    )


def _best_sample(name: str, head: Head, reading: CsvOptions) -> tuple[_Sample, int]:
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
        raise DataError(
            tr("{name} holds comments and blank lines only; a table was expected.", name=name)
        )
    candidates = [separator] if separator else _present(lines)
    quoted = [
        (place, quote, candidate)
        for candidate in candidates
        for place, quote in enumerate(_quotes(lines, candidate, reading))
    ]
    samples = [
        _Sample(lines, above, candidate, quote, has_quoted_rows, reading)
        for has_quoted_rows in ([False, True] if rewriting.has_quoted_rows(lines) else [False])
        for _, quote, candidate in sorted(quoted, key=lambda each: each[0])
    ]
    best = max(samples, key=lambda sample: sample.score)  # the first one of a tie
    tabbed = [sample for sample in samples if sample.separator == "\t" and sample.is_even]
    if best.separator == BLANKS and tabbed:  # blanks within cells, as in 1 600
        best = max(tabbed, key=lambda sample: sample.score)
    if best.width > MAX_COLUMNS:
        raise DataError(
            tr(
                "{name} has {width} columns; at most {max_columns} are read. Does each row have "
                "a line of its own?",
                name=name,
                width=format_integer(best.width),
                max_columns=format_integer(MAX_COLUMNS),
            )
        )
    return best, above


def _present(lines: list[str]) -> list[str]:
    """Return the separators that occur in the lines, and the comma in any case."""
    text = "".join(lines)
    has_blanks = " " in text or "\t" in text
    return [s for s in SEPARATORS if s == "," or (has_blanks if s == BLANKS else s in text)]


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

    def __init__(
        self,
        lines: list[str],
        above: int,
        separator: str,
        quote: str,
        has_quoted_rows: bool,
        reading: CsvOptions,
    ) -> None:
        self.separator, self.quote, self.has_quoted_rows = separator, quote, has_quoted_rows
        self.records: list[_Record] = []
        if not reading.quote and quote == "'":
            text = "".join(lines[: 4 * SAMPLE_RECORDS]).encode()
            if rewriting.SingleQuotes(separator)(text) == text:  # they quote no cell
                self.quote = quote = '"'
        rewriter = rewriting.rewriter(separator, quote, has_quoted_rows=has_quoted_rows)
        if rewriter:
            lines = lines[: 4 * SAMPLE_RECORDS]
            lines = lines_of(rewriter("".join(lines).encode()).decode()) or [""]
        separator = rewriting.canonical_separator(separator)
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
        self._judge(widths[self.width] / len(self.records), reading)

    def _judge(self, share: float, reading: CsvOptions) -> None:
        """Find the marks of the numbers, and the score. share : of the records of this width."""
        columns: list[list[str]] = [[] for _ in range(min(self.width, SAMPLE_COLUMNS))]
        rows = 0
        for record in self.records:
            if len(record.fields) == self.width and any(record.fields):
                rows += 1
                for cells, cell in zip(columns, record.fields, strict=False):
                    if (cell := cell.strip()) not in MISSING:
                        cells.append(cell)
        missing = sum(rows - len(cells) for cells in columns if cells)  # not whole columns
        marks = find_marks(columns, self.separator, reading.decimal, reading.thousands)
        self.number_form, self.doubt = marks
        self.decimal = self.number_form.decimal
        numbers = sum(map(self.number_form.count, columns))
        self.is_even = self.width > 1 and share == 1 and all(columns)
        count = max(rows * len(columns), 1)
        fit = share + (missing + numbers) / count
        fit -= rewriting.count_others(self.separator, itertools.chain(*columns)) / count
        self.score = (self.width > 1, round(fit, 6))
