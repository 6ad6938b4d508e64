"""Parquet files as text tables, batch by batch: rows as CSV lines below the names of the columns.

pyarrow reads them; it is installed on request, for it is large. A column of lists or of bytes is
left out, and so is pandas' own column of row names.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

from core import memory
from core.errors import DataError
from core.language import mark, tr
from core.note import Note
from core.number_format import format_integer

if TYPE_CHECKING:
    import pyarrow

MARK = b"PAR1"
EXTRA = "logitlab[parquet]"
MAX_CELLS = 2**28
CELLS_AT_ONCE = 2**19
MOST_ROWS = 2**16  # of a batch
BUFFERED = 2**20  # bytes of each column that are read at once

_ROW_NAMES = re.compile(r"__index_level_\d+__")


class ParquetText(io.RawIOBase):
    """The rows of a Parquet file as CSV.

    share : of the rows that are read. remark : on the columns that are left out, or None.
    """

    def __init__(self, name: str, file: IO[bytes], *, is_bounded: bool = True) -> None:
        """Read what the file states; raise DataError where it cannot be read.

        name : for messages. is_bounded : whether its values have to fit into memory.
        """
        super().__init__()
        self._name = name
        self.share = 0.0
        self.remark: Note | None = None
        try:
            import pyarrow.csv
            import pyarrow.parquet
        except ImportError:
            raise DataError(
                tr(
                    "{name} is a Parquet file; to open it, install pyarrow (pip install pyarrow, "
                    "or {extra}), or save the table as CSV.",
                    name=name,
                    extra=EXTRA,
                )
            ) from None
        self._faults = (pyarrow.ArrowException, OSError, ValueError)
        try:
            self._file = pyarrow.parquet.ParquetFile(file, buffer_size=BUFFERED)
            schema, self._rows = self._file.schema_arrow, self._file.metadata.num_rows
            groups = (self._file.metadata.row_group(k) for k in range(self._file.num_row_groups))
            largest = max((group.total_byte_size for group in groups), default=0)
        except self._faults as error:
            raise self._damaged(error) from error
        self._columns = [field.name for field in schema if _is_of_cells(field)]
        if dropped := [f.name for f in schema if not (_is_of_cells(f) or _is_row_name(f))]:
            names = ", ".join(f"“{name}”" for name in dropped)
            text = mark("columns of lists or bytes left out: {names}")
            self.remark = Note(text, {"names": names})
        if len(set(self._columns)) < len(self._columns) or not self._columns:
            raise DataError(
                tr(
                    "{name} has no columns of numbers or words, or two with one name; save the "
                    "table again.",
                    name=name,
                )
            )
        if is_bounded and self._rows * len(self._columns) > MAX_CELLS:
            raise DataError(
                tr(
                    "{name} holds {rows} rows of {count} columns, more than {max_cells} values; "
                    "take a part of it.",
                    name=name,
                    rows=format_integer(self._rows),
                    count=format_integer(len(self._columns)),
                    max_cells=format_integer(MAX_CELLS),
                )
            )
        memory.check(
            2 * largest, tr("A part of {name}", name=name), tr("Save it with smaller row groups.")
        )
        self._parts = self._texts()
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer; a part of it only at the end of a batch."""
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = memoryview(part)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def _texts(self) -> Iterator[bytes]:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(
            [" ".join(name.split()) for name in self._columns]
        )
        yield line.getvalue().encode("utf-8", "replace")
        size = max(min(CELLS_AT_ONCE // len(self._columns), MOST_ROWS), 1)
        done = 0
        try:
            for batch in self._file.iter_batches(size, columns=self._columns, use_threads=False):
                done += batch.num_rows
                self.share = done / max(self._rows, 1)
                yield _as_csv(batch)
        except self._faults as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> DataError:
        said = " ".join(str(error).split())[:200]
        return DataError(
            tr(
                "{name} is a Parquet file that cannot be read ({said}). Get the file again.",
                name=self._name,
                said=said,
            )
        )


def _is_row_name(field: pyarrow.Field) -> bool:
    return _ROW_NAMES.fullmatch(field.name) is not None


def _is_of_cells(field: pyarrow.Field) -> bool:
    """Return whether a column holds one number or word a row."""
    from pyarrow import types

    kind = field.type.value_type if types.is_dictionary(field.type) else field.type
    is_whole = types.is_nested(kind) or types.is_binary(kind) or types.is_large_binary(kind)
    is_whole = is_whole or types.is_fixed_size_binary(kind) or types.is_interval(kind)
    return not (is_whole or _is_row_name(field))


def _as_csv(batch: pyarrow.RecordBatch) -> bytes:
    """Return the rows of a batch as lines."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    columns = [_plain(column) for column in batch.columns]
    table = pa.Table.from_arrays(columns, names=[str(j) for j in range(len(columns))])
    sink = pa.BufferOutputStream()
    arrow_csv.write_csv(table, sink, arrow_csv.WriteOptions(include_header=False))
    return bytes(sink.getvalue())


def _plain(column: pyarrow.Array) -> pyarrow.Array:
    """Return a column in a type that is written as a number or as words on one line."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_float16(kind):
        return column.cast(pa.float32())
    if pa.types.is_duration(kind):
        return column.cast(pa.int64())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        column = column.cast(pa.large_string())
        if pc.any(pc.match_substring_regex(column, BREAKS)).as_py():
            return pc.replace_substring_regex(column, BREAKS, " ")
    return column


BREAKS = r"[\r\n\x00]+"
