"""Numbers in words."""

from __future__ import annotations

from core.data.task import Task
from core.train.history import SAMPLE
from core.train.snapshot import Metrics


def sign_of(metrics: Metrics) -> str:
    """Return the sign before training figures that are of a sample of the rows, else ""."""
    return "≈" if metrics.sampled else ""


def say_sample(task: Task) -> str:
    """Say of what training figures with ≈ are; "" where all are of all rows."""
    n = len(task.train_rows)
    if n <= SAMPLE:
        return ""
    return f"≈ is of a fixed sample of {SAMPLE:,} of the {n:,} training rows; at rest all count."


def say_rate(rate: float) -> str:
    """Say a number a second in three digits: 950, 12.3 k, 4.60 M."""
    for factor, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if rate >= 0.9995 * factor:
            return _three_digits(rate / factor) + unit
    return _three_digits(rate)


def _three_digits(value: float) -> str:
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{digits}f}"
