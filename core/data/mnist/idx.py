"""Read MNIST, or any data set in its four-file IDX format: Fashion-MNIST, EMNIST, custom ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.mnist import known_sets
from core.data.mnist.folder import IdxFiles
from core.data.mnist.idx_file import (
    MAX_BYTES,
    MAX_HEAD,
    Labels,
    describe_shape,
    read_head,
    unpack,
    without_second_zip,
)
from core.errors import DataError
from core.files import contents
from core.language import tr
from core.number_format import format_integer
from core.staging import tidy

# X (n, rows·columns) uint8, y (n,) int64, the number of test rows, the shape of an image; the
# training rows come first.
Contents = tuple[NDArray[np.uint8], NDArray[np.int64], int, tuple[int, int]]


@dataclass(frozen=True, eq=False)
class Images:
    """A data set in this format, with what is known of it.

    contents : with classes counted from 0. class_names : (classes,), without labels that do not
        occur. is_transposed : whether the pictures were stored column by column.
    """

    contents: Contents
    class_names: tuple[str, ...]
    is_transposed: bool


def load_known(files: IdxFiles, transpose: bool | None = None) -> Images:
    """Return the contents of the four files as they are to be seen.

    transpose : exchange rows and columns of each picture; None where it is known to be needed.
    Raises DataError as `load` does, and for a mapping file that cannot be understood.
    """
    X, y, n_test, shape = load(files)
    names = names_of(files, y)
    if transpose is None:
        transpose = known_sets.is_transposed(files.names, y)
    if transpose:
        X = np.ascontiguousarray(X.reshape(-1, *shape).transpose(0, 2, 1)).reshape(len(X), -1)
        shape = shape[1], shape[0]
    y, words = known_sets.compact(y, names)
    return Images((X, y, n_test, shape), words, transpose)


def names_of(files: IdxFiles, y: Labels) -> dict[int, str]:
    """Return the name of each label that occurs in y. Raises DataError for a broken mapping."""
    mapping_file = _mapping_file(files)
    mapping = {} if mapping_file is None else known_sets.read_mapping(mapping_file)
    return known_sets.class_names(files.names, y, mapping)


def _mapping_file(files: IdxFiles) -> Path | None:
    """Return the file with the names of labels, of the data set's name or the only one."""
    folders = {files.folder, files.paths[1].parent}
    found = sorted(path for folder in folders for path in folder.glob("*mapping*.txt"))
    own = [path for path in found if files.name and path.name.startswith(f"{files.name}-")]
    if own:
        return own[0]
    return found[0] if len(found) == 1 else None


def load(files: IdxFiles) -> Contents:
    """Return the contents of the four files.

    Raises DataError where a file is missing, damaged, of another kind, or does not fit the others;
    headers and labels are checked before the images are unpacked.
    """
    names = [path.name for path in files.paths]
    read = []
    for path, dimensions in zip(files.paths, (3, 1, 3, 1), strict=True):
        tidy(path.parent)
        content = contents(path, tr("a file of images or labels"), MAX_BYTES + MAX_HEAD)
        read.append((path.name, without_second_zip(path.name, content), dimensions))
    check_heads(names, [read_head(*file)[1] for file in read])
    train_labels, test_labels = unpack(*read[1]), unpack(*read[3])
    check_labels(names, train_labels, test_labels)
    return join(names, [unpack(*read[0]), train_labels, unpack(*read[2]), test_labels])


def join(names: Sequence[str], arrays: Sequence[NDArray[np.uint8]]) -> Contents:
    """Combine the four arrays, in the order of ORIGINALS; `names` are for error messages."""
    train_images, train_labels, test_images, test_labels = arrays
    check_heads(names, [array.shape for array in arrays])
    check_labels(names, train_labels, test_labels)
    shape = train_images.shape[1:]
    X = np.concatenate([train_images, test_images]).reshape(-1, math.prod(shape))
    y = np.concatenate([train_labels, test_labels]).astype(np.int64)
    return X, y, len(test_labels), (int(shape[0]), int(shape[1]))


def check_heads(names: Sequence[str], shapes: Sequence[tuple[int, ...]]) -> None:
    """Raise DataError unless images and labels match in number and all images have one size."""
    for i, j in ((0, 1), (2, 3)):
        if shapes[i][0] != shapes[j][0]:
            raise DataError(
                tr(
                    "{names} holds {shapes} images and {names2} {shapes2} labels; the two files "
                    "do not belong together. Get both again.",
                    names=names[i],
                    shapes=format_integer(shapes[i][0]),
                    names2=names[j],
                    shapes2=format_integer(shapes[j][0]),
                )
            )
    size, test_size = shapes[0][1:], shapes[2][1:]
    if size != test_size:
        raise DataError(
            tr(
                "{names} holds {shape} images and {names2} {shape2} ones; the "
                "files do not belong together. Get all four again.",
                names=names[0],
                shape=describe_shape(size),
                names2=names[2],
                shape2=describe_shape(test_size),
            )
        )


def check_labels(
    names: Sequence[str], train_labels: NDArray[np.uint8], test_labels: NDArray[np.uint8]
) -> None:
    """Raise DataError where the labels cannot be class numbers."""
    classes = int(train_labels.max()) + 1
    found = len(np.unique(train_labels))
    if 2 * found < classes:
        raise DataError(
            tr(
                "{names} has labels from 0 to {value}, and only {found} of these occur; it is "
                "damaged. Get the file again.",
                names=names[1],
                value=classes - 1,
                found=found,
            )
        )
    if test_labels.max() >= classes:
        (row,) = np.nonzero(test_labels >= classes)
        raise DataError(
            tr(
                "{names}, label {value}: found {test_labels}; the training labels go from 0 to "
                "{value2}. Get both label files again.",
                names=names[3],
                value=format_integer(row[0] + 1),
                test_labels=test_labels[row[0]],
                value2=classes - 1,
            )
        )
