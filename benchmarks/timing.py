"""Timing two ways of doing the same, fairly."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core import datasets
from core.config import DataConfig, RunConfig, TrainingConfig
from core.task import Task, prepare
from core.trainer import Trainer


@dataclass(frozen=True)
class Target:
    """The ratio value ÷ reference must be at most, or at least, this."""

    kind: Literal["at most", "at least"]
    ratio: float

    def is_met_by(self, ratio: float) -> bool:
        return ratio <= self.ratio if self.kind == "at most" else ratio >= self.ratio


@dataclass(frozen=True)
class Result:
    """Ours and the reference's figure, in the same unit."""

    value: float
    reference: float
    unit: str

    @property
    def ratio(self) -> float:
        return self.value / self.reference


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


def find_mnist(data_dir: str | None) -> Path | None:
    """Return the folder with MNIST's files, if this machine has it."""
    beside = Path(__file__).parents[2] / "shared" / "data" / "mnist"
    for name in (data_dir, os.environ.get("LOGITLAB_DATA"), beside):
        if name and Path(name).is_dir():
            return Path(name)
    return None


def mnist_epochs(data_dir: str | None, batch_size: int) -> tuple[Task, Callable[[], None]] | None:
    """Return the MNIST task and a function that trains it for one epoch more."""
    folder = find_mnist(data_dir)
    if folder is None:
        return None
    config = RunConfig(
        DataConfig("mnist", folder=str(folder)),
        training=TrainingConfig(batch_size=batch_size, epochs=10**6),
    )
    task = prepare(datasets.load(config.data), config)
    trainer = Trainer(task)  # which sets one thread for all that follows

    def epoch() -> None:
        wanted = trainer.epoch + 1
        while trainer.epoch < wanted:
            trainer.step()

    return task, epoch
