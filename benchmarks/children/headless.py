"""A child process without a window, the reference for the cost of the window; see live.Plan."""

from __future__ import annotations

import json
import math
import sys
import time
import tracemalloc

from benchmarks.live import Plan
from core.data import sources
from core.data.task import prepare
from core.train.history import History
from core.train.trainer import Trainer

MB = 1e6
LAST_STEP = 10**9
MANY = 1_000  # updates that a device may make in one call, as in the terminal


def train(plan: Plan) -> dict[str, float]:
    """Train at full speed as `app.py train` does, curves included; return steps per second."""
    trainer = Trainer(prepare(sources.load(plan.config.data), plan.config))

    def steps_by(end: float) -> tuple[int, float]:
        while time.perf_counter() < end:
            trainer.advance(MANY)
        trainer.params()  # waits for a device that computes asynchronously
        return trainer.step_count, time.perf_counter()

    while trainer.step_count < plan.first_step:
        trainer.advance(MANY)
    first, began = steps_by(time.perf_counter() + plan.warm_up)
    last, ended = steps_by(began + plan.seconds)
    return {"steps_per_second": (last - first) / (ended - began)}


def record(plan: Plan) -> dict[str, float]:
    """Record `plan.count` points of a run of 10⁹ steps, the first half at consecutive steps.

    Counts the memory of the history and of the curves that it returns.
    """
    half = plan.count // 2
    stride = (LAST_STEP - half) // (plan.count - half)
    tracemalloc.start()
    history = History()
    for k in range(1, plan.count + 1):
        step = k if k <= half else half + (k - half) * stride
        loss = 1 / (1 + step) + 0.01 * math.sin(step)
        history.record(step, (loss, loss, 0.9, 0.9))
    curves = history.curves()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(curves.step) > 1
    return {"history_mb": held / MB}


if __name__ == "__main__":
    chosen = Plan.from_json(sys.argv[1])
    print(json.dumps({"train": train, "record": record}[chosen.do](chosen)))
