"""An epoch of MNIST at batch size 256 on a CUDA device, without a window and in the window."""

from __future__ import annotations

import math
import statistics
from dataclasses import replace

import torch

from benchmarks import live
from benchmarks.timing import Conditions, Result, SkipError, Target

FIGURES = {
    "cuda_mnist_epoch_ms": Target("at most", 5, "the CPU, no window", is_ratio=False),
    "cuda_mnist_epoch_live_ms": Target("at most", 7, "no window", is_ratio=False),
}
ROWS, BATCH = 60_000, 256
STEPS = math.ceil(ROWS / BATCH)


def measure(conditions: Conditions) -> dict[str, Result]:
    if not torch.cuda.is_available():
        raise SkipError("no CUDA device")
    on_cpu = live.mnist(conditions.mnist(), BATCH)
    on_cuda = replace(on_cpu, training=replace(on_cpu.training, device="cuda"))
    slow = live.Plan("train", on_cpu, seconds=conditions.choose(5, 2))
    fast = replace(slow, config=on_cuda)
    headless, shown = [], []
    for _ in range(conditions.choose(3, 1)):
        headless.append(_epoch_ms(live.without_window(fast, conditions)))
        shown.append(_epoch_ms(live.with_window(replace(fast, do="watch"), conditions)))
    bare = statistics.median(headless)
    cpu = _epoch_ms(live.without_window(slow, conditions))
    return {
        "cuda_mnist_epoch_ms": Result(bare, cpu, "ms"),
        "cuda_mnist_epoch_live_ms": Result(statistics.median(shown), bare, "ms"),
    }


def _epoch_ms(ended: live.Ended) -> float:
    return 1000 * STEPS / float(ended.found["steps_per_second"])
