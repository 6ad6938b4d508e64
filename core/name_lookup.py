"""Names from files and users: look them up, keep them distinct and sort them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from core.errors import DataError
from core.invisible_characters import visible
from core.language import tr

MAX_SHOWN = 12
MOST_DIGITS = 100  # of a number in a name; Python makes no number of more than 4,300


def find(wanted: str, names: Sequence[str], what: str, where: str = "") -> int:
    """Return the index of a name (ignoring case, blanks, dashes and underscores) or number.

    what, where : for the message of the DataError that is raised if there is no match, as in
        “There is no feature “mass” in penguins.csv; …”; `what` is translated here.
    """
    wanted = visible(wanted)
    if wanted in names:
        return names.index(wanted)
    spellings = [plain(name) for name in names]
    for spelling in (plain(wanted), plain(wanted.partition("(")[0])):  # "width (cm)" is "width"
        if spelling in spellings:
            return spellings.index(spelling)
    number = wanted.strip()
    if number.isascii() and number.isdigit() and len(number) < 10 and int(number) < len(names):
        return int(number)
    known = ", ".join(names[:MAX_SHOWN]) + (", …" if len(names) > MAX_SHOWN else "")
    raise DataError(
        tr(
            "There is no {what} “{wanted}”{where}; choose from {known}, or a number from 0 to "
            "{last}.",
            what=tr(what),
            wanted=wanted,
            where=where,
            known=known,
            last=len(names) - 1,
        )
    )


def plain(name: str) -> str:
    return " ".join(name.replace("_", " ").replace("-", " ").split()).casefold()


def kept_apart(names: Iterable[str], fallback: str) -> tuple[str, ...]:
    """Return the names normalised, without invisible characters, and distinct for `find`.

    An empty name becomes `fallback` with its position (from 1), a second “a” becomes “a (2)”.
    """
    result: list[str] = []
    taken: set[str] = set()
    for position, name in enumerate(names, start=1):
        first = tidy = visible(" ".join(name.split())) or f"{fallback} {position}"
        count = 1
        while plain(tidy) in taken:
            count += 1
            tidy = f"{first} ({count})"
        taken.add(plain(tidy))
        result.append(tidy)
    return tuple(result)


def natural_order(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Return a sort key that puts “class 2” before “class 10”."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [(0, int(p), "") if _is_number(p) else (1, 0, p) for p in parts], name


def _is_number(part: str) -> bool:
    return part.isdigit() and part.isascii() and len(part) <= MOST_DIGITS
