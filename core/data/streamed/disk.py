"""Arrays on disk that end with the program: the numbers of rows, which grow with the data."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from core.cache_folder import CACHE_VARIABLE, cache_folder
from core.errors import DataError
from core.files import reason
from core.language import tr
from core.number_format import format_bytes


def folder() -> Path:
    """Return the folder in which streamed data are kept, which is made if need be.

    Raises DataError where it cannot be made.
    """
    found = cache_folder("streamed")
    try:
        found.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise no_room(found, 0, error) from error
    return found


def scratch(n: int, dtype: DTypeLike = np.int64) -> NDArray[Any]:
    """Return an array (n,) of zeros whose pages lie in a file without a name.

    The system may write them out and drop them: they take no memory that others need. Raises
    DataError if the disk is full: a page without room would end the program later.
    """
    size = n * np.dtype(dtype).itemsize
    if not size:
        return np.empty(0, dtype=dtype)
    where = folder()
    try:
        with tempfile.TemporaryFile(dir=where) as file:
            reserve(file, size)
            return np.asarray(np.memmap(file, dtype=dtype, mode="r+", shape=(n,)))
    except OSError as error:
        raise no_room(where, size, error) from error


def reserve(file: IO[bytes], size: int) -> None:
    """Give a file so many bytes, with room for each of them on the disk. Raises OSError."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
    else:
        file.truncate(size)


def no_room(where: Path, size: int, error: OSError | None) -> DataError:
    """Return the error of a disk without room for so many bytes, 0 if that is not known."""
    why = "" if error is None else f" ({reason(error).lower()})"
    need = (
        tr("{size} are needed in", size=format_bytes(size))
        if size
        else tr("nothing can be written to")
    )
    return DataError(
        tr(
            "To stream these data, {need} {where}{why}. Make room there, or set {variable} "
            "to a folder on another disk.",
            need=need,
            where=where,
            why=why,
            variable=CACHE_VARIABLE,
        )
    )
