"""Whether cells hold texts to be read, or names and codes."""

from __future__ import annotations

from collections.abc import Sequence

from core.data.text.words import words_of

SAMPLED = 200  # cells
READ = 2_000  # characters of each
LEAST_WORDS = 3  # of a cell on average


def is_prose(cells: Sequence[str]) -> bool:
    """Return whether different cells of a column are texts: of several words, most with letters.

    Ids, dates, paths and addresses are not: blanks must part their words, where a script has them.
    """
    some = [cell[:READ] for cell in cells[:: max(len(cells) // SAMPLED, 1)][:SAMPLED]]
    found = [_count(cell) for cell in some]
    spoken, parts = sum(s for s, _ in found), sum(p for _, p in found)
    return bool(some) and spoken >= LEAST_WORDS * len(some) and 2 * spoken > parts


def _count(cell: str) -> tuple[int, int]:
    """Return how many parts between blanks have letters as they begin, and how many there are.

    Characters that are words by themselves count as parts.
    """
    parts = cell.split() if cell.isascii() else _apart(cell)
    return sum(part.lstrip("\"'([{“‘«¿¡*-")[:1].isalpha() for part in parts), len(parts)


def _apart(cell: str) -> list[str]:
    found = []
    for part in cell.split():
        words = words_of(part)
        found += words if len(words) > 1 and min(map(len, words)) == 1 else [part]
    return found
