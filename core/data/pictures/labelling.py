"""Connected parts of a mask, found by the runs of its rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Numbers = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Parts:
    """The connected parts of a mask (8-connectivity), numbered from 1.

    labels : (rows, columns), 0 where the mask is empty.
    top, bottom, left, right, area : (parts,) bounding boxes with exclusive ends, and pixels.
    """

    labels: Numbers
    top: Numbers
    bottom: Numbers
    left: Numbers
    right: Numbers
    area: Numbers

    def __len__(self) -> int:
        return len(self.area)

    @property
    def height(self) -> Numbers:
        return self.bottom - self.top

    @property
    def width(self) -> Numbers:
        return self.right - self.left

    def sums(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the sum of values (rows, columns) over each part, (parts,)."""
        found = np.bincount(self.labels.ravel(), values.ravel(), minlength=len(self) + 1)
        return found[1:].astype(np.float64)

    def mask(self, which: NDArray[np.bool_]) -> Mask:
        """Return the pixels of the marked parts; which : (parts,)."""
        return np.concatenate([[False], which])[self.labels]


def runs(mask: Mask) -> tuple[Numbers, Numbers, Numbers]:
    """Return row, start and end (exclusive) of the runs of each row, in reading order."""
    padded = np.zeros((mask.shape[0], mask.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = mask
    change = np.diff(padded, axis=1)
    row, start = np.nonzero(change == 1)
    _, end = np.nonzero(change == -1)
    return row, start, end


def connected(mask: Mask) -> Parts:
    """Return the connected parts of a mask (rows, columns)."""
    row, start, end = runs(mask)
    root = _roots(row, start, end, mask.shape[1] + 2)
    _, part = np.unique(root, return_inverse=True)
    count = int(part.max(initial=-1)) + 1
    labels = np.zeros(mask.shape, dtype=np.intp)
    labels[mask] = np.repeat(part + 1, end - start)

    def least(values: Numbers) -> Numbers:
        found = np.full(count, np.iinfo(np.intp).max, dtype=np.intp)
        np.minimum.at(found, part, values)
        return found

    area = np.bincount(part, end - start, minlength=count).astype(np.intp)
    return Parts(labels, least(row), -least(-row - 1), least(start), -least(-end), area)


def _roots(row: Numbers, start: Numbers, end: Numbers, width: int) -> Numbers:
    """Return for each run the number of the first run of its part."""
    below = (row + 1) * width
    first = np.searchsorted(row * width + end, below + start, side="left")
    past = np.searchsorted(row * width + start, below + end, side="right")
    count = np.maximum(past - first, 0)
    upper = np.repeat(np.arange(len(row)), count)
    lower = np.arange(len(upper)) - np.repeat(np.cumsum(count) - count, count) + first[upper]
    parent = np.arange(len(row))
    while True:
        a, b = parent[upper], parent[lower]
        if (a == b).all():
            return parent
        np.minimum.at(parent, np.maximum(a, b), np.minimum(a, b))
        while not np.array_equal(parent[parent], parent):
            parent = parent[parent]
