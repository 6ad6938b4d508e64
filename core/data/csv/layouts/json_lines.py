"""JSON lines: an object a line, whose members are the cells of a row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from core.errors import DataError
from core.language import tr
from core.number_format import format_integer

NAME = "JSON lines"
SAMPLE_LINES = 5
MAX_DEPTH_TEXT = 200  # characters of a list or an object within a cell


def is_json_lines(lines: list[str]) -> bool:
    """Return whether each of these lines, the first of a file, is an object."""
    filled = [line for line in lines if line.strip()][:SAMPLE_LINES]
    return bool(filled) and all(_members(line) for line in filled)


def find_keys(name: str, blocks: Iterator[bytes], most: int) -> tuple[str, ...]:
    """Return the names of all members in a file, in the order in which they come.

    Raises DataError if there are more than `most`; `name` is of the file.
    """
    keys: dict[str, None] = {}
    rest = b""
    for block in blocks:
        cut = block.rfind(b"\n") + 1
        lines = (rest + block[:cut]).decode(errors="replace") if cut else ""
        rest = block[cut:] if cut else rest + block
        if len(rest) > 2 * len(block):  # a line of many blocks is refused when it is read
            rest = b""
        for line in lines.split("\n"):
            keys.update(dict.fromkeys(_members(line) or ()))
        if len(keys) > most:
            break
    keys.update(dict.fromkeys(_members(rest.decode(errors="replace")) or ()))
    if len(keys) > most:
        raise DataError(
            tr(
                "{name} names {count} columns or more; at most {most} are read. Do all lines "
                "describe the same kind of thing?",
                name=name,
                count=format_integer(len(keys)),
                most=format_integer(most),
            )
        )
    return tuple(keys)


class Rewriter:
    """Makes rows of an ordinary table of objects. names : of the columns."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def __call__(self, lines: bytes) -> bytes:
        text = lines.decode(errors="surrogateescape")  # bytes that are no UTF-8 are seen later
        text = "\n".join(map(self._row, text.split("\n")))
        try:
            return text.encode(errors="surrogateescape")
        except UnicodeEncodeError:  # half a character, written as \\ud83d
            return text.encode(errors="replace")

    def _row(self, line: str) -> str:
        if not line.strip():
            return ""
        members = _members(line)
        if not members:
            return '"no object"'  # too short a row: it is left out, and named
        return ",".join([_cell(members.get(name)) for name in self._names])


def _members(line: str) -> dict[str, Any] | None:
    """Return the object that a line holds, with those within it as “outer.inner”, or None."""
    if not line.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    flat: dict[str, Any] = {}
    for name, value in found.items():
        if isinstance(value, dict):
            flat.update({f"{name}.{inner}": v for inner, v in value.items()})
        else:
            flat[name] = value
    return flat


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return repr(value)
    if not isinstance(value, str):
        value = json.dumps(value)[:MAX_DEPTH_TEXT]
    text = " ".join(value.replace("\0", " ").split("\n")).replace("\r", " ")
    return '"' + text.replace('"', '""') + '"'
