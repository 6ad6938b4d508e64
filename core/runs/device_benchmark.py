"""How fast each device trains a task."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterator, Sequence

from core.config import MAX_COUNT
from core.data.task import Task
from core.runs.activity import at_once
from core.train.snapshot import DeviceBenchmark

MEASURED_SECONDS = 0.7  # per device


class Benchmarking:
    """An activity: trains a task from its start on each device for a short time.

    The result is appended to `found` at the end; the runs of the session are not affected.
    """

    def __init__(self, task: Task, devices: Sequence[str], found: deque[DeviceBenchmark]) -> None:
        self._task, self._devices, self._found = task, tuple(devices), found
        self._slices = self._measure()
        self.next_due = -math.inf

    def advance(self, until: float) -> bool:
        """Measure until this time; return False: the shown run does not change."""
        for now in self._slices:
            if now > until:
                return False
        self.next_due = math.inf
        return False

    def _measure(self) -> Iterator[float]:
        """Train on one device after the other, yielding the current time as it goes on."""
        from core.train.device import takes, with_device
        from core.train.trainer import Trainer

        examples = {}
        for device in (name for name in self._devices if takes(name, self._task)):
            trainer = Trainer(with_device(self._task, device))
            trainer.set_hyperparameters(epochs=MAX_COUNT, tolerance=0.0)
            trainer.step()  # one-time costs are not measured
            trainer.backup.take(trainer.checkpoint())
            advance = at_once(trainer.advance, trainer)
            begun = time.perf_counter()
            steps = 0
            while (now := time.perf_counter()) - begun < MEASURED_SECONDS or not steps:
                yield now
                if trainer.outcome is not None:
                    trainer.go_on()
                before = trainer.step_count
                done = advance()
                steps += max(trainer.step_count - before, done)
            trainer.backup.take(trainer.checkpoint())  # waits for the device to finish
            examples[device] = steps * trainer.batch_size / (time.perf_counter() - begun)
        self._found.append(DeviceBenchmark(examples))
