"""Sliced work: a generator that yields every few milliseconds so that other work can run."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")


def finish(slices: Generator[None, None, T]) -> T:
    """Run all slices at once and return the generator's result."""
    try:
        while True:
            next(slices)
    except StopIteration as end:
        value: T = end.value
        return value
