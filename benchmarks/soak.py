"""Growth of memory and of Python objects over tens of thousands of frames, after a warm-up.

Iris is trained at full speed, and frames follow each other as fast as they can be shown.
"""

from __future__ import annotations

import sys

from benchmarks import live
from benchmarks.timing import Conditions, Result, SkipError, Target

FIGURES = {
    "memory_growth_mb": Target("at most", 2, "all of it, before", is_ratio=False),
    "objects_per_10k_frames": Target("at most", 100, "all of them, before", is_ratio=False),
}


def measure(conditions: Conditions) -> dict[str, Result]:
    if sys.platform != "linux":
        raise SkipError("memory is read from /proc")
    frames = conditions.choose(50_000, 1_000)
    # Bounded buffers are full by then: key frames after 3,000 frames, curves after 17,000.
    warm_up = conditions.choose(20_000, 5_000)
    plan = live.Plan("soak", live.iris(), warm_up_count=warm_up, count=frames)
    found = live.with_window(plan, conditions).found
    # About fifty objects come and go at any moment, so a short run is not scaled up.
    objects = found["objects"] * 10_000 / max(frames, 10_000)
    return {
        "memory_growth_mb": Result(found["rss_mb"], found["rss_mb_before"], "MB"),
        "objects_per_10k_frames": Result(objects, found["objects_before"], "objects"),
    }
