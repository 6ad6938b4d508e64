"""A child process that makes updates on made data, by itself or as one of several; see Work.

The first of them prints a JSON object: the seconds of an update, and what was measured of it.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass

import numpy as np
import torch

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.dataset import Dataset
from core.data.task import Task, prepare
from core.train.shares import pace
from core.train.shares.group import Group
from core.train.trainer import Trainer

CLASSES, TEST = 10, 10
PEER_SECONDS = 120.0


@dataclass(frozen=True)
class Work:
    """rows : of a batch. features : of a row, each a byte. updates : that are timed."""

    rows: int
    features: int
    updates: int

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    def task(self, shares: int) -> Task:
        rng = np.random.default_rng(0)
        n = self.rows + TEST
        dataset = Dataset(
            name="made",
            X=rng.integers(0, 256, (n, self.features), dtype=np.uint8),
            y=np.arange(n) % CLASSES,
            feature_names=tuple(map(str, range(self.features))),
            class_names=tuple(map(str, range(CLASSES))),
            scale=255.0,
            published_test=TEST,
        )
        data = DataConfig(features=("all",), standardise=False)
        training = TrainingConfig(learning_rate=1e-4, batch_size=self.rows, shares=shares)
        return prepare(dataset, RunConfig(data, ModelConfig(), training))


def seconds(trainer: Trainer, work: Work) -> float:
    """Return the median of the seconds of an update."""
    order, times = torch.randperm(work.rows, generator=torch.Generator().manual_seed(1)), []
    for _ in range(work.updates + 1):  # the first warms up
        begun = time.perf_counter()
        deque(trainer.update.slices(order, work.rows), maxlen=0)
        times.append(time.perf_counter() - begun)
    return statistics.median(times[1:])


def main(work: Work) -> None:
    rank, size = (
        int(os.environ.get(name, default)) for name, default in (("RANK", "0"), ("WORLD_SIZE", "1"))
    )
    group = Group(rank, size, PEER_SECONDS) if size > 1 else None
    trainer = Trainer(work.task(size), shares=group)
    told: dict[str, float] = {}
    if group is not None:
        told = asdict(pace.measure(trainer.update, group, work.rows))
    told["update"] = seconds(trainer, work)
    if rank == 0:
        print(json.dumps(told))
    if group is not None:
        group.wait()
        group.close()


if __name__ == "__main__":
    main(Work(**json.loads(sys.argv[1])))
