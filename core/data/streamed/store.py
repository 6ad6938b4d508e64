"""A table converted to arrays in the cache folder: whole or not at all, found again by its version.

A conversion is written into a folder of its own, which gets its name when all of it is there; what
was broken off is never taken for one. Its manifest says what the table was: path, size, time of
writing, a checksum of its text, and what was asked of it. All conversions together are bounded:
those that were not used for longest are dropped, but none that a running program uses.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
import weakref
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
from core.language import tr
from core.staging import try_lock

VERSION = 1
ROWS, LABELS, MANIFEST = "X.npy", "y.npy", "manifest.json"
TUPLES = ("classes", "ranks", "low", "high")
PREFIX, UNFINISHED, USED = "table-", "unfinished-", "used-"
KEPT = 2**35  # bytes that all conversions may take together
LEFT_SECONDS = 86_400  # after which what is unfinished and not written to is of a killed program
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
    found = _manifest(place)
    try:
        if found is not None:
            rows(place, found), labels(place, found)
    except (OSError, ValueError, DataError):
        return None
    return found


def _manifest(place: Path) -> Manifest | None:
    try:
        return Manifest.of(json.loads((place / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


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
        raise DataError(tr("{path} is damaged.", path=path))
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


def use(place: Path, by: object) -> None:
    """Keep a conversion from being dropped for as long as this object is there."""
    with suppress(OSError):  # of another user, or on a full disk
        os.utime(place / MANIFEST)
        lock, name = tempfile.mkstemp(prefix=USED, dir=place)
        try_lock(lock)
        weakref.finalize(by, _leave, lock, name)


def _leave(lock: int, name: str) -> None:
    os.close(lock)
    Path(name).unlink(missing_ok=True)


def drop_others(place: Path, path: str) -> int:
    """Drop conversions of other versions of this table, and the oldest beyond what is kept.

    Returns the bytes of the latter.
    """
    ages, sizes, dropped = {}, {place: size_of(place)}, 0
    for folder in place.parent.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if folder == place:
                continue
            is_used, other = _is_used(folder), _manifest(folder)
            if not is_used and (other is None or other.path == path):
                shutil.rmtree(folder, ignore_errors=True)
                continue
            sizes[folder] = size_of(folder)
            if not is_used:
                ages[folder] = (folder / MANIFEST).stat().st_mtime
    for folder in sorted(ages, key=ages.__getitem__):
        if sum(sizes.values()) <= KEPT:
            break
        dropped += sizes.pop(folder)
        shutil.rmtree(folder, ignore_errors=True)
    _drop_unfinished(place.parent)
    return dropped


def _is_used(folder: Path) -> bool:
    """Return whether a running program uses a conversion; forget those that have ended."""
    for path in folder.glob(f"{USED}*"):
        lock = os.open(path, os.O_RDWR)
        try:
            if not try_lock(lock):
                return True
        finally:
            os.close(lock)
        path.unlink()
    return False


def _drop_unfinished(cache: Path) -> None:
    for folder in cache.glob(f"{UNFINISHED}*"):
        with suppress(OSError, ValueError):
            if time.time() - max(each.stat().st_mtime for each in folder.iterdir()) > LEFT_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def size_of(place: Path) -> int:
    """Return the bytes of a conversion."""
    return sum(each.stat().st_size for each in place.iterdir())
