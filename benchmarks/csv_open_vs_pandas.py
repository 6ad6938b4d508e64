"""Opening a CSV file of 1,000,000 × 5, checks included, against pandas.read_csv alone."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.timing import Conditions, Result, Target, race
from core.data.csv import reader

FIGURES = {"csv_open_vs_pandas": Target("at most", 1.5, "pandas.read_csv")}
ROWS, SHORT_ROWS = 1_000_000, 400_000


def measure(conditions: Conditions) -> dict[str, Result]:
    with tempfile.TemporaryDirectory() as folder:
        path = write_table(Path(folder), conditions.choose(ROWS, SHORT_ROWS))
        seconds = race(
            lambda: reader.read(path), lambda: pd.read_csv(path), conditions.choose(7, 1)
        )
    return {"csv_open_vs_pandas": seconds}


def write_table(folder: Path, rows: int) -> Path:
    """Write four columns with six decimals and a label; return the path of the file."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(rows, 4)), columns=list("abcd"))
    frame["label"] = rng.integers(0, 3, rows)
    path = folder / "table.csv"
    frame.to_csv(path, index=False, float_format="%.6f")
    return path
