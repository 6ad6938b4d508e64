"""What two processes that share batches exchange takes little of an update of wide data.

Wide: 4,096 rows of 100,000 features, ten classes, a gradient of 4 MB. Narrow: MNIST's 784 features.
With a link that delays, as between machines: `python -m benchmarks.children.delayed_link`.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

from benchmarks.children.share import Work
from benchmarks.timing import Conditions, MeasurementError, Result, Target

FIGURES = {
    "shares_wide_updates": Target("at least", 1, "one process"),
    "shares_wide_exchange": Target("at most", 0.05, "its gradient in one"),
    "shares_narrow_exchange_ms": Target("at most", 2, "its gradient in one", is_ratio=False),
}
WIDE, NARROW = (4096, 100_000), (256, 784)
SHORT_ROWS = 512
PATIENCE = 600  # seconds


def measure(conditions: Conditions) -> dict[str, Result]:
    """Measure updates a second by two processes and by one, and the exchange of few numbers."""
    rows, features = WIDE
    wide = Work(conditions.choose(rows, SHORT_ROWS), features, conditions.choose(5, 3))
    narrow = Work(*NARROW, updates=conditions.choose(200, 50))
    alone, both, small = updates(wide, 1), updates(wide, 2), updates(narrow, 2)
    return {
        "shares_wide_updates": Result(1 / both["update"], 1 / alone["update"], "/s"),
        "shares_wide_exchange": Result(both["exchange"], both["whole"], "s"),
        "shares_narrow_exchange_ms": Result(1000 * small["exchange"], 1000 * small["whole"], "ms"),
    }


def updates(
    work: Work, size: int, via: tuple[tuple[str, ...], ...] = (), **where: str
) -> dict[str, float]:
    """Return what the first of this many processes tells of the work.

    via : for each the words that start it elsewhere. where : more of its environment.
    """
    started = []
    place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(_free_port()), **where}
    for rank in range(size):
        environment = {
            **os.environ,
            "WORLD_SIZE": str(size),
            "RANK": str(rank),
            "OMP_NUM_THREADS": "1",
            **place,
        }
        words = [sys.executable, "-m", "benchmarks.children.share", work.to_json()]
        started.append(
            subprocess.Popen(
                [*(via[rank] if via else ()), *words], env=environment, stdout=subprocess.PIPE
            )
        )
    told = [each.communicate(timeout=PATIENCE)[0] for each in started]
    if any(each.returncode for each in started):
        raise MeasurementError("One of the processes failed.")
    found: dict[str, float] = json.loads(told[0])
    return found


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
