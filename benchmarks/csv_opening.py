"""Opening a CSV file of 1,000,000 × 5, checks included: its time against pandas.read_csv alone.

And the peak of memory against 8 bytes for each number, in a separate process, with the libraries
already loaded.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.timing import Conditions, Result, SkipError, Target, race
from core.data.csv import reader

FIGURES = {
    "csv_open_vs_pandas": Target("at most", 1.5, "pandas.read_csv"),
    "csv_memory_vs_numbers": Target("at most", 3, "8 bytes for each number"),
}
ROWS, SHORT_ROWS = 1_000_000, 400_000
COLUMNS = 5
MB = 1e6
_OPEN = """
import sys
from pathlib import Path

import pandas

from core.data.from_table import dataset_of_table
from core.data.csv import reader as table_reader
from core.config import DataConfig


def rss(name):
    words = Path("/proc/self/status").read_text().split(name + ":")[1].split()
    return int(words[0]) * 1024


path = Path(sys.argv[1])
before = rss("VmRSS")
dataset_of_table(table_reader.read(path), DataConfig("csv", path=str(path)))
print(rss("VmHWM") - before)
"""


def measure(conditions: Conditions) -> dict[str, Result]:
    if sys.platform != "linux":
        raise SkipError("memory is read from /proc")
    rows = conditions.choose(ROWS, SHORT_ROWS)
    with tempfile.TemporaryDirectory() as folder:
        path = write_table(Path(folder), rows)
        words = [sys.executable, "-c", _OPEN, str(path)]
        root = Path(__file__).parents[1]
        grown = subprocess.run(words, cwd=root, check=True, capture_output=True, text=True).stdout
        seconds = race(
            lambda: reader.read(path), lambda: pd.read_csv(path), conditions.choose(7, 1)
        )
    return {
        "csv_open_vs_pandas": seconds,
        "csv_memory_vs_numbers": Result(int(grown) / MB, rows * COLUMNS * 8 / MB, "MB"),
    }


def write_table(folder: Path, rows: int) -> Path:
    """Write four columns with six decimals and a label; return the path of the file."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(rows, 4)), columns=list("abcd"))
    frame["label"] = rng.integers(0, 3, rows)
    path = folder / "table.csv"
    frame.to_csv(path, index=False, float_format="%.6f")
    return path
