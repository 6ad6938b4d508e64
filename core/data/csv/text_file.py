"""Read a file as blocks of text with uniform line ends.

A line ends with LF, CR LF or CR, as in an editor, and with nothing else: `blocks` turns each into
LF, also within quotes, so that later stages see only one kind of line end. Form feeds, vertical
tabs, NEL and U+2028 are ordinary characters of their cells.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np

from core.data.csv import encodings, foreign
from core.data.csv.encodings import ENCODINGS
from core.data.csv.packed import Source
from core.errors import DataError
from core.language import tr
from core.number_format import format_integer, format_plain

CACHED = 2**16  # bytes that stay in the processor cache while they are compared
BLOCK_BYTES = 2 * 2**20  # read at once
MAX_LINE = 2**25  # bytes of a line, which may hold a text; also of a cell


class Head(NamedTuple):
    """The beginning of a file as text; the whole file if `is_whole`.

    unusual : some of its words that are not ASCII, as bytes.
    """

    text: str
    encoding: str
    is_whole: bool
    unusual: bytes


def read_head(source: Source, encoding: str | None = None) -> Head:
    """Read the first block; detect the encoding if none is given.

    Raises DataError where the file is not text.
    """
    name = source.name
    with source.open() as file:
        head = file.read(BLOCK_BYTES)
    is_whole = len(head) < BLOCK_BYTES
    if not head:
        raise DataError(tr("{name} is empty (0 bytes); choose another file.", name=name))
    foreign.check_bytes(name, head)
    block, encoding = _first_block(name, head, encoding)
    try:
        text = block.decode(errors="strict" if is_whole else "ignore")
    except UnicodeDecodeError as error:
        line = block.count(b"\n", 0, error.start) + 1
        raise wrong_encoding(name, encoding, line) from None
    if not text.strip():
        if is_whole:
            said = tr("{name} is empty; a table with one row a line was expected.", name=name)
        else:
            said = tr(
                "{name} begins with {size} MiB of blanks; a table with one row a line was "
                "expected.",
                name=name,
                size=BLOCK_BYTES // 2**20,
            )
        raise DataError(said)
    check_text(name, block)
    if not is_whole and "\n" not in text:
        raise long_line(name, 1, BLOCK_BYTES)
    return Head(text, encoding, is_whole, encodings.sample(head))


def _first_block(name: str, head: bytes, encoding: str | None) -> tuple[bytes, str]:
    """Return the first block as UTF-8, and the encoding that it was in."""
    found = encoding or encodings.find(name, head)
    try:
        return next(blocks(io.BytesIO(head), found), b""), found
    except UndecodableError as error:
        if encoding or found not in encodings.GUESSED:
            raise wrong_encoding(name, found, error.line) from None
    found = encodings.FALLBACK
    return next(blocks(io.BytesIO(head), found), b""), found


class UndecodableError(Exception):
    """Bytes that are invalid in the encoding; the first are in line `line` (from 1)."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class Bytes(Protocol):
    """What blocks of bytes can be read from."""

    def read(self, count: int, /) -> bytes: ...


def blocks(file: Bytes, encoding: str) -> Iterator[bytes]:
    """Yield the text as UTF-8, without its byte order mark, with lines that end in a newline.

    Raises UndecodableError for bytes that are invalid in this encoding; UTF-8 is not checked.
    """
    errors = "replace" if encodings.is_code_page(encoding) else "strict"  # it leaves gaps
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


def check_text(name: str, block: bytes, line: int = 1) -> None:
    """Raise DataError for a zero byte; `line` is the number of the block's first line."""
    offset = block.find(b"\0")
    if offset >= 0:
        line += block.count(b"\n", 0, offset)
        raise DataError(
            tr(
                "{name}, line {line}: found a zero byte, which no text has. The file is damaged "
                "or no table; save it again as CSV (UTF-8).",
                name=name,
                line=format_integer(line),
            )
        )


def wrong_encoding(name: str, encoding: str, line: int) -> DataError:
    return DataError(
        tr(
            "{name}, line {line}: found bytes that are not {encodings}; choose another encoding, "
            "or save the file again as UTF-8.",
            name=name,
            line=format_integer(line),
            encodings=tr(ENCODINGS[encoding]),
        )
    )


def long_line(name: str, line: int, most: int) -> DataError:
    return DataError(
        tr(
            "{name}, line {line} is longer than {value} MiB; a table with one row a line was "
            "expected. Is it a text file?",
            name=name,
            line=format_integer(line),
            value=most // 2**20,
        )
    )


def open_quote(name: str, line: int) -> DataError:
    return DataError(
        tr(
            '{name}, line {line}: found a quote (") that opens a value and is never closed; '
            "close it or take it away.",
            name=name,
            line=format_integer(line),
        )
    )


def too_many_values(name: str, most: int) -> DataError:
    return DataError(
        tr(
            "{name} holds more than {most} values, which need {size} GiB; take a part of it.",
            name=name,
            most=format_integer(most),
            size=format_plain(most * 8 / 2**30, 6),
        )
    )


def count_byte(text: bytes, byte: int) -> int:
    """Return how often a byte occurs; ten times as fast as `bytes.count` for many of them."""
    data = np.frombuffer(text, dtype=np.uint8)
    parts = (data[k : k + CACHED] for k in range(0, len(data), CACHED))
    return sum(int(np.count_nonzero(part == byte)) for part in parts)
