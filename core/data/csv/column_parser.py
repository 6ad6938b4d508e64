"""Build one column of a table, chunk by chunk, from the cells as pandas parsed them.

The cells of each chunk are copied to their final array. If the chunks were kept and joined at the
end, a column would need its memory twice, and pandas would need new memory for each chunk.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.data.csv import arrays
from core.data.csv.dialect import MISSING, MOST_WORDS, TableFormat
from core.data.csv.numbers import NumberForm, find_unit
from core.data.csv.packed import Source
from core.data.csv.spreadsheet import restored
from core.data.csv.table import MAX_FLOAT32, MAX_WORDS, Column, Kind, Table, Values
from core.data.text.prose import is_prose
from core.errors import DataError
from core.language import mark, tr

if TYPE_CHECKING:
    import pandas as pd

HEAD_ROWS = 12
SET_ASIDE = mark("set aside by the file's own header")
# Words that may be the name of a class: North America, no illness, a minus. The others of MISSING
# are written by programs only.
MAYBE_WORDS = ("NA", "N/A", "n/a", "null", "NULL", "None", "-")


class GrowingArray:
    """An array that grows at its end; an array of only fillers takes no memory.

    nbytes : size of what has been written.
    """

    def __init__(self, filler: np.generic) -> None:
        self._filler = filler
        self._array: NDArray[Any] = np.empty(0, dtype=filler.dtype)
        self._written = self._length = 0

    @property
    def nbytes(self) -> int:
        return self._written * self._array.itemsize

    def pad(self, count: int) -> None:
        """Append `count` fillers."""
        self._length += count

    def extend(self, part: NDArray[Any], expected: int) -> None:
        """Append `part`. expected : final length of the array, 0 if unknown."""
        end = self._length + len(part)
        self._reserve(end, part.dtype, expected)
        self._array[self._length : end] = part
        self._written = self._length = end

    def _reserve(self, end: int, dtype: np.dtype[Any], expected: int = 0) -> None:
        """Reserve capacity up to `end`, and write the fillers that were only counted so far."""
        if self._written:
            dtype = np.result_type(dtype, self._array.dtype)
        if self._written < self._length:
            dtype = np.result_type(dtype, self._filler.dtype)
        if end > len(self._array) or dtype != self._array.dtype:
            # The system commits memory on write, so excess capacity costs nothing.
            capacity = max(end, expected, self._written * 5 // 4 if end > len(self._array) else 0)
            array = np.empty(capacity, dtype=dtype)
            array[: self._written] = self._array[: self._written]
            self._array = array
        if self._written < self._length:
            self._array[self._written : self._length] = self._filler
            self._written = self._length

    def finish(self) -> NDArray[Any]:
        """Return the array, which is read-only if it consists of fillers only."""
        if not self._written:
            return np.broadcast_to(self._filler, (self._length,))
        self._reserve(self._length, self._array.dtype)
        return self._array[: self._length]


def _small(values: NDArray[np.float64]) -> Values:
    """Return whole numbers from 0 to 255 as bytes, as if written without “.0”; others as given."""
    if not (0 <= values[0] <= 255 and values[0] == int(values[0])):  # the usual case, at no cost
        return values
    if not (values.min() >= 0 and values.max() <= 255):  # False for NaN, too
        return values
    small = values.astype(np.uint8)
    return small if (small == values).all() else values


class Cells:
    """Builds one column."""

    def __init__(
        self,
        name: str,
        numbers: NumberForm,
        na: Collection[str] | None = None,
        aside: str = "",
        *,
        keeps_words: bool = False,
    ) -> None:
        """Start an empty column.

        na : words that mean a missing value even among words; None to find out.
        aside : why the file itself sets the column aside, or "".
        keeps_words : keep all words, however many different ones there are.
        """
        self.name, self._numbers, self._aside = name, numbers, aside
        self._unit = ""
        self._na = na
        self._missing_words = {*MISSING, *(na or ())}
        self._na_cells: dict[str, int] = {}  # how often each word for a missing value occurs
        self._values = GrowingArray(np.float64(np.nan))
        self._codes = GrowingArray(np.int32(-1))
        self._words: dict[str, int] = {}
        self._has_too_many_words, self._keeps_words = False, keeps_words
        self._count = self._missing = self._not_finite = self._word_cells = 0
        self._is_whole = True
        self.is_text_so_far = False
        self._low, self._high = np.inf, -np.inf
        self._head: list[float | str | None] = []

    @property
    def nbytes(self) -> int:
        """Size of what has been written so far."""
        return self._values.nbytes + self._codes.nbytes + sum(map(sys.getsizeof, self._words))

    def take(self, cells: pd.Series[Any], expected: int) -> None:
        """Append cells. expected : final number of cells in the column, 0 if unknown."""
        if not len(cells):
            return
        kind = cells.dtype.kind
        codes = None
        values: Values
        if kind in "iu":
            numbers = cells.to_numpy()
            low, high = numbers.min(), numbers.max()
            is_byte = low >= 0 and high <= 255
            values = numbers.astype(np.uint8) if is_byte else numbers.astype(np.float64)
            self._low, self._high = min(self._low, float(low)), max(self._high, float(high))
        elif kind == "f":
            values = _small(self._measure(cells.to_numpy(dtype=np.float64)))
        else:
            values, codes = self._read_words(cells)
        if len(self._head) < HEAD_ROWS:
            self._remember_head(values, codes)
        if np.isnan(values[0]) and np.isnan(values).all():
            self._values.pad(len(values))
        else:
            self._values.extend(values, expected)
        if codes is None:
            self._codes.pad(len(values))
        else:
            self._codes.extend(codes, expected)
        self._count += len(cells)

    def _measure(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Count missing and too large values; return the values with the latter as ±inf."""
        low, high = float(values.min()), float(values.max())
        if not (low >= -MAX_FLOAT32 and high <= MAX_FLOAT32):  # False for NaN, too
            missing = np.isnan(values)
            self._missing += int(missing.sum())
            with np.errstate(invalid="ignore"):
                too_large = np.abs(values) > MAX_FLOAT32
            if too_large.any():
                self._not_finite += int(too_large.sum())
                values = np.where(too_large, np.copysign(np.inf, values), values)
            finite = values[~(missing | too_large)]
            if not len(finite):
                return values
            low, high = float(finite.min()), float(finite.max())
        else:
            finite = values
        self._low, self._high = min(self._low, low), max(self._high, high)
        self._is_whole = self._is_whole and bool((finite == np.rint(finite)).all())
        return values

    def _read_words(self, cells: pd.Series[Any]) -> tuple[Values, NDArray[np.int32] | None]:
        """Separate numbers from words, once per distinct cell; return values and word codes."""
        import pandas as pd

        n = len(cells)
        if self._has_too_many_words:
            filled = int(cells.notna().sum())
            self._word_cells += filled
            self._missing += n - filled
            return np.broadcast_to(np.float64(np.nan), (n,)), None
        if isinstance(cells.dtype, pd.CategoricalDtype):
            codes_of_cells, distinct = cells.cat.codes.to_numpy(), cells.cat.categories
        else:
            codes_of_cells, distinct = pd.factorize(cells, use_na_sentinel=True)
        numbers = np.full(len(distinct) + 1, np.nan)  # the last, at −1, is for missing cells
        code_of = np.full(len(distinct) + 1, -1, dtype=np.int32)
        na_codes: dict[int, str] = {}
        unread: dict[int, str] = {}
        for code, cell in enumerate(distinct):
            word = str(cell).strip()
            if word.casefold() in ("true", "false"):  # pandas may have changed its case
                word = word.capitalize()
            number = self._numbers.parse(word)
            if word in self._missing_words:
                if word:
                    na_codes[code] = word
            elif number is not None:
                numbers[code] = number
            else:
                unread[code] = word
        if unread:
            self._read_units(unread, numbers, codes_of_cells)
        for code, word in sorted((unread | na_codes).items()):
            code_of[code] = self._words.setdefault(word, len(self._words))
        codes = code_of[codes_of_cells]
        values = self._measure(numbers[codes_of_cells])
        words = int((codes >= 0).sum())
        for code, word in na_codes.items():
            count = int((codes_of_cells == code).sum())
            self._na_cells[word] = self._na_cells.get(word, 0) + count
            words -= count
        self._word_cells += words
        self._missing -= words  # words are NaN, but not missing
        self.is_text_so_far = bool(words) and bool(np.isnan(numbers).all())
        if len(self._words) > MAX_WORDS and not self._keeps_words:
            self._keeps_words = is_prose(tuple(self._words))
            self._has_too_many_words = not self._keeps_words
        return values, codes if words or na_codes else None

    def _read_units(
        self,
        unread: dict[int, str],
        numbers: NDArray[np.float64],
        codes_of_cells: NDArray[np.integer],
    ) -> None:
        """Move words that are a number with the column's unit from `unread` to `numbers`.

        unread : the words, by their codes among the different cells. codes_of_cells : of each cell.
        """
        found = {
            code: read
            for code, word in unread.items()
            if (read := self._numbers.parse_with_unit(word))
        }
        if found and not self._unit:
            counts = np.bincount(codes_of_cells[codes_of_cells >= 0], minlength=len(numbers))
            filled: Counter[str] = Counter()
            for code, (_, unit) in found.items():
                filled[unit] += int(counts[code])
            different = Counter(unit for _, unit in found.values())
            self._unit = find_unit(filled, different, int(counts.sum()))
        for code, (value, unit) in found.items():
            if unit == self._unit:
                numbers[code] = value
                del unread[code]

    def _remember_head(self, values: Values, codes: NDArray[np.int32] | None) -> None:
        words = list(self._words)
        for row in range(min(HEAD_ROWS - len(self._head), len(values))):
            if codes is not None and codes[row] >= 0:
                self._head.append(words[codes[row]])
            else:
                value = float(values[row])
                self._head.append(None if np.isnan(value) else value)

    def finish(self) -> Column:
        kind = self._kind()
        is_text = kind == "text"
        values: Values
        if is_text and self._has_too_many_words:
            values = np.broadcast_to(np.float64(np.nan), (self._count,))
        else:
            values = self._values.finish()
        lost = self._words_for_missing() if is_text else set(self._na_cells)
        kept = [word for word in self._words if word not in lost]
        found = sum(count for word, count in self._na_cells.items() if word not in lost)
        self._word_cells += found
        self._missing -= found
        has_codes = self._word_cells and not self._has_too_many_words
        codes = self._codes_without(lost) if has_codes else None
        words = tuple(restored(kept))
        renamed: dict[str, str | None] = dict(zip(kept, words, strict=True))
        renamed |= dict.fromkeys(lost)
        head = (renamed.get(cell, cell) if isinstance(cell, str) else cell for cell in self._head)
        return Column(
            name=self.name,
            kind=kind,
            values=values,
            codes=codes,
            words=words if codes is not None else (),
            missing=self._missing,
            not_finite=0 if is_text else self._not_finite,
            not_numbers=0 if is_text else self._word_cells,
            low=self._low,
            high=self._high,
            head=tuple(head),
            na_words=tuple(self._na_cells.items()) if is_text else (),
            aside=self._aside,
            unit="" if is_text else self._unit,
        )

    def _words_for_missing(self) -> set[str]:
        """Return which of a column's words such as “NA” mean a missing value.

        One is a word like others if it is as frequent as they are: half as often as their mean, or
        beside a single one, which would else be all that the column says.
        """
        if self._na is not None or self._has_too_many_words:
            return {word for word in self._na_cells if self._na is None or word in self._na}
        others = len(self._words) - len(self._na_cells)
        least = self._word_cells / others / 2 if others > 1 else 2
        return {
            word
            for word, count in self._na_cells.items()
            if word not in MAYBE_WORDS or count < least
        }

    def _codes_without(self, lost: set[str]) -> NDArray[np.int32]:
        codes: NDArray[np.int32] = self._codes.finish()
        if not lost:
            return codes
        number = np.full(len(self._words) + 1, -1, dtype=np.int32)  # the last is for no word
        kept = [code for word, code in self._words.items() if word not in lost]
        number[kept] = np.arange(len(kept), dtype=np.int32)
        return number[codes]

    def _kind(self) -> Kind:
        filled = self._count - self._missing
        if not filled:
            return "empty"
        if self._word_cells > MOST_WORDS * filled:
            return mark("text")
        return mark("whole numbers") if self._is_whole else mark("numbers")


def cells_of(form: TableFormat, na: Collection[str] | None) -> list[Cells]:
    """Return an empty column for each name of a format; na : see `Cells`."""
    roles = form.roles or ("",) * len(form.names)
    return [
        Cells(name, form.number_form, na, SET_ASIDE if role == "aside" else "")
        for name, role in zip(form.names, roles, strict=True)
    ]


def table_of(source: Source, columns: arrays.Columns, na: tuple[str, ...] | None) -> Table:
    """Return the table of these columns; na : words that mean a missing value, None to find out."""
    import pandas as pd

    form = arrays.format_of(source.name, columns)
    built = []
    for cells, values in zip(cells_of(form, na), columns.values(), strict=True):
        try:
            cells.take(pd.Series(arrays.as_cells(values)), len(values))
        except DataError as error:
            raise DataError(
                tr(
                    "{file}, column “{name}”: {error}",
                    file=source.name,
                    name=cells.name,
                    error=error,
                )
            ) from None
        built.append(cells.finish())
    lines = np.arange(1, len(next(iter(columns.values()))) + 1, dtype=np.int32)
    return Table(source.shown_path, form, tuple(built), lines)
