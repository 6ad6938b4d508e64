"""The glossary: what the terms of the window mean, from assets/glossary, read when it is opened."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import assets
from core.language import counterparts, current, tr

FOLDER, ENDING = "glossary", ".toml"  # among the assets
OF_WINDOW = "In the window"  # the group of its views and parts
KNOB = ", knob"  # behind the name of a field in the row below the run bar
WORD = re.compile(r"[^\W\u4e00-\u9fff]")  # Chinese has no spaces between words


@dataclass(frozen=True)
class Entry:
    """One page of the glossary.

    title : the term; names : others for it, in lower case, accessible names of widgets among them.
    group : title of its group. text : in Markdown with formulae. formula : as LaTeX, "" for none.
    see : titles of related entries. view : one of `core.teach.lesson.VIEWS` where it is seen,
    demo : one of its DEMOS, sketch : a name of `core.teach.sketches`; each "" for none.
    """

    title: str
    text: str
    group: str
    names: tuple[str, ...] = ()
    formula: str = ""
    see: tuple[str, ...] = ()
    view: str = ""
    demo: str = ""
    sketch: str = ""

    @property
    def all_names(self) -> tuple[str, ...]:
        return (self.title.casefold(), *self.names)


@cache
def entries() -> tuple[Entry, ...]:
    """Return all entries, by groups, in the order of the files."""
    found = []
    folder = files(assets).joinpath(FOLDER)
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(ENDING):
            table = tomllib.loads(file.read_text(encoding="utf-8"))
            found += [_entry(row, table["group"]) for row in table["entries"]]
    return tuple(found)


def _entry(row: dict[str, str | list[str]], group: str) -> Entry:
    values = {
        key: tuple(value) if isinstance(value, list) else value.strip()
        for key, value in row.items()
    }
    return Entry(group=group, **values)  # type: ignore[arg-type]  # tests read every row


def _index() -> dict[str, Entry]:
    return _index_of(current().code)


@cache
def _index_of(code: str) -> dict[str, Entry]:
    """Return the entries by their names; of two with one name the first: terms before views.

    Beside the English names are those that the window uses in the language.
    """
    found: dict[str, Entry] = {}
    for entry in entries():
        for name in entry.all_names:
            found.setdefault(name, entry)
    for said, name in counterparts(code).items():
        if name in found:
            found.setdefault(said, found[name])
    return found


def entry_of(title: str) -> Entry:
    """Return the entry of this title; raise KeyError if there is none."""
    return next((each for each in entries() if each.title == title), None) or _index()[title]


def named(words: str) -> Entry | None:
    """Return the entry of what is called so, as on a label or by an accessible name, or None."""
    name = words.replace("&", "").casefold().removesuffix(KNOB).strip(" :.▾▶›⟲")
    return _index().get(name) if name else None


def within(words: str) -> Entry | None:
    """Return the entry of the longest term that these words hold, or None."""
    text = words.casefold()
    long = (name for name in _index() if len(name) > 2 or not name.isascii())
    fitting = (name for name in long if _holds(text, name))
    best = max(fitting, key=len, default=None)
    return None if best is None else _index()[best]


def _holds(text: str, name: str) -> bool:
    """Return whether the text holds the name as words of its own."""
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        around = text[at - 1 : at] + text[end : end + 1]
        if not WORD.search(around):
            return True
        at = text.find(name, at + 1)
    return False


def part(name: str) -> Entry | None:
    """Return the entry of a view or of a part of the window, or None."""
    found = (each for each in entries() if each.group == OF_WINDOW and each.title == name)
    return next(found, None) or named(name)


def matching(words: str) -> tuple[Entry, ...]:
    """Return the entries with all of these words: those with them in a name come first."""
    wanted = words.casefold().split()

    def has(text: str) -> bool:
        return all(word in text for word in wanted)

    named = {name: entry for name, entry in _index().items() if has(name)}
    by_name = [each for each in entries() if each in named.values()]
    starts = [
        each for each in by_name if tr(each.title).casefold().startswith(words.casefold().strip())
    ]
    by_text = [each for each in entries() if has(f"{tr(each.title)} {tr(each.text)}".casefold())]
    return tuple(dict.fromkeys([*starts, *by_name, *by_text]))
