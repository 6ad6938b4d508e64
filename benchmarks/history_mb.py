"""Memory of the curves of a run of 10⁹ steps, against storing a point for each step."""

from __future__ import annotations

from benchmarks import live
from benchmarks.timing import Conditions, Result, Target

FIGURES = {"history_mb": Target("at most", 20, "a point for each step", is_ratio=False)}
MB = 1e6
EVERY_POINT = 10**9 * 5 * 8  # bytes: step, two losses, two accuracies


def measure(conditions: Conditions) -> dict[str, Result]:
    plan = live.Plan("record", count=conditions.choose(4_000_000, 200_000))
    found = live.without_window(plan, conditions).found
    return {"history_mb": Result(found["history_mb"], EVERY_POINT / MB, "MB")}
