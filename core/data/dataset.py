"""A data set: rows of features with a class each; selection, filling of gaps, and split."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from core.data.csv.understood import LeftOut, Understood
from core.data.indicators import Asked, Indicator, asked_of
from core.data.text.documents import Documents
from core.data.understood_folder import UnderstoodFolder
from core.errors import DataError
from core.invisible_characters import visible, visible_names
from core.language import mark, tr
from core.name_lookup import find
from core.note import Note, counted, note_n

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from core.data.text.vocabulary import Vocabulary
else:  # SciPy is imported with the first texts; projects, which ask for types, hold none of these
    csr_array = Vocabulary = type(None)

Looks = Literal["ink", "grey", "colour"]
GAP = mark("with a missing value")
REST_MARK = -1
MAX_LISTED = 10  # lines listed in a message
SPARE_ROWS = 256  # spare rows for examples that the user adds

Numbers = NDArray[np.float32] | NDArray[np.float64] | NDArray[np.uint8]


@dataclass(eq=False)
class _PaddedRows:
    """An array with spare rows at its beginning, so that prepending copies no existing rows."""

    array: Numbers
    start: int


@dataclass(frozen=True, eq=False)
class Dataset:
    """n examples with m features and a class each.

    X : (n, m) float32 measurements, or uint8 pixels of 0 … `scale`; float64 where float32 would not
        tell the measurements apart before they are standardised.
    y : (n,) int64, class numbers 0 … h-1.
    unit : of every feature, "" for none. units : (m,) of each feature; () if all have `unit`.
    image_shape : (rows, columns) if a row of X is a picture. looks : what its pixels are: “ink” on
        paper, “grey” values of light, or “colour”: red, green and blue, one below the other.
    preferred_features : default inputs if the user chooses none; empty means all.
    published_test : number of rows at the end that form the published test set.
    added : number of rows at the beginning that were added later; they are always training rows.
    pens : number of these that are bundled drawings; before variations are added, they are first.
    test_fraction : default fraction of the rows held out for testing.
    name, feature_names, class_names : invisible characters are replaced; see
        `core.invisible_characters`.
    class_marks : for each class the index of its colour and marker; REST_MARK is neutral.
    lines : (n,) the line of its file that each row comes from.
    notes : messages for the user about how the data were read; texts are of older projects.
    indicators : for each feature the word that it stands for, None for a number; () if all are.
    understood, left_out : of a table, how it is used, and the rows that are not in X.
    folder : of a folder of pictures, how it is understood.
    documents : of texts, the n texts; their X has no columns, (n, 0).
    has_own_names : whether its names are the program's, which the window translates.
    vocabulary, bag : of texts that are made ready to train on, the words that are their features,
        and these, sparse, (n, m) float32, of which only some rows are ever made dense.

    NaN in the X of a loaded data set is a gap: a cell of the file without a number.
    """

    name: str
    X: Numbers
    y: NDArray[np.int64]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    unit: str = ""
    scale: float = 1.0
    image_shape: tuple[int, int] | None = None
    preferred_features: tuple[str, ...] = ()
    published_test: int = 0
    test_fraction: float = 0.2
    class_marks: tuple[int, ...] = field(default=())
    lines: NDArray[np.int32] | None = None
    notes: tuple[str | Note, ...] = ()
    added: int = 0
    pens: int = 0
    indicators: tuple[Indicator | None, ...] = ()
    understood: Understood | None = None
    left_out: tuple[LeftOut, ...] = ()
    units: tuple[str, ...] = ()
    looks: Looks = "ink"
    folder: UnderstoodFolder | None = None
    documents: Documents | None = None
    vocabulary: Vocabulary | None = None
    bag: csr_array | None = None
    has_own_names: bool = False
    _padded: _PaddedRows | None = None

    is_streamed: ClassVar[bool] = False  # whether X stays on disk: see `core.data.streamed`

    def __post_init__(self) -> None:
        for field_name, shown in (
            ("name", visible(self.name)),
            ("feature_names", visible_names(self.feature_names)),
            ("units", tuple(map(visible, self.units))),
            ("class_names", visible_names(self.class_names)),
        ):
            object.__setattr__(self, field_name, shown)
        if not self.indicators:
            object.__setattr__(self, "indicators", (None,) * len(self.feature_names))
        if not self.class_marks:
            object.__setattr__(self, "class_marks", tuple(range(self.h)))

    @property
    def n(self) -> int:
        return len(self.y)

    @property
    def is_text(self) -> bool:
        """Whether its rows are documents."""
        return self.documents is not None

    @property
    def is_measured(self) -> bool:
        """Whether its features are measured: its rows are neither pictures nor documents."""
        return self.image_shape is None and not self.is_text

    @property
    def picture_size(self) -> tuple[int, int] | None:
        """(rows, columns) of its pictures as they are seen; None if its rows are no pictures."""
        if self.image_shape is None or self.looks != "colour":
            return self.image_shape
        return self.image_shape[0] // 3, self.image_shape[1]

    @property
    def is_square(self) -> bool:
        """Whether its rows are square pictures without colours."""
        shape = self.image_shape
        return shape is not None and shape[0] == shape[1] and self.looks != "colour"

    @property
    def wants_standardising(self) -> bool:
        """Whether it is standardised by default: all but texts, and ink among pictures.

        Light grounds overshoot; words that are not there would be no zeros any more.
        """
        return not self.is_text and (self.X.dtype != np.uint8 or self.looks != "ink")

    @property
    def m(self) -> int:
        return len(self.feature_names)

    @property
    def h(self) -> int:
        return len(self.class_names)

    @cached_property
    def columns(self) -> tuple[Asked, ...]:
        """The columns behind the features: a column of words may be several of them."""
        return asked_of(self.feature_names, self.indicators)

    def unit_of(self, feature: int) -> str:
        """Return the unit of the feature with this index, "" for none."""
        return self.units[feature] if self.units else self.unit

    def values(
        self, rows: NDArray[np.int64] | slice = slice(None)
    ) -> NDArray[np.float32] | NDArray[np.float64]:
        """Return the features of `rows` in their own units (pixels in 0 … 1), (n, m).

        float64 if X is, else float32. Dense also where they are kept sparse: ask for few rows of
        texts.
        """
        if self.bag is not None:
            dense: NDArray[np.float32] = self.bag[rows].toarray()
            return dense
        if self.X.dtype == np.float64:
            return np.asarray(self.X[rows] / self.scale, dtype=np.float64)
        return (self.X[rows] / np.float32(self.scale)).astype(np.float32, copy=False)

    def counts(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many of these rows are of each class, (h,)."""
        return np.bincount(self.y[rows], minlength=self.h)

    def ranges(self, rows: NDArray[np.int64] | slice) -> NDArray[np.floating] | NDArray[np.uint8]:
        """Return the least and the largest of each feature in these rows, (2, m)."""
        X = self.X[rows]
        return np.stack([X.min(axis=0), X.max(axis=0)])

    def parts(self, rows: NDArray[np.int64], width: int) -> Iterator[Numbers]:
        """Yield X of these rows, of each of which `width` numbers are made: all at once."""
        yield self.X[rows]

    def held(self, rows: int) -> int:
        """Return how many of so many rows are in memory while a run trains: all."""
        return rows

    def with_examples(
        self, X: Numbers, y: NDArray[np.int64], documents: Documents | None = None
    ) -> Dataset:
        """Prepend rows X (k, m), in the storage format of this data set, with classes y (k,).

        They are always training rows. documents : of texts, their k texts.
        """
        k, padded = len(X), _prepended(self, self._padded, X)
        lines = self.lines
        lines = None if lines is None else np.concatenate([np.zeros(k, np.int32), lines])
        more = replace(
            self,
            X=padded.array[padded.start :],
            y=np.concatenate([y, self.y]),
            added=self.added + k,
            lines=lines,
            documents=documents and self.documents and documents.before(self.documents),
            _padded=padded,
        )
        if "upright" in self.__dict__:  # deskew only the new rows
            from core.data.digits.deskew import deskew_images

            more.__dict__["upright"] = self.upright.with_examples(deskew_images(X), y)
        return more

    @cached_property
    def upright(self) -> Dataset:
        """The data set with deskewed pictures."""
        from core.data.digits.deskew import deskew_images

        return replace(self, X=deskew_images(self.X), _padded=None)

    def with_features(self, wanted: Sequence[str] | None) -> Dataset:
        """Keep the features that `wanted` gives by name or index (from 0), in the data's order."""
        if self.is_text:  # whose features are the words of its training rows
            return self
        if wanted is None:
            wanted = self.preferred_features or ("all",)
        if list(wanted) == ["all"]:
            return self
        columns = sorted({j for name in wanted for j in self._features_of(name)})
        if not columns:
            told = tr("No feature of {name} is chosen; choose at least one.", name=self.name)
            raise DataError(told)
        if len(columns) == self.m:
            return self
        return replace(
            self,
            X=self.X.take(columns, axis=1),
            feature_names=tuple(self.feature_names[j] for j in columns),
            indicators=tuple(self.indicators[j] for j in columns),
            units=tuple(self.units[j] for j in columns) if self.units else (),
            image_shape=None,  # a subset of the pixels is no picture
            preferred_features=(),
        )

    def _features_of(self, wanted: str) -> tuple[int, ...]:
        """Return the features of a column, or the one, with this name or index (from 0)."""
        if wanted in self.feature_names:
            return (self.feature_names.index(wanted),)
        names = [column.name for column in self.columns]
        return self.columns[find(wanted, names, mark("feature"))].indices

    def with_two_classes(self, positive: str | None, negative: str | None) -> Dataset:
        """Return a binary problem: class `positive` (1) against class `negative` (0).

        A negative of None keeps all rows: one class against the rest. A positive of None takes
        the last class.
        """
        if self.h < 2:
            raise DataError(tr("{name} has one class; a binary model needs two.", name=self.name))
        yes = self.h - 1 if positive is None else find(positive, self.class_names, mark("class"))
        if negative is None:
            no_name, no_mark = _rest(self, yes)
            keep: NDArray[np.bool_] = np.ones(self.n, dtype=bool)
        else:
            no = find(negative, self.class_names, mark("class"))
            if no == yes:
                name = self.class_names[yes]
                raise DataError(
                    tr("Both classes are “{name}”; choose two different ones.", name=name)
                )
            no_name, no_mark = self.class_names[no], self.class_marks[no]
            keep = (self.y == yes) | (self.y == no)
        return replace(
            self._only(keep),
            y=(self.y[keep] == yes).astype(np.int64),
            class_names=(no_name, self.class_names[yes]),
            class_marks=(no_mark, self.class_marks[yes]),
        )

    def _only(self, keep: NDArray[np.bool_]) -> Dataset:
        """Return the rows of this mask (n,) only."""
        return replace(
            self,
            X=self.X if keep.all() else self.X[keep],
            y=self.y[keep],
            published_test=int(keep[self.n - self.published_test :].sum()),
            added=int(keep[: self.added].sum()),
            pens=int(keep[: self.pens].sum()),
            lines=None if self.lines is None else self.lines[keep],
            documents=None if self.documents is None else self.documents[keep],
        )

    @property
    def gaps(self) -> NDArray[np.bool_] | None:
        """Mask (n, m) of the cells of X without a number; None if there are no such cells."""
        if self.is_text or self.X.dtype == np.uint8:
            return None
        if not np.isnan(float(self.X.sum(dtype=np.float64))):
            return None
        return np.isnan(self.X)

    def without_gaps(self) -> Dataset:
        """Drop the rows that have a gap."""
        if (gaps := self.gaps) is None:
            return self
        skipped: NDArray[np.bool_] = np.asarray(gaps.any(axis=1))
        left_out = self.left_out
        if (lines := self.lines) is not None:
            lines = np.asarray(lines[skipped])
            left_out = (*left_out, LeftOut(GAP, lines, len(lines)))
        return replace(
            self._only(~skipped),
            notes=(*self.notes, skipped_note("row", int(skipped.sum()), Note(GAP), lines)),
            left_out=left_out,
        )

    def split(
        self, fraction: float | None, seed: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the indices of the training rows and of the test rows, both ascending.

        A fraction of None takes the published test set. Otherwise the split is stratified: the
        fraction of each class, rounded to whole rows, is held out, and at least one row is left
        for training. Rows are drawn by priorities that depend only on seed, class and position
        within the class, so that adding one row leaves (nearly) all others in the same part.
        """
        every = np.arange(self.n, dtype=np.int64)
        if fraction is None:
            return every[: self.n - self.published_test], every[self.n - self.published_test :]
        tested = _drawn(self, fraction, seed)
        return every[~tested], every[tested]


def _prepended(dataset: Dataset, padded: _PaddedRows | None, X: Numbers) -> _PaddedRows:
    """Return the rows of a data set with the rows X (k, m) before them; in place if there is room.

    padded : what its own rows are part of.
    """
    k, n = len(X), dataset.n
    if padded is None or padded.start != len(padded.array) - n or padded.start < k:
        array = np.empty((n + k + SPARE_ROWS, dataset.m), dataset.X.dtype)
        array[len(array) - n :] = dataset.X
        padded = _PaddedRows(array, len(array) - n)
    padded.start -= k
    padded.array[padded.start : padded.start + k] = X
    return padded


def _rest(dataset: Dataset, yes: int) -> tuple[str, int]:
    """Return name and mark of all classes but one, taken for one class."""
    if dataset.h == 2:
        return dataset.class_names[1 - yes], dataset.class_marks[1 - yes]
    return f"not {dataset.class_names[yes]}", REST_MARK


def _drawn(dataset: Dataset, fraction: float, seed: int) -> NDArray[np.bool_]:
    """Return which rows are drawn for testing; see `Dataset.split`."""
    tested = np.zeros(dataset.n, dtype=bool)
    for k in range(dataset.h):
        rows = dataset.added + np.flatnonzero(dataset.y[dataset.added :] == k)
        count = min(int(len(rows) * fraction + 0.5), max(len(rows) - 1, 0))
        priority = np.random.Generator(np.random.PCG64([seed, k])).random(len(rows))
        tested[rows[np.argsort(priority, kind="stable")[:count]]] = True
    return tested


def skipped_note(what: str, count: int, why: Note, lines: NDArray[np.int32] | None) -> Note:
    """Return the note that rows or lines are left out, with the first few of their lines.

    count : of all of them, if `lines` are only the first ones; None of what came from no file.
    """
    said = Note(mark("skipped {rows} {why}"), {"rows": counted(count, what), "why": why})
    if lines is None:
        return said
    listed = [Note("{line}", {"line": int(line)}) for line in lines[:MAX_LISTED]]
    listed += [Note("…")] if count > MAX_LISTED else []
    return note_n(
        "{note} (line {lines})", "{note} (lines {lines})", count, note=said, lines=tuple(listed)
    )


def pixel_names(rows: int, columns: int) -> tuple[str, ...]:
    """Return names for the pixels of a picture, row by row."""
    return tuple(f"pixel {i},{j}" for i in range(rows) for j in range(columns))
