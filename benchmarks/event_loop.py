"""Responsiveness of the window while it trains at full speed on Iris and on MNIST.

Delay of a 1 ms timer in the GUI thread, frames per second that show a new snapshot, and age of a
snapshot when its painting is complete. The worse of the two runs counts; the reference is the
same window, not training.

Then what a user does in that window at rest: the longest stretch of its thread, for the dearest of
these actions, beside the median of them all.
"""

from __future__ import annotations

import statistics
from dataclasses import replace

from benchmarks import live
from benchmarks.timing import Conditions, Result, Target

IDLE = "the window at rest"
FIGURES = {
    "event_loop_p50_ms": Target("at most", 1, IDLE, is_ratio=False),
    "event_loop_p99_ms": Target("at most", 10, IDLE, is_ratio=False),
    "event_loop_max_ms": Target("at most", 50, IDLE, is_ratio=False),
    "action_longest_ms": Target("at most", 50, "the median action", is_ratio=False),
    "fps": Target("at least", 58, "ticks of its timer at rest", is_ratio=False),
    "age_p99_ms": Target("at most", 33, "a tick of its timer at rest", is_ratio=False),
}


def measure(conditions: Conditions) -> dict[str, Result]:
    plan = live.Plan("watch", live.iris(), is_probed=True, seconds=conditions.choose(30, 2))
    plan = replace(plan, warm_up=conditions.choose(2, 1))
    configs = [plan.config]
    if conditions.mnist_folder is not None and not conditions.is_short:
        configs.append(live.mnist(conditions.mnist()))
    idle = live.with_window(replace(plan, is_played=False), conditions).found
    runs = [live.with_window(replace(plan, config=one), conditions).found for one in configs]
    ticks = idle["ticks_per_second"]
    lateness = {
        f"event_loop_{name}": Result(max(run[name] for run in runs), idle[name], "ms")
        for name in ("p50_ms", "p99_ms", "max_ms")
    }
    plan = live.Plan("act", is_played=False, seconds=60, count=conditions.choose(2, 1))
    acted = live.with_actions(plan, conditions).found.values()
    return lateness | {
        "action_longest_ms": Result(max(acted), statistics.median(acted), "ms"),
        "fps": Result(min(run["frames_per_second"] for run in runs), ticks, "/s"),
        "age_p99_ms": Result(max(run["age_p99_ms"] for run in runs), 1000 / ticks, "ms"),
    }
