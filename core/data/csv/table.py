"""A table as it was read: its columns, what each can be used for, and its missing cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.data.csv.dialect import TableFormat
from core.data.csv.header import SPLIT, TEST, TRAIN, VALIDATION
from core.data.csv.spelling import merged
from core.errors import DataError
from core.language import mark, tr
from core.name_lookup import find, natural_order
from core.note import Note, Value
from core.number_format import format_integer, format_shortest

Kind = Literal["numbers", "whole numbers", "text", "empty"]
Values = NDArray[np.float64] | NDArray[np.uint8]

MAX_CLASSES = 256
MAX_EXACT = 2**53  # float64 represents every whole number up to here
EXACT_FLOAT32 = 2**24  # float32 represents every whole number up to here
MOST_OFFSET = 32  # times the range of a column, up to which float32 tells its numbers apart
MAX_FLOAT32 = float(np.finfo(np.float32).max)
ROW_NAMES = ("id", "index", "row", "row name", "row names", "rownames", "no", "nr", "unnamed: 0")
PIXELS = {784: (28, 28), 64: (8, 8)}
MOST_ROW_NUMBERS = 3  # columns beside pixels that number the rows
EXAMINED = 1_000  # rows
FEW_ROWS = 10  # up to this many rows, each may have a class of its own
MAX_WORDS = 10_000  # distinct words of a column that holds no texts
MOST_CATEGORIES = 20  # of a column of words as a feature
TRUTHS = ({"false", "true"}, {"no", "yes"}, {"n", "y"}, {"f", "t"})


@dataclass(frozen=True, eq=False)
class Column:
    """One column, n cells.

    kind : what nearly all of its cells hold.
    values : the numbers; NaN for a cell without one, ±inf for a number that is too large for
        float32. uint8 if all are whole numbers from 0 to 255.
    codes, words : if some cells hold words, each cell's index into `words`, −1 for none; codes is
        None if all cells are numbers, or if there are too many distinct words.
    missing, not_finite, not_numbers : counts of cells; the last is of words among numbers.
    low, high : range of the finite numbers.
    head : the first cells: a number, a word, or None for a missing one.
    na_words : of a column of words, how often it holds each word such as “NA”; if it is among
        `words` it is read as one of them, else as a missing value.
    aside : why the file itself sets this column aside, or "".
    unit : what stands beside its numbers, "" for nothing.
    """

    name: str
    kind: Kind
    values: Values
    codes: NDArray[np.int32] | None
    words: tuple[str, ...]
    missing: int
    not_finite: int
    not_numbers: int
    low: float
    high: float
    head: tuple[float | str | None, ...]
    na_words: tuple[tuple[str, int], ...] = ()
    aside: str = ""
    unit: str = ""

    @property
    def is_number(self) -> bool:
        return self.kind in ("numbers", "whole numbers")

    @property
    def is_pixel(self) -> bool:
        """Whether it holds nothing but numbers from 0 to 255."""
        return self.is_number and not self.gaps and self.low >= 0 and self.high <= 255

    @property
    def gaps(self) -> int:
        """The number of cells without a number that can be trained on."""
        return self.missing + self.not_finite + self.not_numbers

    @property
    def needs_float64(self) -> bool:
        """Whether float32 is too coarse for the range of the numbers: large and close together."""
        largest = max(-self.low, self.high)
        if not self.low < self.high or (self.kind == "whole numbers" and largest <= EXACT_FLOAT32):
            return False
        return largest > MOST_OFFSET * (self.high - self.low)

    @cached_property
    def is_gap(self) -> NDArray[np.bool_]:
        """Mask (n,) of the gaps."""
        if self.kind == "text" and self.codes is not None:
            return (self.codes < 0) & ~np.isfinite(self.values)
        return ~np.isfinite(self.values)

    @property
    def obstacle(self) -> str:
        """Why this column cannot be a feature, or ""."""
        return str(self.obstacle_note or "")

    @cached_property
    def obstacle_note(self) -> Note | None:
        """Why this column cannot be a feature, None if it can."""
        if self.kind == "empty":
            return Note(mark("empty: no cell is filled"))
        if self.kind == "text":
            return self._obstacle_of_words()
        if not self.low <= self.high:
            return Note(mark("no finite number"))
        if self.low == self.high:
            return Note(mark("constant: always {value}"), {"value": format_shortest(self.low)})
        if self.kind == "whole numbers" and max(-self.low, self.high) > MAX_EXACT:
            return Note(mark("64-bit numbers, such as ids: too long to be exact"))
        return None

    def _obstacle_of_words(self) -> Note | None:
        """Return why the words cannot be categories, None if they can."""
        if self.codes is None or len(self.words) > MOST_CATEGORIES:
            count: Value = len(self.words)
            if self.codes is None:
                count = Note(mark("more than {most}"), {"most": MAX_WORDS})
            text = mark("text: {count} different words, at most {most} can be categories")
            return Note(text, {"count": count, "most": MOST_CATEGORIES})
        names, y = self.categories()
        if len(names) > MOST_CATEGORIES:
            text = mark("text: {n} different values, at most {most} can be categories")
            return Note(text, {"n": len(names), "most": MOST_CATEGORIES})
        if len(names) == 1:
            return Note(mark("constant: always “{name}”"), {"name": names[0]})
        if not _are_truths(names) and 2 * len(names) > int((y >= 0).sum()):
            return Note(mark("text: most rows have a word of their own"))
        return None

    @property
    def doubt(self) -> str:
        """Why this column is not a feature unless the user chooses it, or ""."""
        return str(self.doubt_note or "")

    @cached_property
    def doubt_note(self) -> Note | None:
        """Why this column is not a feature unless the user chooses it, None if it is one."""
        if self.obstacle_note:
            return None
        if self.aside:
            return Note(self.aside)
        if self.kind == "text":
            count = len(self.categories()[0])
            text = mark("words: {count} different ones, as categories on request")
            return None if count == 2 else Note(text, {"count": count})
        if self.kind != "whole numbers" or self.gaps:
            return None
        steps = self.values[1:].astype(np.float64) - self.values[:-1]
        if len(self.values) > 2 and (steps == 1).all():
            return Note(mark("counts the rows"))
        if self.name.casefold() in ROW_NAMES and len(np.unique(self.values)) == len(self.values):
            return Note(mark("a different number in each row, like an id"))
        return None

    @cached_property
    def classes(self) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """The names of the classes in natural order, and the class number of each cell or −1.

        Raises DataError, without the file's name, where this column can hardly be the label.
        """
        if self.kind == "empty":
            raise DataError(
                tr("Column “{name}” is empty; choose another label column.", name=self.name)
            )
        if self.kind == "text" and self.codes is None:
            raise self._too_many(tr("more than {most}", most=format_integer(MAX_WORDS)))
        if self.kind == "numbers":
            finite = self.values[~self.is_gap]
            example = finite[finite != np.rint(finite)][0]
            raise DataError(
                tr(
                    "Column “{name}” holds numbers with fractions, such as {example}: a quantity, "
                    "not a class; the label column must hold names or whole numbers. Choose "
                    "another label column.",
                    name=self.name,
                    example=format_shortest(example),
                )
            )
        present = np.isfinite(self.values)
        numbers = np.unique(self.values[present])
        spoken = [] if self.kind != "text" or self.codes is None else list(self.words)
        if len(numbers) + len(spoken) > MAX_CLASSES:
            raise self._too_many(format_integer(len(numbers) + len(spoken)))
        beside = f" {self.unit}" if self.unit else ""
        names = [*(f"{format_shortest(number)}{beside}" for number in numbers), *spoken]
        order = (
            sorted(range(len(names)), key=lambda k: natural_order(names[k]))
            if spoken
            else range(len(names))
        )
        rank = np.empty(len(names), dtype=np.int64)
        rank[list(order)] = np.arange(len(names))
        y = np.full(len(self.values), -1, dtype=np.int64)
        if len(numbers):
            y[present] = rank[np.searchsorted(numbers, self.values[present])]
        if spoken and self.codes is not None:
            is_word = self.codes >= 0
            y[is_word] = rank[len(numbers) + self.codes[is_word]]
        return tuple(names[k] for k in order), y

    @cached_property
    def merged_classes(self) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """As `classes`, with the spellings of a word (alpha, Alpha) as one class."""
        return merged(*self.classes)

    def categories(self, *, is_merged: bool = False) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """As `classes`; truth values are one category however they are written.

        is_merged : so are all other words.
        """
        if is_merged or _are_truths(self.classes[0]):
            return self.merged_classes
        return self.classes

    def _too_many(self, count: str) -> DataError:
        return DataError(
            tr(
                "Column “{name}” would make {count} classes (at most {most} are taken): "
                "is this the label column? Choose another one.",
                name=self.name,
                count=count,
                most=MAX_CLASSES,
            )
        )


def _are_truths(names: Sequence[str]) -> bool:
    return {name.casefold() for name in names} in TRUTHS


class Pictures(NamedTuple):
    """Columns that are the pixels of pictures.

    shape : (rows, columns) of a picture. factor : turns the cells into 0 … 255, or 0 … 16.
    """

    shape: tuple[int, int]
    columns: tuple[int, ...]
    factor: float


def _pixel_factor(pixels: Sequence[Column], *, is_sure: bool) -> float:
    """Return the factor that turns these columns into bytes, 0 if they are no pixels.

    is_sure : their number alone makes shares of 1 pixels; else they must be sixteenths, or of 255.
    """
    top = max(column.high for column in pixels)
    are_whole = all(column.kind == "whole numbers" for column in pixels)
    if are_whole and top >= 2:
        return 1.0
    if top > 1 or (are_whole and not is_sure):
        return 0.0
    for factor in (16.0, 255.0):
        levels = [column.values[:EXAMINED].astype(np.float64) * factor for column in pixels]
        if not are_whole and all((abs(x - np.rint(x)) < 0.01).all() for x in levels):
            return factor if not is_sure else 255.0
    return 255.0 if is_sure else 0.0


@dataclass(frozen=True, eq=False)
class Table:
    """A file as it was read.

    lines : (n,) the line of the file that each row starts in.
    ragged : (line, number of values) of the first lines left out for a wrong number of values.
    ragged_count : total number of such lines.
    """

    path: Path
    format: TableFormat
    columns: tuple[Column, ...]
    lines: NDArray[np.int32]
    ragged: tuple[tuple[int, int], ...] = ()
    ragged_count: int = 0

    @property
    def n(self) -> int:
        return len(self.lines)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, wanted: str) -> int:
        """Return the index of the column with this name or index (from 0)."""
        return find(wanted, self.names, mark("column"), tr(" in {file}", file=self.path.name))

    @cached_property
    def split(self) -> int | None:
        """Index of the split column that an export writes (TRAIN, VALIDATION, TEST), or None."""
        for j, column in enumerate(self.columns):
            words = {word.casefold() for word in column.words}
            is_named = column.name.casefold().rstrip("_") == SPLIT and column.codes is not None
            if is_named and words <= {TRAIN, VALIDATION, TEST} and not column.missing:
                return j
        return None

    def usable(self, label: int) -> tuple[int, ...]:
        """Return the indices of the columns that can be features with this label."""
        if pictures := self.pictures(label):
            return pictures.columns
        return tuple(
            j
            for j, column in enumerate(self.columns)
            if j not in (label, self.split) and not column.obstacle_note
        )

    def why_unusable(self, j: int, label: int) -> str:
        """Return why a column cannot be a feature with this label, or ""."""
        return str(self.obstacle_of(j, label) or "")

    def obstacle_of(self, j: int, label: int) -> Note | None:
        """Return why a column cannot be a feature with this label, None if it can."""
        if j == label:
            return Note(mark("it is the label"))
        if j == self.split:
            return Note(mark("marks the rows for testing"))
        column = self.columns[j]
        if pictures := self.pictures(label):
            if j in pictures.columns:
                return None
            return column.obstacle_note or column.doubt_note or Note(mark("no pixel"))
        return column.obstacle_note

    def image_shape(self, label: int) -> tuple[int, int] | None:
        """Return (rows, columns) of the pictures if the other columns are pixels, else None."""
        pictures = self.pictures(label)
        return pictures and pictures.shape

    def pictures(self, label: int | None) -> Pictures | None:
        """Return the pictures in the other columns, without text and row numbers; else None."""
        if label not in self._pictures:
            self._pictures[label] = self._find_pictures(label)
        return self._pictures[label]

    @cached_property
    def _pictures(self) -> dict[int | None, Pictures | None]:
        """Answers of `pictures`, by the label."""
        return {}

    def _find_pictures(self, label: int | None) -> Pictures | None:
        numbers = [
            j
            for j, column in enumerate(self.columns)
            if j not in (label, self.split) and column.is_pixel
        ]
        if not any(len(numbers) - k in PIXELS for k in range(MOST_ROW_NUMBERS + 1)):
            return None
        pixels = numbers
        if len(numbers) not in PIXELS:
            pixels = [j for j in numbers if not self.columns[j].doubt]
        shape = PIXELS.get(len(pixels))
        if shape is None or not self.n:
            return None
        columns = [self.columns[j] for j in pixels]
        factor = _pixel_factor(columns, is_sure=shape == (28, 28))
        return Pictures(shape, tuple(pixels), factor) if factor else None
