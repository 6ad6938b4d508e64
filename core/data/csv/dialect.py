"""How a text table is written: its encoding, separator, decimal mark and header.

Nothing of this is stated in the file; it is read off its first lines, and a person may correct it.

A line ends with LF, CR LF or CR, as in an editor, and with nothing else: `blocks` makes LF of each,
also within quotes, so that whatever reads on knows one end of a line. Form feeds, vertical tabs,
NEL and U+2028 are characters of their cells.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, NamedTuple

from core.config import Reading
from core.data.csv.spreadsheet import restored
from core.errors import DataError
from core.invisible_characters import visible
from core.name_lookup import kept_apart

BLOCK_BYTES = 3 * 2**20  # read at once, and the longest line
MAX_COLUMNS = 10_000
SAMPLE_RECORDS = 200
SAMPLE_CHARACTERS = 2**18

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16 (big-endian)",
    "cp1252": "Latin-1 (Windows-1252)",
}
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
DECIMALS = {".": "decimal points", ",": "decimal commas"}
MISSING = ("", "NA", "N/A", "#N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "None", "?", "-")
NOTHING_SAID = Reading()
COMMENTS = ("#", "%", "//")
SPLIT = "split"  # a column of an export, and what it says
TRAIN, VALIDATION, TEST = "train", "validation", "test"
END = "\x1e"  # fed after the last line: an open quote would swallow it

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
_CONTROLS = {*range(1, 9), *range(14, 32)}  # bytes that hardly any text has
_NUMBERS = {
    mark: re.compile(
        rf"[+-]?(\d+{m}?\d*|{m}\d+)(e[+-]?\d+)?|[+-]?inf(inity)?", re.ASCII | re.IGNORECASE
    )
    for mark, m in ((".", r"\."), (",", ","))
}
_FRACTIONS = {
    mark: re.compile(rf"[+-]?\d*{m}\d+(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
    for mark, m in ((".", r"\."), (",", ","))
}


@dataclass(frozen=True)
class TableFormat:
    """How a file was understood.

    header_line : line number (from 1) of the names, None where there are none.
    first_line : line number of the first row.
    names : of the columns, all different.
    notes : what else the person should know, in words.
    """

    encoding: str
    separator: str
    decimal: str
    header_line: int | None
    first_line: int
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        header = f"header in line {self.header_line:,}" if self.header_line else "no header"
        return ", ".join(
            (ENCODINGS[self.encoding], SEPARATORS[self.separator], DECIMALS[self.decimal], header)
        )


def parse_number(text: str, decimal: str) -> float | None:
    """Return the number that the text is, or None; 1_000 and full-width digits are none."""
    if not _NUMBERS[decimal].fullmatch(text):
        return None
    return float(text.replace(decimal, "."))


def open_table(path: Path) -> BinaryIO:
    """Open a file for `blocks`; say in words why it cannot be."""
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


class UndecodableError(Exception):
    """Bytes are no text of the encoding; `line` (from 1) has the first of them."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def blocks(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Yield the text as UTF-8, without its byte order mark, with lines that end in a newline.

    Raises UndecodableError where bytes are no text of this encoding; UTF-8 itself is not checked.
    """
    errors = "replace" if encoding == "cp1252" else "strict"  # five of its bytes mean nothing
    decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)(errors)
    is_first, held = True, b""
    lines = 0  # that ended in the blocks so far
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
        if raw and block.endswith(b"\r"):  # the newline that belongs to it may come next
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
    """Return the lines of what `blocks` gave, each with its newline."""
    return list(io.StringIO(text, newline="\n"))


def is_blank(fields: list[str], line: str) -> bool:
    """Whether a record is no row: a line without anything but spaces and tabs between nothing."""
    return len(fields) < 2 and not line.strip(" \t\n")


def find_format(path: Path, reading: Reading = NOTHING_SAID) -> TableFormat:
    """Read off the file's first lines how it is written, except for what `reading` says."""
    with open_table(path) as file:
        head = file.read(BLOCK_BYTES)
    is_whole = len(head) < BLOCK_BYTES
    encoding = reading.encoding or _find_encoding(path, head)
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
    return _understand(path, text, is_whole, replace(reading, encoding=encoding))


def check_text(path: Path, block: bytes, line: int = 1) -> None:
    """Refuse bytes that no text has."""
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


def _is_above(line: str) -> bool:
    """Whether such a line says nothing about the table that comes below it."""
    return not line.strip() or line.lstrip().startswith(COMMENTS)


def _understand(path: Path, text: str, is_whole: bool, reading: Reading) -> TableFormat:
    """Read the format off the text, which is the whole file or its first block."""
    assert reading.encoding is not None
    above = place = 0
    while place < len(text):
        end = text.find("\n", place) + 1 or len(text)
        if not _is_above(text[place:end]):
            break
        above, place = above + 1, end
    lines = lines_of(text[place : place + SAMPLE_CHARACTERS])
    if not is_whole or len(text) > place + SAMPLE_CHARACTERS:
        lines = lines[:-1] or lines_of(text[place:])[:1]
    separator = reading.separator
    if lines and (stated := re.fullmatch(r"sep=(.)\s*", lines[0], re.IGNORECASE)):
        separator = separator or (
            stated[1] if stated[1] in SEPARATORS else None
        )  # Excel's own line
        above, lines = above + 1, lines[1:]
    if not lines:
        raise DataError(f"{path.name} holds comments and blank lines only; a table was expected.")
    candidates = [separator] if separator else list(SEPARATORS)
    samples = [_Sample(lines, above, candidate, reading.decimal) for candidate in candidates]
    best = max(samples, key=lambda sample: sample.score)  # the first of equals
    if best.width > MAX_COLUMNS:
        raise DataError(
            f"{path.name} has {best.width:,} columns; at most {MAX_COLUMNS:,} are read. "
            "Does each row have a line of its own?"
        )
    records, notes = list(best.records), []
    is_table = best.width > 1 and reading.has_header is not False
    while len(records) > 1 and best.width > 1:
        is_title = len(records[0].fields) == 1
        if not (is_title or (is_table and not any(records[0].fields))):  # a title, a note, a gap
            break
        above = records[1].line - 1
        records = records[1:]
    if above:
        notes.append(f"{above:,} line{'s' if above > 1 else ''} above the table skipped")
    first, rest = records[0], [record.fields for record in records[1:] if any(record.fields)]
    has_header = reading.has_header
    if has_header is None:
        has_header = _looks_like_header(first.fields, rest, best.decimal)
    if not has_header:
        names = kept_apart([""] * best.width, "column")
        return TableFormat(
            reading.encoding, best.separator, best.decimal, None, first.line, names, tuple(notes)
        )
    names, more = _name_columns(first.fields, rest, best.width)
    return TableFormat(
        encoding=reading.encoding,
        separator=best.separator,
        decimal=best.decimal,
        header_line=first.line,
        first_line=first.next_line,
        names=names,
        notes=(*notes, *more),
    )


class _Record(NamedTuple):
    """A record, the line that it begins in and the line after it (both from 1)."""

    line: int
    next_line: int
    fields: list[str]


class _Sample:
    """The first records as one separator cuts them, and how well that fits."""

    def __init__(self, lines: list[str], above: int, separator: str, decimal: str | None) -> None:
        self.separator = separator
        self.records: list[_Record] = []
        reader = csv.reader([*lines, END], delimiter=separator, skipinitialspace=True)
        start = 0
        try:
            for fields in reader:
                end = reader.line_num
                if end > len(lines):  # the end of the sample, or a quote that is open there
                    break
                if not is_blank(fields, lines[start]):
                    self.records.append(_Record(above + start + 1, above + end + 1, fields))
                start = end
                if len(self.records) == SAMPLE_RECORDS:
                    break
        except csv.Error:  # an endless field: judged by what came before it
            pass
        if not self.records:  # the reader will say what is wrong with this line
            line = above + start + 1
            fields = lines[min(start, len(lines) - 1)].split(separator)
            self.records = [_Record(line, line, fields)]
        widths = Counter(len(record.fields) for record in self.records)
        self.width = max(widths, key=lambda width: (widths[width], width))
        cells = [
            cell.strip()
            for record in self.records
            if len(record.fields) == self.width and any(record.fields)
            for cell in record.fields[:64]
        ]
        points, commas = (
            sum(bool(_FRACTIONS[mark].fullmatch(cell)) for cell in cells) for mark in ".,"
        )
        self.decimal = decimal or ("," if commas > points else ".")
        known = sum(
            cell in MISSING or bool(_NUMBERS[self.decimal].fullmatch(cell)) for cell in cells
        )
        fit = widths[self.width] / len(self.records) + known / max(len(cells), 1)
        self.score = (self.width > 1, round(fit, 6))


def _looks_like_header(first: list[str], rest: list[list[str]], decimal: str) -> bool:
    """Whether words stand above numbers, or above words that never repeat them."""
    if _ends_an_export([first, *rest]):
        return True
    numbers = [parse_number(cell.strip(), decimal) for cell in first]
    counted = [number for number in numbers if number is not None]
    if len(counted) > 2 and counted in (
        [float(k) for k in range(len(counted))],
        [float(k) for k in range(1, len(counted) + 1)],
    ):
        below = [parse_number(cell.strip(), decimal) for cell in rest[0]] if rest else []
        return [number for number in below if number is not None] != counted
    if counted:
        return False
    words_repeat = False
    for j, name in enumerate(cell.strip() for cell in first):
        cells = [fields[j].strip() for fields in rest if j < len(fields)]
        filled = [cell for cell in cells if cell not in MISSING]
        if name in MISSING or not filled:
            continue
        if 2 * sum(parse_number(cell, decimal) is not None for cell in filled) > len(filled):
            return True
        words_repeat |= name in filled
    return not words_repeat and len(set(first)) == len(first)


def _ends_an_export(records: list[list[str]]) -> bool:
    """Whether the last column is an export's last, whatever the others are called."""
    name, *cells = [record[-1].strip().casefold() for record in records]
    return bool(cells) and name.rstrip("_") == SPLIT and set(cells) <= {TRAIN, VALIDATION, TEST}


def _name_columns(
    header: list[str], rest: list[list[str]], width: int
) -> tuple[tuple[str, ...], list[str]]:
    """Return a name for each column, and what had to be made up for it."""
    notes: list[str] = []
    names = restored(header)
    last = [fields[-1] for fields in rest if len(fields) == width]
    if len(names) == width - 1 and any(cell.strip() for cell in last):
        names = ["row name", *names]  # as R writes a data frame
        notes.append("the header is one name short: the first column holds row names")
    elif len(names) != width:
        notes.append(f"the header names {len(names)} columns, the rows have {width}")
        names = (names + [""] * width)[:width]
    apart = kept_apart(names, "column")
    for place, (name, given) in enumerate(zip(names, apart, strict=True), start=1):
        tidy = visible(" ".join(name.split()))
        if not tidy:
            notes.append(f"column {place} has no name")
        elif tidy != given:
            notes.append(f"a second “{tidy}” is now “{given}”")
    return apart, notes
