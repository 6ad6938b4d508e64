"""What leaves the training thread: read-only values, in NumPy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from core.config import HiddenActivation, ModelConfig, TrainingConfig
from core.data.task import Task
from core.train.history import Curves
from core.train.outcome import Epilogue
from core.train.trajectory import EMPTY, Trajectory


class Status(Enum):
    """Where a run stands."""

    READY = "ready"
    TRAINING = "training"
    PAUSED = "paused"
    FINISHED = "finished"
    CONVERGED = "converged"
    DIVERGED = "diverged"


@dataclass(frozen=True, eq=False)
class Hidden:
    """A hidden layer between inputs and outputs: V (u, m) and c (u,), float32, and f's name."""

    V: NDArray[np.float32]
    c: NDArray[np.float32]
    activation: HiddenActivation


@dataclass(frozen=True, eq=False)
class Params:
    """Weights W (outputs, m) and biases b (outputs,) for standardised inputs, float32.

    With a hidden layer of u units W is (outputs, u), and takes their activations.
    """

    W: NDArray[np.float32]
    b: NDArray[np.float32]
    hidden: Hidden | None = None

    @classmethod
    def of(cls, model: ModelConfig, arrays: Sequence[NDArray[np.float32]]) -> Params:
        """Put the arrays of such a model together, in the order of `core.train.models`."""
        W, b, *rest = arrays
        return cls(W, b, Hidden(rest[0], rest[1], model.activation) if rest else None)

    @property
    def arrays(self) -> tuple[NDArray[np.float32], ...]:
        """All of them, in the order of `core.train.models`."""
        if self.hidden is None:
            return self.W, self.b
        return self.W, self.b, self.hidden.V, self.hidden.c


@dataclass(frozen=True, eq=False)
class Metrics:
    """How good the model was at one step; NaN are figures of test or validation rows without any.

    Losses are means over examples in nats without the penalty, accuracies are in 0 … 1.
    confusion : (classes, classes) counts, true class by row, predicted by column, of the test
        rows, or of the measured training rows where there is no test set.
    sampled : the training figures are of a fixed sample of so many rows; 0 where they are of all.
    """

    step: int
    epoch: int
    train_loss: float
    test_loss: float
    train_accuracy: float
    test_accuracy: float
    confusion: NDArray[np.int64]
    validation_loss: float = math.nan
    validation_accuracy: float = math.nan
    sampled: int = 0

    @property
    def figures(self) -> tuple[float, ...]:
        """The figures in the order of `history.SERIES`."""
        return (
            self.train_loss,
            self.test_loss,
            self.train_accuracy,
            self.test_accuracy,
            self.validation_loss,
            self.validation_accuracy,
        )


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
class DeviceBenchmark:
    """Examples a second that each device, by its name, trains on with the same task."""

    examples: dict[str, float]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A run at one moment.

    run : the number of the run.
    task : what the run was loaded with. Weights mean nothing beside another task, so who shows
        a task takes only snapshots that name that very object.
    made_at : the moment, in seconds of `time.perf_counter`.
    metrics : measured at `metrics.step`, which lags behind `step` while training flat out.
    settings : as they apply to the next step.
    batch : numbers of the data set's rows that the next step learns from, (batch,).
    scheduled_rate : η of the next step where a schedule changes it.
    moments : what the rule of the update remembers, for each parameter in the order of
        `Params.arrays`; updates : of how many updates it is.
    newest_step : the furthest step of the run, which is beyond `step` while its past is looked
        at; then all but the curves and the trajectory is as it was after `step`, and
        `oldest_step` is as far back as it goes.
    trajectory : the weights over the steps of the run, also of those after `step`.
    message : what a person should know about the status, "" where it speaks for itself.
    epilogue : what is known of a run that is over, once that is found out.
    """

    run: int
    task: Task
    made_at: float
    status: Status
    step: int
    epoch: int
    params: Params
    metrics: Metrics
    curves: Curves
    pace: Pace
    settings: TrainingConfig
    batch: NDArray[np.int64]
    message: str = ""
    epilogue: Epilogue | None = None
    scheduled_rate: float | None = None
    moments: tuple[tuple[NDArray[np.float32], ...], ...] = ()
    updates: int = 0
    newest_step: int = 0
    oldest_step: int = 0
    trajectory: Trajectory = EMPTY

    @property
    def path(self) -> Trajectory:
        """The weights over the steps up to this one, at which the path ends."""
        return self.trajectory.until(self.step, self.params.W, self.params.b)

    @property
    def suggested_learning_rate(self) -> float | None:
        """The learning rate that one press goes on with, where one has been tried and learns."""
        return self.epilogue.rate if self.epilogue else None

    @property
    def is_past(self) -> bool:
        """Whether the run went on after this."""
        return self.step < self.newest_step

    @property
    def eta(self) -> float:
        """η of the next step."""
        return self.settings.learning_rate if self.scheduled_rate is None else self.scheduled_rate
