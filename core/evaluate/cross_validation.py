"""k-fold cross-validation: a config trained k times, each time without one k-th of its rows.

Each row is judged once, by the one model that has not seen it. The test rows stay out of it: they
are for the very end. It is done on a thread of its own, which leaves the live run as it is.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.data.task import Task, fit_standardiser
from core.errors import DataError, LogitLabError
from core.job import Job
from core.train.snapshot import Status

LEAST, MOST = 3, 10
Rows = NDArray[np.int64]


def deal(y: Rows, k: int, seed: int) -> list[Rows]:
    """Deal the rows with classes y (n,) out to k folds, and return the places of each, ascending.

    Folds differ by at most one row in all, and by at most one of each class: every class is
    shuffled and dealt like cards, going on where the class before it ended.
    """
    order = np.random.Generator(np.random.PCG64([seed, k])).permutation(len(y))
    by_class = order[np.argsort(y[order], kind="stable")]
    return [np.sort(by_class[fold::k]) for fold in range(k)]


def fold_tasks(task: Task, k: int) -> Iterator[Task]:
    """Yield the k tasks: in each, one fold is tested and the other training rows train.

    The standardiser is fitted anew on the rows that train. Variations of a picture go with it:
    those of a picture that is tested are left out.
    Raises DataError where there are fewer rows than folds.
    """
    copies = task.config.data.copies
    base = len(task.train_rows) // (copies + 1)
    varied, own = task.train_rows[: base * copies], task.train_rows[base * copies :]
    if base < k:
        raise DataError(f"{base:,} training rows cannot be dealt out to {k} folds; choose fewer.")
    for fold in deal(task.dataset.y[own], k, task.config.training.seed):
        stays = np.ones(base, dtype=np.bool_)
        stays[fold] = False
        train = np.concatenate([varied[np.tile(stays, copies)], own[stays]])
        standardiser = task.standardiser
        if task.config.data.standardise:
            standardiser = fit_standardiser(task.dataset, task.feature_map, train)
        yield replace(task, train_rows=train, test_rows=own[fold], standardiser=standardiser)


@dataclass(frozen=True)
class Fold:
    """How one of the models did on the rows that it had not seen: loss as a mean, in its unit."""

    rows: int
    accuracy: float
    loss: float
    status: Status


@dataclass(frozen=True)
class Validation:
    """A cross-validation, under way or done.

    k : folds. done : those that are. share : of all the work, 0 … 1. epoch, epochs : of the fold
        that trains. failure : why it ended early, in words.
    """

    k: int
    done: tuple[Fold, ...] = ()
    epoch: int = 0
    epochs: int = 1
    failure: str = ""

    @property
    def share(self) -> float:
        if len(self.done) == self.k:
            return 1.0
        return (len(self.done) + min(self.epoch / self.epochs, 1.0)) / self.k

    @property
    def accuracy(self) -> tuple[float, float]:
        """Mean and standard deviation over the folds that are done."""
        return _spread([fold.accuracy for fold in self.done])

    @property
    def loss(self) -> tuple[float, float]:
        return _spread([fold.loss for fold in self.done])


def _spread(values: list[float]) -> tuple[float, float]:
    """Return mean and standard deviation (n − 1); NaN where there are too few for it."""
    mean = float(np.mean(values)) if values else math.nan
    return mean, float(np.std(values, ddof=1)) if len(values) > 1 else math.nan


class CrossValidation:
    """The folds, trained one after the other by a job that ends within a slice of being cancelled.

    progress : replaced as it goes on; what was found out by the time it is cancelled stays.
    """

    def __init__(self, task: Task, k: int) -> None:
        self._task = task
        self.progress = Validation(k, epochs=task.config.training.epochs)
        self.job = Job("cross-validation", self._run)

    def _run(self, cancelled: threading.Event) -> None:
        try:
            for task in fold_tasks(self._task, self.progress.k):
                if cancelled.is_set() or not self._train(task, cancelled):
                    return
        except LogitLabError as error:
            self.progress = replace(self.progress, failure=str(error))
        except Exception as error:  # whatever it is, the person must learn of it
            words = f"Cross-validation failed ({type(error).__name__}: {error})."
            self.progress = replace(self.progress, failure=words)

    def _train(self, task: Task, cancelled: threading.Event) -> bool:
        """Train one fold's model to its end; return False where it is cancelled before that."""
        from core.evaluate import model_outputs  # these bring PyTorch
        from core.train.device import with_device
        from core.train.trainer import Trainer

        trainer = Trainer(with_device(task, "cpu"))  # a device is the live run's alone
        while trainer.outcome is None:
            if cancelled.is_set():
                return False
            if trainer.advance() and trainer.epoch != self.progress.epoch:
                self.progress = replace(self.progress, epoch=trainer.epoch)
        answers = model_outputs.ask(task, trainer.params(), task.test_rows)
        fold = Fold(
            rows=len(answers),
            accuracy=float(answers.is_right.mean()),
            loss=float(answers.loss.mean()),
            status=trainer.outcome,
        )
        self.progress = replace(self.progress, done=(*self.progress.done, fold), epoch=0)
        return True
