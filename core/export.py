"""Data out again: the rows of a task as CSV, with class and split."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from core.files import writing
from core.table import TEST, TRAIN
from core.task import Task

LABEL, SPLIT = "class", "split"
ROWS_AT_ONCE = 2000


def write_csv(task: Task, path: Path) -> None:
    """Write features (in their own units; pixels as they are stored), class and split of all rows.

    Numbers are written with as many digits as bring the same float32 back. Raises SaveError.
    """
    dataset = task.dataset
    is_test = np.zeros(dataset.n, dtype=bool)
    is_test[task.test_rows] = True
    names = dataset.feature_names
    with writing(path) as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow([*names, _free(LABEL, names), _free(SPLIT, names)])
        for start in range(0, dataset.n, ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            # As text straight from float32: a detour by Python's floats would print 5.1 as
            # 5.099999904632568.
            cells = dataset.X[part].astype(str).tolist()
            for values, label, test in zip(cells, dataset.y[part], is_test[part], strict=True):
                rows.writerow([*values, dataset.class_names[label], TEST if test else TRAIN])


def _free(name: str, taken: tuple[str, ...]) -> str:
    while name in taken:
        name += "_"
    return name
