"""CSV that a spreadsheet opens without running what it holds.

A cell that begins with = + - @, a tab or a carriage return is a formula to Excel and LibreOffice,
and one that says =HYPERLINK(…) or =cmd|… was perhaps the name of a class (OWASP: CSV injection).
So text that begins so is written with an apostrophe before it, and so is what follows a separator
or a break within a text, for a spreadsheet may cut there. Where such a text has apostrophes before
its mark already it gets one more; numbers are written as they are. That makes it reversible:
`restored` takes one apostrophe off in each of these places, in a column in which every text is as
`harmless` would have written it, and leaves all other columns alone.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

_MARKS = r"=+\-@\t\r＝＋－＠"  # the wide ones count in Japanese
_BEGINS = r"(?<![^,;|\t\r\n])"  # at the beginning, or where a spreadsheet may cut
_BEFORE_MARK = re.compile(rf"{_BEGINS}(?='*[{_MARKS}])")
_EXTRA = re.compile(rf"{_BEGINS}'(?='*[{_MARKS}])")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def harmless(text: str) -> str:
    """Return the text as it goes into a cell; breaks become newlines, as when it is read."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _NUMBER.fullmatch(text):
        return text
    return _BEFORE_MARK.sub("'", text)


def restored(texts: Sequence[str]) -> list[str]:
    """Return the texts of a column, or of a header, as they were before `harmless`."""
    before = [_EXTRA.sub("", text) for text in texts]
    if all(harmless(was) == text for was, text in zip(before, texts, strict=True)):
        return before
    return list(texts)  # somebody else's file, in which an apostrophe is an apostrophe


class Writer:
    """Writes rows of CSV; what is no text, and text that says a number, stays as it is."""

    def __init__(self, file: TextIO) -> None:
        self._plain = csv.writer(file, lineterminator="\n")
        self._quoted = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)

    def header(self, names: Iterable[str]) -> None:
        """Write the names in quotes, so that none of them makes the line a comment."""
        self._quoted.writerow([harmless(name) for name in names])

    def row(self, cells: Iterable[Any]) -> None:
        self.harmless_row(harmless(cell) if isinstance(cell, str) else cell for cell in cells)

    def harmless_row(self, cells: Iterable[Any]) -> None:
        """Write cells that are known to be so: of 55 million pixels a look at each takes long."""
        self._plain.writerow(cells)


def to_text(rows: Iterable[Iterable[Any]]) -> str:
    """Return the rows as CSV, for the clipboard."""
    file = io.StringIO()
    writer = Writer(file)
    for row in rows:
        writer.row(row)
    return file.getvalue()
