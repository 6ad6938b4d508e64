"""Training figures that are of a sample of the rows: how they are marked and explained."""

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
