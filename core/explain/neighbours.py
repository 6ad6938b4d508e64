"""The training rows nearest to an input, in the space of model inputs; without PyTorch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.data.task import Task

ROWS_AT_ONCE = 2048


def nearest(task: Task, values: NDArray[np.floating], count: int) -> NDArray[np.int64]:
    """Return the `count` training rows nearest to one row of features, nearest first.

    values : (d,) in the features' own units; returned are row numbers of `task.dataset`, (count,).
    The distance is Euclidean, between inputs of the model; of texts it is the angle, whatever their
    length. Ties are in the order of the data set.
    """
    rows = task.train_rows
    if task.dataset.is_text:
        return np.asarray(rows[np.argsort(-cosines(task, values), kind="stable")[:count]])
    x = task.inputs(values[None])[0]
    distance = np.empty(len(rows), dtype=np.float32)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        others = task.inputs(task.dataset.values(rows[part]))
        # ‖o − x‖² = ‖o‖² − 2 o·x + ‖x‖², and the last is the same for all
        distance[part] = np.einsum("ij,ij->i", others, others) - 2 * (others @ x)
    return np.asarray(rows[np.argsort(distance, kind="stable")[:count]])


def nearest_texts(
    task: Task, values: NDArray[np.floating], count: int, *, but: int = -1
) -> list[tuple[int, float]]:
    """Return the training rows nearest to a text by their angle, each with its cosine.

    values : (m,) the text's features. Rows without a common word are none of them, nor is `but`.
    """
    found = cosines(task, values)
    order = np.argsort(-found, kind="stable")[: count + 1]
    near = [(int(task.train_rows[i]), float(found[i])) for i in order if found[i] > 0]
    return [each for each in near if each[0] != but][:count]


def cosines(task: Task, values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the cosine of the angle between a text and each training row, (training rows,).

    values : (m,) its features. It is 1 for the same shares of words, and 0 without a common one.
    """
    bag, rows, x = task.dataset.bag, task.train_rows, np.asarray(values, dtype=np.float32)
    assert bag is not None
    found = np.empty(len(rows), dtype=np.float32)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        others = bag[rows[part]]
        lengths = np.sqrt(others.power(2).sum(axis=1)) * np.linalg.norm(x)
        found[part] = (others @ x) / np.where(lengths, lengths, 1)  # 0 without known words
    return found
