"""The bundled passages of four genres: those to train on, and those that fool a linear model."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import NamedTuple

import assets


class Passage(NamedTuple):
    """A text, and the genre that it was written as."""

    genre: str
    text: str


def passages() -> tuple[Passage, ...]:
    """Return the passages to train on, in the order of their file."""
    return _read("passages.csv")


def fooling() -> tuple[Passage, ...]:
    """Return passages in the words of another genre than their own; they are no training data."""
    return _read("fooling.csv")


def _read(name: str) -> tuple[Passage, ...]:
    text = files(assets).joinpath("genres", name).read_text(encoding="utf-8")
    _, *rows = csv.reader(text.splitlines())
    return tuple(Passage(genre, passage) for genre, passage in rows)
