"""Open the bytes of a table, from a file or standard input, unpacked if they are gzip or zip.

What is unpacked is bounded: a few kilobytes can unpack to gigabytes of nothing. Whatever states its
size is refused before it is unpacked, the rest as soon as it exceeds what a table can be.
"""

from __future__ import annotations

import gzip
import io
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from core.data.csv.binary import parquet, workbook
from core.errors import DataError
from core.language import tr
from core.note import Note
from core.number_format import format_bytes, format_integer

STDIN = Path("-")  # stands for standard input
MAX_UNPACKED = 2**32  # bytes; the values of a larger table would not be read
MAX_RATIO = 250  # times its size, from which on a large file is no ordinary table
ALWAYS = 2**27  # bytes that are unpacked whatever the ratio
MAX_LAYERS = 3  # gzip within gzip within zip
MAX_DIRECTORY = 2**22  # bytes of a zip archive's list of files
SPOOLED = 2**24  # bytes of standard input that are kept in memory, the rest on disk
COPIED = 2**20
PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
TABLE_ENDINGS = (".csv", ".tsv", ".tab", ".txt", ".data", ".dat", ".arff", ".jsonl", ".libsvm")

GZIP, ZIP, EMPTY_ZIP = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"
MOST_DEFLATED = 1100  # times its size: what can come of gzip's method
_FAULTS = (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, NotImplementedError)


class Source:
    """The unpacked bytes of a table; they can be opened several times.

    path : of the file, or STDIN. name : for messages. is_streamed : whether its values need not
    fit into memory.
    remark : on which part of the file it is, once it has been opened, or None.
    is_plain : whether its text is our own: UTF-8 with commas, decimal points and a line of names.
    """

    def __init__(
        self, path: Path, spool: IO[bytes] | None = None, *, is_streamed: bool = False
    ) -> None:
        self.path, self.is_streamed = path, is_streamed
        self.name = path.name if spool is None else "standard input"
        self._spool = spool
        self.remark: Note | None = None
        self.is_plain = False

    @property
    def shown_path(self) -> Path:
        """The path, or for standard input its name."""
        return self.path if self._spool is None else Path(self.name)

    def open(self) -> Stream:
        """Return the bytes from the beginning; raise DataError where there are none to be had."""
        file, size = self._packed()
        return Stream(self, file, size, is_kept=self._spool is not None)

    @contextmanager
    def open_packed(self) -> Iterator[tuple[IO[bytes], int]]:
        """Give the bytes as they are, and their number; raise DataError as `open` does."""
        file, size = self._packed()
        try:
            yield file, size
        finally:
            if self._spool is None:
                file.close()

    def _packed(self) -> tuple[IO[bytes], int]:
        if self._spool is not None:
            size = self._spool.seek(0, io.SEEK_END)
            self._spool.seek(0)
            return self._spool, size
        path = self.path
        try:
            if path.is_dir():
                raise DataError(
                    tr("{path} is a folder; choose a file with a table in it.", path=path)
                )
            if path.exists() and not path.is_file():
                raise DataError(
                    tr("{path} is no ordinary file; choose a file with a table.", path=path)
                )
            return path.open("rb"), path.stat().st_size
        except FileNotFoundError:
            raise DataError(tr("There is no file {path}; choose another one.", path=path)) from None
        except (OSError, ValueError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise DataError(
                tr(
                    "{path} cannot be read: {reason}. Choose another file.",
                    path=path,
                    reason=reason,
                )
            ) from error


@contextmanager
def source(path: Path, *, is_streamed: bool = False) -> Iterator[Source]:
    """Give the source of a table; standard input is kept until the end, to be read twice."""
    if path != STDIN:
        yield Source(path, is_streamed=is_streamed)
        return
    with tempfile.SpooledTemporaryFile(SPOOLED) as spool:
        _keep_standard_input(spool)
        yield Source(path, spool)


def _keep_standard_input(spool: IO[bytes]) -> None:
    if sys.stdin is None or sys.stdin.isatty():
        raise DataError(
            tr("Nothing comes from standard input; pipe a table there, as in: train - < table.csv.")
        )
    kept = 0
    while part := sys.stdin.buffer.read(COPIED):
        kept += len(part)
        if kept > MAX_UNPACKED:
            raise DataError(
                tr(
                    "Standard input holds more than {max_unpacked}; take a part of it.",
                    max_unpacked=format_bytes(MAX_UNPACKED),
                )
            )
        try:
            spool.write(part)
        except OSError as error:
            raise DataError(
                tr(
                    "Standard input cannot be kept on disk ({strerror}); make room, or name the "
                    "file.",
                    strerror=error.strerror,
                )
            ) from error


class Stream:
    """The unpacked bytes, from the beginning.

    size : of the packed bytes. done : how many of them have been read.
    """

    def __init__(self, source: Source, raw: IO[bytes], size: int, *, is_kept: bool = False) -> None:
        self._source, self._name = source, source.name
        self._raw, self.size = raw, size
        self._is_kept = is_kept  # closing leaves the packed bytes open
        self._files: list[IO[bytes]] = []
        self._parquet: parquet.ParquetText | None = None
        self._total = 0
        self._is_packed = False
        try:
            self._file = self._unpacked(raw)
        except BaseException:
            self.close()
            raise

    @property
    def done(self) -> int:
        if self._parquet is not None:  # it is not read from the beginning to the end
            return round(self._parquet.share * self.size)
        return min(self._raw.tell(), self.size)

    def read(self, count: int) -> bytes:
        """Return the next `count` bytes, fewer only at the end; raise DataError if damaged."""
        parts, missing = [], count
        while missing:
            part = self._some(self._file, missing)
            if not part:
                break
            parts.append(part)
            missing -= len(part)
            self._total += len(part)
            if self._is_packed:
                self._check(self._total, self.done)
        return b"".join(parts)

    def close(self) -> None:
        for file in reversed(self._files):
            file.close()
        if not self._is_kept:
            self._raw.close()

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _some(self, file: IO[bytes], count: int) -> bytes:
        try:
            return file.read(count)
        except _FAULTS as error:
            if isinstance(error, EOFError):
                said = tr(
                    "{name} is packed, as by gzip, and breaks off: it cannot be unpacked. Get the "
                    "file again.",
                    name=self._name,
                )
            else:
                said = tr(
                    "{name} is packed, as by gzip, and is damaged: it cannot be unpacked. Get the "
                    "file again.",
                    name=self._name,
                )
            raise DataError(said) from error
        except OSError as error:
            raise DataError(
                tr(
                    "{name} cannot be read: {value}. Choose another file.",
                    name=self._name,
                    value=error.strerror or error,
                )
            ) from error

    def _unpacked(self, file: IO[bytes]) -> IO[bytes]:
        for _ in range(MAX_LAYERS):
            mark = self._some(file, 4)
            file.seek(0)
            if mark == parquet.MARK:
                return self._of_parquet(file)
            if mark.startswith(GZIP):
                if not self._is_packed:
                    self._check(self._stated_size(file), self.size)
                self._is_packed = True
                file = cast("IO[bytes]", gzip.GzipFile(fileobj=file, mode="rb"))
            elif mark in (ZIP, EMPTY_ZIP) and not self._is_packed:
                self._is_packed = True
                file = self._member(file)
            else:
                return file
            self._files.append(file)
        raise DataError(
            tr(
                "{name} is packed more than {max_layers} times; unpack it first.",
                name=self._name,
                max_layers=MAX_LAYERS,
            )
        )

    def _of_parquet(self, file: IO[bytes]) -> IO[bytes]:
        if self._is_packed:
            raise DataError(
                tr("{name} is a packed Parquet file; unpack it first.", name=self._name)
            )
        self._parquet = parquet.ParquetText(
            self._name, file, is_bounded=not self._source.is_streamed
        )
        self._source.remark, self._source.is_plain = self._parquet.remark, True
        self._files.append(cast("IO[bytes]", self._parquet))
        return cast("IO[bytes]", self._parquet)

    def _stated_size(self, file: IO[bytes]) -> int:
        """Return how large a gzip file says that its last part is, 0 if that cannot be."""
        file.seek(max(self.size - 4, 0))
        stated = int.from_bytes(file.read(4), "little")
        file.seek(0)
        return stated if stated <= MOST_DEFLATED * self.size else 0

    def _member(self, file: IO[bytes]) -> IO[bytes]:
        """Open the one table of a zip archive."""
        check_directory(self._name, file, self.size)
        try:
            archive = zipfile.ZipFile(file)
            self._files.append(archive)  # type: ignore[arg-type]
            if workbook.is_workbook(archive):
                sheet = workbook.read(self._name, file, archive)
                self._source.remark = sheet.remark
                return sheet.text
            info = self._table_of(archive)
            self._check(info.file_size, info.compress_size)
            if info.flag_bits & 1:
                raise DataError(
                    tr("{name} is locked by a password; unpack it first.", name=self._name)
                )
            return archive.open(info)
        except (*_FAULTS, OSError, ValueError, RuntimeError, UnicodeError) as error:
            raise DataError(
                tr(
                    "{name} is damaged: no zip archive and no Excel workbook that can be "
                    "unpacked. Get the file again.",
                    name=self._name,
                )
            ) from error

    def _table_of(self, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
        names = set(archive.namelist())
        if "[Content_Types].xml" in names or "mimetype" in names:
            raise DataError(
                tr(
                    "{name} is a document of an office program; open it and save the table as CSV.",
                    name=self._name,
                )
            )
        files = [
            info
            for info in archive.infolist()
            if not info.is_dir()
            and not info.filename.startswith("__MACOSX/")
            and not Path(info.filename).name.startswith(".")
        ]
        tables = [
            info
            for info in files
            if info.filename.lower().removesuffix(".gz").endswith(TABLE_ENDINGS)
            and not Path(info.filename).stem.lower().startswith(("readme", "license"))
        ]
        found = files if len(files) == 1 else tables
        if len(found) == 1:
            return found[0]
        pictures = [info for info in files if info.filename.lower().endswith(PICTURE_ENDINGS)]
        if not found and len(pictures) > 1:
            raise DataError(
                tr(
                    "{name} holds {count} pictures; unpack it, and open the folder that comes of "
                    "it.",
                    name=self._name,
                    count=format_integer(len(pictures)),
                )
            )
        listed = ", ".join(info.filename for info in (found or files)[:5])
        held = tr("{count} tables", count=len(found)) if found else tr("no table")
        raise DataError(
            tr(
                "{name} holds {tables} ({files}); unpack the one that you want, and open that.",
                name=self._name,
                tables=held,
                files=listed or tr("it is empty"),
            )
        )

    def _check(self, unpacked: int, packed: int) -> None:
        """Raise DataError if so many bytes, unpacked from so few, are hardly a table."""
        if unpacked > MAX_UNPACKED or (
            unpacked > ALWAYS and unpacked > MAX_RATIO * max(packed, COPIED)
        ):
            raise DataError(
                tr(
                    "{name} unpacks to {unpacked} or more, which no ordinary table does; unpack "
                    "it and take a part of it.",
                    name=self._name,
                    unpacked=format_bytes(unpacked),
                )
            )


def check_directory(name: str, file: IO[bytes], size: int) -> None:
    """Raise DataError for a zip archive whose list of files would take much memory."""
    file.seek(max(size - 2**16 - 22, 0))
    end = file.read(2**16 + 22)
    file.seek(0)
    offset = end.rfind(b"PK\5\6")
    if offset >= 0 and int.from_bytes(end[offset + 12 : offset + 16], "little") > MAX_DIRECTORY:
        raise DataError(tr("{name} holds too many files; unpack the table first.", name=name))
