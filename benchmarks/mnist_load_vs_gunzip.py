"""Loading MNIST from its .gz files, checks included, against gunzip and frombuffer alone."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from benchmarks.timing import Conditions, Result, Target, race
from core.data import sources

FIGURES = {"mnist_load_vs_gunzip": Target("at most", 1.5, "gunzip and frombuffer")}


def measure(conditions: Conditions) -> dict[str, Result]:
    config = conditions.mnist()
    folder = Path(str(config.folder))

    def unzip() -> None:
        for path in folder.glob("*.gz"):
            np.frombuffer(gzip.decompress(path.read_bytes()), dtype=np.uint8, offset=8)

    seconds = race(lambda: sources.load(config), unzip, conditions.choose(7, 1))
    return {"mnist_load_vs_gunzip": seconds}
