"""The titles of the lessons that come with the program: all that a start reads of them."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

import assets
from core.language import tr

FOLDER = "lessons"  # among the assets
ENDING = ".toml"
STEPS = "[[steps]]"  # what comes before them is short
NUMBER = re.compile(r"\d+-(?=.)")


class Heading(NamedTuple):
    """A lesson's key, title and group, and its file."""

    key: str
    title: str
    group: str
    file: Traversable


def bundled() -> tuple[Heading, ...]:
    """Return the headings in the language of the window, in the order of the files' names."""
    return tuple(each._replace(title=tr(each.title), group=tr(each.group)) for each in _headings())


@cache
def _headings() -> tuple[Heading, ...]:
    folder = files(assets).joinpath(FOLDER)
    found = (each for each in folder.iterdir() if each.name.endswith(ENDING))
    return tuple(_heading(file) for file in sorted(found, key=lambda file: file.name))


def key_of(name: str) -> str:
    """Return the key of the lesson in a file of this name: “03-xor.toml” holds “xor”."""
    return NUMBER.sub("", name.removesuffix(ENDING), count=1)


def _heading(file: Traversable) -> Heading:
    head = tomllib.loads(file.read_text(encoding="utf-8").partition(STEPS)[0])
    return Heading(key_of(file.name), head["title"], head["group"], file)
