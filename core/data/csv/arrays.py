"""NumPy's own files (.npy, .npz) as tables: columns of one array, or features beside their labels.

Nothing in them is run (no pickles), and what an array says of its size is checked before it is
read.
"""

from __future__ import annotations

import io
import math
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from core import memory
from core.data.csv.dialect import MAX_COLUMNS, TableFormat
from core.data.csv.header import SPLIT, TEST, TRAIN
from core.data.csv.layout import Layout
from core.data.csv.packed import ZIP, Source, check_directory
from core.errors import DataError
from core.language import tr
from core.name_lookup import kept_apart
from core.number_format import format_integer

NAME = "NumPy arrays"
MARK = b"\x93NUMPY"
MAX_CELLS = 2**28
MAX_ARRAYS = 100
LABEL = "label"
# What comes of damage: NumPy parses the header as Python's own notation of values.
_FAULTS = (
    ValueError,
    TypeError,
    KeyError,
    OverflowError,
    RecursionError,
    SyntaxError,
    tokenize.TokenError,
    Warning,
    OSError,
    EOFError,
    zipfile.BadZipFile,
    NotImplementedError,
)

Columns = dict[str, NDArray[Any]]  # by name, (n,) each


class Stated(NamedTuple):
    """What an array says of itself."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    is_fortran: bool = False


def is_archive(names: list[str]) -> bool:
    """Return whether a zip archive with these files is NumPy's."""
    return bool(names) and all(name.endswith(".npy") for name in names)


def read_array(name: str, file: IO[bytes], size: int) -> NDArray[Any]:
    """Read one array. name : for messages. size : in bytes, of the file.

    Raises DataError where it is not one of numbers or words, or is too large.
    """
    stated = read_head(name, file)
    cells = math.prod(stated.shape) * max(len(stated.dtype.names or ()), 1)
    if cells > MAX_CELLS or math.prod(stated.shape) * stated.dtype.itemsize > size:
        raise DataError(
            tr(
                "{name} states {cells} values, more than it holds or than are read "
                "({max_cells}). Get the file again, or take a part of it.",
                name=name,
                cells=format_integer(cells),
                max_cells=format_integer(MAX_CELLS),
            )
        )
    file.seek(0)
    try:
        found: NDArray[Any] = npy.read_array(file, allow_pickle=False)
    except _FAULTS as error:
        raise _damaged(name) from error
    return found


def read_head(name: str, file: IO[bytes]) -> Stated:
    """Return what an array says of itself; the file stands where its values begin.

    Raises DataError where it is damaged, has no values, or would run programs.
    """
    try:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, is_fortran, dtype = read(file)
    except _FAULTS as error:
        raise _damaged(name) from error
    if dtype.hasobject:
        raise DataError(
            tr(
                "{name} holds Python objects (a pickle), which can run programs on loading and "
                "is not opened; save arrays of numbers or words.",
                name=name,
            )
        )
    if shape and not math.prod(shape):
        raise DataError(
            tr("{name} holds an array without values; save the arrays again.", name=name)
        )
    return Stated(shape, dtype, is_fortran)


def _damaged(name: str) -> DataError:
    return DataError(tr("{name} is a damaged file of NumPy's; save the arrays again.", name=name))


def columns_of(name: str, arrays: dict[str, NDArray[Any]]) -> Columns:
    """Return the columns that these arrays are, with a split where they are parted into two.

    One array: its columns, or its fields. Several: features (n, …) with labels (n,), both perhaps
    twice, for training and for testing. Raises DataError where they are not so.
    """
    if len(arrays) == 1:
        (array,) = arrays.values()
        return _columns(array) if array.dtype.names or array.ndim > 1 else {"column 1": array}
    pairs = list(_pairs(arrays))
    if not pairs:
        listed = ", ".join(f"{key} {'×'.join(map(str, a.shape))}" for key, a in arrays.items())
        raise DataError(
            tr(
                "{name} holds {listed}; features (rows × columns) and labels (rows) were expected.",
                name=name,
                listed=listed[:200],
            )
        )
    parts = [
        _columns(arrays[X]) | {LABEL: _flat(arrays[y]), SPLIT: np.full(len(arrays[y]), part)}
        for X, y, part in pairs
    ]
    if any(list(part) != list(parts[0]) for part in parts):
        raise DataError(tr("{name} has other features for training than for testing.", name=name))
    columns = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    if len(parts) == 1:
        del columns[SPLIT]
    return columns


def _pairs(arrays: dict[str, NDArray[Any]]) -> Iterator[tuple[str, str, str]]:
    """Yield the names of features and of the labels beside them, and which part they are."""
    labels = [key for key, array in arrays.items() if array.ndim and array.size == len(array)]
    features = [key for key, array in arrays.items() if array.ndim > 1 and key not in labels]
    is_parted = any("test" in key.casefold() for key in features)
    for X in features:
        part = TEST if is_parted and "test" in X.casefold() else TRAIN
        for y in labels:
            is_same = ("test" in y.casefold()) == (part == TEST) or not is_parted
            if is_same and len(arrays[y]) == len(arrays[X]):
                yield X, y, part
                break
        if not is_parted:
            return


def _columns(array: NDArray[Any]) -> Columns:
    if array.dtype.names:
        return {key: _flat(array[key]) for key in array.dtype.names}
    flat = array.reshape(len(array), -1)
    return {f"column {j + 1}": flat[:, j] for j in range(flat.shape[1])}


def _flat(array: NDArray[Any]) -> NDArray[Any]:
    return array.reshape(len(array), -1)[:, 0]


def format_of(name: str, columns: Columns) -> TableFormat:
    """Return the format of a table of these columns. name : of the file.

    Raises DataError where there are too many.
    """
    if not 0 < len(columns) <= MAX_COLUMNS:
        raise DataError(
            tr(
                "{name} has {count} columns; 1 to {max_columns} are read.",
                name=name,
                count=format_integer(len(columns)),
                max_columns=format_integer(MAX_COLUMNS),
            )
        )
    names = kept_apart(list(columns), "column")
    return TableFormat(
        encoding="utf-8",
        separator=",",
        decimal=".",
        header_line=None,
        first_line=1,
        names=names,
        layout=Layout(NAME, names, 1, bytes, is_text=False),
    )


def read(source: Source) -> Columns | None:
    """Return the columns of a file of NumPy's, None if it is none; raise DataError if damaged."""
    with source.open_packed() as (file, size):
        head = file.read(len(MARK))
        file.seek(0)
        if head == MARK:
            return columns_of(source.name, {"": read_array(source.name, file, size)})
        if not head.startswith(ZIP):
            return None
        check_directory(source.name, file, size)
        try:
            archive = zipfile.ZipFile(file)
            infos = archive.infolist()
        except _FAULTS:
            return None  # whoever unpacks it says what is wrong
        if not is_archive([info.filename for info in infos]):
            return None
        return columns_of(source.name, _arrays(source.name, archive, infos))


def _arrays(
    name: str, archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]
) -> dict[str, NDArray[Any]]:
    memory.check(sum(info.file_size for info in infos), name, tr("Take a part of it."))
    arrays: dict[str, NDArray[Any]] = {}
    for info in infos[:MAX_ARRAYS]:
        try:
            with archive.open(info) as part:
                array = read_array(name, io.BytesIO(part.read()), info.file_size)
        except (*_FAULTS, RuntimeError, zlib.error) as error:
            raise _damaged(name) from error
        if array.ndim and len(array):
            arrays[info.filename.removesuffix(".npy")] = array
    if not arrays:
        raise DataError(tr("{name} holds no array with rows; save the arrays again.", name=name))
    return arrays


def as_cells(array: NDArray[Any]) -> NDArray[Any]:
    """Return a column (n,) as numbers or as words, in this machine's order of bytes."""
    kind = array.dtype.kind
    if kind in "iu":
        return array.astype(array.dtype.newbyteorder("="))
    if kind == "f":
        return array.astype(np.float64)
    if kind == "S":
        return np.char.decode(array, "utf-8", "replace").astype(object)
    if kind == "c":
        raise DataError(tr("complex numbers cannot be features; save their parts as two columns."))
    return array.astype(str).astype(object)
