"""Loading MNIST from its .gz files, checks included, against gunzip and frombuffer alone."""

from __future__ import annotations

import gzip

import numpy as np

from benchmarks.timing import Result, Target, find_mnist, race
from core import datasets
from core.config import DataConfig

TARGET = Target("at most", 1.5)


def measure(data_dir: str | None) -> Result | None:
    folder = find_mnist(data_dir)
    if folder is None:
        return None
    config = DataConfig("mnist", folder=str(folder))

    def unzip() -> None:
        for path in folder.glob("*.gz"):
            np.frombuffer(gzip.decompress(path.read_bytes()), dtype=np.uint8, offset=8)

    return race(lambda: datasets.load(config), unzip, repeats=7)
