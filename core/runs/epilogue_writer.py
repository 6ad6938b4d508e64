"""Analyses a finished run, slice by slice, in idle time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from core.train.outcome import Epilogue

if TYPE_CHECKING:
    from core.train.trainer import Trainer


class EpilogueWriter:
    """An activity: writes the epilogue of a trainer at rest whose run is over.

    trainer : returns the trainer currently shown, if any.
    """

    def __init__(self, trainer: Callable[[], Trainer | None]) -> None:
        self._trainer = trainer
        self._written: tuple[Trainer, Generator[None, None, Epilogue]] | None = None

    @property
    def next_due(self) -> float:
        return math.inf if self._next is None else -math.inf

    @property
    def _next(self) -> Trainer | None:
        trainer = self._trainer()
        if trainer is None or trainer.outcome is None or trainer.epilogue is not None:
            return None
        return trainer

    def begin_again(self) -> None:
        """Discard the analysis in progress: the run may have changed."""
        self._written = None

    def advance(self, until: float) -> bool:
        """Analyse until this time; return whether the epilogue is now complete."""
        trainer = self._next
        if trainer is None:
            return False
        from core.runs.rescue import write

        try:
            if self._written is None or self._written[0] is not trainer:
                self._written = trainer, write(trainer)
            while time.perf_counter() < until:
                next(self._written[1])
        except StopIteration as found:
            trainer.epilogue, self._written = found.value, None
            return True
        except Exception:
            trainer.epilogue, self._written = Epilogue(), None  # do not retry
            raise
        return False
