"""What can be looked at of a task: itself, or, of one whose rows are on disk, a fixed sample."""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields, replace
from weakref import WeakKeyDictionary

import numpy as np

from core.data.dataset import Dataset
from core.data.streamed.drawing import fixed_sample
from core.data.task import Task
from core.language import tr
from core.number_format import format_integer

SAMPLE = 2_000  # rows
TESTED = 400  # of these at most are held out
_KNOWN: WeakKeyDictionary[Task, Task] = WeakKeyDictionary()
_LOCK = threading.Lock()


@dataclass(frozen=True, eq=False)
class SampledDataset(Dataset):
    """Rows of a larger data set: `total` rows, of which `trained` are for training."""

    total: int = 0
    trained: int = 0


def shown(task: Task) -> Task:
    """Return the task, or one with a fixed sample of its rows in memory; always the same one.

    All else is that of the whole task: its config, names, and what is fitted on training rows.
    """
    if not task.dataset.is_streamed:
        return task
    with _LOCK:  # the training thread and the window ask for it
        if task not in _KNOWN:
            _KNOWN[task] = _sampled(task)
        return _KNOWN[task]


def training_rows(task: Task) -> int:
    """Return the number of training rows, also of the task that this one is a sample of."""
    dataset = task.dataset
    return dataset.trained if isinstance(dataset, SampledDataset) else len(task.train_rows)


def describe(task: Task) -> str:
    """Say that a task is a sample, and of how many rows; "" for others."""
    dataset = task.dataset
    if not isinstance(dataset, SampledDataset):
        return ""
    return tr(
        "a sample of {n} of {total} rows",
        n=format_integer(dataset.n),
        total=format_integer(dataset.total),
    )


def _sampled(task: Task) -> Task:
    dataset = task.dataset
    held_out = [
        fixed_sample(rows, TESTED // 2 if len(task.validation_rows) else TESTED)
        for rows in (task.test_rows, task.validation_rows)
    ]
    train = fixed_sample(task.train_rows, SAMPLE - sum(map(len, held_out)))
    numbers = np.sort(np.concatenate([train, *held_out]))
    own = {each.name: getattr(dataset, each.name) for each in fields(Dataset)}
    own |= {"X": dataset.X[numbers], "y": np.array(dataset.y[numbers])}
    few = SampledDataset(**own, total=dataset.n, trained=len(task.train_rows))
    found = replace(
        task,
        dataset=replace(few, published_test=0),
        train_rows=np.searchsorted(numbers, train),
        test_rows=np.searchsorted(numbers, held_out[0]),
        validation_rows=np.searchsorted(numbers, held_out[1]),
    )
    found.__dict__["class_weights"] = task.class_weights
    return found
