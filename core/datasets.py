"""Data sets: rows of features with a class each, and how they are chosen from and split."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from core import mnist
from core.config import DataConfig
from core.drawing import Points
from core.errors import DataError
from core.mnist import Contents

REST_MARK = -1


@dataclass(frozen=True, eq=False)
class Dataset:
    """n examples with m features and a class each.

    X : (n, m) float32 measurements, or uint8 pixels of 0 … `scale`.
    y : (n,) int64, class numbers 0 … h-1.
    unit : of every feature, "" for none.
    image_shape : (rows, columns) where a row of X is a picture.
    preferred_features : what goes in unless the user chooses, all where empty.
    published_test : so many rows at the end are the test set that the data came with.
    test_fraction : the share that is kept for testing unless the user chooses.
    class_marks : for each class the number of its colour and shape; REST_MARK is neutral.
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

    def __post_init__(self) -> None:
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

    def with_features(self, wanted: Sequence[str] | None) -> Dataset:
        """Keep the features that `wanted` names or numbers (from 0), in the data's order."""
        if wanted is None:
            wanted = self.preferred_features or ("all",)
        if list(wanted) == ["all"]:
            return self
        columns = sorted({_find(name, self.feature_names, "feature") for name in wanted})
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
        yes = self.h - 1 if positive is None else _find(positive, self.class_names, "class")
        if negative is None:
            if self.h == 2:
                no_name, no_mark = self.class_names[1 - yes], self.class_marks[1 - yes]
            else:
                no_name, no_mark = f"not {self.class_names[yes]}", REST_MARK
            keep: NDArray[np.bool_] = np.ones(self.n, dtype=bool)
        else:
            no = _find(negative, self.class_names, "class")
            if no == yes:
                raise DataError(
                    f"Both classes are “{self.class_names[yes]}”; choose two different ones."
                )
            no_name, no_mark = self.class_names[no], self.class_marks[no]
            keep = (self.y == yes) | (self.y == no)
        tested = int(keep[self.n - self.published_test :].sum()) if self.published_test else 0
        return replace(
            self,
            X=self.X if keep.all() else self.X[keep],
            y=(self.y[keep] == yes).astype(np.int64),
            class_names=(no_name, self.class_names[yes]),
            class_marks=(no_mark, self.class_marks[yes]),
            published_test=tested,
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
            (rows,) = np.nonzero(self.y == k)
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


def _iris() -> Dataset:
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
    return config.source == "mnist" and not mnist.chosen_folder(config.folder)


def _fetch() -> Contents:
    from core.download import Download  # 45 ms that only a download need wait for

    return Download().load()


def _mnist(chosen: str | None, fetch: Callable[[], Contents]) -> Dataset:
    """Return MNIST, or other data in its form under the name of their folder."""
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


def _find(wanted: str, names: Sequence[str], what: str) -> int:
    """Return the place of the name (spelling of case, blanks and dashes aside) or number."""
    plain = [_plain(name) for name in names]
    for spelling in (_plain(wanted), _plain(wanted.partition("(")[0])):  # "width (cm)" is "width"
        if spelling in plain:
            return plain.index(spelling)
    numbers = [str(k) for k in range(len(names))]
    if wanted.strip() in numbers:
        return numbers.index(wanted.strip())
    known = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    raise DataError(
        f"There is no {what} “{wanted}”; choose from {known}, "
        f"or a number from 0 to {len(names) - 1}."
    )


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").replace("-", " ").split()).casefold()
