"""Training on more rows than a process may hold: its memory, and its speed against memory.

Made rows of float32 lie in a file that is four times as large as the limit of memory that is set on
the process (RLIMIT_DATA: all that is not a page of a file). What it holds is the most of RssAnon,
looked at a hundred times a second from outside: pages of files are not counted, which the system
can drop at any time. Steps a second are measured from the third epoch on, when rows are kept as
they are trained on; in the first, with the file in the system's cache of pages; and cold, after it
was dropped from there. The reference trains on a part of the rows in memory.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy

from benchmarks.timing import Conditions, MeasurementError, Result, SkipError, Target

IN_MEMORY = "a part of the rows in memory"
FIGURES = {
    "streamed_anonymous_mb": Target("at most", 600, "the rows", is_ratio=False),
    "streamed_steps_vs_memory": Target("at least", 0.7, IN_MEMORY),
    # Rows are standardised and written, which takes longer than the steps.
    "streamed_first_steps_vs_memory": Target("at least", 0, IN_MEMORY),
    "streamed_cold_steps_vs_memory": Target("at least", 0, IN_MEMORY),
}
ROWS, SHORT_ROWS = 1_920_000, 100_000  # 6 GB, 0.3 GB
PART, SHORT_PART = 160_000, 40_000  # rows in memory
FEATURES, CLASSES = 784, 10
SHARE = 4  # of the rows' bytes: one part in so many may be held
LEAST = 2**29  # bytes that a process may hold at least, of which the program itself takes half
MB = 1e6
LOOK_SECONDS = 0.01


def measure(conditions: Conditions) -> dict[str, Result]:
    if sys.platform != "linux":
        raise SkipError("the limit of memory and its reading are Linux's")
    n, seconds = conditions.choose(ROWS, SHORT_ROWS), conditions.choose(20, 5)
    size = n * FEATURES * 4
    with tempfile.TemporaryDirectory(dir=os.environ.get("LOGITLAB_BENCHMARKS")) as folder:
        environment = {**os.environ, **conditions.environment, "LOGITLAB_CACHE": folder}
        few = conditions.choose(PART, SHORT_PART)
        data, part = (_written(Path(folder), name, rows) for name, rows in (("a", n), ("b", few)))
        streamed, limit = data | {"stream": True}, max(size // SHARE, LEAST)
        first, held = _trained(streamed, limit, seconds, environment)
        later, again = _trained(streamed, limit, seconds, environment, skipped=2)
        _drop(Path(data["path"]))
        cold, _ = _trained(streamed, limit, seconds, environment)
        inside, _ = _trained(part | {"stream": False}, 0, seconds, environment)
    return {
        "streamed_anonymous_mb": Result(max(held, again) / MB, size / MB, "MB"),
        "streamed_steps_vs_memory": Result(later, inside, "steps/s"),
        "streamed_first_steps_vs_memory": Result(first, inside, "steps/s"),
        "streamed_cold_steps_vs_memory": Result(cold, inside, "steps/s"),
    }


def _written(folder: Path, name: str, n: int) -> dict[str, Any]:
    """Write n made rows and their labels; return what names them."""
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(10_000, FEATURES)).astype(np.float32)
    means = rng.normal(size=(CLASSES, FEATURES)).astype(np.float32)
    y = rng.integers(0, CLASSES, n)
    paths = folder / f"{name}_X.npy", folder / f"{name}_y.npy"
    with paths[0].open("wb") as file:
        head = {"descr": "<f4", "fortran_order": False, "shape": (n, FEATURES)}
        npy.write_array_header_1_0(file, head)
        for start in range(0, n, len(noise)):
            labels = y[start : start + len(noise)]
            file.write((noise[: len(labels)] + 0.1 * means[labels]).data)
    np.save(paths[1], y)
    return {"source": "csv", "path": str(paths[0]), "labels": str(paths[1])}


def _drop(path: Path) -> None:
    """Have the system forget the pages of a file."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _trained(
    data: dict[str, Any],
    limit: int,
    seconds: float,
    environment: dict[str, str],
    *,
    skipped: int = 0,
) -> tuple[float, int]:
    """Train in a process of its own; return steps a second, and the most bytes that it held.

    skipped : epochs before they are counted.
    """
    told = json.dumps({"data": data, "limit": limit, "seconds": seconds, "skipped": skipped})
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.children.streamed", told],
        cwd=Path(__file__).parents[1],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    most = 0
    while child.poll() is None:
        most = max(most, _held(child.pid))
        time.sleep(LOOK_SECONDS)
    out, _ = child.communicate()
    if child.returncode:
        raise MeasurementError(f"the process that trains ended with {child.returncode}")
    return float(out), most


def _held(pid: int) -> int:
    """Return the bytes of a process that are no pages of files."""
    try:
        found = re.search(r"RssAnon:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0
