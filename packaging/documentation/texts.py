"""Pages of texts that stand elsewhere in the project: terms, lessons, formats, settings."""

from __future__ import annotations

import inspect
import re
import textwrap
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

from core.data import generators
from core.exports.kinds import KINDS
from core.projects import archive, project, structure
from core.projects.setup_text import GROUPS, WITHIN
from core.teach import glossary, headings
from documentation.marked import code, formula, plain, table, target, without_title

ROOT = Path(__file__).resolve().parents[2]
GROUP_TITLES = {
    "data": "Data",
    "model": "Model",
    "training": "Training",
    "reading": "How a table is read",
    "bag": "How texts become features",
}
FIELD = re.compile(r"(?:^|(?<=[.;] )|(?<=\n))(\w+(?:, \w+)*) : ")


def page(path: str) -> str:
    """Return a page of the project without its title."""
    return without_title((ROOT / path).read_text(encoding="utf-8")).strip()


# Terms --------------------------------------------------------------------------------------------


def terms(group: str = "") -> str:
    """Return the entries of the glossary, or of one of its groups."""
    parts = []
    for title in dict.fromkeys(entry.group for entry in glossary.entries()):
        if group in ("", title):
            found = [entry for entry in glossary.entries() if entry.group == title]
            parts += [f"## {plain(title)}"] if not group else []
            parts += [_entry(entry, is_linked=not group) for entry in found]
    return "\n\n".join(parts)


def formulae(group: str) -> str:
    """Return the terms of a group that have a formula, as a table; each leads to its entry."""
    found = [entry for entry in glossary.entries() if entry.group == group and entry.formula]
    return table(
        ("term", "formula", "what it is"),
        (
            (
                f"[{plain(entry.title)}](#{_target(entry)})",
                formula(rf"\displaystyle {entry.formula}"),
                _first_sentence(entry.text),
            )
            for entry in found
        ),
    )


def _first_sentence(text: str) -> str:
    flat = " ".join(text.split())
    return re.split(r"(?<=[.:;]) ", flat, maxsplit=1)[0].rstrip(":;").replace("|", r"\|")


def _target(entry: glossary.Entry) -> str:
    return target("term", entry.group, entry.title)


def _entry(entry: glossary.Entry, *, is_linked: bool) -> str:
    parts = [f"({_target(entry)})=\n### {plain(entry.title)}", entry.text]
    if entry.formula:
        parts.append(f"$${entry.formula}$$")
    if entry.names:
        parts.append(f"*Also:* {', '.join(map(plain, entry.names))}.")
    where = [f"view *{entry.view}*"] if entry.view else []
    where += [f"demonstration *{plain(entry.demo)}*"] if entry.demo else []
    if where:
        parts.append(f"*In the window:* {', '.join(where)}.")
    if entry.see and is_linked:
        links = (f"[{plain(t)}](#{_target(glossary.entry_of(t))})" for t in entry.see)
        parts.append(f"*See* {', '.join(links)}.")
    return "\n\n".join(parts)


# Lessons, formats, settings -----------------------------------------------------------------------


def lessons() -> str:
    """Return the bundled lessons, by groups, with their numbers in the list of the window."""
    rows: dict[str, list[tuple[str, str, str]]] = {}
    for number, heading in enumerate(headings.bundled(), 1):
        row = (str(number), plain(heading.title), code(heading.file.name))
        rows.setdefault(heading.group, []).append(row)
    return "\n\n".join(
        f"### {plain(group)}\n\n{table(('number', 'lesson', 'file'), found)}"
        for group, found in rows.items()
    )


def exports() -> str:
    """Return what a run can be exported as."""
    return table(
        ("`--as`", "file", "what is in it"),
        ((code(k.name), code(k.ending), plain(k.contents)) for k in KINDS.values()),
    )


def gallery_of_points() -> str:
    """Return the names of the generators of points."""
    return ", ".join(map(code, generators.KINDS))


def settings() -> str:
    """Return all settings by their names in set-ups, lessons, sweeps and the library."""
    parts = []
    for group, kind in GROUPS.items():
        told, hints = described(kind), get_type_hints(kind)
        rows = [
            (code(f.name), code(_type(hints[f.name])), code(_default(f.default)), told[f.name])
            for f in fields(kind)
            if f.name not in WITHIN
        ]
        parts.append(f"## {GROUP_TITLES[group]}")
        parts.append(table(("setting", "value", "default", "what it is"), rows))
    return "\n\n".join(parts)


def described(kind: type) -> dict[str, str]:
    """Return what the docstring of a dataclass says of each field, "" of one that it leaves out.

    A sentence begins with the names that it is about: “name, other : text”.
    """
    doc = inspect.getdoc(kind) or ""
    found = {each.name: "" for each in fields(kind)}
    begins = [each for each in FIELD.finditer(doc) if set(each[1].split(", ")) <= set(found)]
    for this, after in zip(begins, [*begins[1:], None], strict=True):
        text = doc[this.end() : after.start() if after else len(doc)].partition("\n\n")[0]
        words = _as_code(" ".join(text.split())).removesuffix(";")
        found |= dict.fromkeys(this[1].split(", "), words)
    return found


def _type(hint: object) -> str:
    text = hint.__name__ if isinstance(hint, type) else str(hint)
    text = text.replace("typing.", "").replace("NoneType", "None")
    return re.sub(r"Literal\[(.*?)\]", r"\1", text)


def _default(value: object) -> str:
    return "None" if value is None else repr(value)


def projects() -> str:
    """Return how a project's file is made, from the modules that write and read it."""
    modules = [inspect.getdoc(module) or "" for module in (archive, structure)]
    held = described(project.Project)
    rows = [(code(name), text) for name, text in held.items() if text]
    facts = [
        ("ending", code(archive.ENDING)),
        ("version of the format", str(archive.FORMAT)),
        ("members", f"{code(archive.TEXT)}, {code(archive.ARRAYS)}"),
        ("types of arrays", ", ".join(code(name) for name in archive.BY_NAME)),
        ("most bytes of the text", f"{archive.MAX_TEXT:,}"),
        ("most bytes of the arrays", f"{archive.MAX_ARRAYS:,}"),
    ]
    return "\n\n".join(
        [
            *(textwrap.dedent(_as_code(text)) for text in modules),
            table(("", ""), facts),
            "## What a project holds",
            table(("part", "what it is"), rows),
        ]
    )


def _as_code(text: str) -> str:
    """Return a docstring as Markdown: what stands in backticks stays code."""
    parts = re.split(r"(`[^`]+`)", text)
    return "".join(part if part.startswith("`") else plain(part) for part in parts)
