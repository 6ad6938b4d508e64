"""Sparse rows as libsvm writes them: a label, then index:value for each feature that is not 0."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.errors import DataError
from core.language import tr
from core.number_format import format_integer

NAME = "libsvm"
SAMPLE_LINES = 20

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|[+-]?(?:inf|nan)"
_LINE = re.compile(
    rf"\s*(?:{_NUMBER})(?:,(?:{_NUMBER}))*(?:\s+qid:\d+)?(?:\s+\d+:(?:{_NUMBER}))*\s*(?:#.*)?",
    re.ASCII | re.IGNORECASE,
)
_PAIR = re.compile(r"\s(\d+):(\S+)", re.ASCII)
_INDEX = re.compile(rb"[ \t](\d{1,18}):")
_COMMENT = re.compile(rb"#.*")
_QID = re.compile(r"\sqid:\d+")


def is_libsvm(lines: list[str]) -> bool:
    """Return whether these lines, the first of a file, are sparse rows; one must have a feature."""
    filled = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    filled = filled[:SAMPLE_LINES]
    return (
        bool(filled)
        and all(_LINE.fullmatch(line.rstrip("\n")) for line in filled)
        and any(_PAIR.search(line.partition("#")[0]) for line in filled)
    )


def find_width(name: str, blocks: Iterator[bytes], most: int) -> tuple[int, int]:
    """Return the smallest and the largest index in a file.

    Raises DataError if there are more than `most`; `name` is of the file.
    """
    low, high = 1, 0
    rest = b""
    for block in blocks:
        block = rest + block
        cut = block.rfind(b"\n") + 1
        rest = block[cut:] if cut else b""  # a longer line is refused when it is read
        found = _INDEX.findall(_COMMENT.sub(b"", block))
        if found:
            indices = sorted(set(map(int, found)))
            low, high = min(low, indices[0]), max(high, indices[-1])
        if high > most:
            raise DataError(
                tr(
                    "{name} has a feature of the index {high}; at most {most} columns are read. "
                    "Choose a table with fewer features.",
                    name=name,
                    high=format_integer(high),
                    most=format_integer(most),
                )
            )
    return low, high


class Rewriter:
    """Makes rows of an ordinary table of sparse rows.

    low : index of the first feature, 0 or 1. count : the number of features.
    """

    def __init__(self, low: int, count: int) -> None:
        self._low, self._count = low, count

    def __call__(self, lines: bytes) -> bytes:
        text = lines.decode(errors="surrogateescape")
        return "\n".join(map(self._row, text.split("\n"))).encode(errors="surrogateescape")

    def _row(self, line: str) -> str:
        line = line.partition("#")[0]
        label = line.split(None, 1)[0] if line.strip() else ""
        if not label:
            return ""
        cells = ["0"] * (self._count + 1)
        cells[0] = f'"{label}"' if "," in label else label.removeprefix("+")
        for index, value in _PAIR.findall(line):
            position = int(index) - self._low + 1 if len(index) < 19 else -1
            if not 0 < position <= self._count:
                return label  # too short a row: it is left out, and named
            cells[position] = value.replace(",", ";")
        return ",".join(cells)
