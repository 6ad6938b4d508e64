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

MEASURED_SECONDS = 0.7  # a device


class Benchmarking:
    """An activity: trains a task from its start on each device for a moment.

    What it finds is put into `found` once it is over; the runs of the session are left alone.
    """

    def __init__(self, task: Task, devices: Sequence[str], found: deque[DeviceBenchmark]) -> None:
        self._task, self._devices, self._found = task, tuple(devices), found
        self._slices = self._measure()
        self.next_due = -math.inf

    def advance(self, until: float) -> bool:
        """Go on until then; nothing of the run that is shown is new."""
        for now in self._slices:
            if now > until:
                return False
        self.next_due = math.inf
        return False

    def _measure(self) -> Iterator[float]:
        """Train on one device after the other, and yield the time after each update."""
        from core.train.device import with_device
        from core.train.trainer import Trainer

        examples = {}
        for device in self._devices:
            trainer = Trainer(with_device(self._task, device))
            trainer.set_hyperparameters(epochs=MAX_COUNT, tolerance=0.0)
            trainer.step()  # what happens once is not counted
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
            trainer.backup.take(trainer.checkpoint())  # waits for what the device has yet to do
            examples[device] = steps * trainer.batch_size / (time.perf_counter() - begun)
        self._found.append(DeviceBenchmark(examples))
