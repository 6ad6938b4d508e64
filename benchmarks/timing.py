"""Figures and their targets; fair timing of two implementations of the same task."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import Task, prepare
from core.train.trainer import Trainer

GROSS = 2  # a short run is too noisy to judge a miss by less than this factor
TIMES = ("ms", "s")  # not judged in a short run: a slow machine is no regression


class SkipError(Exception):
    """Raised where the machine lacks what a benchmark needs."""


class MeasurementError(Exception):
    """Raised where a figure could not be measured."""


@dataclass(frozen=True)
class Result:
    """Our value and the reference's, from the same run of the benchmarks and in the same unit."""

    value: float
    reference: float
    unit: str


@dataclass(frozen=True)
class Target:
    """The bound of a figure.

    reference : name of what the figure is compared with.
    is_ratio : the figure is value ÷ reference; else the value, with the reference shown beside it.
    reached : the figure so far, where that is far from the bound: a short run guards this one.
    """

    kind: Literal["at most", "at least"]
    bound: float
    reference: str
    is_ratio: bool = True
    reached: float | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.bound:g}"

    def figure(self, result: Result) -> float:
        return result.value / result.reference if self.is_ratio else result.value

    def verdict(self, result: Result, is_short: bool = False) -> str:
        """Return whether the result meets the target, as text; only MISSED fails the benchmarks."""
        if self._is_kept_by(result, self.bound):
            return "met"
        if is_short and not self.is_ratio and result.unit in TIMES:
            return "not judged"
        if is_short and self._is_kept_by(result, self.bound, GROSS):
            return f"within {GROSS}×"
        if is_short and self.reached and self._is_kept_by(result, self.reached, GROSS):
            return "as before"
        return "MISSED"

    def _is_kept_by(self, result: Result, bound: float, factor: float = 1) -> bool:
        figure = self.figure(result)
        return figure <= bound * factor if self.kind == "at most" else figure >= bound / factor


@dataclass(frozen=True)
class Conditions:
    """The conditions under which benchmarks run.

    environment : of child processes; contains the display to use.
    data_dir : the folder with MNIST's files, if one was given.
    is_short : run quickly, with a precision that suffices for gross regressions only.
    """

    environment: Mapping[str, str]
    data_dir: str | None = None
    is_short: bool = False

    def choose(self, full: int, short: int) -> int:
        return short if self.is_short else full

    @property
    def mnist_folder(self) -> Path | None:
        """The folder with MNIST's files; None if there is none."""
        beside = Path(__file__).parents[2] / "shared" / "data" / "mnist"
        for name in (self.data_dir, os.environ.get("LOGITLAB_DATA"), beside):
            if name and Path(name).is_dir():
                return Path(name)
        return None

    def mnist(self) -> DataConfig:
        """Return the config of MNIST; raise SkipError if its folder is missing."""
        if self.mnist_folder is None:
            raise SkipError("no MNIST folder")
        return DataConfig("mnist", folder=str(self.mnist_folder))


def race(
    ours: Callable[[], object],
    reference: Callable[[], object],
    repeats: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Result:
    """Time both alternately; return the median of each, in seconds. The first turn warms up.

    clock : `time.thread_time` for work of a single thread, whose ratio no neighbour changes much.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats + 1):
        for work, spent in zip((ours, reference), times, strict=True):
            started = clock()
            work()
            spent.append(clock() - started)
    value, other = (statistics.median(spent[1:]) for spent in times)
    return Result(value, other, "s")


def mnist_epochs(conditions: Conditions, batch_size: int | None) -> tuple[Task, Callable[[], None]]:
    """Return the MNIST task and a function that trains it for one more epoch."""
    config = RunConfig(
        conditions.mnist(), training=TrainingConfig(batch_size=batch_size, epochs=10**6)
    )
    task = prepare(sources.load(config.data), config)
    trainer = Trainer(task)  # limits PyTorch to one thread from here on

    def epoch() -> None:
        wanted = trainer.epoch + 1
        while trainer.epoch < wanted:
            trainer.step()

    return task, epoch
