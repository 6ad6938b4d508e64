"""What pages ask for by “<!-- insert: NAME ARGUMENTS -->” in a line of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from documentation import command_line, notebook, pictures, sources, texts, theory, window

ROOT = Path(__file__).resolve().parents[2]
INSERT = re.compile(r"^<!-- insert: (?P<name>[\w-]+)(?: (?P<words>.*?))? -->$", re.MULTILINE)


@cache
def _of_window() -> tuple[str, str]:
    with window.actions_of_a_window() as actions:
        return window.keys(actions), window.menus(actions)


def _excerpt(words: str) -> str:
    path, _, begin = words.partition(" ")
    return sources.excerpt(path, begin)


INSERTS: dict[str, Callable[[str], str]] = {
    "commands": lambda _: command_line.commands(),
    "keys": lambda _: _of_window()[0],
    "menus": lambda _: _of_window()[1],
    "models": lambda _: theory.models(),
    "model-words": lambda _: theory.model_words(),
    "optimisers": lambda _: theory.optimisers(),
    "derivations": lambda _: theory.derivations(),
    "formulae": texts.formulae,
    "terms": texts.terms,
    "lessons": lambda _: texts.lessons(),
    "exports": lambda _: texts.exports(),
    "generators": lambda _: texts.gallery_of_points(),
    "settings": lambda _: texts.settings(),
    "projects": lambda _: texts.projects(),
    "page": texts.page,
    "library": lambda _: sources.library(),
    "excerpt": _excerpt,
    "notebook": lambda _: notebook.page(),
    "picture": pictures.shown,
    "gallery": lambda _: pictures.gallery(),
}


def wanted(text: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the arguments of each insert of a page."""
    for found in INSERT.finditer(text):
        yield found["name"], found["words"] or ""


def filled(text: str) -> str:
    """Return a page with its inserts; raise KeyError for one that is not known."""
    return INSERT.sub(lambda found: INSERTS[found["name"]](found["words"] or ""), text)


def write(pages: Path, into: Path) -> None:
    """Write all pages of a folder, filled, and copy the other files of the site."""
    for path in sorted(pages.rglob("*")):
        place = into / path.relative_to(pages)
        if path.suffix == ".md":
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
        elif path.suffix in (".py", ".css") and path.is_file():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
