"""What leaves the training thread: read-only values, in NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from core.config import TrainingConfig

Floats = NDArray[np.float64]


class Status(Enum):
    """Where a run stands."""

    READY = "ready"
    TRAINING = "training"
    PAUSED = "paused"
    FINISHED = "finished"
    CONVERGED = "converged"
    DIVERGED = "diverged"


@dataclass(frozen=True, eq=False)
class Params:
    """Weights W (outputs, m) and biases b (outputs,) for standardised inputs, float32."""

    W: NDArray[np.float32]
    b: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Metrics:
    """How good the model was at one step; the test figures are NaN where there is no test set.

    Losses are means over examples in nats without the penalty, accuracies are in 0 … 1.
    confusion : (classes, classes) counts, true class by row, predicted by column, of the test
        rows, or of the measured training rows where there is no test set.
    """

    step: int
    epoch: int
    train_loss: float
    test_loss: float
    train_accuracy: float
    test_accuracy: float
    confusion: NDArray[np.int64]


@dataclass(frozen=True)
class Mark:
    """A live edit: at this step, this changed."""

    step: int
    text: str


@dataclass(frozen=True, eq=False)
class Curves:
    """The measured points of a run against the step; arrays of one length, not to be written."""

    step: NDArray[np.int64]
    train_loss: Floats
    test_loss: Floats
    train_accuracy: Floats
    test_accuracy: Floats
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Pace:
    """How fast a run goes, over the last half second or so; all zero while it does not train.

    steps, examples : a second.
    training, waiting : shares of the training thread's time: at work on steps and measurements;
        held up, by the speed that was asked for, by other threads, or by copying for the window.
    """

    steps: float = 0.0
    examples: float = 0.0
    training: float = 0.0
    waiting: float = 0.0


@dataclass(frozen=True)
class Race:
    """Examples a second that each device, by its name, trains on with the same task."""

    examples: dict[str, float]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A run at one moment.

    run : the number of the run; views drop what is not of the run they show.
    made_at : the moment, in seconds of `time.perf_counter`.
    metrics : measured at `metrics.step`, which lags behind `step` while training flat out.
    settings : as they apply to the next step.
    message : what a person should know about the status, "" where it speaks for itself.
    remedy : after divergence, the learning rate that one press continues with.
    """

    run: int
    made_at: float
    status: Status
    step: int
    epoch: int
    params: Params
    metrics: Metrics
    curves: Curves
    pace: Pace
    settings: TrainingConfig
    message: str = ""
    remedy: float | None = None


class History:
    """Measured points in bounded memory: when it is full, one point a `stride` of steps stays.

    The stride doubles until half the memory is free, however unevenly the points were measured.
    The first and the newest point always stay. What `curves` returned earlier stays as it was:
    points are only appended to the arrays that were handed out, and thinning makes new ones.
    """

    CAPACITY = 1024

    def __init__(self) -> None:
        self._table = np.empty((5, self.CAPACITY))
        self._length = 0
        self._marks: tuple[Mark, ...] = ()
        self.stride = 1

    @property
    def last_step(self) -> int:
        return int(self._table[0, self._length - 1]) if self._length else -1

    def record(self, metrics: Metrics) -> None:
        """Append a point; a second one for the same step is ignored."""
        if metrics.step <= self.last_step:
            return
        if self._length == self.CAPACITY:
            self._thin()
        self._table[:, self._length] = (
            metrics.step,
            metrics.train_loss,
            metrics.test_loss,
            metrics.train_accuracy,
            metrics.test_accuracy,
        )
        self._length += 1

    def copy(self) -> History:
        """Return a history that goes on from here by itself."""
        twin = History()
        twin._table, twin._length = self._table.copy(), self._length
        twin._marks, twin.stride = self._marks, self.stride
        return twin

    def mark(self, mark: Mark) -> None:
        """Remember a live edit; of the same edit again and again, the newest stays."""
        if self._marks and self._marks[-1].text == mark.text:
            self._marks = self._marks[:-1]
        self._marks = (*self._marks[-(self.CAPACITY - 1) :], mark)

    def cut(self, step: int) -> None:
        """Forget the points and marks after this step."""
        self._length = int(np.searchsorted(self._table[0, : self._length], step, side="right"))
        self._table = self._table.copy()
        self._marks = tuple(mark for mark in self._marks if mark.step <= step)

    def curves(self) -> Curves:
        view = self._table[:, : self._length]
        view.flags.writeable = False
        step, train_loss, test_loss, train_accuracy, test_accuracy = view
        return Curves(
            step.astype(np.int64),
            train_loss,
            test_loss,
            train_accuracy,
            test_accuracy,
            self._marks,
        )

    def _thin(self) -> None:
        kept = self._one_a_stride()
        while len(kept) > self.CAPACITY // 2:
            self.stride *= 2
            kept = self._one_a_stride()
        kept = np.union1d(kept, self._length - 1)  # the newest stays
        table = np.empty_like(self._table)
        table[:, : len(kept)] = self._table[:, kept]
        self._table, self._length = table, len(kept)

    def _one_a_stride(self) -> NDArray[np.int64]:
        return np.flatnonzero(np.diff(self._table[0, : self._length] // self.stride, prepend=-1))
