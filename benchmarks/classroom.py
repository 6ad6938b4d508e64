"""Responsiveness of the window while 200 phones of another process take part in a class.

They draw digits while the window trains on digits, place points while it trains on those, and
answer a question while it trains on Iris, each once in 2.5 s. The worst of the three counts; the
reference is the same window with its room open, training on the same data, without phones.
"""

from __future__ import annotations

from dataclasses import replace

from benchmarks import live
from benchmarks.timing import Conditions, Result, Target
from core.config import DataConfig, RunConfig, TrainingConfig

ALONE = "the same window without phones"
FIGURES = {
    "classroom_fps": Target("at least", 58, ALONE, is_ratio=False),
    "classroom_loop_p99_ms": Target("at most", 10, ALONE, is_ratio=False),
}
PHONES = 200
WARM_UP = 3  # seconds after the last phone has come


def measure(conditions: Conditions) -> dict[str, Result]:
    endless = TrainingConfig(epochs=live.ENDLESS)
    configs: dict[live.Asked, RunConfig] = {
        "question": live.iris(),
        "digit": RunConfig(DataConfig("digits"), training=endless),
        "point": RunConfig(DataConfig("drawn"), training=endless),
    }
    fps, lateness = [], []
    for asked, config in configs.items():
        plan = live.Plan(
            *("join", config),
            asked=asked,
            is_probed=True,
            warm_up=conditions.choose(WARM_UP, 1),
            seconds=conditions.choose(15, 2),
        )
        alone = live.with_window(plan, conditions).found
        joined = live.with_window(replace(plan, phones=PHONES), conditions).found
        frames = joined["frames_per_second"], alone["frames_per_second"]
        fps.append(Result(*frames, "/s"))
        lateness.append(Result(joined["p99_ms"], alone["p99_ms"], "ms"))
    return {
        "classroom_fps": min(fps, key=lambda result: result.value),
        "classroom_loop_p99_ms": max(lateness, key=lambda result: result.value),
    }
