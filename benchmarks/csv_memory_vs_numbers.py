"""Peak memory for opening a CSV file of 1,000,000 × 5 as a data set, against 8 bytes per number.

Measured in a separate process, with the libraries already loaded.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.csv_open_vs_pandas import ROWS, SHORT_ROWS, write_table
from benchmarks.timing import Conditions, Result, SkipError, Target

FIGURES = {"csv_memory_vs_numbers": Target("at most", 3, "8 bytes for each number")}
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
        words = [sys.executable, "-c", _OPEN, str(write_table(Path(folder), rows))]
        root = Path(__file__).parents[1]
        grown = subprocess.run(words, cwd=root, check=True, capture_output=True, text=True).stdout
    return {"csv_memory_vs_numbers": Result(int(grown) / MB, rows * COLUMNS * 8 / MB, "MB")}
