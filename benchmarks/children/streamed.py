"""A child process that trains on rows on disk, or on a part of them in memory; see `streamed`."""

from __future__ import annotations

import json
import sys
import time

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.train.trainer import Trainer

BATCH = 256


def train(data: DataConfig, limit: int, seconds: float, skipped: int) -> float:
    """Train as `app.py train` does and return steps a second, after so many epochs are skipped.

    limit : of what the process may hold besides the pages of files, in bytes; 0 for none.
    """
    if limit:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    config = RunConfig(data, training=TrainingConfig(batch_size=BATCH, epochs=10**6))
    trainer = Trainer(prepare(sources.load(data), config))
    while trainer.epoch < skipped:
        trainer.advance()
    began, before = time.perf_counter(), trainer.step_count
    while time.perf_counter() < began + seconds:
        trainer.advance()
    return (trainer.step_count - before) / (time.perf_counter() - began)


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    data = DataConfig(**told.pop("data"))
    print(train(data, **told))
