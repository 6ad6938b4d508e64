"""A data set whose rows stay on disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import GAP, Dataset, Numbers, skipped_note
from core.data.streamed.disk import scratch
from core.data.streamed.drawing import PIECE, Mask, Rows, drawn, numbers_between, numbers_of
from core.data.streamed.matrix import StoredMatrix
from core.errors import DataError
from core.language import tr
from core.note import Note

PART = 2**25  # bytes of rows that statistics are computed of at once
HELD_ROWS = 2**16  # rows that a run holds in memory at most, and
HELD_BYTES = 2**25  # the bytes that these take at most
TEST_FRACTION = 0.2
LEAST_TESTED = 1_000


@dataclass(frozen=True, eq=False)
class StreamedDataset(Dataset):
    """A data set whose X is a `StoredMatrix`; y and all numbers of rows are on disk, too.

    is_whole : whether no row has a gap. extent : (2, m) the least and the largest of each feature.
    digest : SHA-256 of the files' contents and what they are taken for.
    """

    is_streamed: ClassVar[bool] = True

    is_whole: bool = True
    extent: NDArray[np.float64] | None = None
    digest: str = ""

    @property
    def matrix(self) -> StoredMatrix:
        return cast("StoredMatrix", self.X)

    def with_note(self, note: Note) -> StreamedDataset:
        """Return the data set with another note on how it was read."""
        return replace(self, notes=(*self.notes, note))

    def counts(self, rows: Rows) -> NDArray[np.int64]:
        found = np.zeros(self.h, dtype=np.int64)
        for start in range(0, len(rows), PIECE):
            found += np.bincount(self.y[rows[start : start + PIECE]], minlength=self.h)
        return found

    def ranges(self, rows: Rows | slice) -> NDArray[np.floating]:
        """Return those of all rows: whichever are asked for, none is outside."""
        return np.tile([[0.0], [1.0]], self.m) if self.extent is None else self.extent

    def parts(self, rows: Rows, width: int) -> Iterator[Numbers]:
        """Yield X of these rows in parts that stay below PART bytes also in float32."""
        yield from self.matrix.blocks(rows, max(PART // (4 * max(width, self.m)), 1))

    def held(self, rows: int) -> int:
        return min(rows, held_rows(self.row_size))

    @property
    def row_size(self) -> int:
        """Bytes of the features of a row."""
        return max(self.m * self.X.itemsize, 1)

    def split(self, fraction: float | None, seed: int) -> tuple[Rows, Rows]:
        """Return the rows that `Dataset.split` returns; their numbers are on disk."""
        if fraction is None:
            first = self.n - self.published_test
            return numbers_between(0, first), numbers_between(first, self.n)
        tested = drawn(self.y, self.h, fraction, lambda k: [seed, k])
        return numbers_of(tested, value=False), numbers_of(tested)

    def set_aside(self, rows: Rows, fraction: float, keys: list[int]) -> tuple[Rows, Rows]:
        """Return what is left of these rows, and the fraction of them that is set aside.

        keys : of the generator of class k: the first, k, and the others.
        """
        free = scratch(self.n, np.bool_)
        for start in range(0, len(rows), PIECE):
            free[rows[start : start + PIECE]] = True
        chosen = drawn(self.y, self.h, fraction, lambda k: [keys[0], k, *keys[1:]], free)
        free &= ~chosen
        return numbers_of(free), numbers_of(chosen)

    @property
    def gaps(self) -> None:
        """None. Raises DataError if there are any: filling them needs all rows at once."""
        if not self.is_whole:
            raise DataError(
                tr(
                    "{name} has rows with a missing value. Read from disk, such rows are left "
                    "out and not filled: choose to skip them (--missing skip).",
                    name=self.name,
                )
            )

    def without_gaps(self) -> Dataset:
        """Drop the rows that have a gap, which one pass over all rows finds."""
        if self.is_whole:
            return self
        kept = scratch(self.n, np.bool_)
        size = max(PART // self.row_size, 1)
        for start in range(0, self.n, size):
            part = self.matrix[start : start + size]
            kept[start : start + size] = np.isfinite(part).all(axis=1)
        skipped = self.n - int(kept.sum())
        if not skipped:
            return replace(self, is_whole=True)
        note = skipped_note("row", skipped, Note(GAP), None)
        return replace(self._only(kept), is_whole=True, notes=(*self.notes, note))

    def _only(self, keep: Mask) -> StreamedDataset:
        if keep.all():
            return self
        rows = numbers_of(keep)
        y = scratch(len(rows))
        for start in range(0, len(rows), PIECE):
            y[start : start + PIECE] = self.y[rows[start : start + PIECE]]
        own = self.matrix.rows
        if own is not None:
            for start in range(0, len(rows), PIECE):
                rows[start : start + PIECE] = own[rows[start : start + PIECE]]
        return replace(
            self,
            X=self.matrix.with_rows(rows).as_array(),
            y=y,
            published_test=int(keep[self.n - self.published_test :].sum()),
        )

    def with_two_classes(self, positive: str | None, negative: str | None) -> Dataset:
        none = Dataset(
            self.name,
            np.empty((0, self.m), np.float32),
            np.empty(0, np.int64),
            self.feature_names,
            self.class_names,
            class_marks=self.class_marks,
        ).with_two_classes(positive, negative)
        yes = self.class_names.index(none.class_names[1])
        found, is_kept = self, scratch(self.n, np.bool_)
        if negative is not None:
            no = self.class_names.index(none.class_names[0])
            for start in range(0, self.n, PIECE):
                own = self.y[start : start + PIECE]
                is_kept[start : start + PIECE] = (own == yes) | (own == no)
            found = self._only(is_kept)
        y = scratch(found.n)
        for start in range(0, found.n, PIECE):
            y[start : start + PIECE] = found.y[start : start + PIECE] == yes
        return replace(found, y=y, class_names=none.class_names, class_marks=none.class_marks)

    def with_features(self, wanted: object) -> Dataset:
        found = super().with_features(wanted)  # type: ignore[arg-type]
        assert isinstance(found, StreamedDataset)
        if found is self or self.extent is None:
            return found
        kept = [self.feature_names.index(name) for name in found.feature_names]
        return replace(found, extent=self.extent[:, kept])

    def with_examples(self, X: Numbers, y: Rows, documents: object = None) -> Dataset:
        raise DataError(
            tr("{name} is read from disk while it trains; no rows are added to it.", name=self.name)
        )


def held_rows(row_size: int) -> int:
    """Return how many rows of so many bytes a run holds in memory at most."""
    return max(min(HELD_ROWS, HELD_BYTES // row_size), 1)


def usual_test_fraction(n: int, row_size: int) -> float:
    """Return the usual share of test rows: of many rows as many as are held in memory."""
    return min(TEST_FRACTION, max(held_rows(row_size), LEAST_TESTED) / max(n, 1))
