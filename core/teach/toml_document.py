"""TOML with the line of each of its keys, bounded in size and depth before it is parsed.

`tomllib` tells the line of a fault in the syntax only, so the text is scanned for its keys first.
The scan also bounds what takes `tomllib` long or deep: nested values, keys of many parts, numbers
of many digits.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any, NamedTuple

from core.errors import DataError
from core.language import mark, tr

Path = tuple[str | int, ...]  # keys, and indices of arrays

LESSON = mark("lesson")
MOST_BYTES = 2**18
MOST_DEPTH = 8  # of values within values, and of the parts of a key
MOST_DIGITS = 60  # characters of a number, a date or a switch

BLANK = re.compile(r"[ \t]*")
BLANK_LINES = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"' + r"|'[^'\n]*'")
# The last quotes may be up to five: two of them belong to the text.
LONG_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})' + r"|'''.*?'''(?:'{0,2})", re.DOTALL)
PLAIN = re.compile(r"[^\s,\]}#][^,\]}#\n]*")
PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class Fault(NamedTuple):
    """What is wrong with a text, as a sentence, and in which line (from 1)."""

    line: int
    sentence: str


class FaultyTextError(DataError):
    """A text with faults, in the order of their lines; the message is that of the first."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        first = self.faults[0]
        super().__init__(tr("Line {line}: {sentence}", line=first.line, sentence=first.sentence))


@dataclass(frozen=True)
class Document:
    """The tables of a TOML text, and the line of each key. what : the text describes."""

    values: dict[str, Any]
    lines: dict[Path, int]
    text: str = ""
    what: str = LESSON

    def line(self, path: Path) -> int:
        """Return the line of the key, or of the table that it is missing from."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def line_of(self, path: Path, words: str) -> int:
        """Return the first line from the key's on that holds these words, else the key's."""
        first = self.line(path)
        for number, line in enumerate(self.text.split("\n")[first - 1 :], first):
            if words in line:
                return number
        return first


def parse(data: bytes, what: str = LESSON) -> Document:
    """Return what the bytes hold; raise FaultyTextError if they are no TOML, or too many."""
    if len(data) > MOST_BYTES:
        raise _fault(
            1,
            tr(
                "The file has more than {value} KiB; a {what} is shorter.",
                value=MOST_BYTES // 1024,
                what=tr(what),
            ),
        )
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _fault(
            line, tr("This is no text in UTF-8; save the file in that encoding.")
        ) from error
    scan = _Scan(text)
    try:
        scan.run()
    except _Unreadable:  # only up to here is the text known to be harmless
        _parsed(text[: _end_of_line(text, scan.at)])
        raise _fault(scan.line, tr("This line cannot be read as TOML.")) from None
    return Document(_parsed(text), scan.lines, text, what)


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:
        told = str(error)
        place = PLACE.search(told)
        line = int(place[1]) if place and place[1] else text.rstrip("\n").count("\n") + 1
        words = PLACE.sub("", told).rstrip(".")
        raise _fault(
            line, tr("This is no TOML: {words}{words2}.", words=words[:1].lower(), words2=words[1:])
        ) from error


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _fault(line: int, sentence: str) -> FaultyTextError:
    return FaultyTextError((Fault(line, sentence),))


class _Unreadable(Exception):  # noqa: N818 - tomllib says what the error is
    """The text is not TOML from here on."""


class _Scan:
    """Finds the keys of a TOML text and their lines.

    at, line : how far it has come. Raises FaultyTextError for what is too deep or too long.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.at, self.line = 0, 1
        self.lines: dict[Path, int] = {}
        self._sizes: dict[Path, int] = {}  # of arrays of tables

    def run(self) -> None:
        table: Path = ()
        while not self._is_over():
            line = self.line
            if self._take("[["):
                *above, last = self._keys()
                path = (*self._place(above), last)
                index = self._sizes.get(path, 0)
                self._sizes[path] = index + 1
                table = (*path, index)
                self.lines.setdefault(path, line)
                self._need("]]")
            elif self._take("["):
                table = self._place(self._keys())
                self._need("]")
            else:
                self._pair(table, 0)
                line = 0
            if line:
                self.lines[table] = line
            self._end_line()

    def _is_over(self) -> bool:
        self._skip(BLANK_LINES)
        return self.at == len(self._text)

    def _end_line(self) -> None:
        before = self.line
        if not self._is_over() and self.line == before:
            raise _Unreadable

    def _place(self, keys: list[str]) -> Path:
        """Return the path of the table that a header names: in the last of an array of tables."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self._sizes:
                path = (*path, self._sizes[path] - 1)
        return path

    def _pair(self, table: Path, depth: int) -> None:
        line = self.line
        path = table
        for key in self._keys():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self._need("=")
        self._value(path, depth)

    def _keys(self) -> list[str]:
        keys = [self._key()]
        while self._take("."):
            keys.append(self._key())
            if len(keys) > MOST_DEPTH:
                raise _fault(
                    self.line,
                    tr("This key has more than {most_depth} parts.", most_depth=MOST_DEPTH),
                )
        return keys

    def _key(self) -> str:
        self._skip(BLANK)
        bare = self._match(BARE_KEY)
        if bare:
            return bare
        quoted = self._match(STRING)
        try:
            return str(tomllib.loads(f"key = {quoted}")["key"])
        except ValueError:
            raise _Unreadable from None

    def _value(self, path: Path, depth: int) -> None:
        if depth > MOST_DEPTH:
            raise _fault(
                self.line,
                tr("This value lies more than {most_depth} levels deep.", most_depth=MOST_DEPTH),
            )
        self._skip(BLANK)
        self.lines.setdefault(path, self.line)
        if self._text.startswith(('"""', "'''"), self.at):
            self._require(LONG_STRING)
        elif self._text.startswith(('"', "'"), self.at):
            self._require(STRING)
        elif self._take("["):
            self._members(path, depth + 1)
        elif self._take("{"):
            self._pairs(path, depth + 1)
        elif len(self._require(PLAIN)) > MOST_DIGITS:
            raise _fault(
                self.line,
                tr("This value has more than {most_digits} characters.", most_digits=MOST_DIGITS),
            )

    def _members(self, path: Path, depth: int) -> None:
        """Scan an array, behind its opening bracket."""
        index = 0
        while True:
            self._skip(BLANK_LINES)
            if self._take("]"):
                return
            self._value((*path, index), depth)
            index += 1
            self._skip(BLANK_LINES)
            if not self._take(","):
                self._need("]")
                return

    def _pairs(self, path: Path, depth: int) -> None:
        """Scan an inline table, behind its opening bracket."""
        if self._take("}"):
            return
        while True:
            self._pair(path, depth)
            if not self._take(","):
                self._need("}")
                return

    # Letters --------------------------------------------------------------------------------------

    def _take(self, mark: str) -> bool:
        """Go past blanks and this mark; return whether it is there."""
        self._skip(BLANK)
        if not self._text.startswith(mark, self.at):
            return False
        self.at += len(mark)
        return True

    def _need(self, mark: str) -> None:
        if not self._take(mark):
            raise _Unreadable

    def _require(self, pattern: re.Pattern[str]) -> str:
        found = self._match(pattern)
        if not found:
            raise _Unreadable
        return found

    def _skip(self, pattern: re.Pattern[str]) -> None:
        self._match(pattern)

    def _match(self, pattern: re.Pattern[str]) -> str:
        """Go past what matches here, and return it; "" if nothing does."""
        found = pattern.match(self._text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        self.line += found[0].count("\n")
        return found[0]
