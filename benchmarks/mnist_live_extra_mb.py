"""Extra memory of the window training on MNIST, over the window at rest on Iris."""

from __future__ import annotations

import sys

from benchmarks import live
from benchmarks.timing import Conditions, Result, SkipError, Target

FIGURES = {
    "mnist_live_extra_mb": Target("at most", 150, "all of the window at rest", is_ratio=False)
}


def measure(conditions: Conditions) -> dict[str, Result]:
    if sys.platform != "linux":
        raise SkipError("memory is read from /proc")
    seconds = conditions.choose(10, 1)
    training = live.Plan("watch", live.mnist(conditions.mnist()), warm_up=1, seconds=seconds)
    at_rest = live.Plan("watch", live.iris(), is_played=False, warm_up=1, seconds=1)
    most = live.with_window(training, conditions).found["rss_mb"]
    rest = live.with_window(at_rest, conditions).found["rss_mb"]
    return {"mnist_live_extra_mb": Result(most - rest, rest, "MB")}
