"""What one pass over the rows of a file finds, kept for as long as the file stays as it is."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from core.data.streamed import disk
from core.data.streamed.matrix import StoredMatrix, version_of
from core.errors import Cancelled, DataError, SaveError
from core.files import writing
from core.language import tr

VERSION = 1
PART = 2**23  # bytes of rows looked at at once

Progress = Callable[[int, int], object]  # bytes done, and all


@dataclass(frozen=True)
class Found:
    """What is known of the rows.

    digest : of their checksums. is_whole : whether none has a gap. low, high : of each feature.
    """

    digest: str
    is_whole: bool
    low: tuple[float, ...]
    high: tuple[float, ...]

    @property
    def extent(self) -> NDArray[np.float64]:
        """The least and the largest of each feature, (2, m)."""
        return np.array([self.low, self.high])

    @classmethod
    def of(cls, values: Any, m: int) -> Self | None:
        """Read what was kept; None unless it is all there."""
        if not isinstance(values, dict) or set(values) != {"digest", "is_whole", "low", "high"}:
            return None
        try:
            low, high = (tuple(map(float, values[name])) for name in ("low", "high"))
        except (TypeError, ValueError):
            return None
        is_known = isinstance(values["digest"], str) and isinstance(values["is_whole"], bool)
        if not is_known or len(low) != m or len(high) != m:
            return None
        return cls(values["digest"], values["is_whole"], low, high)


def scan(
    path: Path,
    matrix: StoredMatrix,
    progress: Progress | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Found:
    """Return what the rows are, from what was kept of an earlier pass if the file is the same.

    Raises DataError, and Cancelled.
    """
    kept, m = _place(path, matrix), matrix.shape[1]
    if (known := _kept(kept, m)) is not None:
        return known
    found = _pass(matrix, progress, is_cancelled)
    try:
        with writing(kept) as file:
            json.dump(asdict(found), file)
    except SaveError:
        pass  # the next start makes the pass again
    return found


def _place(path: Path, matrix: StoredMatrix) -> Path:
    """Return where is kept what is known of this version of a file, read like this."""
    size, written = version_of(path.stat())
    text = f"{VERSION} {path.resolve()} {size} {written} {matrix.shape} {matrix.dtype}"
    return disk.folder() / f"rows-{hashlib.sha256(text.encode()).hexdigest()[:24]}.json"


def _kept(path: Path, m: int) -> Found | None:
    try:
        return Found.of(json.loads(path.read_text(encoding="utf-8")), m)
    except (OSError, ValueError):
        return None


def _pass(
    matrix: StoredMatrix, progress: Progress | None, is_cancelled: Callable[[], bool]
) -> Found:
    n, m = matrix.shape
    row = max(m * matrix.itemsize, 1)
    size = max(PART // row, 1)
    # SHA-256 of all bytes would take as long as all else together.
    digest, is_whole = hashlib.sha256(f"{n} {m} {matrix.dtype}".encode()), True
    low, high = np.full(m, np.inf), np.full(m, -np.inf)
    for start in range(0, n, size):
        if is_cancelled():
            raise Cancelled(tr("The rows were not looked at."))
        part = matrix[start : start + size]
        digest.update(zlib.crc32(part.data).to_bytes(4, "big"))
        least, most = part.min(axis=0), part.max(axis=0)
        if not (np.isfinite(least).all() and np.isfinite(most).all()):  # NaN spreads to both
            is_whole = False
            rows = part[np.isfinite(part).all(axis=1)]
            least, most = rows.min(axis=0, initial=np.inf), rows.max(axis=0, initial=-np.inf)
        np.minimum(low, least, out=low)
        np.maximum(high, most, out=high)
        if progress is not None:
            progress(min(start + size, n) * row, n * row)
    if not (low <= high).all():
        raise DataError(tr("no row has a number in each column; leave the empty columns out."))
    return Found(digest.hexdigest(), is_whole, tuple(low.tolist()), tuple(high.tolist()))
