"""MNIST's four files, or others like them, of which the pictures stay on disk."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.config import DataConfig
from core.data.dataset import pixel_names
from core.data.mnist import known_sets
from core.data.mnist.folder import find_files
from core.data.mnist.idx import check_heads, check_labels, names_of
from core.data.mnist.idx_file import GZIP_MAGIC, MAX_BYTES, MAX_HEAD, read_head, unpack
from core.data.mnist.originals import is_original
from core.data.streamed.dataset import StreamedDataset
from core.data.streamed.matrix import Joined, RowFile, StoredMatrix
from core.data.streamed.scan import Progress, scan
from core.errors import DataError
from core.files import contents, reason
from core.language import tr
from core.number_format import format_integer

MOST = 2**42  # bytes of pictures in a file


def open_idx(
    config: DataConfig,
    progress: Progress | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> StreamedDataset:
    """Return the data set of the four plain files that the config names; the pictures stay there.

    Raises DataError, and Cancelled.
    """
    files = find_files(config.folder)
    if files is None:
        raise DataError(
            tr("To stream MNIST, name the folder with its four files: --data-dir FOLDER.")
        )
    train, train_labels, test, test_labels = files.paths
    names = [path.name for path in files.paths]
    shapes = [_shape(path) for path in (train, test)]
    labels = [
        unpack(path.name, contents(path, tr("a file of labels"), MAX_BYTES + MAX_HEAD), 1)
        for path in (train_labels, test_labels)
    ]
    check_heads(names, [shapes[0], labels[0].shape, shapes[1], labels[1].shape])
    check_labels(names, *labels)
    own = np.concatenate(labels)
    y, class_names = known_sets.compact(own, names_of(files, own))
    rows, columns = shapes[0][1:]
    width, byte = rows * columns, np.dtype(np.uint8)
    parts = [
        RowFile(path, MAX_HEAD, shape[0], width, byte)
        for path, shape in zip((train, test), shapes, strict=True)
    ]
    matrix = StoredMatrix(Joined(parts), byte)
    transpose = config.transpose
    if known_sets.is_transposed(files.names, own) if transpose is None else transpose:
        rows, columns = columns, rows
        matrix = matrix.take(np.arange(width).reshape(columns, rows).T.ravel())
    found = scan(train, matrix, progress, is_cancelled)
    return StreamedDataset(
        name="MNIST" if is_original(y, len(labels[1])) else files.data_name,
        X=matrix.as_array(),
        y=y,
        feature_names=pixel_names(rows, columns),
        class_names=class_names,
        has_own_names=True,
        scale=255.0,
        image_shape=(rows, columns),
        published_test=len(labels[1]),
        test_fraction=len(labels[1]) / len(y),
        digest=found.digest,
    )


def _shape(path: Path) -> tuple[int, ...]:
    """Return (n, rows, columns) of a plain file of pictures. Raises DataError for others."""
    try:
        with path.open("rb") as file:
            head = file.read(MAX_HEAD)
            size = file.seek(0, 2)
    except OSError as error:
        raise DataError(
            tr("{path} cannot be read: {error}.", path=path, error=reason(error))
        ) from error
    if head.startswith(GZIP_MAGIC):
        raise DataError(
            tr(
                "{name} is packed, and only plain files can be streamed: unpack the pictures "
                "first, as with gunzip.",
                name=path.name,
            )
        )
    _, shape, _ = read_head(path.name, head, 3, most=MOST)
    if size != MAX_HEAD + math.prod(shape):
        raise DataError(
            tr(
                "{name} has {size} bytes; its header promises {promised}. Get the file again.",
                name=path.name,
                size=format_integer(size),
                promised=format_integer(MAX_HEAD + math.prod(shape)),
            )
        )
    return shape
