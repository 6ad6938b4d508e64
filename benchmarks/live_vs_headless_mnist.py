"""Steps per second on MNIST, batch size 256, at full speed in the window, against no window."""

from __future__ import annotations

from benchmarks import live
from benchmarks.timing import Conditions, Result, Target

FIGURES = {"live_vs_headless_mnist": Target("at least", 0.85, "no window")}
FIRST_STEP = 1_000


def measure(conditions: Conditions) -> dict[str, Result]:
    config = live.mnist(conditions.mnist())
    return {"live_vs_headless_mnist": live.race_headless(config, FIRST_STEP, conditions)}
