"""Data sets: rows of features with a class each, and how they are chosen from and split."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.config import DataConfig
from core.data.points import Points
from core.errors import DataError
from core.invisible_characters import visible, visible_names
from core.name_lookup import find, plain

if TYPE_CHECKING:  # readers are imported where something is read: a window starts without them
    from core.data.csv.table import Table
    from core.data.mnist.idx import Contents

REST_MARK = -1
MAX_LISTED = 10  # lines named in a sentence
SPARE_ROWS = 256  # room for examples that a person adds


@dataclass(eq=False)
class _Room:
    """An array that grows towards its beginning, so that adding rows copies nothing."""

    array: NDArray[np.float32] | NDArray[np.uint8]
    start: int


@dataclass(frozen=True, eq=False)
class Dataset:
    """n examples with m features and a class each.

    X : (n, m) float32 measurements, or uint8 pixels of 0 … `scale`.
    y : (n,) int64, class numbers 0 … h-1.
    unit : of every feature, "" for none.
    image_shape : (rows, columns) where a row of X is a picture.
    preferred_features : what goes in unless the user chooses, all where empty.
    published_test : so many rows at the end are the test set that the data came with.
    added : so many rows at the beginning came later, and always train.
    test_fraction : the share that is kept for testing unless the user chooses.
    name, feature_names, class_names : without unseen characters; see `core.invisible_characters`.
    class_marks : for each class the number of its colour and shape; REST_MARK is neutral.
    lines : (n,) the line of its file that each row comes from.
    notes : what a person should know of how the data came about, in words.

    In a data set as it was loaded, NaN in X is a gap: a cell of the file without a number.
    """

    name: str
    X: NDArray[np.float32] | NDArray[np.uint8]
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
    notes: tuple[str, ...] = ()
    added: int = 0
    _room: _Room | None = None

    def __post_init__(self) -> None:
        for field_name, shown in (
            ("name", visible(self.name)),
            ("feature_names", visible_names(self.feature_names)),
            ("class_names", visible_names(self.class_names)),
        ):
            object.__setattr__(self, field_name, shown)
        if not self.class_marks:
            object.__setattr__(self, "class_marks", tuple(range(self.h)))

    @property
    def n(self) -> int:
        return len(self.X)

    @property
    def m(self) -> int:
        return int(self.X.shape[1])

    @property
    def h(self) -> int:
        return len(self.class_names)

    def values(self, rows: NDArray[np.int64] | slice = slice(None)) -> NDArray[np.float32]:
        """Return the features of `rows` in their own units (pixels in 0 … 1), (n, m) float32."""
        return (self.X[rows] / np.float32(self.scale)).astype(np.float32, copy=False)

    def with_examples(
        self, X: NDArray[np.float32] | NDArray[np.uint8], y: NDArray[np.int64]
    ) -> Dataset:
        """Put rows X (k, m), as this data set stores them, with classes y (k,) at the beginning.

        They always train.
        """
        k, room = len(X), self._room
        if room is None or room.start != len(room.array) - self.n or room.start < k:
            array = np.empty((self.n + k + SPARE_ROWS, self.m), self.X.dtype)
            array[len(array) - self.n :] = self.X
            room = _Room(array, len(array) - self.n)
        room.start -= k
        room.array[room.start : room.start + k] = X
        lines = self.lines
        if lines is not None:
            lines = np.concatenate([np.zeros(k, np.int32), lines])
        more = replace(
            self,
            X=room.array[room.start :],
            y=np.concatenate([y, self.y]),
            added=self.added + k,
            lines=lines,
            _room=room,
        )
        if "upright" in self.__dict__:  # the others need not be deskewed again
            from core.data.digit_image import deskew_images

            more.__dict__["upright"] = self.upright.with_examples(deskew_images(X), y)
        return more

    def with_variations(self, rows: NDArray[np.int64], copies: int, seed: int) -> Dataset:
        """Add so many variations of the pictures in these rows; see `core.data.augmentation`."""
        pictures = self.X[rows].astype(np.uint8, copy=False)
        from core.data.augmentation import varied

        made = [varied(pictures, seed + k) for k in range(copies)]
        return self.with_examples(np.concatenate(made), np.tile(self.y[rows], copies))

    @cached_property
    def upright(self) -> Dataset:
        """The same pictures, deskewed."""
        from core.data.digit_image import deskew_images

        return replace(self, X=deskew_images(self.X), _room=None)

    def with_features(self, wanted: Sequence[str] | None) -> Dataset:
        """Keep the features that `wanted` names or numbers (from 0), in the data's order."""
        if wanted is None:
            wanted = self.preferred_features or ("all",)
        if list(wanted) == ["all"]:
            return self
        columns = sorted({find(name, self.feature_names, "feature") for name in wanted})
        if not columns:
            raise DataError(f"No feature of {self.name} is chosen; choose at least one.")
        if len(columns) == self.m:
            return self
        return replace(
            self,
            X=self.X.take(columns, axis=1),
            feature_names=tuple(self.feature_names[j] for j in columns),
            image_shape=None,  # a choice of pixels is no picture any more
            preferred_features=(),
        )

    def with_two_classes(self, positive: str | None, negative: str | None) -> Dataset:
        """Turn it into a question of yes (1) or no (0): `positive` against `negative`.

        A negative of None keeps all rows and asks for one class against the rest.
        """
        if self.h < 2:
            raise DataError(f"{self.name} has one class; a binary model needs two.")
        yes = self.h - 1 if positive is None else find(positive, self.class_names, "class")
        if negative is None:
            if self.h == 2:
                no_name, no_mark = self.class_names[1 - yes], self.class_marks[1 - yes]
            else:
                no_name, no_mark = f"not {self.class_names[yes]}", REST_MARK
            keep: NDArray[np.bool_] = np.ones(self.n, dtype=bool)
        else:
            no = find(negative, self.class_names, "class")
            if no == yes:
                raise DataError(
                    f"Both classes are “{self.class_names[yes]}”; choose two different ones."
                )
            no_name, no_mark = self.class_names[no], self.class_marks[no]
            keep = (self.y == yes) | (self.y == no)
        tested = int(keep[self.n - self.published_test :].sum()) if self.published_test else 0
        added = int(keep[: self.added].sum())
        return replace(
            self,
            X=self.X if keep.all() else self.X[keep],
            y=(self.y[keep] == yes).astype(np.int64),
            class_names=(no_name, self.class_names[yes]),
            class_marks=(no_mark, self.class_marks[yes]),
            published_test=tested,
            added=added,
            lines=None if self.lines is None else self.lines[keep],
        )

    @property
    def gaps(self) -> NDArray[np.bool_] | None:
        """Where X has no number, (n, m); None where it has one everywhere."""
        if self.X.dtype == np.uint8 or not np.isnan(float(self.X.sum(dtype=np.float64))):
            return None
        return np.isnan(self.X)

    def without_gaps(self) -> Dataset:
        """Skip the rows that have one."""
        gaps = self.gaps
        if gaps is None:
            return self
        skipped: NDArray[np.bool_] = np.asarray(gaps.any(axis=1))
        where = "" if self.lines is None else _listed(self.lines[skipped])
        rows = int(skipped.sum())
        tested = self.published_test - int(skipped[self.n - self.published_test :].sum())
        return replace(
            self,
            X=self.X[~skipped],
            published_test=tested if self.published_test else 0,
            y=self.y[~skipped],
            lines=None if self.lines is None else self.lines[~skipped],
            notes=(*self.notes, f"skipped {_count(rows, 'row')} with a missing number{where}"),
        )

    def filled(self, rows: NDArray[np.int64]) -> Dataset:
        """Fill each feature's gaps with its mean over `rows`, over all where those have none."""
        gaps = self.gaps
        if gaps is None:
            return self
        X = self.X.copy()
        parts = []
        for j in np.flatnonzero(gaps.any(axis=0)):
            known = X[rows, j][~gaps[rows, j]]
            known = known if len(known) else X[~gaps[:, j], j]
            X[gaps[:, j], j] = known.mean(dtype=np.float64)
            parts.append(f"{self.feature_names[j]} {gaps[:, j].sum():,}")
        cells = _count(int(gaps.sum()), "missing number")
        return replace(
            self,
            X=X,
            notes=(*self.notes, f"filled {cells} with the feature's mean ({', '.join(parts)})"),
        )

    def split(
        self, fraction: float | None, seed: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the numbers of the training rows and of the test rows, both ascending.

        A fraction of None takes the published test set. Otherwise the split is stratified: of
        each class the share is tested, rounded to whole rows, and at least one row is left for
        training. Rows are drawn by priorities that depend on seed, class and place alone, so that
        adding one row leaves (nearly) all others where they were.
        """
        every = np.arange(self.n, dtype=np.int64)
        if fraction is None:
            return every[: self.n - self.published_test], every[self.n - self.published_test :]
        tested = np.zeros(self.n, dtype=bool)
        for k in range(self.h):
            rows = self.added + np.flatnonzero(self.y[self.added :] == k)
            count = min(int(len(rows) * fraction + 0.5), max(len(rows) - 1, 0))
            priority = np.random.Generator(np.random.PCG64([seed, k])).random(len(rows))
            tested[rows[np.argsort(priority, kind="stable")[:count]]] = True
        return every[~tested], every[tested]


def drawn(points: Points) -> Dataset:
    """Return the points as a data set; all of them train unless a test share is chosen."""
    return Dataset(
        name="Drawn points",
        X=points.xy.astype(np.float32),
        y=points.labels,
        feature_names=("x₁", "x₂"),
        class_names=points.class_names,
        test_fraction=0.0,
    )


def load(config: DataConfig, fetch: Callable[[], Contents] | None = None) -> Dataset:
    """Load the data set that `config` names, from the bundled assets or from its folder.

    fetch : gives MNIST where no folder is chosen; None takes it from the cache, or downloads it.
    """
    match config.source:
        case "iris":
            return _iris()
        case "digits":
            return _digits()
        case "mnist":
            return _mnist(config.folder, fetch or _fetch)
        case "drawn":
            return drawn(Points())
        case "csv":
            from core.data.csv import reader

            return of_table(reader.read(Path(config.path or ""), config.reading), config)


def of_table(table: Table, config: DataConfig) -> Dataset:
    """Take label and features of a table as the config names them.

    Rows without a label are left out; what else is missing stays a gap for `prepare` to close.
    Raises DataError where the label or a feature cannot be used.
    """
    name = table.path.name
    if not table.n:
        raise DataError(f"{name} has no rows below its header; choose another file.")
    label = table.default_label if config.label is None else table.column(config.label)
    try:
        class_names, y = table.columns[label].classes
    except DataError as error:
        raise DataError(f"{name}: {error}") from None
    usable = table.usable(label)
    _check_features(table, label, usable, config.features)
    labelled = y >= 0
    notes = [str(table.format), *table.format.notes]
    if table.ragged_count:
        where = _listed(np.array([line for line, _ in table.ragged]), table.ragged_count)
        notes.append(
            f"skipped {_count(table.ragged_count, 'line')} without "
            f"{len(table.columns)} values{where}"
        )
    if not labelled.all():
        where = _listed(table.lines[~labelled])
        notes.append(f"skipped {_count(int((~labelled).sum()), 'row')} without a label{where}")
    shape = table.image_shape(label)
    size = int(labelled.sum()), len(usable)
    X: NDArray[np.float32] | NDArray[np.uint8]
    X = np.empty(size, dtype=np.uint8) if shape else np.empty(size, dtype=np.float32)
    for place, j in enumerate(usable):
        column = table.columns[j]
        values = column.values if labelled.all() else column.values[labelled]
        X[:, place] = np.where(np.isfinite(values), values, np.nan) if column.gaps else values
    scale = 1.0
    if shape:
        scale = 16.0 if X.max() <= 16 and shape == (8, 8) else 255.0
    lines, tested = table.lines, 0
    if not labelled.all():
        y, lines = y[labelled], lines[labelled]
    if table.split is not None:
        from core.data.csv.dialect import TEST

        column = table.columns[table.split]
        assert column.codes is not None
        is_test = np.array([word.casefold() == TEST for word in column.words])[column.codes]
        is_test = is_test[labelled]
        order = np.argsort(is_test, kind="stable")  # a published test set stands at the end
        X, y, lines, tested = X[order], y[order], lines[order], int(is_test.sum())
    trusted = tuple(table.names[j] for j in usable if not table.columns[j].doubt)
    return Dataset(
        name=name,
        X=X,
        y=y,
        feature_names=_pixel_names(*shape) if shape else tuple(table.names[j] for j in usable),
        class_names=class_names,
        scale=scale,
        image_shape=shape,
        preferred_features=() if shape or len(trusted) in (0, len(usable)) else trusted,
        published_test=tested,
        lines=lines,
        notes=tuple(notes),
    )


def _check_features(
    table: Table, label: int, usable: tuple[int, ...], wanted: Sequence[str] | None
) -> None:
    """Say why a wanted feature cannot be one, or that there is none at all."""
    for name in wanted or ():
        for j, column in enumerate(table.columns):
            if plain(column.name) == plain(name) and j not in usable:
                reason = "it is the label" if j == label else column.obstacle
                raise DataError(
                    f"{table.path.name}: column “{column.name}” cannot be a feature ({reason}); "
                    f"choose from {', '.join(table.names[k] for k in usable[:12]) or 'none'}."
                )
    if not usable:
        raise DataError(
            f"{table.path.name} has no column beside the label “{table.names[label]}” that holds "
            "numbers which differ; a feature must. Is the separator right?"
        )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _listed(lines: NDArray[np.int32], count: int | None = None) -> str:
    """Name the first few of these lines."""
    shown = ", ".join(f"{line:,}" for line in lines[:MAX_LISTED])
    more = ", …" if (count or len(lines)) > MAX_LISTED else ""
    return f" (line{'s' if (count or len(lines)) > 1 else ''} {shown}{more})"


def _iris() -> Dataset:
    import csv

    text = files("assets").joinpath("iris.csv").read_text(encoding="utf-8")
    header, *rows = csv.reader(text.splitlines())
    species = tuple(dict.fromkeys(row[-1] for row in rows))
    return Dataset(
        name="Iris",
        X=np.array([row[:-1] for row in rows], dtype=np.float32),
        y=np.array([species.index(row[-1]) for row in rows], dtype=np.int64),
        feature_names=tuple(header[:-1]),
        class_names=species,
        unit="cm",
        preferred_features=("petal length", "petal width"),
    )


def _digits() -> Dataset:
    with files("assets").joinpath("digits.csv.gz").open("rb") as raw, gzip.open(raw, "rt") as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.uint8)
    return Dataset(
        name="Digits 8×8",
        X=np.ascontiguousarray(table[:, :-1]),
        y=table[:, -1].astype(np.int64),
        feature_names=_pixel_names(8, 8),
        class_names=tuple("0123456789"),
        scale=16.0,
        image_shape=(8, 8),
    )


def is_fetched(config: DataConfig) -> bool:
    """Whether the data come from the network or its cache, for want of a folder."""
    if config.source != "mnist":
        return False
    from core.data.mnist import idx as mnist

    return not mnist.chosen_folder(config.folder)


def _fetch() -> Contents:
    from core.data.mnist.download import Download  # 45 ms that only a download need wait for

    return Download().load()


def _mnist(chosen: str | None, fetch: Callable[[], Contents]) -> Dataset:
    """Return MNIST, or other data in its form under the name of their folder."""
    from core.data.mnist import idx as mnist

    folder = mnist.find_folder(chosen)
    X, y, n_test, shape = fetch() if folder is None else mnist.load(folder)
    name = "MNIST"
    if folder is not None and not mnist.is_original(y, n_test):
        name = mnist.name_of(folder)
    return Dataset(
        name=name,
        X=X,
        y=y,
        feature_names=_pixel_names(*shape),
        class_names=tuple(str(k) for k in range(int(y.max()) + 1)),
        scale=255.0,
        image_shape=shape,
        published_test=n_test,
        test_fraction=n_test / len(y),
    )


def _pixel_names(rows: int, columns: int) -> tuple[str, ...]:
    return tuple(f"pixel {i},{j}" for i in range(rows) for j in range(columns))
