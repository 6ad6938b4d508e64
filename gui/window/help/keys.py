"""The list of keys: those of the menus, and those of what has the focus."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from core.language import mark, tr

ARROWS = ("←", "→", "↑", "↓")
ON_PICTURES = (  # keys of what has the focus
    (("↑", "↓", "←", "→", "Home"), mark("on a curve: zoom, move, the whole run")),
    (("Shift+←", "Shift+→"), mark("on a curve: read the values at a step")),
    (
        (*ARROWS, "Return"),
        mark("on the plane: move a cross that reads it; pick, put or drag a point"),
    ),
    ((*ARROWS, "Return"), mark("on the pad: move the pen; put it down, lift it")),
    ((*ARROWS, "PgUp", "PgDown"), mark("on a loss surface: move the model; zoom")),
    ((*ARROWS, "Home", "End"), mark("on a grip, which Tab reaches: divide the room")),
    (("Return",), mark("on a grip: the usual division again")),
    (
        (*ARROWS, "Return"),
        mark("on weights, words, a matrix, a sketch: go from part to part; choose it"),
    ),
)

KeyRow = tuple[tuple[str, ...], str]  # keys, what they do


class Keyed(Protocol):
    """An entry of a menu, as the list shows it: its keys, and what they do."""

    @property
    def keys(self) -> tuple[str, ...]: ...
    @property
    def help(self) -> str: ...


def key_rows(actions: Iterable[Keyed]) -> tuple[KeyRow, ...]:
    """Return the list of keys in menu order: single keys first, then those with Ctrl."""
    rows: dict[str, tuple[str, ...]] = {}
    for action in actions:
        if action.keys:
            rows[action.help] = (*rows.get(action.help, ()), *action.keys)
    listed = [(keys, words) for words, keys in rows.items()]
    listed += [(keys, tr(words)) for keys, words in ON_PICTURES]
    return tuple(sorted(listed, key=lambda row: row[0][0].startswith("Ctrl+")))
