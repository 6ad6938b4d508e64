"""What a figure is and what it must keep to; timing two ways of doing the same, fairly."""

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

GROSS = 2  # a short run is too noisy to judge what misses its target by less than this factor
TIMES = ("ms", "s")  # a slow machine is no regression


class SkipError(Exception):
    """What this machine lacks for a benchmark."""


class MeasurementError(Exception):
    """What went wrong where a figure should have been measured."""


@dataclass(frozen=True)
class Result:
    """Ours and the reference's figure from the same run of the benchmarks, in the same unit."""

    value: float
    reference: float
    unit: str


@dataclass(frozen=True)
class Target:
    """What a figure must keep to.

    reference : what the figure is held against, in words.
    is_ratio : the figure is value ÷ reference; else it is the value, with the reference beside it.
    """

    kind: Literal["at most", "at least"]
    bound: float
    reference: str
    is_ratio: bool = True

    def __str__(self) -> str:
        return f"{self.kind} {self.bound:g}"

    def figure(self, result: Result) -> float:
        return result.value / result.reference if self.is_ratio else result.value

    def verdict(self, result: Result, is_short: bool = False) -> str:
        """Say whether the result keeps to the target; only MISSED fails the benchmarks."""
        if self._is_kept_by(result):
            return "met"
        if is_short and not self.is_ratio and result.unit in TIMES:
            return "not judged"
        if is_short and self._is_kept_by(result, GROSS):
            return f"within {GROSS}×"
        return "MISSED"

    def _is_kept_by(self, result: Result, factor: float = 1) -> bool:
        figure = self.figure(result)
        if self.kind == "at most":
            return figure <= self.bound * factor
        return figure >= self.bound / factor


@dataclass(frozen=True)
class Conditions:
    """Under which benchmarks run.

    environment : of child processes; it leads them to the display.
    data_dir : the folder with MNIST's files, where one was named.
    is_short : be quick, and precise enough only for gross regressions.
    """

    environment: Mapping[str, str]
    data_dir: str | None = None
    is_short: bool = False

    def choose(self, full: int, short: int) -> int:
        return short if self.is_short else full

    @property
    def mnist_folder(self) -> Path | None:
        """The folder with MNIST's files, if this machine has it."""
        beside = Path(__file__).parents[2] / "shared" / "data" / "mnist"
        for name in (self.data_dir, os.environ.get("LOGITLAB_DATA"), beside):
            if name and Path(name).is_dir():
                return Path(name)
        return None

    def mnist(self) -> DataConfig:
        """Return where MNIST lies; raise SkipError where it does not."""
        if self.mnist_folder is None:
            raise SkipError("no MNIST folder")
        return DataConfig("mnist", folder=str(self.mnist_folder))


def race(ours: Callable[[], object], reference: Callable[[], object], repeats: int) -> Result:
    """Time both in turns and take the median of each, in seconds; the first turn warms up."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats + 1):
        for work, spent in zip((ours, reference), times, strict=True):
            started = time.perf_counter()
            work()
            spent.append(time.perf_counter() - started)
    value, other = (statistics.median(spent[1:]) for spent in times)
    return Result(value, other, "s")


def mnist_epochs(conditions: Conditions, batch_size: int) -> tuple[Task, Callable[[], None]]:
    """Return the MNIST task and a function that trains it for one epoch more."""
    config = RunConfig(
        conditions.mnist(), training=TrainingConfig(batch_size=batch_size, epochs=10**6)
    )
    task = prepare(sources.load(config.data), config)
    trainer = Trainer(task)  # which sets one thread for all that follows

    def epoch() -> None:
        wanted = trainer.epoch + 1
        while trainer.epoch < wanted:
            trainer.step()

    return task, epoch
