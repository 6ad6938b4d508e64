"""Exact metrics of trainers at rest, measured slice by slice in idle time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.train.snapshot import Metrics
    from core.train.trainer import Trainer


class ExactMetrics:
    """An activity: measures a trainer at rest on all of its training rows.

    trainer : returns the trainer currently at rest, if any. If its metrics change meanwhile,
        measuring starts again. After a failure it is not retried.
    """

    def __init__(self, trainer: Callable[[], Trainer | None]) -> None:
        self._trainer = trainer
        self._slices: Iterator[None] | None = None
        self._metrics: Metrics | None = None  # at the start of measuring
        self._hopeless: Metrics | None = None  # for which it failed

    @property
    def next_due(self) -> float:
        return math.inf if self._next is None else -math.inf

    @property
    def _next(self) -> Trainer | None:
        """The trainer, if its metrics are of a sample of its rows and measuring has not failed."""
        trainer = self._trainer()
        if trainer is None or not trainer.metrics.sampled:
            return None
        return None if trainer.metrics is self._hopeless else trainer

    def advance(self, until: float) -> bool:
        """Measure until this time; return whether the metrics are now of all training rows."""
        trainer = self._next
        if trainer is None:
            return False
        try:
            return self._measure(trainer, until)
        except Exception:
            self._slices, self._hopeless = None, trainer.metrics
            raise

    def _measure(self, trainer: Trainer, until: float) -> bool:
        if self._slices is None or trainer.metrics is not self._metrics:
            self._slices = trainer.measuring_all()
            next(self._slices, None)
            self._metrics = trainer.metrics
        for _ in self._slices:
            if time.perf_counter() > until:
                return False
        self._slices = self._metrics = None
        return True
