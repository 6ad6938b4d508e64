"""Longest time from closing the window to the end of its process, over many random moments.

The moments fall into the import of PyTorch, the loading of MNIST, training on Iris or MNIST, and
the long full-batch steps on MNIST. Each process must end with exit code 0.
"""

from __future__ import annotations

import random
import statistics
from dataclasses import replace

from benchmarks import live
from benchmarks.timing import Conditions, Result, Target

FIGURES = {"close_max_s": Target("at most", 1, "at rest, the median", is_ratio=False)}
SEED = 0
LONGEST = 1.5  # seconds from `close_at` to the closing, at most
AT_REST = live.Plan("close", live.iris(), is_played=False, seconds=0.5, close_at="ready")


def measure(conditions: Conditions) -> dict[str, Result]:
    kinds = [
        live.Plan("close", live.iris()),
        live.Plan("close", live.iris(), close_at="painted", is_played=False),
    ]
    if conditions.mnist_folder is not None:
        data = conditions.mnist()
        kinds += [
            live.Plan("close", live.mnist(data, batch_size=None)),
            live.Plan("close", live.mnist(data)),
            live.Plan("close", live.mnist(data), close_at="painted"),
        ]
    moments = random.Random(SEED)
    plans = [
        replace(kinds[k % len(kinds)], seconds=moments.uniform(0, LONGEST))
        for k in range(conditions.choose(60, 3))
    ]
    rest = [_close(AT_REST, conditions) for _ in range(conditions.choose(5, 1))]
    longest = max(_close(plan, conditions) for plan in plans)
    return {"close_max_s": Result(longest, statistics.median(rest), "s")}


def _close(plan: live.Plan, conditions: Conditions) -> float:
    ended = live.with_window(plan, conditions)
    return ended.at - float(ended.found["closed_at"])
