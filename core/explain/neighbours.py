"""Which training rows are most like an input, as the model sees both; NumPy only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.data.task import Task

ROWS_AT_ONCE = 2048


def nearest(task: Task, values: NDArray[np.floating], count: int) -> NDArray[np.int64]:
    """Return the `count` training rows that are nearest to one row of features, nearest first.

    values : (d,) in the features' own units; the rows are numbers of `task.dataset`.
    The distance is Euclidean, between inputs as the model takes them. Of equals, the first row
    in the data set comes first.
    """
    rows = task.train_rows
    x = task.inputs(values[None])[0]
    distance = np.empty(len(rows), dtype=np.float32)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        others = task.inputs(task.dataset.values(rows[part]))
        # ‖o − x‖² = ‖o‖² − 2 o·x + ‖x‖², and the last is the same for all
        distance[part] = np.einsum("ij,ij->i", others, others) - 2 * (others @ x)
    return np.asarray(rows[np.argsort(distance, kind="stable")[:count]])
