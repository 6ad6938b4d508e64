"""Data sets that other packages bring: entry points of the group `logitlab.data_sets`.

Each names a function without arguments that returns `Rows`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import plugins
from core.data.dataset import Dataset
from core.data.text.documents import Documents, no_features
from core.errors import DataError
from core.language import tr
from core.number_format import format_integer

MOST_CLASSES = 1_000


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of a data set, for a package that brings one.

    y : (n,) the class of each row: its name, or its index into `class_names`.
    X : (n, d) finite numbers, or NaN for a gap; pixels 0 … 255 if there is an `image_shape`.
    texts : (n,) in place of X, for documents.
    feature_names : (d,); x1, x2, … by default. class_names : in the order of their first rows by
    default. name : as it is shown; that of the entry point by default. unit : of all features.
    image_shape : (rows, columns) of pictures, rows · columns = d.
    """

    y: ArrayLike
    X: ArrayLike | None = None
    texts: Sequence[str] | None = None
    feature_names: Sequence[str] = ()
    class_names: Sequence[str] = ()
    name: str = ""
    unit: str = ""
    image_shape: tuple[int, int] | None = None


def names() -> tuple[str, ...]:
    """Return the names of the data sets that installed packages bring."""
    return tuple(plugins.offered(plugins.DATA_SETS))


def read(name: str) -> Dataset:
    """Return the data set of this name.

    Raises DataError if no package brings it, and if what it brings is no data set.
    """
    entry = plugins.offered(plugins.DATA_SETS).get(name)
    if entry is None:
        raise DataError(
            tr("No installed package brings the data set “{name}”. Install it.", name=name)
        )
    bring = plugins.load(entry)
    try:
        rows = bring()
    except Exception as error:  # it is another's code
        raise plugins.failure(entry, error) from error
    try:
        if not isinstance(rows, Rows):
            raise DataError(tr("it brings {kind}; Rows were expected", kind=type(rows).__name__))
        return dataset_of(rows, rows.name or name)
    except (DataError, TypeError, ValueError) as error:
        raise DataError(
            tr("The data set “{name}” cannot be used: {error}.", name=name, error=error)
        ) from error


def dataset_of(rows: Rows, name: str) -> Dataset:
    """Return rows as a data set. Raises DataError for what does not fit together."""
    y, classes = _labels(rows)
    if rows.texts is not None:
        texts = tuple(rows.texts)
        if not all(isinstance(text, str) for text in texts) or len(texts) != len(y):
            raise DataError(tr("texts must be {n} strings", n=format_integer(len(y))))
        X, features = no_features(len(texts)), ()
        documents = Documents(texts)
        return Dataset(name, X, y, features, classes, documents=documents)
    values = _numbers(rows, len(y))
    d = values.shape[1]
    given = tuple(map(str, rows.feature_names)) or tuple(f"x{j + 1}" for j in range(d))
    if len(given) != d or len(set(given)) < d:
        raise DataError(tr("{d} features need as many different names", d=format_integer(d)))
    shape = rows.image_shape
    if shape is not None:
        height, width = shape
        if height * width != d:
            raise DataError(
                tr(
                    "{d} pixels are no picture of {height} × {width}",
                    d=format_integer(d),
                    height=height,
                    width=width,
                )
            )
    scale = 1.0 if shape is None else 255.0
    return Dataset(name, values, y, given, classes, unit=rows.unit, scale=scale, image_shape=shape)


def _labels(rows: Rows) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the class of each row, (n,), and the names of the classes."""
    given = np.asarray(rows.y)
    if given.ndim != 1 or not len(given):
        raise DataError(tr("y has the shape {shape}; (n,) was expected", shape=given.shape))
    classes = tuple(map(str, rows.class_names))
    if classes and np.issubdtype(given.dtype, np.integer):
        if int(given.min()) < 0 or int(given.max()) >= len(classes):
            raise DataError(
                tr(
                    "y goes from {min} to {max}; there are {classes}",
                    min=given.min(),
                    max=given.max(),
                    classes=len(classes),
                )
            )
        y = given.astype(np.int64)
    else:
        words = [str(value) for value in given.tolist()]
        classes = classes or tuple(dict.fromkeys(words))
        number = {word: k for k, word in enumerate(classes)}
        if not set(words) <= set(number):
            raise DataError(tr("y has a class that class_names has not"))
        y = np.array([number[word] for word in words], dtype=np.int64)
    if not 2 <= len(set(classes)) == len(classes) <= MOST_CLASSES:
        raise DataError(
            tr("there must be 2 to {most} different classes", most=format_integer(MOST_CLASSES))
        )
    return y, classes


def _numbers(rows: Rows, n: int) -> NDArray[np.float32] | NDArray[np.float64] | NDArray[np.uint8]:
    X = np.asarray(rows.X)
    if X.ndim != 2 or len(X) != n or not X.shape[1] or X.dtype.kind not in "buif":
        raise DataError(
            tr(
                "X has the shape {shape} of {dtype}; numbers ({n}, d) were expected",
                shape=X.shape,
                dtype=X.dtype,
                n=format_integer(n),
            )
        )
    if rows.image_shape is not None:
        pixels: NDArray[np.uint8] = np.ascontiguousarray(X, dtype=np.uint8)
        if not np.array_equal(pixels, X):
            raise DataError(tr("pixels must be whole numbers from 0 to 255"))
        return pixels
    values: NDArray[np.float64] = np.ascontiguousarray(X, dtype=np.float64)
    if np.isinf(values).any():
        raise DataError(tr("X holds a value that is not finite"))
    small: NDArray[np.float32] = values.astype(np.float32)
    return small if np.array_equal(small, values, equal_nan=True) else values
