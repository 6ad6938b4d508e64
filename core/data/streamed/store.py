"""A table converted to arrays in the cache folder: whole or not at all, found again by its version.

A conversion is written into a folder of its own, which gets its name when all of it is there; what
was broken off is never taken for one. Its manifest says what the table was: path, size, time of
writing, a checksum of its text, and what was asked of it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from core.config import DataConfig
from core.data.streamed import disk
from core.data.streamed.matrix import RowFile, Stored, version_of
from core.errors import DataError

VERSION = 1
ROWS, LABELS, MANIFEST = "X.npy", "y.npy", "manifest.json"
TUPLES = ("classes", "ranks", "low", "high")
PREFIX, UNFINISHED = "table-", "unfinished-"
# Settings that decide what a table is converted to; the others work on the rows.
DECIDING = (
    *("label", "reading", "features", "categorical", "missing_category", "merge_case"),
    "any_label",
)


@dataclass(frozen=True)
class Manifest:
    """What a conversion holds, beside its arrays.

    path : of the table. n, m : its rows and features. dtype : of these. classes : their names, and
    ranks : the class of each code in y.npy. low, high : of each feature. is_whole : whether no row
    has a gap. digest : of all rows. text : checksum of the text. skipped : lines with another
    number of values. unlabelled : rows left out for that. categories : the words of each column
    that goes in as categories.
    """

    path: str
    n: int
    m: int
    dtype: str
    classes: tuple[str, ...]
    ranks: tuple[int, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    is_whole: bool
    digest: str
    text: int
    skipped: int
    unlabelled: int
    categories: dict[str, list[str]]

    @classmethod
    def of(cls, values: Any) -> Self | None:
        """Read what was kept; None unless it is all there."""
        if not isinstance(values, dict) or set(values) != {each.name for each in fields(cls)}:
            return None
        try:
            found = cls(**values | {k: tuple(values[k]) for k in TUPLES})
            is_sound = len(found.low) == len(found.high) == found.m > 0 and found.n > 0
            is_sound &= sorted(found.ranks) == list(range(len(found.classes)))
            return found if is_sound and found.dtype in ("uint8", "float32", "float64") else None
        except TypeError:
            return None


def place_of(path: Path, config: DataConfig) -> Path:
    """Return the folder of the conversion of this version of a table for these settings."""
    known = {name: value for name, value in asdict(config).items() if name in DECIDING}
    text = json.dumps([VERSION, str(path.resolve()), version_of(path.stat()), known])
    return disk.folder() / f"{PREFIX}{hashlib.sha256(text.encode()).hexdigest()[:24]}"


def find(place: Path) -> Manifest | None:
    """Return the manifest of a conversion if it is there and its arrays are as it says."""
    try:
        found = Manifest.of(json.loads((place / MANIFEST).read_text(encoding="utf-8")))
        if found is None:
            return None
        rows(place, found), labels(place, found)
    except (OSError, ValueError, DataError):
        return None
    return found


def rows(place: Path, manifest: Manifest) -> Stored:
    """Return the features of a conversion. Raises DataError for a damaged one."""
    return _array(place / ROWS, (manifest.n, manifest.m), np.dtype(manifest.dtype))


def labels(place: Path, manifest: Manifest) -> Stored:
    """Return the codes of the labels, (n, 1). Raises DataError for a damaged file."""
    return _array(place / LABELS, (manifest.n,), np.dtype(np.int32))


def _array(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Stored:
    with path.open("rb") as file:
        npy.read_magic(file)
        found, _, kind = npy.read_array_header_1_0(file)
        begin = file.tell()
    width = shape[1] if len(shape) > 1 else 1
    size = begin + shape[0] * width * dtype.itemsize
    if found != shape or kind != dtype or path.stat().st_size != size:
        raise DataError(f"{path} is damaged.")
    return RowFile(path, begin, shape[0], width, dtype)


class Writer:
    """Writes one conversion, block by block."""

    def __init__(self, folder: Path, m: int, dtype: np.dtype[Any]) -> None:
        self.folder, self.m, self.dtype = folder, m, dtype
        self.n, self.is_whole, self.text = 0, True, 0
        self.low, self.high = np.full(m, np.inf), np.full(m, -np.inf)
        self._digest = hashlib.sha256(f"{m} {dtype}".encode())
        self._rows, self._labels = (folder / ROWS).open("w+b"), (folder / LABELS).open("w+b")
        self._write_heads()

    def _write_heads(self) -> None:
        """Write both headers, which have room for any number of rows."""
        for file, shape, dtype in (
            (self._rows, (self.n, self.m), self.dtype),
            (self._labels, (self.n,), np.dtype(np.int32)),
        ):
            file.seek(0)
            described = npy.dtype_to_descr(dtype)
            head = {"descr": described, "fortran_order": False, "shape": shape}
            npy.write_array_header_1_0(file, head)

    def add(self, X: NDArray[Any], y: NDArray[np.int32], text: bytes) -> None:
        """Append rows X (k, m), NaN in gaps, with the codes y (k,) of their labels."""
        self.text = zlib.crc32(text, self.text)
        if not len(X):
            return
        X = np.ascontiguousarray(X, dtype=self.dtype)
        self._digest.update(zlib.crc32(X.data).to_bytes(4, "big"))
        gaps = ~np.isfinite(X).all(axis=1)
        if gaps.any():
            self.is_whole = False
        known = X[~gaps]
        if len(known):
            np.minimum(self.low, known.min(axis=0), out=self.low)
            np.maximum(self.high, known.max(axis=0), out=self.high)
        self._rows.write(X.data)
        self._labels.write(y.astype(np.int32).data)
        self.n += len(X)

    def finish(self, **about: Any) -> Manifest:
        """Complete both arrays and write the manifest with what else is known."""
        self._write_heads()
        self.close()
        found = Manifest(
            n=self.n,
            m=self.m,
            dtype=self.dtype.name,
            low=tuple(self.low.tolist()),
            high=tuple(self.high.tolist()),
            is_whole=self.is_whole,
            digest=self._digest.hexdigest(),
            text=self.text,
            **about,
        )
        (self.folder / MANIFEST).write_text(json.dumps(asdict(found)), encoding="utf-8")
        return found

    def close(self) -> None:
        self._rows.close()
        self._labels.close()


@contextmanager
def unfinished(place: Path) -> Iterator[Path]:
    """Give a folder to write a conversion to, which is `place` afterwards, or is gone.

    Raises DataError if the disk is full.
    """
    found = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=place.parent))
    try:
        yield found
        shutil.rmtree(place, ignore_errors=True)  # damaged, or of a program that was quicker
        found.replace(place)
    except OSError as error:
        raise disk.no_room(place.parent, 0, error) from error
    finally:
        shutil.rmtree(found, ignore_errors=True)


def remove_others(place: Path, path: str) -> None:
    """Remove conversions of other versions of this table."""
    for folder in place.parent.glob(f"{PREFIX}*"):
        if folder == place:
            continue
        with suppress(OSError, ValueError):
            other = Manifest.of(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
            if other is not None and other.path == path:
                shutil.rmtree(folder, ignore_errors=True)


def size_of(place: Path) -> int:
    """Return the bytes of a conversion."""
    return sum(each.stat().st_size for each in place.iterdir())
