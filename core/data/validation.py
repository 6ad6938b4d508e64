"""Early stopping: the rows that it watches, set aside from those that train, and the best epoch."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset

Rows = NDArray[np.int64]

STREAM = 1  # of the split's seed: whether a row is tested says nothing of whether it validates


def set_aside(dataset: Dataset, train_rows: Rows, fraction: float, seed: int) -> tuple[Rows, Rows]:
    """Return the rows that still train and those for validation, both ascending.

    Of each class the share of its training rows is taken, rounded to whole rows, and at least one
    is left for training. As in `Dataset.split`, rows are drawn by priorities that depend on seed,
    class and place alone, and added rows always train. A fraction of 0 takes none.
    """
    if not fraction:
        return train_rows, np.empty(0, dtype=np.int64)
    trains = np.zeros(dataset.n, dtype=bool)
    trains[train_rows] = True
    validates = np.zeros(dataset.n, dtype=bool)
    for k in range(dataset.h):
        rows = dataset.added + np.flatnonzero(dataset.y[dataset.added :] == k)
        drawn = np.random.Generator(np.random.PCG64([seed, k, STREAM])).random(len(rows))
        is_free = trains[rows]
        rows, drawn = rows[is_free], drawn[is_free]
        left = np.count_nonzero(trains[: dataset.added] & (dataset.y[: dataset.added] == k))
        count = min(int(len(rows) * fraction + 0.5), max(len(rows) + left - 1, 0))
        validates[rows[np.argsort(drawn, kind="stable")[:count]]] = True
    return np.flatnonzero(trains & ~validates), np.flatnonzero(validates)


@dataclass(frozen=True)
class Best:
    """The epoch with the least validation loss so far: after how many epochs and steps it ended."""

    loss: float = math.inf
    epoch: int = 0
    step: int = 0

    @property
    def is_known(self) -> bool:
        return self.loss < math.inf

    @property
    def words(self) -> str:
        return f"The validation loss was least, {self.loss:.4g}, after epoch {self.epoch:,}"
