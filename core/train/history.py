"""The measured points of a run: exact at both ends, aggregated in between, bounded in memory."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.language import mark
from core.train.outcome import Fall
from core.train.trajectory import Trajectory, TrajectoryRecorder

if TYPE_CHECKING:
    from torch import Tensor

Floats = NDArray[np.float64]

CAPACITY = 2**14  # entries: 3 MB
HEAD = 2**11  # the first measured points are kept unaggregated,
TAIL = 2**12  # and so are the newest ones
MARKS = 1024

SERIES = (
    "train_loss",
    "test_loss",
    "train_accuracy",
    "test_accuracy",
    "validation_loss",
    "validation_accuracy",
)
TRAIN_LOSS, TRAIN_ACCURACY = SERIES.index("train_loss"), SERIES.index("train_accuracy")
SAMPLE = 10_000  # most training rows measured during training; as many as MNIST's test rows
FIRST, LAST, COUNT = range(3)  # rows of the table; each column is an entry
LOW = slice(3, 9)
HIGH = slice(9, 15)
TOTAL = slice(15, 21)
ROWS = 21


MOVED = mark("moved")  # the mark of a step where a user replaced the weights
RESCUED = mark("rescued")  # the mark of the step to which a diverged run was returned


@dataclass(frozen=True)
class Mark:
    """A live edit: the step, and what changed there."""

    step: int
    text: str


@dataclass(frozen=True, eq=False)
class Strip:
    """One series over a range of steps, (k,) each: an entry, or several aggregated in a column.

    first, last : the first and last step of an entry.
    """

    first: Floats
    last: Floats
    low: Floats
    mean: Floats
    high: Floats

    @property
    def step(self) -> Floats:
        """The middle of each entry."""
        return (self.first + self.last) / 2


@dataclass(frozen=True, eq=False)
class Curves:
    """The measured points of a run by step; read-only.

    An entry is a measured point or, in the middle of a long run, several neighbours aggregated.
    The series are their means, (n,) each.
    fall : the last divergence of the run, if any.
    """

    table: Floats
    marks: tuple[Mark, ...]
    fall: Fall | None = None

    @property
    def last_step(self) -> int:
        """The newest measured step, −1 if there is none; unlike `step`, it copies no array."""
        return int(self.table[LAST, -1]) if self.table.shape[1] else -1

    @property
    def furthest_step(self) -> int:
        """The furthest step ever measured, including steps of the last divergence."""
        return max(self.last_step, self.fall.failed) if self.fall else self.last_step

    @cached_property
    def step(self) -> NDArray[np.int64]:
        """The last step of each entry."""
        step: NDArray[np.int64] = self.table[LAST].astype(np.int64)
        return step

    @property
    def train_loss(self) -> Floats:
        return self._mean(0)

    @property
    def test_loss(self) -> Floats:
        return self._mean(1)

    @property
    def train_accuracy(self) -> Floats:
        return self._mean(2)

    @property
    def test_accuracy(self) -> Floats:
        return self._mean(3)

    @property
    def validation_loss(self) -> Floats:
        return self._mean(4)

    @property
    def validation_accuracy(self) -> Floats:
        return self._mean(5)

    def _mean(self, series: int) -> Floats:
        mean: Floats = self.table[TOTAL][series] / self.table[COUNT]
        mean.flags.writeable = False
        return mean

    def strips(
        self, names: tuple[str, ...], first: float, last: float, columns: int
    ) -> list[Strip]:
        """Return these series over the steps first … last, in about `columns` entries at most.

        If there are more, the entries in each of the equally wide columns are aggregated, so
        that no extreme is lost. One entry beyond either end is included, so that lines reach it.
        """
        start = max(int(np.searchsorted(self.table[LAST], first)) - 1, 0)
        end = int(np.searchsorted(self.table[FIRST], last, side="right")) + 1
        # The other series are not computed: this runs for each frame.
        series = [SERIES.index(name) for name in names]
        table = self.table[:, start:end]
        if table.shape[1] > columns:
            width = max((last - first) / columns, 1e-9)
            column = np.floor((table[FIRST] - first) / width)
            column[[0, -1]] += -0.5, 0.5  # first and newest are not aggregated
            starts = np.flatnonzero(np.diff(column, prepend=-np.inf))
            table = _gather(table, starts, series)
        low, high, total = table[LOW], table[HIGH], table[TOTAL]
        return [
            Strip(table[FIRST], table[LAST], low[k], total[k] / table[COUNT], high[k])
            for k in series
        ]


class HistoryState(NamedTuple):
    """Everything in a history, as values.

    table : (ROWS, entries). stride : steps in an aggregated entry; every : the least number of
    steps between two points of the trajectory.
    """

    table: Floats
    marks: tuple[Mark, ...]
    fall: Fall | None
    stride: int
    trajectory: Trajectory
    every: int


class History:
    """All measurements of a run in bounded memory: no extreme is lost, and means are exact.

    Also holds the trajectory of the weights, at some of these steps and at others.

    The first HEAD and the newest TAIL points are kept unaggregated. When the table is full, those
    between are aggregated over intervals of `stride` steps, which doubles until half is free.
    Curves returned earlier stay valid: entries are only appended to arrays that were handed out,
    and aggregating makes new ones.
    """

    def __init__(self) -> None:
        self._table = np.full((ROWS, CAPACITY), 0.0)  # touch the memory now, not during the run
        self._length = 0
        self._last_step = -1
        self._marks: tuple[Mark, ...] = ()
        self._fall: Fall | None = None
        self._trajectory = TrajectoryRecorder()
        self.least_loss, self.greatest_accuracy = np.inf, 0.0  # on the training rows
        self.stride = 1

    @property
    def last_step(self) -> int:
        return self._last_step

    @property
    def first_loss(self) -> float:
        """The training loss at the first recorded point."""
        return float(self._table[LOW, 0][0])

    @property
    def nbytes(self) -> int:
        """Bytes of memory in use."""
        return ROWS * self._length * self._table.itemsize + self._trajectory.nbytes

    def record(
        self, step: int, figures: tuple[float, ...], parameters: Sequence[Tensor] = ()
    ) -> None:
        """Append a point, one figure for each of SERIES; a second point for a step is ignored.

        Without validation rows, their figures may be left out.
        parameters : those measured, added to the trajectory.
        """
        if parameters:
            self.record_parameters(step, parameters)
        if step <= self._last_step:
            return
        if self._length == CAPACITY:
            self._aggregate()
        figures = _whole(figures)
        self._table[:, self._length] = (step, step, 1, *figures, *figures, *figures)
        self._length += 1
        self._last_step = step
        self.least_loss = min(self.least_loss, figures[TRAIN_LOSS])
        self.greatest_accuracy = max(self.greatest_accuracy, figures[TRAIN_ACCURACY])

    def record_parameters(self, step: int, parameters: Sequence[Tensor]) -> None:
        """Add these parameters to the trajectory, W and b first."""
        self._trajectory.record(step, parameters)

    def trajectory(self) -> Trajectory:
        """Return the weights over the steps; read-only."""
        return self._trajectory.trajectory()

    def copy(self) -> History:
        """Return an independent copy."""
        twin = History()
        twin._table[:, : self._length] = self._table[:, : self._length]
        twin._length, twin._last_step = self._length, self._last_step
        twin._trajectory = self._trajectory.copy()
        twin._marks, twin._fall, twin.stride = self._marks, self._fall, self.stride
        twin._find_extremes()
        return twin

    def state(self) -> HistoryState:
        """Return what the history holds; it shares the memory of points that never change."""
        curves = self.curves()
        recorder = self._trajectory
        return HistoryState(
            curves.table,
            curves.marks,
            curves.fall,
            self.stride,
            recorder.trajectory(),
            recorder.every,
        )

    @classmethod
    def of(cls, state: HistoryState) -> History:
        """Return a history that goes on after what another one held."""
        history = cls()
        history._length = n = state.table.shape[1]
        history._table[:, :n] = state.table
        history._last_step = int(state.table[LAST, -1]) if n else -1
        history._marks, history._fall, history.stride = state.marks, state.fall, state.stride
        history._trajectory = TrajectoryRecorder.of(state.trajectory, state.every)
        history._find_extremes()
        return history

    def mark(self, mark: Mark) -> None:
        """Add a live edit; it replaces the previous mark if that has the same text."""
        if self._marks and self._marks[-1].text == mark.text:
            self._marks = self._marks[:-1]
        self._marks = (*self._marks[-(MARKS - 1) :], mark)

    def cut(self, step: int) -> None:
        """Drop the points and marks after this step.

        An aggregated entry that spans the step stays, and ends there; in practice a run returns
        to a step among its newest points, which are not aggregated.
        """
        self._trajectory.cut(step)
        self._length = int(np.searchsorted(self._table[FIRST, : self._length], step, side="right"))
        table = np.empty_like(self._table)
        table[:, : self._length] = self._table[:, : self._length]
        self._table = table
        self._last_step = -1
        if self._length:
            newest = table[:, self._length - 1]
            newest[LAST] = min(newest[LAST], step)
            self._last_step = int(newest[LAST])
        self._marks = tuple(mark for mark in self._marks if mark.step <= step)
        if self._fall is not None and self._fall.rescued > step:
            self._fall = None  # it began after this step
        self._find_extremes()

    def diverge(self, step: int, figures: tuple[float, ...], rescued: int) -> None:
        """Record the figures of the failed step; move the points from `rescued` on into a Fall."""
        known = np.isfinite(self._table[TOTAL, 0])
        figures = _whole(figures)
        figures = tuple(np.where(known & ~np.isfinite(figures), np.inf, figures))
        failed = {name: np.array([v]) for name, v in zip(SERIES, figures, strict=True)}
        self._set_fall(rescued, np.array([step]), failed)

    def return_further(self, step: int) -> None:
        """Cut after this step, which precedes the fall, and prepend the points cut to the fall."""
        fall = self._fall
        assert fall is not None
        rest = {name: values[1:] for name, values in fall.series.items()}  # the first is in both
        self._set_fall(step, fall.steps[1:], rest)

    def _set_fall(
        self, rescued: int, steps: NDArray[np.int64], series: Mapping[str, Floats]
    ) -> None:
        """Cut after this step; the points cut, followed by these, become the fall."""
        table = self._table[:, : self._length]
        table = table[:, table[LAST] >= rescued]
        means = dict(zip(SERIES, table[TOTAL] / table[COUNT], strict=True))
        self.cut(rescued)
        self._fall = Fall(
            np.concatenate([table[LAST].astype(np.int64), steps]),
            {name: np.concatenate([means[name], series[name]]) for name in SERIES},
        )

    def _find_extremes(self) -> None:
        table = self._table[:, : self._length]
        self.least_loss = float(table[LOW][TRAIN_LOSS].min(initial=np.inf))
        self.greatest_accuracy = float(table[HIGH][TRAIN_ACCURACY].max(initial=0.0))

    def curves(self) -> Curves:
        view = self._table[:, : self._length]
        view.flags.writeable = False
        return Curves(view, self._marks, self._fall)

    def step_after(self, step: int) -> int | None:
        """Return the next measured step after this one; None if there is none."""
        steps = self.curves().step
        later = steps[np.searchsorted(steps, step, side="right") :]
        return int(later[0]) if len(later) else None

    def _aggregate(self) -> None:
        """Aggregate the middle until half of it is free."""
        middle = self._table[:, HEAD:-TAIL]
        while True:
            starts = np.flatnonzero(np.diff(middle[FIRST] // self.stride, prepend=-1))
            if len(starts) <= middle.shape[1] // 2:
                break
            self.stride *= 2
        gathered = _gather(middle, starts)
        table = np.empty_like(self._table)
        length = HEAD
        table[:, :HEAD] = self._table[:, :HEAD]
        for part in (gathered, self._table[:, -TAIL:]):
            table[:, length : length + part.shape[1]] = part
            length += part.shape[1]
        self._table, self._length = table, length


def _gather(
    table: Floats, starts: NDArray[np.int64], series: Sequence[int] = range(len(SERIES))
) -> Floats:
    """Return the table (ROWS, k) with the entries from each start to the next aggregated to one.

    series : which series are aggregated; the rows of the others are uninitialised.
    """
    gathered = np.empty((ROWS, len(starts)))
    gathered[FIRST] = table[FIRST, starts]
    gathered[LAST] = table[LAST, np.append(starts[1:], table.shape[1]) - 1]
    gathered[COUNT] = np.add.reduceat(table[COUNT], starts)
    for part, merge in ((LOW, np.minimum), (HIGH, np.maximum), (TOTAL, np.add)):
        for k in series:
            merge.reduceat(table[part][k], starts, out=gathered[part][k])
    return gathered


def _whole(figures: tuple[float, ...]) -> tuple[float, ...]:
    """Return one figure for each of SERIES; missing ones are NaN."""
    return (*figures, *[math.nan] * (len(SERIES) - len(figures)))
