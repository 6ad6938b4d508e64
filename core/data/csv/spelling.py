"""Spellings of one word: names of classes that differ only in case, blanks or Unicode form."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def folded(word: str) -> str:
    """Return a key that all spellings of a word share."""
    return " ".join(unicodedata.normalize("NFKC", word).split()).casefold()


def spellings(names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of two or more names that are spellings of one word."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(folded(name), []).append(name)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def merged(
    names: tuple[str, ...], y: NDArray[np.int64]
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return names and class numbers, −1 for none, with the spellings of a word as one class.

    It takes the place of its first spelling, and the name of its most frequent one.
    """
    counts = np.bincount(y[y >= 0], minlength=len(names))
    members: dict[str, list[int]] = {}
    for k, name in enumerate(names):
        members.setdefault(folded(name), []).append(k)
    number = np.empty(len(names) + 1, dtype=np.int64)
    number[-1] = -1  # for rows without a class
    for new, group in enumerate(members.values()):
        number[group] = new
    kept = tuple(names[max(group, key=lambda k: counts[k])] for group in members.values())
    return kept, number[y]
