"""A program as sections, and how its lines are put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Language = Literal["torch", "numpy"]


@dataclass(frozen=True)
class Section:
    """A part of a program.

    title : its heading. words : what it is about; formulae are plain text. code : Python.
    latex : its formula, for a notebook.
    """

    title: str
    words: str
    code: str
    latex: str = ""


Line = str | None  # None: left out


def lines(*given: Line | Iterable[Line]) -> str:
    """Join lines, and groups of lines; None is left out."""
    found: list[str] = []
    for each in given:
        if each is None:
            continue
        found += [each] if isinstance(each, str) else [one for one in each if one is not None]
    return "\n".join(found)


def when(is_so: object, *given: str) -> tuple[str, ...]:
    """Return these lines if so, else none."""
    return given if is_so else ()
