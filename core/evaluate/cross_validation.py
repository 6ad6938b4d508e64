"""k-fold cross-validation: train a config k times, each time without one k-th of its rows.

Each row is evaluated once, by the one model not trained on it. The test rows are not used: they are
for the final evaluation. Runs on its own thread and does not affect the live run.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core import memory
from core.data.task import Task, refitted
from core.errors import DataError, LogitLabError
from core.evaluate.side_by_side import SideBySide, cores
from core.job import Job
from core.language import tr
from core.number_format import format_integer
from core.train.snapshot import Status

LEAST, MOST = 3, 10
HELD = 32  # bytes for each input of each row, of two folds and what is made of them
Rows = NDArray[np.int64]


def deal(y: Rows, k: int, seed: int) -> list[Rows]:
    """Split rows with classes y (n,) into k stratified folds; return the indices of each, sorted.

    Folds differ by at most one row in total and by at most one row per class: every class is
    shuffled and dealt to the folds in turn, continuing where the previous class ended.
    """
    order = np.random.Generator(np.random.PCG64([seed, k])).permutation(len(y))
    by_class = order[np.argsort(y[order], kind="stable")]
    return [np.sort(by_class[fold::k]) for fold in range(k)]


def fold_tasks(task: Task, k: int) -> Iterator[Task]:
    """Yield k tasks: each tests on one fold and trains on the other training rows.

    The standardiser, or the vocabulary, is refitted on the rows trained on. Variations of a picture
    stay with it: those of a picture in the test fold are left out. Drawings of pens always train.
    Raises DataError if there are fewer rows than folds, or no word in enough texts of one.
    """
    copies, pens, own = task.config.data.copies, task.dataset.pens, task.own_train_rows
    varied, dealt = task.train_rows[: len(own) * copies], own[pens:]
    if len(dealt) < k:
        raise DataError(
            tr(
                "{n} training rows cannot be dealt out to {k} folds; choose fewer.",
                n=format_integer(len(dealt)),
                k=k,
            )
        )
    for fold in deal(task.dataset.y[dealt], k, task.config.training.seed):
        stays = np.ones(len(own), dtype=np.bool_)
        stays[pens + fold] = False
        train = np.concatenate([varied[np.tile(stays, copies)], own[stays]])
        yield refitted(task, train, dealt[fold])


@dataclass(frozen=True)
class Fold:
    """The result of one fold on its test rows; loss : their mean, in the loss's own unit."""

    rows: int
    accuracy: float
    loss: float
    status: Status


@dataclass(frozen=True)
class Validation:
    """The state of a cross-validation, in progress or done.

    k : number of folds. done : the finished folds. share : progress of the whole, 0 … 1.
    epoch, epochs : of the fold in training. failure : a message if it ended early, else "".
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
        """Mean and standard deviation over the finished folds."""
        return _spread([fold.accuracy for fold in self.done])

    @property
    def loss(self) -> tuple[float, float]:
        return _spread([fold.loss for fold in self.done])


def _spread(values: list[float]) -> tuple[float, float]:
    """Return mean and standard deviation (n − 1); NaN if there are too few values."""
    mean = float(np.mean(values)) if values else math.nan
    return mean, float(np.std(values, ddof=1)) if len(values) > 1 else math.nan


class _Training:
    """A fold's model as it trains, on whichever thread.

    note : called as its epochs and itself end.
    """

    def __init__(self, task: Task, number: int, note: Callable[[_Training], object]) -> None:
        from core.train.device import with_device  # these import PyTorch
        from core.train.trainer import Trainer

        self.number, self._task, self._note = number, task, note
        self.fold: Fold | None = None
        self._trainer = Trainer(with_device(task, "cpu"))  # the device is the live run's

    @property
    def epoch(self) -> int:
        return self._trainer.epoch

    @property
    def is_over(self) -> bool:
        return self.fold is not None

    def advance(self) -> int:
        trainer, before, epoch = self._trainer, self._trainer.step_count, self._trainer.epoch
        is_whole = trainer.advance()
        if trainer.outcome is not None:
            self.fold = self._tested(trainer.outcome)
            self._note(self)
        elif is_whole and trainer.epoch != epoch:
            self._note(self)
        return trainer.step_count - before

    def _tested(self, status: Status) -> Fold:
        from core.evaluate import model_outputs

        answers = model_outputs.ask(self._task, self._trainer.params(), self._task.test_rows)
        return Fold(
            rows=len(answers),
            accuracy=float(answers.is_right.mean()),
            loss=float(answers.loss.mean()),
            status=status,
        )


class CrossValidation:
    """Trains the folds in a job that ends within a slice of cancellation.

    progress : replaced as folds and epochs complete; finished folds are kept on cancellation.
    threads : most that train, each another fold; None for two where two cores and the memory allow
    and a measurement finds them quicker. The figures are the same, to the bit.
    """

    def __init__(self, task: Task, k: int, threads: int | None = None) -> None:
        self._task = task
        self._threads = _threads_for(task) if threads is None else threads
        self._over: dict[int, Fold] = {}
        self._noting = threading.Lock()
        self.progress = Validation(k, epochs=task.config.training.epochs)
        self.job = Job("cross-validation", self._run)

    def _run(self, cancelled: threading.Event) -> None:
        try:
            tasks = enumerate(fold_tasks(self._task, self.progress.k))
            pieces = (_Training(task, number, self._note) for number, task in tasks)
            SideBySide(pieces, cancelled.is_set, threads=self._threads).run()
        except LogitLabError as error:
            self.progress = replace(self.progress, failure=str(error))
        except Exception as error:  # report any failure to the user
            why = f"{type(error).__name__}: {error}"
            text = tr("Cross-validation failed ({why}).", why=why)
            self.progress = replace(self.progress, failure=text)

    def _note(self, training: _Training) -> None:
        """Show the folds up to the first that is not over, and the epoch of that."""
        with self._noting:
            if training.fold is not None:
                self._over[training.number] = training.fold
            done = len(self.progress.done)
            if training.number > done:
                return
            epoch = training.epoch
            while done in self._over:
                done, epoch = done + 1, 0
            folds = tuple(self._over[number] for number in range(done))
            self.progress = replace(self.progress, done=folds, epoch=epoch)


def _threads_for(task: Task) -> int:
    """Return 2 where there are two cores, and memory for the rows of two folds."""
    free = memory.free()
    has_room = free is None or HELD * len(task.train_rows) * task.m < free
    return 2 if has_room and cores() > 1 else 1
