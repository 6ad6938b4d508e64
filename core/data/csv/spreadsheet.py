"""Write CSV that a spreadsheet opens without executing its contents.

Excel and LibreOffice take a cell that begins with = + - @, a tab or a carriage return for a
formula, and the name of a class may be =HYPERLINK(…) or =cmd|… (OWASP: CSV injection). Text that
begins with such a mark is therefore prefixed with an apostrophe, and so is a mark that follows a
separator or a line break within a text, where a spreadsheet may split it. If there are apostrophes
before the mark already, one more is added; numbers are written unchanged. That makes it reversible:
`restored` removes one apostrophe at each of these positions if every text of the column is as
`harmless` would have written it, and leaves all other columns unchanged.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_MARKS = r"=+\-@\t\r＝＋－＠"  # the full-width ones count in Japanese versions
_BEGINS = r"(?<![^,;|\t\r\n])"  # at the beginning, or where a spreadsheet may split
_BEFORE_MARK = re.compile(rf"{_BEGINS}(?='*[{_MARKS}])")
_EXTRA = re.compile(rf"{_BEGINS}'(?='*[{_MARKS}])")
_NUMBER = re.compile(r"[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def harmless(text: str) -> str:
    """Return the text escaped for a cell; line breaks become newlines, as on reading."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _NUMBER.fullmatch(text):
        return text
    return _BEFORE_MARK.sub("'", text)


def restored(texts: Sequence[str]) -> list[str]:
    """Undo `harmless` for the texts of a column or a header; return others unchanged."""
    before = [_EXTRA.sub("", text) for text in texts]
    if all(harmless(was) == text for was, text in zip(before, texts, strict=True)):
        return before
    return list(texts)  # not our file: its apostrophes are literal


def kept_harmless(text: str) -> str:
    """Return a cell of a foreign table `harmless`; what is escaped already stays as it is."""
    return harmless(restored([text])[0])


class Line:
    """A file for a Writer that keeps the last line only, without its end: `text`."""

    text = ""

    def write(self, text: str) -> int:
        self.text = text.removesuffix("\n")
        return len(text)


class Writer:
    """Writes rows of CSV with `harmless` text; numbers, also as text, are written unchanged."""

    def __init__(self, file: SupportsWrite[str], separator: str = ",") -> None:
        self._plain = csv.writer(file, delimiter=separator, lineterminator="\n")
        self._quoted = csv.writer(
            file, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_ALL
        )

    def header(self, names: Iterable[str]) -> None:
        """Write the names in quotes, so that no name turns the line into a comment."""
        self._quoted.writerow([harmless(name) for name in names])

    def row(self, cells: Iterable[Any]) -> None:
        self.harmless_row(harmless(cell) if isinstance(cell, str) else cell for cell in cells)

    def harmless_row(self, cells: Iterable[Any]) -> None:
        """Write cells known to be harmless: checking each of 55 million pixels would take long."""
        self._plain.writerow(cells)


def to_text(rows: Iterable[Iterable[Any]]) -> str:
    """Return the rows as CSV, for the clipboard."""
    file = io.StringIO()
    writer = Writer(file)
    for row in rows:
        writer.row(row)
    return file.getvalue()
