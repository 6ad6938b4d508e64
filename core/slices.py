"""Work in slices: a generator yields after each few milliseconds, so that others can act."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")


def finish(slices: Generator[None, None, T]) -> T:
    """Do all slices at once and return what they come to."""
    try:
        while True:
            next(slices)
    except StopIteration as end:
        value: T = end.value
        return value
