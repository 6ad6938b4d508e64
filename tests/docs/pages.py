"""The pages of the documentation site as they are written, and what stands in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
OTHERS = ("paper", "example_plugin")  # folders that are no pages
PROGRAMS = ("run.py", "app.py", "logitlab")
FENCED = re.compile(r"^( *)```(\S*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


def all_pages() -> dict[str, str]:
    """Return the texts of all pages by their names, as `how-to/tables`."""
    found = {path.relative_to(DOCS).with_suffix("").as_posix(): path for path in DOCS.rglob("*.md")}
    return {
        name: path.read_text(encoding="utf-8")
        for name, path in sorted(found.items())
        if not name.startswith(OTHERS)
    }


def blocks(language: str) -> Iterator[tuple[str, str]]:
    """Yield the name of the page and the text of each block of code in a language."""
    for name, text in all_pages().items():
        for indent, found, block in FENCED.findall(text):
            if found == language:
                yield name, re.sub(rf"^{indent}", "", block, flags=re.MULTILINE)


def commands() -> list[tuple[str, tuple[str, ...]]]:
    """Return the page and the words of each command that starts the program, without its name."""
    found = []
    for name, block in blocks("sh"):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            begins = [words.index(each) + 1 for each in PROGRAMS if each in words]
            found += [(name, tuple(words[begin:])) for begin in begins]
    return found
