"""A text table block by block, in bounded memory, as it is read for training.

Each record comes both as text, to be written again, and as the cells of the columns that are
wanted. The text is that of the file where no cell needs care; otherwise the record is written anew.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.config import CsvOptions
from core.data.csv import arrays, dialect, encodings, text_file
from core.data.csv.column_parser import Cells
from core.data.csv.dialect import END, NO_OPTIONS, TableFormat
from core.data.csv.packed import Source
from core.data.csv.parts import Part
from core.data.csv.reader import Pass, Progress
from core.data.csv.spreadsheet import Line, Writer, kept_harmless
from core.data.csv.table import Column, Table
from core.data.csv.text_file import UndecodableError
from core.errors import DataError
from core.language import tr
from core.number_format import format_integer

_MARKS = r"=+\-@＝＋－＠"
_MARKED = re.compile(rf"[{_MARKS}\t\r]")


@dataclass(frozen=True, eq=False)
class Block:
    """Some records of a table, n of them, ragged ones too, k of which are rows of its width.

    texts : each record as a line without its end, in the format of the table, `harmless` for a
        spreadsheet; a ragged one is cut off or filled up to the width.
    lines : (n,) the line of the file that each record starts in. widths : its number of values.
    columns : the wanted columns of the k rows. full_width : the number of values of a row.
    """

    texts: list[str]
    lines: NDArray[np.int32]
    widths: NDArray[np.int32]
    columns: tuple[Column, ...]
    full_width: int

    def parts(self, size: int) -> Iterator[Block]:
        """Yield the block in parts of at most `size` records."""
        is_row = self.widths == self.full_width
        for start in range(0, len(self.texts), size):
            part = slice(start, start + size)
            first = int(is_row[:start].sum())
            rows = slice(first, first + int(is_row[part].sum()))
            columns = tuple(
                replace(
                    column,
                    values=column.values[rows],
                    codes=None if column.codes is None else column.codes[rows],
                )
                for column in self.columns
            )
            yield Block(
                self.texts[part], self.lines[part], self.widths[part], columns, self.full_width
            )


class TableBlocks:
    """A text table to be read block by block.

    form : how it is written.
    """

    def __init__(self, source: Source, reading: CsvOptions = NO_OPTIONS) -> None:
        """Find out how a file is written; raise DataError where it is no table of text."""
        self._source, self._reading = source, reading
        if arrays.read(self._source) is not None:
            raise DataError(
                tr(
                    "{name} holds arrays; save them as a table of text (CSV).",
                    name=self._source.name,
                )
            )
        self.form = dialect.find_format(self._source, reading)
        self._guesses = encodings.next_guesses(reading.encoding, self.form.encoding)

    def beginning(self) -> Table:
        """Return the first block as a table."""
        return Pass(self._source, self.form, self._reading.na).read_beginning()

    def guess_encoding(self) -> None:
        """Read with the next likely encoding from now on, as training does; see `read`."""
        guess = self._guesses.pop(0)
        self._reading = replace(self._reading, encoding=guess(self._source, self.form.encoding))
        self.form = dialect.find_format(self._source, self._reading)

    def read(
        self,
        wanted: tuple[int, ...],
        progress: Progress | None = None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Block]:
        """Yield block by block, with these columns; the other arguments as of `reader.read`.

        Raises DataError; and UndecodableError where the encoding was found out and is not the
        right one, for which there is `guess_encoding`.
        """
        form, na = self.form, self._reading.na
        try:
            for part in Pass(self._source, form, na).parts(progress, is_cancelled):
                columns = tuple(_column(form, na, part, j) for j in wanted)
                if part.is_regular and _needs_no_care(part.text, form):
                    yield _as_written(part, form, columns)
                else:
                    yield _written_anew(part, form, columns)
        except UndecodableError as error:
            if self._guesses:
                raise
            name, encoding = self._source.name, form.encoding
            raise text_file.wrong_encoding(name, encoding, error.line) from None


def _column(form: TableFormat, na: tuple[str, ...] | None, part: Part, j: int) -> Column:
    cells = Cells(form.names[j], form.number_form, na, keeps_words=True)
    cells.take(part.frame[j], 0)
    return cells.finish()


def _as_written(part: Part, form: TableFormat, columns: tuple[Column, ...]) -> Block:
    texts = part.text.decode().split("\n")
    del texts[-1]  # after the last newline
    if len(texts) > len(part.lines):  # some are blank
        texts = [texts[index] for index in (part.lines - part.first_line).tolist()]
    widths = np.full(len(texts), len(form.names), dtype=np.int32)
    return Block(texts, part.lines, widths, columns, len(form.names))


def _written_anew(part: Part, form: TableFormat, columns: tuple[Column, ...]) -> Block:
    lines = text_file.lines_of(part.text.decode())
    width, line = len(form.names), Line()
    writer = Writer(line, form.delimiter)
    texts: list[str] = []
    starts: list[int] = []
    widths: list[int] = []
    for start, fields in _records(part, lines, form):
        starts.append(part.first_line + start)
        widths.append(len(fields))
        cells = (fields + [""] * (width - len(fields)))[:width]
        writer.harmless_row(_cell(cell, form) for cell in cells)
        texts.append(line.text)
    block = Block(
        texts, np.array(starts, dtype=np.int32), np.array(widths, dtype=np.int32), columns, width
    )
    if int((block.widths == width).sum()) != len(part.frame):
        raise RuntimeError(tr("{count} rows were parsed as others.", count=len(part.frame)))
    return block


def _records(part: Part, lines: list[str], form: TableFormat) -> Iterator[tuple[int, list[str]]]:
    """Yield the records that are not blank: index of the first line, and values."""
    reader = csv.reader([*lines, END], delimiter=form.delimiter, skipinitialspace=True)
    start = 0
    try:
        for fields in reader:
            if start == len(lines):
                return
            if not dialect.is_blank(fields, lines[start]):
                yield start, fields
            start = reader.line_num
    except csv.Error:
        raise DataError(
            tr(
                "Line {value} has a value of more than {field_size_limit} characters; shorten it.",
                value=format_integer(part.first_line + start),
                field_size_limit=format_integer(csv.field_size_limit()),
            )
        ) from None


def _cell(text: str, form: TableFormat) -> str:
    bare = text.strip(" ")  # as it is read
    if not _MARKED.search(text) or form.number_form.parse(bare) is not None:
        return text
    return kept_harmless(bare)


def _needs_no_care(text: bytes, form: TableFormat) -> bool:
    """Return whether the lines can be written as they are: no quotes, nothing to make harmless."""
    return b'"' not in text and not _careful(form.delimiter, form.decimal).search(text.decode())


@lru_cache
def _careful(separator: str, decimal: str) -> re.Pattern[str]:
    """Return a pattern of what a spreadsheet might run, in lines of unquoted cells.

    It may also match what is harmless; then the cells are looked at one by one.
    """
    begins, d = rf"(?:^|{re.escape(separator)})[ ']*", re.escape(decimal)
    number = rf"[+-](?:\d+(?:{d}\d*)?|{d}\d+)(?:[eE][+-]?\d+)?(?={re.escape(separator)}|$)"
    marks = _MARKS + ("" if separator == "\t" else r"\t")
    within = "".join(re.escape(mark) for mark in ",;|\t" if mark != separator)
    return re.compile(
        rf"{begins}(?!{number})[{marks}]|[{within}]'*[{marks}]",
        re.ASCII | re.MULTILINE,
    )
