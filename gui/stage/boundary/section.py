"""A section through the features of a task: two of them vary, the others are fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data import points as drawing
from core.data.task import Task
from core.explain.plane import Plane
from gui.stage.boundary.geometry import Coords

MARGIN = 0.08  # of the data's range, on each side
Range = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Section:
    """The plane of the features x, across, and y, up, through `centre`.

    centre : (m,) the features' training means.
    """

    task: Task
    x: int
    y: int
    centre: NDArray[np.float64]

    @classmethod
    def through_means(cls, task: Task, x: int, y: int) -> Section:
        """Return the section with the other features held at their training means."""
        dataset = task.dataset
        rows = task.train_rows if len(task.train_rows) else task.held_out_rows
        if not len(rows):
            return cls(task, x, y, np.zeros(dataset.m))
        return cls(task, x, y, dataset.X[rows].mean(axis=0, dtype=np.float64))

    @property
    def features(self) -> tuple[int, int]:
        return self.x, self.y

    def columns(
        self, rows: NDArray[np.int64] | slice = slice(None)
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the rows' coordinates in the plane, (n,) each."""
        X = self.task.dataset.X
        return X[rows, self.x], X[rows, self.y]

    def features_at(self, coords: Coords) -> NDArray[np.float64]:
        """Return all features, (m,), of a position in the plane."""
        features = self.centre.copy()
        features[[self.x, self.y]] = coords
        return features

    def plane(self, x_range: Range, y_range: Range) -> Plane:
        """Return the visible part of the section."""
        return Plane(self.x, self.y, x_range, y_range, tuple(self.centre))

    def ranges(self) -> tuple[Range, Range]:
        """Return the ranges of x and of y that show all points."""
        if self.task.config.data.source == "drawn":
            return drawing.RANGE, drawing.RANGE
        x, y = self.columns()
        return _padded(x), _padded(y)


def _padded(values: NDArray[Any]) -> Range:
    if len(values) == 0:
        return drawing.RANGE
    low, high = float(values.min()), float(values.max())
    margin = (high - low) * MARGIN or max(abs(low), 1.0)
    return low - margin, high + margin
