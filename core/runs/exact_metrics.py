"""Exact figures for trainers that are at rest, slice by slice, in time that nothing else needs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.train.snapshot import Metrics
    from core.train.trainer import Trainer


class AtRest:
    """Measures one trainer after the other on all of its training rows."""

    def __init__(self) -> None:
        self._measuring: Iterator[None] | None = None
        self._metrics: Metrics | None = None  # that it began with
        self._hopeless: Metrics | None = None  # for which it failed

    def wants(self, trainer: Trainer) -> bool:
        """Whether its figures are of a sample of its training rows, and can be better."""
        return bool(trainer.metrics.sampled) and trainer.metrics is not self._hopeless

    def measure(self, trainer: Trainer, seconds: float) -> bool:
        """Go on for so long; return whether its figures are of all training rows now.

        Where the trainer has been moved meanwhile, it begins again. What fails is not tried again.
        """
        try:
            return self._go_on(trainer, seconds)
        except Exception:
            self._measuring, self._hopeless = None, trainer.metrics
            raise

    def _go_on(self, trainer: Trainer, seconds: float) -> bool:
        if self._measuring is None or trainer.metrics is not self._metrics:
            self._measuring = trainer.measuring_all()
            next(self._measuring, None)
            self._metrics = trainer.metrics
        end = time.perf_counter() + seconds
        for _ in self._measuring:
            if time.perf_counter() > end:
                return False
        self._measuring = self._metrics = None
        return True
