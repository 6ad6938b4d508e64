"""Weka's format (ARFF): lines that name the attributes, then rows as in a text table."""

from __future__ import annotations

import re
from typing import NamedTuple

from core.data.csv.text_file import lines_of
from core.errors import DataError
from core.language import tr
from core.number_format import format_integer

NAME = "ARFF"
MAX_LISTED = 40  # characters of a line that a message quotes

_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_ATTRIBUTE = re.compile(
    rf"@attribute\s+(?P<name>{_QUOTED}|[^\s{{]+)\s*(?P<kind>\{{.*\}}|{_QUOTED}|\S.*)?\s*",
    re.IGNORECASE,
)
_SPARSE = re.compile(rf"\s*(\d+)\s+({_QUOTED}\s*|[^,]*)(?:,|$)")
_ESCAPED = re.compile(r"\\(.)")
_ENTRY = re.compile(rf"{_QUOTED}|[^,]+")


class Header(NamedTuple):
    """What the lines above the data say.

    names : of the attributes. defaults : what a sparse row means where it says nothing: 0, or the
    first value of a list. first_line : of the data, counted from 1.
    """

    names: tuple[str, ...]
    defaults: tuple[str, ...]
    first_line: int


def is_arff(text: str) -> bool:
    """Return whether this is the beginning of such a file."""
    for line in lines_of(text[: 2**16]):
        line = line.strip()
        if line and not line.startswith("%"):
            return line.casefold().startswith(("@relation", "@attribute"))
    return False


def read_header(name: str, text: str) -> Header:
    """Read the lines above the data. name : of the file, for messages.

    Raises DataError where they are not as expected.
    """
    names: list[str] = []
    defaults: list[str] = []
    for number, line in enumerate(lines_of(text), start=1):
        line = line.strip()
        word = line.split(None, 1)[0].casefold() if line else ""
        if word == "@data":
            if not names:
                raise DataError(
                    tr("{name} names no attributes above its data; they were expected.", name=name)
                )
            return Header(tuple(names), tuple(defaults), number + 1)
        if not word or word.startswith("%") or word == "@relation":
            continue
        found = _ATTRIBUTE.fullmatch(line)
        kind = (found["kind"] or "") if found else ""
        if found is None or not kind:
            shown = line if len(line) <= MAX_LISTED else f"{line[:MAX_LISTED]}…"
            raise DataError(
                tr(
                    "{name}, line {number}: found “{shown}”; “@attribute name kind” or “@data” "
                    "was expected.",
                    name=name,
                    number=format_integer(number),
                    shown=shown,
                )
            )
        if kind.casefold().startswith("relational"):
            raise DataError(
                tr(
                    "{name}, line {number}: an attribute that holds tables is not read; export "
                    "the rows as CSV.",
                    name=name,
                    number=format_integer(number),
                )
            )
        names.append(_bare(found["name"]))
        first = _ENTRY.search(kind[1:-1].strip()) if kind.startswith("{") else None
        is_number = kind.casefold().startswith(("numeric", "real", "integer"))
        defaults.append("0" if is_number else _bare(first[0].strip()) if first else "")
    raise DataError(
        tr(
            "{name} has no line “@data” within its first part; rows were expected below it.",
            name=name,
        )
    )


class Rewriter:
    """Makes rows of an ordinary table of a file's rows: no comments, no sparse rows."""

    def __init__(self, defaults: tuple[str, ...]) -> None:
        self._defaults = [_cell(word) for word in defaults]

    def __call__(self, lines: bytes) -> bytes:
        if b"%" not in lines and b"{" not in lines and b"\\" not in lines:
            return lines
        return b"\n".join(map(self._row, lines.split(b"\n")))

    def _row(self, line: bytes) -> bytes:
        bare = line.strip()
        if bare.startswith(b"%"):
            return b""
        if bare.startswith(b"{") and b"}" in bare:
            return self._dense(bare).encode(errors="surrogateescape")
        return line

    def _dense(self, line: bytes) -> str:
        """Return a sparse row, as in {1 5.3, 4 yes}, with all its cells."""
        cells = list(self._defaults)
        inside = line[1 : line.rindex(b"}")].decode(errors="surrogateescape").strip()
        position = 0
        while position < len(inside):
            found = _SPARSE.match(inside, position)
            if found is None or len(found[1]) > 9 or int(found[1]) >= len(cells):
                return inside.replace(",", " ")  # one cell: left out as too short
            cells[int(found[1])] = _cell(_bare(found[2].strip()))
            position = found.end()
        return ",".join(cells)


def _bare(word: str) -> str:
    """Return a word without its quotes."""
    if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"":
        word = _ESCAPED.sub(r"\1", word[1:-1])
    return word


def _cell(word: str) -> str:
    """Return a word as a cell of a text table."""
    return '"' + word.replace('"', '""') + '"' if set(word) & set(", \t\"'") else word
