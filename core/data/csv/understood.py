"""What was understood of a table, to be told: its format, label, features, and what is left out."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.language import mark, tr
from core.note import Note
from core.number_format import format_integer

if TYPE_CHECKING:  # what reads tables is imported with the first one
    from core.data.csv.dialect import TableFormat

MOST_LISTED = 10  # lines or columns in a sentence
NOT_CHOSEN = mark("not chosen")
MOST_LINES = 1_000  # in JSON
UNTOLD = (
    "names",
    "notes",
    "roles",
    "word_columns",
    "unusual",
    "layout",
)  # fields of TableFormat told elsewhere


class Remark(NamedTuple):
    """Something odd, as a sentence without its end, and how the terminal changes it, or "".

    Older projects have it as a text.
    """

    text: str | Note
    cure: str = ""

    def __str__(self) -> str:
        return f"{self.text}; {self.cure}" if self.cure else str(self.text)


class LeftOut(NamedTuple):
    """Rows that are left out.

    why : as in “without a label”. lines : of the file, perhaps only the first ones; rows : of all.
    """

    why: str
    lines: NDArray[np.int32]
    rows: int


@dataclass(frozen=True, eq=False)
class Understood:
    """How a table is used; reasons are said in the language of the window when they are asked for.

    label_why : why this column is the label; rivals : others that could be.
    unused : columns outside the data set, each with the reason; doubts : those in it that are no
        features unless they are asked for, and why.
    remarks : what seems odd.
    could_be_words : columns that can go in as categories.
    text : the column of texts whose words are the features, "" without one; text_why : why it is.
    could_be_text : columns that hold texts of several words.
    """

    format: TableFormat
    label: str
    label_why: str
    rivals: tuple[str, ...]
    unused: tuple[tuple[str, str | Note], ...]
    doubts: dict[str, str | Note]
    remarks: tuple[Remark, ...]
    could_be_words: tuple[str, ...] = ()
    text: str = ""
    text_why: str = ""
    could_be_text: tuple[str, ...] = ()

    def describe_label(self) -> str:
        """Return which column is the label, why, and which others could be."""
        said = tr("{name} ({why})", name=self.label, why=tr(self.label_why))
        if self.rivals:
            return tr("{said}; {others} could be it too", said=said, others=listed(self.rivals))
        return said

    def describe_text(self) -> str:
        """Return which column holds the texts, why, and which others could be it."""
        others = tuple(name for name in self.could_be_text if name != self.text)
        said = tr("{name} ({why})", name=self.text, why=tr(self.text_why))
        return (
            tr("{said}; {others} could be it too", said=said, others=listed(others))
            if others
            else said
        )

    def unused_beside(self, columns: tuple[str, ...], chosen: tuple[str, ...]) -> dict[str, str]:
        """Return the columns that are not used, and why.

        columns : of the data set. chosen : those of them that go in.
        """
        left = [(n, self.doubts.get(n, Note(NOT_CHOSEN))) for n in columns if n not in chosen]
        return {name: str(why) for name, why in (*left, *self.unused)}

    def form_to_json(self) -> dict[str, Any]:
        """Return the format as JSON-compatible values."""
        layout = self.format.layout
        return {
            "format": str(self.format),
            "layout": layout.kind if layout else None,
            **{
                field.name: getattr(self.format, field.name)
                for field in fields(self.format)
                if field.name not in UNTOLD
            },
        }


def left_out_json(left_out: tuple[LeftOut, ...]) -> list[dict[str, Any]]:
    """Return which rows are left out as JSON-compatible values."""
    return [
        {"why": each.why, "count": each.rows, "lines": each.lines[:MOST_LINES].tolist()}
        for each in left_out
    ]


def listed(names: tuple[str, ...], separator: str = ", ", most: int = MOST_LISTED) -> str:
    """Return the first few names and how many more there are."""
    more = len(names) - most
    shown = separator.join(names[:most])
    return tr("{names} and {n} more", names=shown, n=format_integer(more)) if more > 0 else shown
