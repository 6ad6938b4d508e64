"""Opening a CSV file of 1,000,000 × 5, understood and checked, against pandas.read_csv alone."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.timing import Result, Target, race
from core import table_reader

TARGET = Target("at most", 1.5)
ROWS = 1_000_000


def measure(_: str | None) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        path = write_table(Path(folder))
        return race(lambda: table_reader.read(path), lambda: pd.read_csv(path), repeats=7)


def write_table(folder: Path) -> Path:
    """Write four columns of six decimals and a label; return the file's path."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(ROWS, 4)), columns=list("abcd"))
    frame["label"] = rng.integers(0, 3, ROWS)
    path = folder / "table.csv"
    frame.to_csv(path, index=False, float_format="%.6f")
    return path
