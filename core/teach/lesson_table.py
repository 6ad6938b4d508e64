"""One table of a lesson's file, or of a sweep's; each question notes a fault and never raises."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from core.invisible_characters import visible
from core.language import tr
from core.number_format import format_integer
from core.runs.json_object import quoted
from core.teach import formulae
from core.teach.toml_document import Document, Fault, Path

JOINERS = "\u200c\u200d"  # unseen letters that scripts and emoji need
MOST_SIZE = 1e6  # of a coordinate or a weight


class Table:
    """A table, the path to it and the faults of the file, which it adds to.

    What is asked for is known; `refuse_others` notes the rest.
    """

    def __init__(self, document: Document, faults: list[Fault], path: Path, values: Any) -> None:
        self._document, self._faults, self._path = document, faults, path
        self._asked: set[str] = set()
        self.values: dict[str, Any] = values if isinstance(values, dict) else {}
        self.is_table = isinstance(values, dict)
        if not self.is_table:
            self.fault(
                (),
                tr(
                    "{name} is {values}; a table was expected.",
                    name=self._name(),
                    values=quoted(values),
                ),
            )

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def fault(self, path: Path, sentence: str) -> None:
        """Note what is wrong with the value at this path from here, or with the table."""
        self._faults.append(Fault(self._document.line((*self._path, *path)), sentence))

    def table(self, key: str) -> Table:
        """Return the table of this key, which is empty if there is none."""
        self._asked.add(key)
        return Table(self._document, self._faults, (*self._path, key), self.values.get(key, {}))

    def tables(self, key: str, most: int) -> list[Table]:
        """Return the tables of the array of this key, at least one, at most `most`."""
        values = self.list(key, most)
        if not values:
            self.fault((key,), tr("{key} is empty or missing; at least one was expected.", key=key))
        path = (*self._path, key)
        return [
            Table(self._document, self._faults, (*path, k), each) for k, each in enumerate(values)
        ]

    def list(self, key: str, most: int) -> Sequence[Any]:
        """Return the values of an array, which are unchecked; none if there is no array."""
        self._asked.add(key)
        values = self.values.get(key, [])
        if not isinstance(values, list):
            self.fault(
                (key,),
                tr("{key} is {values}; a list was expected.", key=key, values=quoted(values)),
            )
            return ()
        if len(values) > most:
            self.fault(
                (key,),
                tr(
                    "{key} has {values} members; {most} are the most.",
                    key=key,
                    values=format_integer(len(values)),
                    most=format_integer(most),
                ),
            )
            return ()
        return values

    def text(self, key: str, most: int, default: str | None = None, *, is_line: bool = True) -> str:
        """Return a text of at most `most` letters; in one line if `is_line`.

        default : what it is where the key is missing; None if that is a fault.
        """
        self._asked.add(key)
        value = self.values.get(key, default)
        if value is None:
            self.fault((), tr("{key} is missing.", key=key))
        elif not isinstance(value, str):
            self.fault(
                (key,), tr("{key} is {value}; text was expected.", key=key, value=quoted(value))
            )
        elif key in self and not value.strip():
            self.fault((key,), tr("{key} is empty.", key=key))
        elif len(value) > most:
            self.fault(
                (key,),
                tr(
                    "{key} has {value} letters; {most} are the most.",
                    key=key,
                    value=format_integer(len(value)),
                    most=format_integer(most),
                ),
            )
        elif is_line and "\n" in value.strip():
            self.fault((key,), tr("{key} has several lines; one was expected.", key=key))
        else:
            return visible(value.strip(), keep="\n" + JOINERS)
        return ""

    def prose(self, key: str, most: int, default: str | None = None) -> str:
        """Return a text of several lines, whose formulae are looked at."""
        text = self.text(key, most, default, is_line=False)
        path = (*self._path, key)
        for words, sentence in formulae.faults_of(text):
            line = self._document.line_of(path, words.replace("\\", "\\\\"))
            line = max(line, self._document.line_of(path, words))
            self._faults.append(Fault(line, sentence))
        return text

    def one_of(self, key: str, known: Sequence[str], default: str = "") -> str:
        """Return one of these words, or the default where the key is missing."""
        self._asked.add(key)
        value = self.values.get(key, default)
        if key in self and value not in known:
            self.fault(
                (key,),
                tr(
                    "{key} is {value}; it must be one of {known}.",
                    key=key,
                    value=quoted(value),
                    known=", ".join(known),
                ),
            )
            return default
        return str(value)

    def switch(self, key: str) -> bool | None:
        """Return whether it is true; None where the key is missing."""
        self._asked.add(key)
        value = self.values.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.fault(
            (key,), tr("{key} is {value}; it must be true or false.", key=key, value=quoted(value))
        )
        return None

    def number(self, key: str) -> float | None:
        """Return a finite number; None where the key is missing."""
        self._asked.add(key)
        value = self.values.get(key)
        if value is None or is_number(value):
            return None if value is None else float(value)
        self.fault(
            (key,), tr("{key} is {value}; a number was expected.", key=key, value=quoted(value))
        )
        return None

    def whole(self, key: str, low: int, high: int) -> int:
        """Return a whole number from low to high."""
        self._asked.add(key)
        value = self.values.get(key)
        if type(value) is int and low <= value <= high:
            return value
        what = tr("is missing") if value is None else tr("is {value}", value=quoted(value))
        self.fault(
            (key,),
            tr(
                "{key} {what}; it must be a whole number from {low} to {high}.",
                key=key,
                what=what,
                low=format_integer(low),
                high=format_integer(high),
            ),
        )
        return low

    def numbers(self, key: str, size: int | None = None, most: int = 0) -> tuple[float, ...]:
        """Return a list of so many finite numbers; of up to `most` if size is None."""
        values = self.list(key, size or most)
        if size is not None and len(values) != size:
            self.fault((key,), tr("{key} must be a list of {size} numbers.", key=key, size=size))
            return (0.0,) * size
        bad = [value for value in values if not is_number(value)]
        if bad:
            self.fault(
                (key,),
                tr(
                    "{key} has {bad}; finite numbers up to {most_size} were expected.",
                    key=key,
                    bad=quoted(bad[0]),
                    most_size=format_integer(MOST_SIZE),
                ),
            )
            return (0.0,) * len(values)
        return tuple(float(value) for value in values)

    def refuse_others(self, known: Sequence[str] = ()) -> None:
        """Note each key that was not asked for as one that is not known."""
        for key in self.values:
            if key not in self._asked:
                names = ", ".join(known or sorted(self._asked))
                self.fault(
                    (key,),
                    tr(
                        "{table} has {key}; known: {names}.",
                        table=self._name(),
                        key=quoted(key),
                        names=names,
                    ),
                )

    def _name(self) -> str:
        """Return what the table is called in a sentence."""
        words = [key for key in self._path if isinstance(key, str)]
        return ".".join(words) if words else tr("the {what}", what=tr(self._document.what))


def is_number(value: object) -> bool:
    """Return whether the value is a finite number that is not too large."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= MOST_SIZE and not math.isnan(value)
