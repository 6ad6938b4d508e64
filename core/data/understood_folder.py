"""What was understood of a folder of files, to be told: classes, sizes, files left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from core.language import tr
from core.note import Note, note_n
from core.number_format import format_integer

MOST_SIZES = 4  # in a line


class LeftOutFiles(NamedTuple):
    """Files that are left out: how many, and the names of the first ones."""

    why: str
    number: int
    names: tuple[str, ...]

    def __str__(self) -> str:
        return str(self.note)

    @property
    def note(self) -> Note:
        """How many are left out, and why."""
        more = ", …" if self.number > len(self.names) else ""
        return note_n(
            "{n} file left out, {why}: {names}",
            "{n} files left out, {why}: {names}",
            self.number,
            why=Note(self.why),
            names=f"{', '.join(self.names)}{more}",
        )


@dataclass(frozen=True)
class UnderstoodFolder:
    """How a folder of pictures or of texts is used.

    sizes : rows and columns of pictures, most frequent first, each with how many have them.
    made : how they become rows of data; a text is of an older project.
    first_names : a few files of each class. left_out : files that are not in the data.
    notes : sentences without their ends.
    """

    sizes: tuple[tuple[tuple[int, int], int], ...]
    made: str | Note
    first_names: dict[str, tuple[str, ...]]
    left_out: tuple[LeftOutFiles, ...]
    notes: tuple[str | Note, ...]

    def say_sizes(self) -> str:
        """Return the most frequent sizes of the files."""
        parts = [
            f"{rows} × {columns} ({format_integer(count)})"
            for (rows, columns), count in self.sizes[:MOST_SIZES]
        ]
        more = len(self.sizes) - MOST_SIZES
        sizes = ", ".join(parts)
        if more <= 0:
            return sizes
        return tr("{sizes} and {more} other sizes", sizes=sizes, more=format_integer(more))

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON-compatible values."""
        return {
            "sizes": [
                {"rows": rows, "columns": columns, "files": count}
                for (rows, columns), count in self.sizes
            ],
            "made": str(self.made),
            "first_names": {name: list(files) for name, files in self.first_names.items()},
            "left_out_files": [
                {"why": each.why, "count": each.number, "names": list(each.names)}
                for each in self.left_out
            ],
            "notes": [str(note) for note in self.notes],
        }
