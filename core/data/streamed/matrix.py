"""A matrix on disk of which rows are read when they are asked for, as from an array.

Files are read at a place, not mapped: a file that gets shorter meanwhile is then an error with
words, where a page of a map that is gone would end the program. What was read before comes from
the system's cache of files all the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Numbers
from core.errors import DataError
from core.files import reason
from core.language import tr
from core.number_format import format_integer

NEAR = 2**16  # bytes between two rows, up to which what lies between is read with them
READ = 2**23  # most bytes read at once for rows that are picked

Version = tuple[int, int]

Key = int | np.integer | slice | NDArray[Any] | Sequence[int]


def version_of(found: os.stat_result) -> Version:
    """Return what tells a file from what it was before: its size, and when it was written."""
    return found.st_size, found.st_mtime_ns


class Stored(Protocol):
    """Rows in files: `n` of `width` numbers of a dtype."""

    n: int
    width: int
    dtype: np.dtype[Any]

    def read(self, start: int, stop: int, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """Return the rows from `start` up to `stop`, in a new array or in `out`.

        out : (stop − start, width), contiguous, of the dtype. Raises DataError.
        """


class RowFile:
    """Rows one after the other in a file: n of `width` numbers from a byte on."""

    def __init__(self, path: Path, begin: int, n: int, width: int, dtype: np.dtype[Any]) -> None:
        self.n, self.width, self.dtype = n, width, dtype
        self._path, self._begin = path, begin
        try:
            self._version = version_of(path.stat())
        except OSError as error:
            raise DataError(
                tr("{path} cannot be read: {error}.", path=path, error=reason(error))
            ) from error

    def read(self, start: int, stop: int, out: NDArray[Any] | None = None) -> NDArray[Any]:
        found = _room(self, stop - start, out)
        if not found.size:
            return found
        view, have = memoryview(found.data).cast("B"), 0
        try:
            with self._path.open("rb", buffering=0) as file:
                is_same = version_of(os.fstat(file.fileno())) == self._version
                file.seek(self._begin + start * self.width * self.dtype.itemsize)
                while is_same and have < len(view):
                    got = file.readinto(view[have:])
                    is_same = bool(got)
                    have += got or 0
        except OSError as error:
            raise DataError(
                tr("{path} cannot be read: {error}.", path=self._path, error=reason(error))
            ) from error
        if not is_same:
            raise DataError(
                tr("{name} has changed since it was opened; open it again.", name=self._path.name)
            )
        return found


class ColumnFile:
    """Columns one after the other in a file, as Fortran and NumPy's order “F” have them."""

    def __init__(self, path: Path, begin: int, n: int, width: int, dtype: np.dtype[Any]) -> None:
        self.n, self.width, self.dtype = n, width, dtype
        size = n * dtype.itemsize
        self._columns = [RowFile(path, begin + j * size, n, 1, dtype) for j in range(width)]

    def read(self, start: int, stop: int, out: NDArray[Any] | None = None) -> NDArray[Any]:
        found = _room(self, stop - start, out)
        for j, column in enumerate(self._columns):
            found[:, j] = column.read(start, stop)[:, 0]
        return found


class Joined:
    """Rows of several files, one after the other."""

    def __init__(self, parts: Sequence[Stored]) -> None:
        self._parts = parts
        self._ends = np.cumsum([part.n for part in parts])
        self.n, self.width, self.dtype = int(self._ends[-1]), parts[0].width, parts[0].dtype

    def read(self, start: int, stop: int, out: NDArray[Any] | None = None) -> NDArray[Any]:
        found, begin = _room(self, stop - start, out), 0
        for part, end in zip(self._parts, self._ends.tolist(), strict=True):
            first, last = max(start, begin), min(stop, end)
            if first < last:
                part.read(first - begin, last - begin, found[first - start : last - start])
            begin = end
        return found


def _room(stored: Stored, n: int, out: NDArray[Any] | None) -> NDArray[Any]:
    return np.empty((n, stored.width), dtype=stored.dtype) if out is None else out


@dataclass(frozen=True, eq=False)
class StoredMatrix:
    """X (n, m) on disk. It stands where an array would: `X[rows]` reads rows into a new array.

    stored : the files. dtype : of what is read. rows, columns : which of the stored ones it has,
    in its order; None for all.
    """

    stored: Stored
    dtype: np.dtype[Any]
    rows: NDArray[np.int64] | None = None
    columns: NDArray[np.int64] | None = None
    ndim: int = field(default=2, init=False)

    def __len__(self) -> int:
        return self.stored.n if self.rows is None else len(self.rows)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self), self.stored.width if self.columns is None else len(self.columns)

    @property
    def itemsize(self) -> int:
        return self.dtype.itemsize

    def __getitem__(self, key: Key | tuple[Key, Key]) -> NDArray[Any]:
        """Return rows, or of these a column or some, as in `X[rows, j]`; (m,) for a number."""
        if isinstance(key, tuple):
            rows, columns = key
            return self[rows][..., columns]
        if isinstance(key, slice):
            start, stop, step = key.indices(len(self))
            if self.rows is None and step == 1:
                return self._finished(self.stored.read(start, max(start, stop)))
            return self._picked(np.arange(start, stop, step))
        numbers = np.asarray(key)
        if numbers.dtype == np.bool_:
            numbers = np.flatnonzero(numbers)
        found = self._picked(np.atleast_1d(numbers.astype(np.int64, copy=False)))
        return found if numbers.ndim else found[0]

    def as_array(self) -> Numbers:
        """Return the matrix as what it stands for, for those who only read rows."""
        return cast("Numbers", self)

    def take(self, columns: Any, axis: int = 1) -> StoredMatrix:
        """Return the matrix with these columns only."""
        chosen = np.arange(self.shape[1])[columns]
        own = chosen if self.columns is None else self.columns[chosen]
        return replace(self, columns=own)

    def with_rows(self, rows: NDArray[np.int64]) -> StoredMatrix:
        """Return the matrix with these rows only, by their numbers among the stored ones."""
        return replace(self, rows=rows)

    def blocks(self, numbers: NDArray[np.int64], size: int) -> Iterator[NDArray[Any]]:
        """Yield these rows, in their order, so many at once."""
        for start in range(0, len(numbers), size):
            yield self[numbers[start : start + size]]

    @property
    def is_plain(self) -> bool:
        """Whether rows are read as they are stored: all columns, in the wanted dtype."""
        return self.columns is None and self.stored.dtype == self.dtype

    def places(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return which of the stored rows these are."""
        return numbers if self.rows is None else self.rows[numbers]

    def _finished(self, found: NDArray[Any]) -> NDArray[Any]:
        """Return stored rows with the wanted columns, in the wanted dtype."""
        if self.columns is not None:
            found = found[:, self.columns]
        return np.ascontiguousarray(found.astype(self.dtype, copy=False))

    def _picked(self, numbers: NDArray[np.int64]) -> NDArray[Any]:
        """Read rows in any order: those near each other at once."""
        if len(numbers) and (numbers.min() < -len(self) or numbers.max() >= len(self)):
            raise IndexError(tr("there are {count} rows", count=format_integer(len(self))))
        if not len(numbers):
            return self._none()
        if numbers.min() < 0:
            numbers = np.where(numbers < 0, numbers + len(self), numbers)
        places = self.places(numbers)
        order = None
        if (np.diff(places) < 0).any():
            order = np.argsort(places, kind="stable")
            places = places[order]
        runs = [self._run(places[begin:end]) for begin, end in self._runs(places)]
        found = runs[0] if len(runs) == 1 else np.concatenate([self._none(), *runs])
        if order is None:
            return found
        sorted_back = np.empty_like(found)
        sorted_back[order] = found
        return sorted_back

    def _run(self, places: NDArray[np.int64]) -> NDArray[Any]:
        """Read rows near each other, ascending."""
        first, last = int(places[0]), int(places[-1])
        near = self.stored.read(first, last + 1)
        if last - first + 1 > len(places):
            near = near[places - first]
        return self._finished(near)

    def _none(self) -> NDArray[Any]:
        return np.empty((0, self.shape[1]), dtype=self.dtype)

    def _runs(self, places: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
        """Yield the bounds of runs of rows, ascending, that are read at once."""
        row = self.stored.width * self.stored.dtype.itemsize
        breaks = np.flatnonzero(np.diff(places) > max(NEAR // row, 1)) + 1
        most = max(READ // row, 1)
        for begin, end in zip([0, *breaks.tolist()], [*breaks.tolist(), len(places)], strict=True):
            while begin < end:
                stop = begin + int(np.searchsorted(places[begin:end], places[begin] + most))
                yield begin, stop
                begin = stop
