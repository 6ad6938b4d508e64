"""Read a text table: pandas parses regular blocks, Python's csv module the irregular ones.

The file is read in blocks of 2 MiB, which pandas turns into columns without holding the GIL.
Because pandas silently pads short rows, a block is regular only if it has exactly as many
separators and newlines as its rows need. NumPy counts one of them in 40 MB in 4 ms, `bytes.count`
in 20 ms. If a block has no quotes, blank lines are removed first. Any other block is parsed record
by record, so that every ragged line is known by its number.

While a block is appended, the next two are parsed on threads of their own: otherwise pandas, which
parses a whole file on all processors, would be twice as fast. More threads would each hold a
block, its words and its columns.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core import memory
from core.config import CsvOptions
from core.data.csv import arrays, dialect, encodings, packed, text_file
from core.data.csv.column_parser import GrowingArray, cells_of, table_of
from core.data.csv.dialect import END, MISSING, NO_OPTIONS, TableFormat
from core.data.csv.packed import Source, Stream
from core.data.csv.parts import Chunk, Parsed, Part, no_rows
from core.data.csv.table import Table
from core.data.csv.text_file import UndecodableError, count_byte
from core.errors import Cancelled, DataError
from core.language import tr

if TYPE_CHECKING:
    import pandas as pd

MAX_CELLS = 2**28  # 2 GiB of numbers
MAX_LISTED = 1000
MAX_REWRITTEN = 2**20  # cells of rows that are rewritten at once
AHEAD = 2  # blocks that are parsed while the one before them is appended
NEWLINE, QUOTE, BLANK, TAB = b'\n" \t'

csv.field_size_limit(text_file.MAX_LINE)  # of one process, for all that read
_QUOTED = re.compile(rb'"[^"\n]*"')

Progress = Callable[[int, int], object]


def read(
    path: Path,
    reading: CsvOptions = NO_OPTIONS,
    progress: Progress | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Table:
    """Read the file as a table; `reading` may specify its format.

    progress : called with the bytes done and the total bytes, about every 2 MiB.
    is_cancelled : polled as often; Cancelled is raised when it returns true.
    Raises DataError where the file cannot be read as a table.
    """
    with packed.source(path) as source:
        if (columns := arrays.read(source)) is not None:
            return table_of(source, columns, reading.na)
        form = dialect.find_format(source, reading)
        guesses = encodings.next_guesses(reading.encoding, form.encoding)
        while True:
            try:
                return _read(source, form, reading, progress, is_cancelled)
            except UndecodableError as error:
                if not guesses:
                    raise text_file.wrong_encoding(source.name, form.encoding, error.line) from None
            known = replace(reading, encoding=guesses.pop(0)(source, form.encoding))
            form = dialect.find_format(source, known)


def _read(
    source: Source,
    form: TableFormat,
    reading: CsvOptions,
    progress: Progress | None,
    is_cancelled: Callable[[], bool],
) -> Table:
    """Read the file; a second time if a column turned out to hold words whose “NA” went lost."""
    table = Pass(source, form, reading.na).read(progress, is_cancelled)
    words = {j for j, column in enumerate(table.columns) if column.kind == "text"}
    lost = [j for j in words.difference(form.word_columns) if table.columns[j].missing]
    if not lost:
        return table
    form = replace(form, word_columns=tuple(sorted(words.union(form.word_columns))))
    del table  # or both would be in memory
    return Pass(source, form, reading.na).read(progress, is_cancelled)


class Pass:
    """One pass over a file."""

    def __init__(self, source: Source, form: TableFormat, na: tuple[str, ...] | None) -> None:
        self._source, self._form = source, form
        self._width = len(form.names)
        self._separator = ord(form.delimiter)
        self._rewriter = form.rewriter
        self._columns = cells_of(form, na)
        # Among words, what means a missing value is decided when all of them are known.
        usual = [*MISSING, *(na or ())]
        self._na: list[str] | dict[Any, list[str]] = usual
        if form.word_columns:  # a list for each column takes pandas half as long again
            self._na = {j: [""] if j in form.word_columns else usual for j in range(self._width)}
        self._lines = GrowingArray(np.int32(0))
        self._rows = 0
        self._checked_rows = 0  # rows at the last check of memory
        self._expected_rows = 0  # total, as estimated then
        self._ragged: list[tuple[int, int]] = []
        self.ragged_count = 0
        self._carry = b""
        self._line = form.first_line  # of the next chunk

    def read(self, progress: Progress | None, is_cancelled: Callable[[], bool]) -> Table:
        for part in self.parts(progress, is_cancelled):
            self._add(part.frame, part.lines)
            self._check_memory(part.share)
        return self._table()

    def read_beginning(self) -> Table:
        """Return the rows of the first block as a table."""
        with closing(self.parts(None, lambda: False)) as parts:
            for part in parts:
                self._add(part.frame, part.lines)
                break
        return self._table()

    def parts(
        self, progress: Progress | None, is_cancelled: Callable[[], bool]
    ) -> Generator[Part, None, None]:
        """Yield the rows of one block after the other; arguments as of `read`."""
        with self._source.open() as file, closing(self._parsed_ahead(file)) as chunks:
            size = file.size
            for chunk in chunks:
                if is_cancelled():
                    raise Cancelled(tr("Opening {name} was cancelled.", name=self._source.name))
                first = self._line
                taken, text, is_regular = self._taken_apart(chunk)
                done = min(chunk.done, size)
                yield Part(*taken, text, first, is_regular, done / max(size, 1))
                if progress and done < size:
                    progress(done, size)
        if self._carry:
            raise text_file.open_quote(self._source.name, self._line)

    def _parsed_ahead(self, file: Stream) -> Generator[Chunk, None, None]:
        """Yield the chunks of a file, and parse the next ones while one is used."""
        coming: deque[Chunk] = deque()
        failure: DataError | UndecodableError | None = None
        pool = ThreadPoolExecutor(AHEAD, "csv")
        try:
            lines_of_chunks = self._chunks(text_file.blocks(file, self._form.encoding))
            is_over = False
            while not is_over or coming:
                while not is_over and len(coming) <= AHEAD:
                    try:
                        text, lines = next(lines_of_chunks)
                    except StopIteration:
                        is_over = True
                    except (DataError, UndecodableError) as error:
                        is_over, failure = True, error
                    else:
                        parsed = pool.submit(self._regular, text, lines, self._texts())
                        coming.append(Chunk(text, lines, parsed, file.done))
                if coming:
                    yield coming.popleft()
        finally:
            pool.shutdown(cancel_futures=True)
        if failure is not None:  # after any error in the lines before it
            raise failure

    def _chunks(self, blocks: Iterator[bytes]) -> Iterator[tuple[bytes, int]]:
        """Yield whole lines, from the first row on, and their number."""
        rest = b""
        line = self._form.first_line
        to_skip = self._form.first_line - 1
        for block in blocks:
            cut = block.rfind(b"\n") + 1
            if len(rest) + (block.find(b"\n") if cut else len(block)) > text_file.MAX_LINE:
                raise text_file.long_line(self._source.name, line, text_file.MAX_LINE)
            lines = b"".join((rest, memoryview(block)[:cut])) if cut else b""  # one copy, not two
            rest = block[cut:] if cut else rest + block
            if to_skip and lines:
                offset = 0
                while to_skip and offset < len(lines):
                    offset = lines.index(b"\n", offset) + 1
                    to_skip -= 1
                lines = lines[offset:]
            if lines:
                count = count_byte(lines, NEWLINE)
                yield from self._plain(lines, count)
                line += count
        if rest and not to_skip:
            yield from self._plain(rest + b"\n", 1)

    def _plain(self, lines: bytes, count: int) -> Iterator[tuple[bytes, int]]:
        """Yield the lines as plain ones, in parts: a sparse row may be much longer so."""
        if self._rewriter is None:
            yield lines, count
            return
        most = max(MAX_REWRITTEN // self._width, 1)
        if count <= most:
            yield self._rewriter(lines), count
            return
        rows = lines.split(b"\n")
        for start in range(0, count, most):
            part = rows[start : min(start + most, count)]
            yield self._rewriter(b"\n".join(part) + b"\n"), len(part)

    def _taken_apart(self, chunk: Chunk) -> tuple[Parsed, bytes, bool]:
        """Return the rows of a chunk, their text, and whether each line is blank or a row."""
        text, lines, regular, _ = chunk
        text_file.check_text(self._source.name, text, self._line)
        if not text.isascii():
            try:
                text.decode()
            except UnicodeDecodeError as error:
                raise UndecodableError(self._line + text.count(b"\n", 0, error.start)) from None
        parsed = None if self._carry else regular.result()
        is_regular = parsed is not None
        if parsed is None:
            text = self._carry + text
            lines += count_byte(self._carry, NEWLINE)
            self._carry = b""
            parsed = self._irregular(text)
            lines -= count_byte(self._carry, NEWLINE)
            text = text[: len(text) - len(self._carry)]
        frame, line_numbers = parsed
        line_numbers += self._line
        self._line += lines
        return (frame, line_numbers), text, is_regular

    def _add(self, frame: pd.DataFrame, lines: NDArray[np.int32]) -> None:
        self._rows += len(frame)
        if self._rows * self._width > MAX_CELLS:
            raise text_file.too_many_values(self._source.name, MAX_CELLS)
        self._lines.extend(lines, self._expected_rows)
        for j, cells in enumerate(self._columns):
            cells.take(frame[j], self._expected_rows)

    def _check_memory(self, share: float) -> None:
        """Raise DataError if the columns, extrapolated from this share, do not fit into memory.

        Querying the free memory takes 0.4 ms: it is done only when the rows have doubled.
        """
        if self._rows < 2 * self._checked_rows:
            return
        self._checked_rows = self._rows
        held = sum(cells.nbytes for cells in self._columns)
        lines = 4 * self._rows / share
        # Besides the columns, a data set takes half as much, plus a temporary copy of one column.
        more = held * (1 / share - 1 + (1 / 2 + 1 / self._width) / share) + lines
        memory.check(
            more, tr("{name}, read as a table,", name=self._source.name), tr("Take a part of it.")
        )
        self._expected_rows = int(1.02 * self._rows / share)

    def _texts(self) -> list[int]:
        """Return the indices of the columns that have held only words so far."""
        return [j for j, cells in enumerate(self._columns) if cells.is_text_so_far]

    def _regular(self, chunk: bytes, lines: int, texts: list[int]) -> Parsed | None:
        """Parse a chunk in which each line is blank or a row of the right width; else return None.

        It runs on a thread of its own and reads no state that changes as chunks are appended.
        """
        frame = self._rows_of(chunk, lines, texts)
        if frame is not None:
            return frame, np.arange(lines, dtype=np.int32)
        if QUOTE in chunk:  # an apparently blank line may be within a cell
            return None
        data = np.frombuffer(chunk, dtype=np.uint8)
        ends = np.flatnonzero(data == NEWLINE)
        is_ink = (data != NEWLINE) & (data != BLANK)
        if self._separator != TAB:
            is_ink &= data != TAB
        starts = np.concatenate(([0], ends[:-1] + 1))
        is_filled = np.logical_or.reduceat(is_ink, starts)
        line_numbers = np.flatnonzero(is_filled).astype(np.int32)
        if len(line_numbers) == lines:
            return None
        if not len(line_numbers):
            return no_rows(self._width), line_numbers
        filled = data[np.repeat(is_filled, ends + 1 - starts)].tobytes()
        frame = self._rows_of(filled, len(line_numbers), texts)
        return None if frame is None else (frame, line_numbers)

    def _rows_of(self, chunk: bytes, rows: int, texts: list[int]) -> pd.DataFrame | None:
        """Parse `rows` lines that are each a row of the right width; return None if one is not."""
        expected = (self._width - 1) * rows
        found = count_byte(chunk, self._separator)
        first = chunk[: chunk.find(b"\n")]
        is_quoted = QUOTE in chunk
        if is_quoted and found != expected:
            found = _QUOTED.sub(b"", chunk).count(self._separator)
            first = _QUOTED.sub(b"", first)
        # Too long a first line would silently shift the columns; a later one is a ParserError.
        if found != expected or first.count(self._separator) != self._width - 1:
            return None
        frame = self._parse(chunk, texts)
        if frame is None or len(frame) != rows:  # a blank line, or a newline inside quotes
            return None
        if is_quoted and frame[self._width - 1].isna().any():  # may be a row that is too short
            return None
        return frame

    def _irregular(self, chunk: bytes) -> Parsed:
        """Parse the chunk record by record; leave out ragged ones, and record them."""
        lines = text_file.lines_of(chunk.decode())
        reader = csv.reader([*lines, END], delimiter=self._form.delimiter, skipinitialspace=True)
        kept = io.StringIO()
        # Row by row: a single call for all rows would block the window for 0.2 s.
        keep = csv.writer(kept, delimiter=self._form.delimiter, lineterminator="\n").writerow
        line_numbers: list[int] = []
        start = 0
        try:
            for fields in reader:
                if start == len(lines):
                    break
                if reader.line_num > len(lines):  # an open quote: keep the rest for the next chunk
                    self._carry = "".join(lines[start:]).encode()
                    break
                if dialect.is_blank(fields, lines[start]):
                    pass
                elif len(fields) == self._width:
                    keep(fields)
                    line_numbers.append(start)
                else:
                    self._leave_out(self._line + start, len(fields))
                start = reader.line_num
        except csv.Error:
            raise text_file.open_quote(self._source.name, self._line + start) from None
        if len(self._carry) > text_file.MAX_LINE:
            raise text_file.open_quote(self._source.name, self._line + start)
        content = kept.getvalue().encode()
        frame: pd.DataFrame | None = no_rows(self._width)
        if line_numbers:
            frame = self._parse(content, self._texts(), skips_blank_lines=False)
        if frame is None or len(frame) != len(line_numbers):
            raise RuntimeError(
                f"{len(line_numbers)} rows of {self._source.name} were parsed as others."
            )
        return frame, np.array(line_numbers, dtype=np.int32)

    def _leave_out(self, line: int, width: int) -> None:
        self.ragged_count += 1
        if len(self._ragged) < MAX_LISTED:
            self._ragged.append((line, width))

    def _parse(
        self, text: bytes, texts: list[int], *, skips_blank_lines: bool = True
    ) -> pd.DataFrame | None:
        import pandas as pd  # 0.3 s, only for tables

        try:
            frame = pd.read_csv(
                io.BytesIO(text),
                sep=self._form.delimiter,
                decimal=self._form.decimal,
                header=None,
                names=list(range(self._width)),
                dtype=dict.fromkeys(texts, "category"),  # same cells, half the time
                skipinitialspace=QUOTE in text and BLANK in text,  # a quote may follow a blank
                keep_default_na=False,
                na_values=self._na,
                skip_blank_lines=skips_blank_lines,
                low_memory=False,
                engine="c",
            )
        except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError):
            return None
        # If the first line is too long, pandas takes its first cells for row names.
        return frame if isinstance(frame.index, pd.RangeIndex) else None

    def _table(self) -> Table:
        return Table(
            path=self._source.shown_path,
            format=self._form,
            columns=tuple(cells.finish() for cells in self._columns),
            lines=self._lines.finish(),
            ragged=tuple(self._ragged),
            ragged_count=self.ragged_count,
        )
