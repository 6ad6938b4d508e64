"""A table as it was read: its columns, what each can be used for, and its missing cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.data.csv.dialect import SPLIT, TEST, TRAIN, VALIDATION, TableFormat
from core.errors import DataError
from core.name_lookup import find, natural_order
from core.number_format import format_shortest

Kind = Literal["numbers", "whole numbers", "text", "empty"]
Values = NDArray[np.float64] | NDArray[np.uint8]

MAX_CLASSES = 256
MAX_EXACT = 2**53  # float64 represents every whole number up to here
EXACT_FLOAT32 = 2**24  # float32 represents every whole number up to here
MOST_OFFSET = 32  # times the range of a column, up to which float32 tells its numbers apart
MAX_FLOAT32 = float(np.finfo(np.float32).max)
LABEL_NAMES = ("label", "labels", "class", "classes", "target", "species", "y", "category")
ROW_NAMES = ("id", "index", "row", "row name", "row names", "rownames", "no", "nr", "unnamed: 0")
PIXELS = {784: (28, 28), 64: (8, 8)}
FEW_ROWS = 10  # up to this many rows, each may have a class of its own
MOST_DISTINCT_LABELS = 100  # most distinct values of a label column of pictures


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
    unit: str = ""

    @property
    def is_number(self) -> bool:
        return self.kind in ("numbers", "whole numbers")

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
        return ~np.isfinite(self.values)

    @cached_property
    def obstacle(self) -> str:
        """Why this column cannot be a feature, or ""."""
        if self.kind == "empty":
            return "empty: no cell is filled"
        if self.kind == "text":
            return "text"
        if not self.low <= self.high:
            return "no finite number"
        if self.low == self.high:
            return f"constant: always {format_shortest(self.low)}"
        if self.kind == "whole numbers" and max(-self.low, self.high) > MAX_EXACT:
            return "64-bit numbers, such as ids: too long to be exact"
        return ""

    @cached_property
    def doubt(self) -> str:
        """Why this column is not a feature unless the user chooses it, or ""."""
        if self.obstacle or self.kind != "whole numbers" or self.gaps:
            return ""
        steps = self.values[1:].astype(np.float64) - self.values[:-1]
        if len(self.values) > 2 and (steps == 1).all():
            return "counts the rows"
        if self.name.casefold() in ROW_NAMES and len(np.unique(self.values)) == len(self.values):
            return "a different number in each row, like an id"
        return ""

    @cached_property
    def classes(self) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """The names of the classes in natural order, and the class number of each cell or −1.

        Raises DataError, without the file's name, where this column can hardly be the label.
        """
        if self.kind == "empty":
            raise DataError(f"Column “{self.name}” is empty; choose another label column.")
        if self.kind == "text" and self.codes is None:
            raise self._too_many("more than 10,000")
        if self.kind == "numbers":
            finite = self.values[~self.is_gap]
            example = finite[finite != np.rint(finite)][0]
            raise DataError(
                f"Column “{self.name}” holds numbers with fractions, such as "
                f"{format_shortest(example)}; the label column must hold names or whole numbers. "
                "Choose another label column."
            )
        present = ~self.is_gap
        numbers = np.unique(self.values[present])
        spoken = [] if self.kind != "text" or self.codes is None else list(self.words)
        if len(numbers) + len(spoken) > MAX_CLASSES:
            raise self._too_many(f"{len(numbers) + len(spoken):,}")
        names = [*(format_shortest(number) for number in numbers), *spoken]
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

    def _too_many(self, count: str) -> DataError:
        return DataError(
            f"Column “{self.name}” would make {count} classes (at most {MAX_CLASSES} are taken): "
            "is this the label column? Choose another one."
        )


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
        return find(wanted, self.names, "column", f" in {self.path.name}")

    @cached_property
    def default_label(self) -> int:
        """Index of the column with a label's name; else of the last one that can be the label."""
        plain = [name.casefold() for name in self.names]
        for name in LABEL_NAMES:
            if name in plain:
                return plain.index(name)
        last = len(self.columns) - 1
        if last in PIXELS and not 1 < self._distinct(last) <= MOST_DISTINCT_LABELS:
            return 0  # pictures with the label first
        return next((j for j in range(last, -1, -1) if self._may_be_label(j)), last)

    def _may_be_label(self, j: int) -> bool:
        column = self.columns[j]
        if j == self.split or column.doubt:
            return False
        least = 1 if column.kind == "text" else 2
        return least <= self._distinct(j) <= max(self.n // 2, FEW_ROWS)

    @cached_property
    def split(self) -> int | None:
        """Index of the split column that an export writes (TRAIN, VALIDATION, TEST), or None."""
        for j, column in enumerate(self.columns):
            words = {word.casefold() for word in column.words}
            is_named = column.name.casefold().rstrip("_") == SPLIT and column.codes is not None
            if is_named and words <= {TRAIN, VALIDATION, TEST} and not column.missing:
                return j
        return None

    def _distinct(self, j: int) -> int:
        try:
            return len(self.columns[j].classes[0])
        except DataError:
            return self.n + FEW_ROWS + 1

    def usable(self, label: int) -> tuple[int, ...]:
        """Return the indices of the columns that can be features with this label."""
        if self.image_shape(label):
            return tuple(j for j in range(len(self.columns)) if j not in (label, self.split))
        return tuple(
            j for j, column in enumerate(self.columns) if j != label and not column.obstacle
        )

    def say_words_beside(self, label: int) -> str:
        """Return a sentence on why there may be no numbers beside the label."""
        for j, column in enumerate(self.columns):
            word = next((cell for cell in column.head if isinstance(cell, str)), None)
            if j != label and column.kind == "text" and word is not None:
                return f"Column “{column.name}” holds words, such as “{word}”."
        return "Is the separator right?"

    def image_shape(self, label: int) -> tuple[int, int] | None:
        """Return (rows, columns) of the pictures if all other columns are pixels, else None."""
        beside = (label, self.split)
        pixels = [column for j, column in enumerate(self.columns) if j not in beside]
        if not all(column.values.dtype == np.uint8 and column.is_number for column in pixels):
            return None
        if not self.n or max((column.high for column in pixels), default=0) < 2:
            return None
        return PIXELS.get(len(pixels))

    def gaps(self, label: int, features: Sequence[int]) -> Gaps:
        """Return which rows have no label, and which lack a number in one of the features."""
        column = self.columns[label]
        try:
            no_label = column.classes[1] < 0
        except DataError:
            no_label = np.zeros(self.n, dtype=bool)
        incomplete = np.zeros(self.n, dtype=bool)
        for j in features:
            if self.columns[j].gaps:
                incomplete |= self.columns[j].is_gap
        return Gaps(self, label, tuple(features), no_label, incomplete & ~no_label)


@dataclass(frozen=True, eq=False)
class Gaps:
    """Gaps of a choice of columns: rows without a label, and labelled ones lacking a number."""

    table: Table
    label: int
    features: tuple[int, ...]
    no_label: NDArray[np.bool_]
    incomplete: NDArray[np.bool_]

    @property
    def cells(self) -> dict[str, int]:
        """The number of gaps of each feature that has any, in rows with a label."""
        counted = {
            self.table.columns[j].name: int((self.table.columns[j].is_gap & ~self.no_label).sum())
            for j in self.features
            if self.table.columns[j].gaps
        }
        return {name: count for name, count in counted.items() if count}

    def listed(self, limit: int) -> list[tuple[int, str]]:
        """Return line number and description of the first `limit` problems, ordered by line."""
        (rows,) = np.nonzero(self.no_label | self.incomplete)
        found = []
        for row in rows[:limit]:
            columns = [self.label] if self.no_label[row] else self.features
            words = [
                f"{column.name}: {self._found(j, row)}"
                for j in columns
                if (column := self.table.columns[j]).is_gap[row] or j == self.label
            ]
            what = "no label" if self.no_label[row] else "no number"
            found.append((int(self.table.lines[row]), f"{what} ({'; '.join(words)})"))
        width = len(self.table.columns)
        found += [
            (line, f"{count} value{'s' if count != 1 else ''}, not {width}; left out")
            for line, count in self.table.ragged
        ]
        return sorted(found)[:limit]

    def _found(self, j: int, row: int) -> str:
        column = self.table.columns[j]
        if column.codes is not None and column.codes[row] >= 0:
            return f"“{column.words[column.codes[row]]}”"
        value = column.values[row]
        return "empty" if np.isnan(value) else f"{value:g}, no finite number"
