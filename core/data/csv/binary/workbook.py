"""Excel workbooks (.xlsx) as text tables: the first sheet that holds rows, a line for each of them.

A workbook is a zip archive, and a sheet is read as a rectangle: a few bytes can unpack to
gigabytes, and two cells in opposite corners span billions. Both are measured first.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from typing import IO, NamedTuple

from core.errors import DataError
from core.language import mark, tr
from core.note import Note

PART = "xl/workbook.xml"  # what every such archive holds
MAX_UNPACKED = 2**28  # bytes of all parts
MAX_RATIO = 200  # times its size that a large part may unpack to
LARGE = 2**24  # bytes from which on that counts
MAX_CELLS = 2**24  # of a sheet's rectangle: about 1 GiB while it is read
SCANNED = 2**20
SPOOLED = 2**24

_SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')


class Sheet(NamedTuple):
    """A sheet's rows as CSV, and a remark on which of how many it is, None for the only one."""

    text: IO[bytes]
    remark: Note | None


def is_workbook(archive: zipfile.ZipFile) -> bool:
    return PART in archive.namelist()


def read(name: str, file: IO[bytes], archive: zipfile.ZipFile) -> Sheet:
    """Return the first sheet with rows. name : of the file, for messages.

    Raises DataError where there is none, or it is too large.
    """
    _check(name, archive)
    import python_calamine  # 10 ms, only for workbooks

    file.seek(0)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(file)
        shown = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible
            and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        filled = [sheet for title in shown if (sheet := book.get_sheet_by_name(title)).height > 1]
    except (python_calamine.CalamineError, OSError, ValueError, RuntimeError) as error:
        raise DataError(
            tr(
                "{name} is an Excel workbook that cannot be read ({split}); open it and save the "
                "table as CSV.",
                name=name,
                split=" ".join(str(error).split()),
            )
        ) from error
    if not filled:
        raise DataError(
            tr(
                "{name} has no sheet with rows; a table with one row a line was expected.",
                name=name,
            )
        )
    sheet = filled[0]
    remark = (
        Note(
            mark("sheet “{name}”, the first of {count} with rows"),
            {"name": sheet.name, "count": len(filled)},
        )
        if filled[1:]
        else None
    )
    return Sheet(_as_text(sheet.iter_rows()), remark)


def _check(name: str, archive: zipfile.ZipFile) -> None:
    """Raise DataError if the workbook would unpack to too much, or spans too many cells."""
    infos = archive.infolist()
    too_large = DataError(
        tr(
            "{name} is an Excel workbook that is too large to be opened here; save the table as "
            "CSV.",
            name=name,
        )
    )
    for info in infos:
        packed = max(info.compress_size, 1)
        if info.file_size > LARGE and info.file_size > MAX_RATIO * packed:
            raise too_large
    if sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise too_large
    for info in infos:
        if _SHEETS.fullmatch(info.filename):
            rows, columns = _extent(archive, info)
            if rows * columns > MAX_CELLS:
                raise too_large


def _extent(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[int, int]:
    """Return the number of rows and columns up to the last cell that a sheet names."""
    rows, columns = 1, 1
    rest = b""
    with archive.open(info) as part:
        while block := part.read(SCANNED):
            text = rest + block
            for letters, number in _CELL.findall(text):
                rows = max(rows, int(number))
                column = 0
                for letter in letters:
                    column = 26 * column + letter - 64
                columns = max(columns, column)
            rest = text[-200:]
    return rows, columns


def _as_text(rows: Iterable[Sequence[object]]) -> IO[bytes]:
    """Return the rows as CSV, each on the line that has its number in the sheet."""
    spool = tempfile.SpooledTemporaryFile(SPOOLED)  # noqa: SIM115 - it is closed with the stream
    text = io.TextIOWrapper(spool, "utf-8", errors="replace", newline="")
    write = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC).writerow
    for row in rows:
        if any(cell != "" for cell in row):
            write([_cell(cell) for cell in row])
        else:
            text.write("\n")
    text.flush()
    text.detach()
    spool.seek(0)
    return spool


def _cell(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return " ".join(str(value).split("\n")).replace("\r", " ").replace("\0", " ")
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
    return int(value) if is_whole else value
