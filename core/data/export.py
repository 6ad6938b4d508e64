"""Export of data: the rows of a task as CSV, pictures with their classes as CSV or IDX."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.csv.header import SPLIT, TEST, TRAIN, VALIDATION
from core.data.csv.spreadsheet import Writer, harmless
from core.data.dataset import Dataset
from core.data.mnist.originals import UNSIGNED_BYTE
from core.data.task import Task
from core.files import writing, writing_together

LABEL, TEXT = "class", "text"
ROWS_AT_ONCE = 2000


def write_csv(task: Task, path: Path) -> None:
    """Write features (in their own units; pixels as they are stored), class and split of all rows.

    Of documents the texts are written, not the numbers of their words.
    Names are escaped by `core.data.csv.spreadsheet.harmless`, which reading reverses. Numbers have
    as many digits as reading back the same float32 needs. Raises SaveError.
    """
    dataset = task.dataset
    words = np.full(dataset.n, TRAIN, dtype=object)
    words[task.test_rows] = TEST
    words[task.validation_rows] = VALIDATION
    names, classes = _columns(dataset), [harmless(name) for name in dataset.class_names]
    with writing(path) as file:
        rows = Writer(file)
        rows.header([*names, _free(LABEL, names), _free(SPLIT, names)])
        for start in range(0, dataset.n, ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            for values, label, word in zip(
                _cells(dataset, part), dataset.y[part], words[part], strict=True
            ):
                rows.harmless_row([*values, classes[label], word])


def write_pictures_csv(
    X: NDArray[np.uint8], labels: list[str], shape: tuple[int, int], path: Path
) -> None:
    """Write pictures X (n, rows · columns) as bytes, the class first. Raises SaveError."""
    rows, columns = shape
    with writing(path) as file:
        table = Writer(file)
        table.row([LABEL, *(f"{i}×{j}" for i in range(rows) for j in range(columns))])
        for label, x in zip(labels, X.tolist(), strict=True):
            table.row([label, *x])


def write_pictures_idx(
    X: NDArray[np.uint8], y: NDArray[np.int64], shape: tuple[int, int], path: Path
) -> tuple[Path, Path]:
    """Write pictures and class numbers in the format of MNIST's files; return both paths.

    `path` gives the folder and the prefix of the names. Either both files are written or none.
    Raises SaveError.
    """
    images = path.with_name(f"{path.stem}-images-idx3-ubyte")
    labels = path.with_name(f"{path.stem}-labels-idx1-ubyte")
    with writing_together() as together:
        with together.open(images) as file:
            file.write(struct.pack(">4B3I", 0, 0, UNSIGNED_BYTE, 3, len(X), *shape))
            file.write(np.ascontiguousarray(X).tobytes())
        with together.open(labels) as file:
            file.write(struct.pack(">4BI", 0, 0, UNSIGNED_BYTE, 1, len(y)))
            file.write(y.astype(np.uint8).tobytes())
    return images, labels


def _columns(dataset: Dataset) -> tuple[str, ...]:
    if not dataset.is_text:
        return dataset.feature_names
    return ((dataset.understood and dataset.understood.text) or TEXT,)


def _cells(dataset: Dataset, part: slice) -> list[list[str]]:
    if dataset.documents is not None:
        return [[harmless(text)] for text in dataset.documents.texts[part]]
    # Text directly from float32: by way of Python's floats 5.1 would become 5.099999904632568.
    found: list[list[str]] = dataset.X[part].astype(str).tolist()
    return found


def _free(name: str, taken: tuple[str, ...]) -> str:
    while name in taken:
        name += "_"
    return name
