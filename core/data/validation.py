"""Early stopping: validation rows held out from the training rows, and the best epoch."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.data.streamed.dataset import StreamedDataset
from core.language import mark
from core.note import Note

Rows = NDArray[np.int64]

STREAM = 1  # of the split seed: validation is drawn independently of the test rows


def set_aside(dataset: Dataset, train_rows: Rows, fraction: float, seed: int) -> tuple[Rows, Rows]:
    """Return the remaining training rows and the validation rows, both ascending.

    The fraction of each class's training rows, rounded to whole rows, is held out, and at least
    one row is left for training. As in `Dataset.split`, rows are drawn by priorities that depend
    only on seed, class and position within the class, and added rows are always training rows.
    A fraction of 0 holds out none.
    """
    if not fraction:
        return train_rows, np.empty(0, dtype=np.int64)
    if isinstance(dataset, StreamedDataset):
        return dataset.set_aside(train_rows, fraction, [seed, STREAM])
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
    """The lowest validation loss so far, and after how many epochs and steps it was measured."""

    loss: float = math.inf
    epoch: int = 0
    step: int = 0

    @property
    def is_known(self) -> bool:
        return self.loss < math.inf

    @property
    def note(self) -> Note:
        """When it was measured, as a sentence without its end."""
        return Note(
            mark("The validation loss was least, {loss}, after epoch {epoch}"),
            {"loss": f"{self.loss:.4g}", "epoch": self.epoch},
            numbers=("loss",),
        )
