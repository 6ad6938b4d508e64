"""Make invisible characters, and those that change the text direction, visible."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

# Controls, formats (zero width, direction), surrogates, line and paragraph separators.
UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def visible(text: str, *, keep: str = "") -> str:
    """Return the text with each invisible character as in ‹U+202E›, except those in `keep`."""
    if text.isprintable():  # the usual case
        return text
    return "".join(
        f"‹U+{ord(c):04X}›" if unicodedata.category(c) in UNSEEN and c not in keep else c
        for c in text
    )


def visible_names(names: Iterable[str]) -> tuple[str, ...]:
    """Apply `visible` to names and keep them distinct: a second “a” becomes “a (2)”."""
    given = tuple(names)
    if all(name.isprintable() for name in given):
        return given
    taken = {name for name in given if visible(name) == name}
    result = []
    for name in given:
        first = seen = visible(name)
        count = 1
        while seen != name and seen in taken:
            count += 1
            seen = f"{first} ({count})"
        taken.add(seen)
        result.append(seen)
    return tuple(result)
