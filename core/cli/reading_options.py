"""Options on how a table's text, or any data, is read, shared by the terminal and the window."""

from __future__ import annotations

import argparse
from typing import Any

from core.config import ENCODINGS, CsvOptions

SEPARATOR_WORDS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "blanks": " "}
DECIMAL_WORDS = {"point": ".", "comma": ","}
THOUSANDS_WORDS = {"none": "", "comma": ",", "point": ".", "blank": " ", "apostrophe": "'"}
QUOTE_WORDS = {"double": '"', "single": "'", "none": ""}


def add_reading_options(group: argparse._ArgumentGroup) -> None:
    """Add the options that correct what is found out about a table's text."""
    for option, known, what in (
        ("--encoding", dict(zip(ENCODINGS, ENCODINGS, strict=True)), "encoding"),
        ("--separator", SEPARATOR_WORDS, "separator"),
        ("--decimal", DECIMAL_WORDS, "decimal mark"),
        ("--thousands", THOUSANDS_WORDS, "mark within large numbers, as in 1,600 or 12,34,567"),
        ("--quote", QUOTE_WORDS, "quotes around cells"),
    ):
        group.add_argument(option, choices=known, help=f"a table's {what} (default: found out)")
    group.add_argument(
        "--header",
        action=argparse.BooleanOptionalAction,
        help="whether a table's first line names its columns (default: found out)",
    )


def reading_from(options: argparse.Namespace) -> CsvOptions:
    """Return how to read a table, as given on the command line."""
    return CsvOptions(
        options.encoding,
        SEPARATOR_WORDS.get(options.separator),
        DECIMAL_WORDS.get(options.decimal),
        options.header,
        THOUSANDS_WORDS.get(options.thousands),
        QUOTE_WORDS.get(options.quote),
    )


def add_stream_options(group: argparse._ArgumentGroup) -> None:
    """Add the options on rows that stay on disk, and on the labels of an array."""
    group.add_argument(
        "--stream",
        action=argparse.BooleanOptionalAction,
        help="leave the rows on disk and read them block by block while training (default: if they "
        "would take more than half of the free memory)",
    )
    group.add_argument(
        "--labels", metavar="FILE", help="the file with the labels of the rows of an array (.npy)"
    )


def stream_from(options: argparse.Namespace) -> dict[str, Any]:
    """Return the fields of a DataConfig that these options give."""
    return {"stream": options.stream, "labels": options.labels}
