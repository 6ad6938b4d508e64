"""Points drawn by the user: an immutable value; every edit returns a new one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import DataError
from core.invisible_characters import visible
from core.language import tr
from core.number_format import format_integer

MIN_CLASSES, MAX_CLASSES = 2, 10
MAX_POINTS = 1_000_000
ROWS_AT_ONCE = 4096
RANGE = (-5.0, 5.0)  # of both axes of an empty board

Rows = NDArray[np.int64] | NDArray[np.bool_]


def _no_positions() -> NDArray[np.float64]:
    return np.empty((0, 2))


def _no_labels() -> NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Points:
    """Positions xy (n, 2), class numbers `labels` (n,), and the names of the classes, 2 to 10.

    The arrays must not be modified; each edit returns new Points.
    """

    xy: NDArray[np.float64] = field(default_factory=_no_positions)
    labels: NDArray[np.int64] = field(default_factory=_no_labels)
    class_names: tuple[str, ...] = ("A", "B")

    def __len__(self) -> int:
        return len(self.labels)

    def put(self, xy: ArrayLike, label: int) -> Points:
        """Add points of one class at xy (k, 2). Raises DataError above MAX_POINTS."""
        positions = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
        if len(self) + len(positions) > MAX_POINTS:
            raise DataError(
                tr(
                    "There are {count} points; {most} are the most.",
                    count=format_integer(len(self)),
                    most=format_integer(MAX_POINTS),
                )
            )
        return replace(
            self,
            xy=np.concatenate([self.xy, positions]),
            labels=np.append(self.labels, np.full(len(positions), label, dtype=np.int64)),
        )

    def with_point(self, x1: float, x2: float, label: int) -> Points:
        """Add one point."""
        return self.put([(x1, x2)], label)

    def erase(self, rows: Rows) -> Points:
        """Remove these points."""
        keep = np.ones(len(self), dtype=bool)
        keep[rows] = False
        return replace(self, xy=self.xy[keep], labels=self.labels[keep])

    def without_point(self, index: int) -> Points:
        """Remove one point."""
        return self.erase(np.array([index]))

    def move(self, rows: Rows, by: tuple[float, float]) -> Points:
        """Shift these points."""
        xy = self.xy.copy()
        xy[rows] += by
        return replace(self, xy=xy)

    def relabel(self, rows: Rows, label: int) -> Points:
        """Assign these points to another class."""
        labels = self.labels.copy()
        labels[rows] = label
        return replace(self, labels=labels)

    def jitter(self, rows: Rows, spread: tuple[float, float], seed: int) -> Points:
        """Shift these points by normal noise with standard deviations `spread` along x and y."""
        xy = self.xy.copy()
        shifts = np.random.Generator(np.random.PCG64(seed)).normal(size=xy[rows].shape)
        xy[rows] += shifts * spread
        return replace(self, xy=xy)

    def clear(self) -> Points:
        """Remove all points; the classes stay."""
        return Points(class_names=self.class_names)

    def with_class(self) -> Points:
        """Add a class named by the first free letter; raise DataError beyond ten classes."""
        if len(self.class_names) == MAX_CLASSES:
            raise DataError(
                tr("There are {most} classes; more cannot be told apart.", most=MAX_CLASSES)
            )
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        name = next(letter for letter in letters if letter not in self.class_names)
        return replace(self, class_names=(*self.class_names, name))

    def rename_class(self, k: int, name: str) -> Points:
        """Rename class k; raise DataError if the name is empty or another class has it."""
        name = visible(name.strip())
        names = list(self.class_names)
        if not name:
            raise DataError(tr("A class needs a name."))
        if name in names[:k] + names[k + 1 :]:
            raise DataError(
                tr("There is a class “{name}” already; choose another name.", name=name)
            )
        names[k] = name
        return replace(self, class_names=tuple(names))

    def remove_class(self, k: int) -> Points:
        """Remove class k and its points; raise DataError if only two classes are left."""
        if len(self.class_names) == MIN_CLASSES:
            raise DataError(tr("Two classes are the least that can be told apart."))
        keep = self.labels != k
        labels = self.labels[keep]
        return Points(
            self.xy[keep],
            labels - (labels > k),
            self.class_names[:k] + self.class_names[k + 1 :],
        )


def spray(
    centre: tuple[float, float], radius: tuple[float, float], count: int, seed: int
) -> NDArray[np.float64]:
    """Return `count` positions drawn uniformly from an ellipse, (count, 2)."""
    rng = np.random.Generator(np.random.PCG64(seed))
    angle = rng.uniform(0, 2 * np.pi, count)
    distance = np.sqrt(rng.uniform(0, 1, count))  # √: uniform over the area, not the radius
    unit = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    positions: NDArray[np.float64] = centre + distance[:, None] * unit * radius
    return positions


def inside(xy: NDArray[np.float64], polygon: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return for each point (n, 2) whether it is inside the polygon (k, 2), closed automatically.

    From inside, a ray to the right crosses the outline an odd number of times.
    """
    x0, y0 = polygon.T
    x1, y1 = np.roll(x0, -1), np.roll(y0, -1)
    odd = np.zeros(len(xy), dtype=bool)
    for start in range(0, len(xy), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        x, y = xy[part, :1], xy[part, 1:]
        spans = (y0 > y) != (y1 > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            crossing = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
        odd[part] = (spans & (x < crossing)).sum(axis=1) % 2 == 1
    return odd
