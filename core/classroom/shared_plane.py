"""The plane of two features with its points, as phones show it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.data.shown_names import shown_classes, shown_features
from core.data.task import Task
from core.explain.plane import Plane

Floats = NDArray[np.float64]

MOST_POINTS = 300  # that are sent to each phone
MOST_OF_LINE = 100  # points of a boundary
DECIMALS = 3  # of places, in shares of the plane


@dataclass(frozen=True, eq=False)
class SharedPlane:
    """What is seen of a plane. Places on it are shares: from 0 to 1 of its ranges, y up.

    features : the numbers of those across and up. names : theirs, with their units.
    low, high : the corners, in the features' own units.
    points : (n, 2) shares, labels : (n,), of the training rows, or of some of them.
    classes, marks, colours : of each class its name, the number of its marker, and its colour as
        #rrggbb.
    """

    features: tuple[int, int]
    names: tuple[str, str]
    low: tuple[float, float]
    high: tuple[float, float]
    points: Floats
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    marks: tuple[int, ...]
    colours: tuple[str, ...]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, in the features' own units."""
        return self.high[0] - self.low[0], self.high[1] - self.low[1]

    def values(self, shares: Floats) -> Floats:
        """Return places (k, 2) in the features' own units."""
        return np.asarray(self.low + shares * np.array(self.size))

    def shares(self, values: Floats) -> Floats:
        """Return positions in the features' own units, (k, 2), as places."""
        return np.asarray((values - self.low) / np.array(self.size))

    def to_message(self) -> dict[str, object]:
        """Return it as sent to a phone."""
        labels = self.labels[:, None].tolist()
        points = np.round(self.points, DECIMALS).tolist()
        return {
            "names": list(self.names),
            "low": list(self.low),
            "high": list(self.high),
            "classes": list(self.classes),
            "colours": list(self.colours),
            "points": [place + label for place, label in zip(points, labels, strict=True)],
        }


def shared(task: Task, plane: Plane, colours: tuple[str, ...]) -> SharedPlane:
    """Return what is seen of a plane, with at most MOST_POINTS of the training rows on it.

    colours : of the classes of the task.
    """
    dataset, features = task.dataset, (plane.x, plane.y)
    (x0, x1), (y0, y1) = plane.x_range, plane.y_range
    names = tuple(f"{shown_features(dataset)[j]} {dataset.unit_of(j)}".strip() for j in features)
    empty = SharedPlane(
        features,
        (names[0], names[1]),
        (float(x0), float(y0)),
        (float(x1), float(y1)),
        np.empty((0, 2)),
        np.empty(0, dtype=np.int64),
        shown_classes(dataset),
        dataset.class_marks,
        colours,
    )
    X = dataset.X[task.train_rows][:, list(features)].astype(np.float64)
    places = empty.shares(X)
    seen = np.flatnonzero(((places >= 0) & (places <= 1)).all(axis=1))
    seen = seen[:: max(1, -(-len(seen) // MOST_POINTS))]
    return replace(empty, points=places[seen], labels=dataset.y[task.train_rows][seen])


def thinned(line: Floats) -> list[list[float]]:
    """Return a line of places (k, 2) as sent to a phone, with at most MOST_OF_LINE of them."""
    kept = np.unique(np.linspace(0, len(line) - 1, MOST_OF_LINE).round().astype(np.int64))
    found: list[list[float]] = np.round(line[kept], DECIMALS).tolist()
    return found
