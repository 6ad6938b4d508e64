"""Full-batch steps per second on Iris at full speed in the window, against no window."""

from __future__ import annotations

from benchmarks import live
from benchmarks.timing import Conditions, Result, Target

FIGURES = {"live_vs_headless_iris": Target("at least", 0.6, "no window")}
FIRST_STEP = 10_000


def measure(conditions: Conditions) -> dict[str, Result]:
    return {"live_vs_headless_iris": live.race_headless(live.iris(), FIRST_STEP, conditions)}
