"""Marking and explanation of training metrics that are measured on a sample of the rows."""

from __future__ import annotations

from core.data.shown_task import training_rows
from core.data.task import Task
from core.language import tr
from core.number_format import format_integer
from core.train.history import SAMPLE
from core.train.snapshot import Metrics


def sign_of(metrics: Metrics) -> str:
    """Return the sign before training metrics measured on a sample of the rows, else ""."""
    return "≈" if metrics.sampled else ""


def describe_sample(task: Task) -> str:
    """Explain training metrics with ≈; "" if all are measured on all rows."""
    n = training_rows(task)
    if n <= SAMPLE:
        return ""
    return tr(
        "≈ is of a fixed sample of {sample} of the {n} training rows; at rest all count.",
        sample=format_integer(SAMPLE),
        n=format_integer(n),
    )
