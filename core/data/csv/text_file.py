"""Read a file as blocks of text with uniform line ends, and explain why it may not be text.

A line ends with LF, CR LF or CR, as in an editor, and with nothing else: `blocks` turns each into
LF, also within quotes, so that later stages see only one kind of line end. Form feeds, vertical
tabs, NEL and U+2028 are ordinary characters of their cells.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from core.errors import DataError

BLOCK_BYTES = 3 * 2**20  # read at once; also the limit for a line

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16 (big-endian)",
    "cp1252": "Latin-1 (Windows-1252)",
}

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FOREIGN = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive; open it and save the table as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook; open it and save the table as CSV"),
    (b"\x1f\x8b", "packed with gzip; unpack it first"),
    (b"%PDF", "a PDF; export the table as CSV"),
    (b"\x89PNG", "a picture; a table of text was expected"),
    (b"\xff\xd8\xff", "a picture; a table of text was expected"),
    (b"PAR1", "a Parquet file; save the table as CSV"),
    (b"\x00\x00\x08", "an IDX file; choose its folder under MNIST instead"),
)
_CONTROLS = {*range(1, 9), *range(14, 32)}  # bytes that hardly occur in text


class Head(NamedTuple):
    """The beginning of a file as text; the whole file if `is_whole`."""

    text: str
    encoding: str
    is_whole: bool


def open_table(path: Path) -> BinaryIO:
    """Open a file for `blocks`; raise DataError if that fails."""
    try:
        if path.is_dir():
            raise DataError(f"{path} is a folder; choose a CSV file in it.")
        if path.exists() and not path.is_file():
            raise DataError(f"{path} is no ordinary file; choose a CSV file.")
        return path.open("rb")
    except FileNotFoundError:
        raise DataError(f"There is no file {path}; choose another one.") from None
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(f"{path} cannot be read: {reason}. Choose another file.") from error


def read_head(path: Path, encoding: str | None = None) -> Head:
    """Read the first block; detect the encoding if none is given.

    Raises DataError where the file is not text.
    """
    with open_table(path) as file:
        head = file.read(BLOCK_BYTES)
    is_whole = len(head) < BLOCK_BYTES
    encoding = encoding or _find_encoding(path, head)
    try:
        block = next(blocks(io.BytesIO(head), encoding), b"")
    except UndecodableError as error:
        raise wrong_encoding(path, encoding, error.line) from None
    try:
        text = block.decode(errors="strict" if is_whole else "ignore")
    except UnicodeDecodeError as error:
        line = block.count(b"\n", 0, error.start) + 1
        raise wrong_encoding(path, encoding, line) from None
    if not text.strip():
        found = "is empty" if is_whole else f"begins with {BLOCK_BYTES // 2**20} MiB of blanks"
        raise DataError(f"{path.name} {found}; a table with one row a line was expected.")
    check_text(path, block)
    if not is_whole and "\n" not in text:
        raise long_line(path, 1)
    return Head(text, encoding, is_whole)


class UndecodableError(Exception):
    """Bytes that are invalid in the encoding; the first are in line `line` (from 1)."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def blocks(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Yield the text as UTF-8, without its byte order mark, with lines that end in a newline.

    Raises UndecodableError for bytes that are invalid in this encoding; UTF-8 is not checked.
    """
    errors = "replace" if encoding == "cp1252" else "strict"  # five of its bytes are undefined
    decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)(errors)
    is_first, held = True, b""
    lines = 0  # completed in the blocks so far
    while True:
        raw = file.read(BLOCK_BYTES)
        try:
            block = raw if decoder is None else decoder.decode(raw, final=not raw).encode()
        except UnicodeDecodeError as error:
            known = error.object[: error.start].decode(encoding, "replace").encode()
            raise UndecodableError(lines + _with_newlines(held + known).count(b"\n") + 1) from None
        if is_first:
            is_first = False
            block = block.removeprefix(codecs.BOM_UTF8)
        block = held + block if held else block
        held = b""
        if raw and block.endswith(b"\r"):  # its newline may be in the next block
            block, held = block[:-1], b"\r"
        block = _with_newlines(block)
        if decoder is not None:
            lines += block.count(b"\n")
        if block:
            yield block
        if not raw:
            return


def _with_newlines(text: bytes) -> bytes:
    if b"\r" not in text:
        return text
    decoder = io.IncrementalNewlineDecoder(None, translate=True)  # twice as fast as two replaces
    return decoder.decode(text.decode("latin-1"), final=True).encode("latin-1")


def lines_of(text: str) -> list[str]:
    """Return the lines of text from `blocks`, each with its newline."""
    return list(io.StringIO(text, newline="\n"))


def check_text(path: Path, block: bytes, line: int = 1) -> None:
    """Raise DataError for a zero byte; `line` is the number of the block's first line."""
    place = block.find(b"\0")
    if place >= 0:
        line += block.count(b"\n", 0, place)
        raise DataError(
            f"{path.name}, line {line:,}: found a zero byte, which no text has. The file is "
            "damaged or no table; save it again as CSV (UTF-8)."
        )


def wrong_encoding(path: Path, encoding: str, line: int) -> DataError:
    return DataError(
        f"{path.name}, line {line:,}: found bytes that are not {ENCODINGS[encoding]}; choose "
        "another encoding, or save the file again as UTF-8."
    )


def long_line(path: Path, line: int) -> DataError:
    return DataError(
        f"{path.name}, line {line:,} is longer than {BLOCK_BYTES // 2**20} MiB; a table with one "
        "row a line was expected. Is it a text file?"
    )


def _find_encoding(path: Path, head: bytes) -> str:
    if not head:
        raise DataError(f"{path.name} is empty (0 bytes); choose another file.")
    for mark, what in _FOREIGN:
        if head.startswith(mark):
            raise DataError(f"{path.name} is {what}.")
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    pairs = head[:4096]
    zeros = [pairs[start::2].count(0) for start in (0, 1)]
    for few, many, encoding in ((0, 1, "utf-16-le"), (1, 0, "utf-16-be")):
        if zeros[many] > len(pairs) // 5 and zeros[few] <= zeros[many] // 10:
            return encoding
    if b"\0" in pairs and _CONTROLS & set(pairs):
        raise DataError(
            f"{path.name} is no text (it holds zero bytes); a CSV file was expected. "
            "Export the table as CSV."
        )
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
