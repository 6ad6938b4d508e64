"""Turn lines that are written in another way into lines of a plain text table, one for one.

The fast reader knows cells between separators, some of them in double quotes. Columns parted by
blanks, cells in single quotes and rows that are quoted as a whole become that, block by block; each
line stays in its place, so that messages name the lines of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

BLANKS = " "  # the separator that stands for any run of blanks and tabs

Rewriter = Callable[[bytes], bytes]  # whole lines to as many lines

_RUN = re.compile(rb"[ \t]+")
# No cell that `spreadsheet.harmless` has escaped.
_DOUBLE = re.compile(r'(?:^|[,;\t|])"[^"\n]*"(?=\s*(?:[,;\t|\n ]|$))', re.MULTILINE)
_SINGLE = re.compile(
    r"(?:^|[,;\t| ])'(?![=+@\-\t])(?:[^'\n]|'')*'(?=\s*(?:[,;\t|\n ]|$))", re.MULTILINE
)
_LITERAL = re.compile(r'(?:^|\t)"[^"\t\n]+" *[^"\t\n ]', re.MULTILINE)
_OTHERS = {
    ",": re.compile(r"[;|\t]"),
    ";": re.compile(r"[|\t]"),
    "|": re.compile(r"\t"),
    BLANKS: re.compile(r"[;|]|[^\d],|,[^\d]"),
}
_ROW = re.compile(rb'^[ \t]*"((?:[^"\n]|"")*)"[ \t]*$', re.MULTILINE)


def canonical_separator(separator: str) -> str:
    """Return the separator of the lines as rewritten."""
    return "\t" if separator == BLANKS else separator


def rewriter(
    separator: str, quote: str, *, has_quoted_rows: bool, first: Rewriter | None = None
) -> Rewriter | None:
    """Return what makes plain lines of a table's lines; None where they are plain.

    first : what comes before anything else, if it does.
    """
    steps = [first] if first else []
    if has_quoted_rows:
        steps.append(unquoted_rows)
    if quote == "'":
        steps.append(SingleQuotes(separator))
    if separator == BLANKS:
        steps.append(parted_by_tabs)
    if not quote:
        steps.append(LiteralQuotes(canonical_separator(separator)))
    if not steps:
        return None

    def rewritten(lines: bytes) -> bytes:
        for step in steps:
            lines = step(lines)
        return lines

    return rewritten


def has_quoted_rows(lines: list[str]) -> bool:
    """Return whether some of the lines are quoted as a whole, with separators inside."""
    quoted = (line for line in lines if line.lstrip(" \t").startswith('"'))
    rows = (_ROW.fullmatch(line.rstrip("\n").encode()) for line in quoted)
    return any(row and re.search(rb"[,;\t|]", row[1]) for row in rows)


def has_single_quotes(text: str) -> bool:
    """Return whether cells of a sample are in single quotes, more than one, and none in double."""
    if "'" not in text or _DOUBLE.search(text):
        return False
    found = _SINGLE.finditer(text)
    return next(found, None) is not None and next(found, None) is not None


def has_literal_quotes(text: str) -> bool:
    """Return whether quotes in lines between tabs are letters: text follows one that closes."""
    return _LITERAL.search(text) is not None


def count_others(separator: str, cells: Iterable[str]) -> int:
    """Return how many cells hold what parts the cells of other tables, and hardly stands in words.

    Decimal commas do not.
    """
    other = _OTHERS.get(separator)
    return 0 if other is None else sum(map(bool, map(other.search, cells)))


def parted_by_tabs(lines: bytes) -> bytes:
    """Make one tab of each run of blanks and tabs between cells, none at the ends of a line."""
    if b'"' not in lines:
        bare = b"\n".join([line.strip(b" \t") for line in lines.split(b"\n")])
        return _RUN.sub(b"\t", bare)
    return b"\n".join(map(_line_by_tabs, lines.split(b"\n")))


def _line_by_tabs(line: bytes) -> bytes:
    parts = line.strip(b" \t").split(b'"')
    if len(parts) % 2 == 0:  # a quote is never closed: it is a letter
        return _RUN.sub(b"\t", line.strip(b" \t"))
    parts[::2] = [_RUN.sub(b"\t", part) for part in parts[::2]]
    parts[1::2] = [part.replace(b"\t", b" ") for part in parts[1::2]]
    return b'"'.join(parts)


def unquoted_rows(lines: bytes) -> bytes:
    """Take the quotes off lines that are one quoted cell."""
    return _ROW.sub(lambda found: found[1].replace(b'""', b'"'), lines)


class SingleQuotes:
    """Puts double quotes around cells that begin and end with a single one."""

    def __init__(self, separator: str) -> None:
        cell = rb"'((?:[^'\n]|''|\\')*)'"
        if separator == BLANKS:
            pattern = rb"((?:(?<=[ \t])|^)())" + cell + rb"(?=[ \t]|$)"
        else:
            s = re.escape(separator.encode())
            pattern = rb"(^|" + s + rb")([ \t]*)" + cell + rb"(?=[ \t]*(?:" + s + rb"|$))"
        self._cell = re.compile(pattern, re.MULTILINE)

    def __call__(self, lines: bytes) -> bytes:
        if b"'" not in lines:
            return lines
        return self._cell.sub(_requoted, lines)


class LiteralQuotes:
    """Puts double quotes around cells that hold some as letters, and doubles these."""

    def __init__(self, separator: str) -> None:
        self._separator = separator.encode()

    def __call__(self, lines: bytes) -> bytes:
        if b'"' not in lines:
            return lines
        return b"\n".join(map(self._line, lines.split(b"\n")))

    def _line(self, line: bytes) -> bytes:
        if b'"' not in line:
            return line
        cells = line.split(self._separator)
        return self._separator.join(
            b'"' + cell.replace(b'"', b'""') + b'"' if b'"' in cell else cell for cell in cells
        )


def _requoted(found: re.Match[bytes]) -> bytes:
    text = found[3].replace(b"\\'", b"'").replace(b"''", b"'").replace(b'"', b'""')
    return found[1] + found[2] + b'"' + text + b'"'
