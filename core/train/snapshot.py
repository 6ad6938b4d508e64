"""The output of the training thread: read-only values, in NumPy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from core.config import HiddenActivation, ModelConfig, TrainingConfig
from core.data.task import Task
from core.language import mark
from core.train.history import Curves
from core.train.outcome import Epilogue
from core.train.trajectory import EMPTY, Trajectory


class Status(Enum):
    """The status of a run."""

    READY = mark("ready")
    TRAINING = mark("training")
    PAUSED = mark("paused")
    FINISHED = mark("finished")
    CONVERGED = mark("converged")
    DIVERGED = mark("diverged")


@dataclass(frozen=True, eq=False)
class Hidden:
    """A hidden layer: V (u, m) and c (u,), float32, and the name of its activation."""

    V: NDArray[np.float32]
    c: NDArray[np.float32]
    activation: HiddenActivation


@dataclass(frozen=True, eq=False)
class Params:
    """Weights W (outputs, m) and biases b (outputs,) for standardised inputs, float32.

    With a hidden layer of u units, W is (outputs, u) and applies to their activations.
    """

    W: NDArray[np.float32]
    b: NDArray[np.float32]
    hidden: Hidden | None = None

    @classmethod
    def of(cls, model: ModelConfig, arrays: Sequence[NDArray[np.float32]]) -> Params:
        """Build from the arrays of this model, in the order of `core.train.models`."""
        W, b, *rest = arrays
        return cls(W, b, Hidden(rest[0], rest[1], model.activation) if rest else None)

    @property
    def arrays(self) -> tuple[NDArray[np.float32], ...]:
        """All arrays, in the order of `core.train.models`."""
        if self.hidden is None:
            return self.W, self.b
        return self.W, self.b, self.hidden.V, self.hidden.c


@dataclass(frozen=True, eq=False)
class Metrics:
    """Loss and accuracy at one step; figures of test or validation rows are NaN without such rows.

    Losses are means over examples without the penalty, in the units of the loss (nats for
    cross-entropies); accuracies are in 0 … 1.
    confusion : (classes, classes) counts, true class by row, predicted by column, on the test
        rows, or on the measured training rows if there is no test set.
    sampled : size of the fixed sample of training rows measured; 0 if all were measured.
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
    """Speed of a run over about the last half second; all zero while it does not train.

    steps, examples : per second.
    training, waiting : shares of the training thread's time: working on steps and measurements;
        held up by the chosen speed, by other threads, or by copying for the window.
    """

    steps: float = 0.0
    examples: float = 0.0
    training: float = 0.0
    waiting: float = 0.0


@dataclass(frozen=True)
class DeviceBenchmark:
    """Training speed of each device, by name, on the same task, in examples per second."""

    examples: dict[str, float]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A run at one moment.

    run : the number of the run.
    task : the task of the run. Weights are meaningless for another task, so views of a task
        accept only snapshots that refer to the same object.
    made_at : time of creation, in seconds of `time.perf_counter`.
    metrics : measured at `metrics.step`, which lags behind `step` while training flat out.
    settings : as they apply to the next step.
    batch : numbers of the data set's rows in the batch of the next step, (batch,).
    scheduled_rate : η of the next step if a schedule changes it.
    moments : the optimiser's state for each parameter, in the order of `Params.arrays`;
        updates : how many updates it reflects.
    newest_step : the furthest step of the run, beyond `step` while its past is viewed; then
        everything but the curves and the trajectory is as it was after `step`, and
        `oldest_step` is the earliest step available.
    trajectory : the weights over the steps of the run, including those after `step`.
    message : a message for the user about the status, "" if none is needed.
    epilogue : the analysis of a run that is over, once it is available.
    has_one_plan : the rules of its end held from the start; see `core.train.settings_history`.
    is_best : a run that ended here would stay here, and not return to the best epoch.
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
    has_one_plan: bool = True
    is_best: bool = True

    @property
    def path(self) -> Trajectory:
        """The weights over the steps up to and including this one."""
        return self.trajectory.until(self.step, *self.params.arrays)

    @property
    def suggested_learning_rate(self) -> float | None:
        """A learning rate that has learnt in a trial, offered as a button, if there is one."""
        return self.epilogue.rate if self.epilogue else None

    @property
    def is_past(self) -> bool:
        """Whether the run has later steps."""
        return self.step < self.newest_step

    @property
    def eta(self) -> float:
        """η of the next step."""
        return self.settings.learning_rate if self.scheduled_rate is None else self.scheduled_rate
