"""The lessons that come with the program, each read when it is asked for."""

from __future__ import annotations

from functools import cache

from core.teach import headings
from core.teach.lesson import Lesson
from core.teach.lesson_file import read


@cache
def lesson_of(key: str) -> Lesson:
    """Return the lesson of this key, the same object each time; raise KeyError if there is none."""
    found = {heading.key: heading.file for heading in headings.bundled()}
    return read(found[key].read_bytes(), key)


def bundled() -> tuple[Lesson, ...]:
    """Return all lessons, in order. Tests train each one to verify what it claims."""
    return tuple(lesson_of(heading.key) for heading in headings.bundled())
