"""Arrays on disk: features in one file of NumPy's (.npy), labels in another."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.config import DataConfig
from core.data.csv.arrays import MARK, Stated, read_head
from core.data.csv.table import PIXELS
from core.data.dataset import Dataset, pixel_names
from core.data.streamed.dataset import StreamedDataset, usual_test_fraction
from core.data.streamed.labels import classes_of
from core.data.streamed.matrix import ColumnFile, RowFile, Stored, StoredMatrix
from core.data.streamed.scan import Progress, scan
from core.errors import DataError
from core.files import reason
from core.language import tr
from core.number_format import format_integer

ENDING = ".npy"
BESIDE = (  # words in names of files of features, and in those of their labels
    *(("X", "y"), ("x", "y"), ("features", "labels"), ("images", "labels"), ("data", "labels")),
    *(("features", "targets"), ("data", "target")),
)
SIXTEENTHS = 16.0  # the darkest pixel of 8 × 8 pictures


def open_arrays(
    config: DataConfig,
    progress: Progress | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> StreamedDataset:
    """Return the rows of `config.path` with the labels in `config.labels`; both stay on disk.

    Raises DataError, and Cancelled.
    """
    path = Path(config.path or "")
    if not config.labels:
        raise DataError(
            tr(
                "{name} holds features only, as far as it says; name the file with the labels of "
                "its rows too, as in --labels y.npy.",
                name=path.name,
            )
        )
    stated, stored = _stored(path)
    _, labels = _stored(Path(config.labels))
    name = Path(config.labels).name
    if labels.width != 1 or labels.n != stored.n:
        raise DataError(
            tr(
                "{name} has {n} rows, and {name2} {n2} × {width} values; one label for each row "
                "was expected.",
                name=path.name,
                n=format_integer(stored.n),
                name2=name,
                n2=format_integer(labels.n),
                width=format_integer(labels.width),
            )
        )
    matrix = StoredMatrix(stored, _dtype(path.name, stored.dtype))
    found = scan(path, matrix, progress, is_cancelled)
    class_names, y = classes_of(name, labels)
    m, shape = stored.width, _picture(stated)
    scale = 1.0
    if shape is not None:
        scale = SIXTEENTHS if max(found.high) <= SIXTEENTHS and m == 64 else 255.0
    return StreamedDataset(
        name=path.name,
        X=matrix.as_array(),
        y=y,
        feature_names=pixel_names(*shape) if shape else tuple(f"column {j + 1}" for j in range(m)),
        class_names=class_names,
        scale=scale,
        image_shape=shape,
        test_fraction=usual_test_fraction(stored.n, m * matrix.itemsize),
        is_whole=found.is_whole,
        extent=None if shape else found.extent,
        digest=found.digest,
    )


def in_memory(streamed: StreamedDataset) -> Dataset:
    """Return the same data set with all rows in memory."""
    own = {each.name: getattr(streamed, each.name) for each in fields(Dataset)}
    return replace(Dataset(**own), X=streamed.X[:], y=np.array(streamed.y))


def labels_beside(path: Path) -> Path | None:
    """Return the file with the labels of an array, if one beside it has the name for that."""
    for features, labels in BESIDE:
        if features in path.stem:
            other = path.with_name(path.stem.replace(features, labels) + path.suffix)
            if other != path and other.is_file():
                return other
    return None


def size_of(path: Path) -> int:
    """Return the bytes that the rows of a file of features take in memory, as they are held."""
    _, stored = _stored(path)
    return stored.n * stored.width * _dtype(path.name, stored.dtype).itemsize


def _stored(path: Path) -> tuple[Stated, Stored]:
    """Return what a file says of its array, and its rows: all dimensions but the first as one."""
    try:
        with path.open("rb") as file:
            if file.read(len(MARK)) != MARK:
                raise DataError(
                    tr("{name} is no array of NumPy's; a .npy file was expected.", name=path.name)
                )
            file.seek(0)
            stated = read_head(path.name, file)
            begin = file.tell()
            size = file.seek(0, 2)
    except (OSError, ValueError) as error:
        raise DataError(
            tr(
                "{path} cannot be read: {error}. Choose another file.",
                path=path,
                error=reason(error),
            )
        ) from error
    if not stated.shape or stated.dtype.names:
        raise DataError(
            tr(
                "{name} holds {found}; rows of numbers were expected.",
                name=path.name,
                found=tr("fields with names") if stated.dtype.names else tr("one value"),
            )
        )
    n, width = stated.shape[0], math.prod(stated.shape[1:])
    if begin + n * width * stated.dtype.itemsize > size:
        raise DataError(
            tr(
                "{name} states {n} × {width} values and is too short for them. Get the file again.",
                name=path.name,
                n=format_integer(n),
                width=format_integer(width),
            )
        )
    kind = ColumnFile if stated.is_fortran and len(stated.shape) > 1 else RowFile
    return stated, kind(path, begin, n, width, stated.dtype)


def _dtype(name: str, dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the dtype in which features are read: bytes, or floats that hold each number."""
    if dtype == np.uint8:
        return dtype
    if dtype.kind not in "iufb":
        raise DataError(
            tr("{name} holds {dtype}; numbers were expected as features.", name=name, dtype=dtype)
        )
    is_narrow = dtype.itemsize <= (4 if dtype.kind == "f" else 2)
    return np.dtype(np.float32 if is_narrow else np.float64)


def _picture(stated: Stated) -> tuple[int, int] | None:
    """Return the (rows, columns) of the pictures that these bytes are, if they are."""
    if stated.dtype != np.uint8:
        return None
    if len(stated.shape) == 3:
        return stated.shape[1], stated.shape[2]
    return PIXELS.get(math.prod(stated.shape[1:]))
