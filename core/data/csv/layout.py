"""Layouts of rows beside the plain text table, in which something else than a header names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.data.csv import text_file
from core.data.csv.layouts import arff, json_lines, libsvm
from core.data.csv.packed import Source
from core.data.csv.rewriting import BLANKS, Rewriter
from core.data.csv.text_file import Head, lines_of
from core.errors import DataError
from core.language import tr
from core.name_lookup import kept_apart
from core.number_format import format_integer

SAMPLED = 2**16  # characters from which a layout is recognised
MAX_CELLS = 2**28  # cells of sparse rows, were they written out


@dataclass(frozen=True, eq=False)
class Layout:
    """How the rows of a file are laid out.

    kind : for people. names : of the columns. first_line : of the first row, counted from 1.
    rewriter : makes plain lines of the file's lines. separators, quote : that these
        can have. is_text : whether the file is text, which can be read in other ways.
    """

    kind: str
    names: tuple[str, ...]
    first_line: int
    rewriter: Rewriter
    separators: tuple[str, ...] = (",",)
    quote: str = '"'
    is_text: bool = True


def find(source: Source, head: Head, most: int) -> Layout | None:
    """Return the layout of a file, None if it is a plain text table.

    most : of the columns. Raises DataError where the file is not as its layout wants it.
    """
    if arff.is_arff(head.text):
        header = arff.read_header(source.name, head.text)
        names, rewriter = header.names, arff.Rewriter(header.defaults)
        if len(names) > most:
            raise DataError(
                tr(
                    "{name} has {count} columns; at most {most} are read.",
                    name=source.name,
                    count=format_integer(len(names)),
                    most=format_integer(most),
                )
            )
        names = kept_apart(names, "column")
        return Layout(arff.NAME, names, header.first_line, rewriter, (",", BLANKS), "'")
    start = head.text[:SAMPLED]
    lines = lines_of(start)
    lines = lines if len(start) == len(head.text) else lines[:-1]
    if json_lines.is_json_lines(lines):
        names = json_lines.find_keys(source.name, _blocks(source, head), most)
        apart = kept_apart(names, "column")
        return Layout(json_lines.NAME, apart, 1, json_lines.Rewriter(names))
    if libsvm.is_libsvm(lines):
        rows = 0

        def counted(blocks: Iterator[bytes]) -> Iterator[bytes]:
            nonlocal rows
            for block in blocks:
                rows += block.count(b"\n")
                yield block

        low, high = libsvm.find_width(source.name, counted(_blocks(source, head)), most - 1)
        count = high - low + 1
        if rows * count > MAX_CELLS:
            raise DataError(
                tr(
                    "{name} holds {rows} rows of {count} features; written out these are more "
                    "than {max_cells} values. Take a part of it.",
                    name=source.name,
                    rows=format_integer(rows),
                    count=format_integer(count),
                    max_cells=format_integer(MAX_CELLS),
                )
            )
        names = ("label", *(f"feature {k}" for k in range(low, high + 1)))
        return Layout(libsvm.NAME, names, 1, libsvm.Rewriter(low, count))
    return None


def _blocks(source: Source, head: Head) -> Iterator[bytes]:
    """Yield the whole text, in blocks."""
    with source.open() as file:
        yield from text_file.blocks(file, head.encoding)
