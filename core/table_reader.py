"""Read a text table: pandas parses what is regular, Python's csv names what is not.

The file goes by in blocks of 3 MiB, which pandas turns into columns on a few threads without
holding the interpreter, as it does by itself with a whole file. A block is regular if it has as
many separators and newlines as its rows need; to count them takes NumPy 4 ms in 40 MB. Any other
block is taken apart record by record, so that every ragged line is known by its number.

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

from core import dialect
from core.cells import Cells
from core.config import Reading
from core.dialect import MISSING, NOTHING_SAID, TableFormat
from core.errors import Cancelled, DataError
from core.table import Table

if TYPE_CHECKING:
    import pandas as pd

MAX_CELLS = 2**28  # 2 GiB of numbers
MAX_LISTED = 1000
MAX_WORKERS = 4
NEWLINE, QUOTE, BLANK = b'\n" '

_QUOTED = re.compile(rb'"[^"\n]*"')
_END = "\x1e"  # after a chunk's last line: an open quote would swallow it

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
    except _NotUtf8Error as error:
        if reading.encoding is not None:
            raise dialect.wrong_encoding(path, form.encoding, error.line) from None
    latin = replace(reading, encoding="cp1252")  # each byte means something in it
    return _Reader(path, dialect.find_format(path, latin)).read(progress, is_cancelled)


class _NotUtf8Error(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Reader:
    """One pass over a file."""

    def __init__(self, path: Path, form: TableFormat) -> None:
        self._path, self._form = path, form
        self._width = len(form.names)
        self._separator = ord(form.separator)
        self._columns = [Cells(name, form.decimal) for name in form.names]
        self._lines: list[NDArray[np.int32]] = []
        self._rows = 0
        self._ragged: list[tuple[int, int]] = []
        self._ragged_count = 0
        self._carry = b""
        self._line = form.first_line  # of what is taken next

    def read(self, progress: Progress | None, is_cancelled: Callable[[], bool]) -> Table:
        import_module("pandas")  # here, so that the threads need not wait for each other
        workers = min(MAX_WORKERS, os.cpu_count() or 1)
        parsing: deque[tuple[bytes, Future[pd.DataFrame | None], int]] = deque()
        with dialect.open_table(self._path) as file, ThreadPoolExecutor(workers) as pool:
            size = self._path.stat().st_size
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
        try:
            for block in blocks:
                cut = block.rfind(b"\n") + 1
                if not cut and len(rest) + len(block) >= dialect.BLOCK_BYTES:
                    raise dialect.long_line(self._path, self._line)
                lines = (
                    b"".join((rest, memoryview(block)[:cut])) if cut else b""
                )  # one copy, not two
                rest = block[cut:] if cut else rest + block
                while to_skip and lines:
                    lines = lines[lines.find(b"\n") + 1 :]
                    to_skip -= 1
                if lines:
                    yield lines
        except UnicodeDecodeError:
            raise dialect.wrong_encoding(self._path, self._form.encoding, self._line) from None
        if rest and not to_skip:
            yield rest + b"\n"

    def _take(self, chunk: bytes, parsed: Future[pd.DataFrame | None], done: int) -> int:
        """Add the rows of a chunk; hand `done` back."""
        dialect.check_text(self._path, chunk, self._line)
        if not chunk.isascii():
            try:
                chunk.decode()
            except UnicodeDecodeError as error:
                raise _NotUtf8Error(self._line + chunk.count(b"\n", 0, error.start)) from None
        frame = parsed.result()
        if frame is None or self._carry:
            chunk = self._carry + chunk
            self._carry = b""
            frame, lines = self._irregular(chunk)
            self._line += chunk.count(b"\n") - self._carry.count(b"\n")
        else:
            lines = np.arange(self._line, self._line + len(frame), dtype=np.int32)
            self._line += len(frame)
        self._rows += len(frame)
        if self._rows * self._width > MAX_CELLS:
            raise DataError(
                f"{self._path.name} holds more than {MAX_CELLS:,} values, which need "
                f"{MAX_CELLS * 8 / 2**30:g} GiB; take a part of it."
            )
        self._lines.append(lines)
        for j, cells in enumerate(self._columns):
            cells.take(frame[j])
        return done

    def _regular(self, chunk: bytes) -> pd.DataFrame | None:
        """Parse a chunk in which each line is a row of the right width; None for any other."""
        data = np.frombuffer(chunk, dtype=np.uint8)
        rows = int(np.count_nonzero(data == NEWLINE))
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

    def _irregular(self, chunk: bytes) -> tuple[pd.DataFrame, NDArray[np.int32]]:
        """Take the chunk apart record by record; leave out the ragged ones and count them."""
        lines = list(io.StringIO(chunk.decode(), newline=""))
        reader = csv.reader([*lines, _END], delimiter=self._form.separator, skipinitialspace=True)
        kept = io.StringIO()
        # A row at a time: a call for all of them would keep the window waiting for 0.2 s.
        keep = csv.writer(kept, delimiter=self._form.separator, lineterminator="\n").writerow
        starts: list[int] = []
        start = 0
        try:
            for fields in reader:
                if start == len(lines):
                    break
                if reader.line_num > len(lines):  # a quote is open: the rest comes with the next
                    self._carry = "".join(lines[start:]).encode()
                    break
                if len(fields) == self._width and (self._width > 1 or fields[0].strip()):
                    keep(fields)
                    starts.append(self._line + start)
                elif any(fields):
                    self._leave_out(self._line + start, len(fields))
                start = reader.line_num
        except csv.Error:
            raise self._open_quote(self._line + start) from None
        if len(self._carry) > dialect.BLOCK_BYTES:
            raise self._open_quote(self._line + start)
        content = kept.getvalue().encode()
        frame = self._parse(content, skips_blank_lines=False) if starts else self._no_rows()
        assert frame is not None and len(frame) == len(starts)
        return frame, np.array(starts, dtype=np.int32)

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
            return pd.read_csv(
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

    def _open_quote(self, line: int) -> DataError:
        return DataError(
            f'{self._path.name}, line {line:,}: found a quote (") that opens a value and is never '
            "closed; close it or take it away."
        )

    def _table(self) -> Table:
        lines = np.concatenate(self._lines) if self._lines else np.empty(0, dtype=np.int32)
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
