"""Read a text table: pandas parses what is regular, Python's csv names what is not.

The file goes by in blocks of 3 MiB, which pandas turns into columns on a few threads without
holding the interpreter, as it does by itself with a whole file. A block is regular if it has as
many separators and newlines as its rows need; to count them takes NumPy 4 ms in 40 MB. Where no
quotes are, blank lines are taken out first. Any other block is taken apart record by record, so
that every ragged line is known by its number.

For 1,000,000 × 5 on two cores pandas takes 0.05 s, this reader 0.08 s, numpy.loadtxt 0.23 s, all
of it holding the interpreter, and refusing the first cell that is empty.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core import memory
from core.config import Reading
from core.data.csv import dialect
from core.data.csv.column_parser import Cells
from core.data.csv.dialect import END, MISSING, NOTHING_SAID, TableFormat, UndecodableError
from core.data.csv.table import Table
from core.errors import Cancelled, DataError

if TYPE_CHECKING:
    import pandas as pd

MAX_CELLS = 2**28  # 2 GiB of numbers
MAX_LISTED = 1000
MAX_WORKERS = 4
NEWLINE, QUOTE, BLANK, TAB = b'\n" \t'

_QUOTED = re.compile(rb'"[^"\n]*"')

Progress = Callable[[int, int], None]


def read(
    path: Path,
    reading: Reading = NOTHING_SAID,
    progress: Progress | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Table:
    """Read the file, which `reading` may say more about.

    progress : is told the bytes done and the bytes in all, about every 3 MiB.
    is_cancelled : is asked as often; then Cancelled is raised.
    Raises DataError where the file cannot be read as a table.
    """
    form = dialect.find_format(path, reading)
    try:
        return _Reader(path, form).read(progress, is_cancelled)
    except UndecodableError as error:
        if reading.encoding is not None or form.encoding != "utf-8":
            raise dialect.wrong_encoding(path, form.encoding, error.line) from None
    latin = replace(reading, encoding="cp1252")  # each byte means something in it
    return _Reader(path, dialect.find_format(path, latin)).read(progress, is_cancelled)


Parsed = tuple["pd.DataFrame", NDArray[np.intp]]  # rows, and the place of each one's line


class _Reader:
    """One pass over a file."""

    def __init__(self, path: Path, form: TableFormat) -> None:
        self._path, self._form = path, form
        self._width = len(form.names)
        self._separator = ord(form.separator)
        self._columns = [Cells(name, form.decimal) for name in form.names]
        self._lines: list[range | NDArray[np.int32]] = []
        self._rows = 0
        self._ragged: list[tuple[int, int]] = []
        self._ragged_count = 0
        self._size = 0  # of the file, bytes
        self._carry = b""
        self._line = form.first_line  # of what is taken next

    def read(self, progress: Progress | None, is_cancelled: Callable[[], bool]) -> Table:
        import_module("pandas")  # here, so that the threads need not wait for each other
        workers = min(MAX_WORKERS, os.cpu_count() or 1)
        parsing: deque[tuple[bytes, Future[Parsed | None], int]] = deque()
        with dialect.open_table(self._path) as file, ThreadPoolExecutor(workers) as pool:
            size = self._size = self._path.stat().st_size
            for chunk in self._chunks(dialect.blocks(file, self._form.encoding)):
                if is_cancelled():
                    raise Cancelled(f"Opening {self._path.name} was cancelled.")
                parsing.append((chunk, pool.submit(self._regular, chunk), file.tell()))
                if len(parsing) > workers:
                    done = self._take(*parsing.popleft())
                    if progress:
                        progress(min(done, size), size)
            while parsing:
                self._take(*parsing.popleft())
        if self._carry:
            raise self._open_quote(self._line)
        return self._table()

    def _chunks(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield whole lines, from the first row on."""
        rest = b""
        to_skip = self._form.first_line - 1
        for block in blocks:
            cut = block.rfind(b"\n") + 1
            if not cut and len(rest) + len(block) >= dialect.BLOCK_BYTES:
                raise dialect.long_line(self._path, self._line)
            lines = b"".join((rest, memoryview(block)[:cut])) if cut else b""  # one copy, not two
            rest = block[cut:] if cut else rest + block
            if to_skip and lines:
                place = 0
                while to_skip and place < len(lines):
                    place = lines.index(b"\n", place) + 1
                    to_skip -= 1
                lines = lines[place:]
            if lines:
                yield lines
        if rest and not to_skip:
            yield rest + b"\n"

    def _take(self, chunk: bytes, parsed: Future[Parsed | None], done: int) -> int:
        """Add the rows of a chunk; hand `done` back."""
        dialect.check_text(self._path, chunk, self._line)
        if not chunk.isascii():
            try:
                chunk.decode()
            except UnicodeDecodeError as error:
                raise UndecodableError(self._line + chunk.count(b"\n", 0, error.start)) from None
        regular = parsed.result()
        if regular is None or self._carry:
            chunk = self._carry + chunk
            self._carry = b""
            regular = self._irregular(chunk)
        frame, places = regular
        if len(places) and places[-1] == len(places) - 1:
            self._lines.append(range(self._line, self._line + len(places)))
        else:
            self._lines.append((self._line + places).astype(np.int32))
        self._line += chunk.count(b"\n") - self._carry.count(b"\n")
        self._rows += len(frame)
        if self._rows * self._width > MAX_CELLS:
            raise DataError(
                f"{self._path.name} holds more than {MAX_CELLS:,} values, which need "
                f"{MAX_CELLS * 8 / 2**30:g} GiB; take a part of it."
            )
        for j, cells in enumerate(self._columns):
            cells.take(frame[j])
        self._check_room(done)
        return done

    def _check_room(self, done: int) -> None:
        """Refuse a file whose columns, as far as they are read, tell that it has no room here."""
        share = min(done / max(self._size, 1), 1.0)
        held = sum(cells.nbytes for cells in self._columns)
        lines = 4 * self._rows / share
        # Beside the columns a data set takes half as much, and each for a while twice its own.
        more = held * (1 / share - 1 + (1 / 2 + 1 / self._width) / share) + lines
        memory.check(more, f"{self._path.name}, read as a table,", "Take a part of it.")

    def _regular(self, chunk: bytes) -> Parsed | None:
        """Parse a chunk in which each line is blank or a row of the right width; else None."""
        data = np.frombuffer(chunk, dtype=np.uint8)
        ends = np.flatnonzero(data == NEWLINE)
        frame = self._rows_of(chunk, data, len(ends))
        if frame is not None:
            return frame, np.arange(len(ends))
        if QUOTE in chunk:  # a line that looks blank may be within a cell
            return None
        is_ink = (data != NEWLINE) & (data != BLANK)
        if self._separator != TAB:
            is_ink &= data != TAB
        starts = np.concatenate(([0], ends[:-1] + 1))
        is_filled = np.logical_or.reduceat(is_ink, starts)
        (places,) = np.nonzero(is_filled)
        if len(places) == len(ends):
            return None
        if not len(places):
            return self._no_rows(), places
        data = data[np.repeat(is_filled, ends + 1 - starts)]
        frame = self._rows_of(data.tobytes(), data, len(places))
        return None if frame is None else (frame, places)

    def _rows_of(self, chunk: bytes, data: NDArray[np.uint8], rows: int) -> pd.DataFrame | None:
        """Parse so many lines, where each is a row of the right width; None where one is not."""
        expected = (self._width - 1) * rows
        found = int(np.count_nonzero(data == self._separator))
        first = chunk[: chunk.find(b"\n")]
        is_quoted = QUOTE in chunk
        if is_quoted and found != expected:
            found = _QUOTED.sub(b"", chunk).count(self._separator)
            first = _QUOTED.sub(b"", first)
        # Too long a first line would shift the columns without a word; a later one is an error.
        if found != expected or first.count(self._separator) != self._width - 1:
            return None
        frame = self._parse(chunk)
        if frame is None or len(frame) != rows:  # a blank line, or a newline inside quotes
            return None
        if is_quoted and frame[self._width - 1].isna().any():  # perhaps a row that is too short
            return None
        return frame

    def _irregular(self, chunk: bytes) -> Parsed:
        """Take the chunk apart record by record; leave out the ragged ones and count them."""
        lines = dialect.lines_of(chunk.decode())
        reader = csv.reader([*lines, END], delimiter=self._form.separator, skipinitialspace=True)
        kept = io.StringIO()
        # A row at a time: a call for all of them would keep the window waiting for 0.2 s.
        keep = csv.writer(kept, delimiter=self._form.separator, lineterminator="\n").writerow
        places: list[int] = []
        start = 0
        try:
            for fields in reader:
                if start == len(lines):
                    break
                if reader.line_num > len(lines):  # a quote is open: the rest comes with the next
                    self._carry = "".join(lines[start:]).encode()
                    break
                if dialect.is_blank(fields, lines[start]):
                    pass
                elif len(fields) == self._width:
                    keep(fields)
                    places.append(start)
                else:
                    self._leave_out(self._line + start, len(fields))
                start = reader.line_num
        except csv.Error:
            raise self._open_quote(self._line + start) from None
        if len(self._carry) > dialect.BLOCK_BYTES:
            raise self._open_quote(self._line + start)
        content = kept.getvalue().encode()
        frame = self._parse(content, skips_blank_lines=False) if places else self._no_rows()
        if frame is None or len(frame) != len(places):
            raise RuntimeError(f"{len(places)} rows of {self._path.name} were parsed as others.")
        return frame, np.array(places, dtype=np.intp)

    def _leave_out(self, line: int, width: int) -> None:
        self._ragged_count += 1
        if len(self._ragged) < MAX_LISTED:
            self._ragged.append((line, width))

    def _no_rows(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame({j: [] for j in range(self._width)})

    def _parse(self, text: bytes, *, skips_blank_lines: bool = True) -> pd.DataFrame | None:
        import pandas as pd  # a third of a second that only tables need

        texts = [j for j, cells in enumerate(self._columns) if cells.is_text_so_far]
        try:
            frame = pd.read_csv(
                io.BytesIO(text),
                sep=self._form.separator,
                decimal=self._form.decimal,
                header=None,
                names=list(range(self._width)),
                dtype=dict.fromkeys(texts, "category"),  # the same cells, in half the time
                skipinitialspace=QUOTE in text and BLANK in text,  # a quote may follow a blank
                keep_default_na=False,
                na_values=list(MISSING),
                skip_blank_lines=skips_blank_lines,
                low_memory=False,
                engine="c",
            )
        except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError):
            return None
        # Where the first line is too long, pandas takes its first cells for names of rows.
        return frame if isinstance(frame.index, pd.RangeIndex) else None

    def _open_quote(self, line: int) -> DataError:
        return DataError(
            f'{self._path.name}, line {line:,}: found a quote (") that opens a value and is never '
            "closed; close it or take it away."
        )

    def _table(self) -> Table:
        lines = np.empty(self._rows, dtype=np.int32)
        start = 0
        for part in self._lines:
            here = lines[start : start + len(part)]
            here[:] = np.arange(part.start, part.stop) if isinstance(part, range) else part
            start += len(part)
        columns = []
        for place in range(self._width):
            columns.append(self._columns[place].finish())
            self._columns[place] = Cells("", ".")  # free its chunks before the next is joined
        return Table(
            path=self._path,
            format=self._form,
            columns=tuple(columns),
            lines=lines,
            ragged=tuple(self._ragged),
            ragged_count=self._ragged_count,
        )
