"""Notes on data, kept in no language: key and values, said in the window's when they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import TypeAlias

from core.errors import DataError
from core.language import localised, tr, tr_n
from core.number_format import format_integer

Value: TypeAlias = "str | int | Note | tuple[Note, ...]"
NUMBER = "n"  # the value that decides between one and several


@dataclass(frozen=True)
class Note:
    """A note as a key of the catalogues and its values; `str` says it in the window's language.

    text : in English; {name} stands for a value. values : texts that are the same in all
    languages, whole numbers, notes, and lists of notes.
    one : the text if the value n is 1, "" if no number decides the form.
    numbers : names of texts that are numbers as English writes them, such as 0.25.
    Raises DataError where text and values do not match, as in a file that is not to be trusted.
    """

    text: str
    values: Mapping[str, Value] = field(default_factory=dict)
    one: str = ""
    numbers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for text in filter(None, (self.text, self.one)):
            if self.values and not _fields(text) <= self.values.keys():
                raise DataError(tr("a note lacks a value: {note}", note=text))
        if self.one and type(self.values.get(NUMBER)) is not int:
            raise DataError(tr("a note lacks a value: {note}", note=self.one))

    def __str__(self) -> str:
        said = {name: _said(value) for name, value in self.values.items()}
        said |= {name: localised(said[name]) for name in self.numbers if name in said}
        number = self.values.get(NUMBER)
        if self.one and isinstance(number, int):
            del said[NUMBER]
            return tr_n(self.one, self.text, number, **said)
        return tr(self.text, **said)


def note_n(one: str, many: str, number: int, /, **values: Value) -> Note:
    """Return the note on a number of things, as `tr_n` says it."""
    return Note(many, {NUMBER: number, **values}, one=one)


def counted(number: int, what: str) -> Note:
    """Return a count with its noun; catalogues have it as “{n} rows”."""
    return note_n(f"{{n}} {what}", f"{{n}} {what}s", number)


def _said(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return format_integer(value) if isinstance(value, int) else str(value)


def _fields(text: str) -> set[str]:
    """Return the names of the values in a text; other braces are faults."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise DataError(tr("a note lacks a value: {note}", note=text)) from error
    return {f"{name}{spec}{how or ''}" for _, name, spec, how in parts if name is not None}
