"""Activities of the training thread: training, replaying or seeking in a run, and racing.

An activity advances by slices of a few milliseconds. It is independent of threads and queues:
between two slices a command may end or replace it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from core.config import MAX_COUNT
from core.data.task import Task
from core.runs.exact_metrics import ExactMetrics
from core.runs.mailbox import Mailbox
from core.runs.pacer import Pacer
from core.runs.race import Race, RaceSnapshot
from core.runs.throughput import Throughput
from core.train.snapshot import Pace

if TYPE_CHECKING:
    from core.train.trainer import Trainer

COPY_SECONDS = 0.5  # between host backups, for a failure of the device
REPLAY_SECONDS = 0.1  # between measurements while the past is replayed flat out
SEEK_SECONDS = 0.15  # after this, a newer target step interrupts seeking


@dataclass
class LoadedRun:
    """A run of the session.

    task : the one it was loaded with. The trainer's task may be for the CPU instead of its device.
    """

    number: int
    task: Task
    trainer: Trainer


class Activity(Protocol):
    """Work that the training thread does slice by slice."""

    @property
    def next_due(self) -> float:
        """Time of the next work, in seconds of `time.perf_counter`; inf if there is none."""

    def advance(self, until: float) -> bool:
        """Work until this time at the latest; return whether to publish the shown run."""


class Training:
    """Trains a run at the pacer's speed until it is over."""

    def __init__(self, run: LoadedRun, pacer: Pacer) -> None:
        self._run, self._pacer = run, pacer
        self._throughput = Throughput()
        self._has_ended = False
        self._copied_at = -math.inf  # when weights on a device were last copied to the host
        pacer.restart()

    @property
    def next_due(self) -> float:
        return math.inf if self._has_ended else self._pacer.due

    @property
    def pace(self) -> Pace:
        return self._throughput.pace

    @property
    def is_flat_out(self) -> bool:
        return self._pacer.is_flat_out

    @property
    def snapshot_metrics_seconds(self) -> float:
        """The greatest age of a snapshot's metrics, s; flat out, the trainer measures by itself."""
        return math.inf if self.is_flat_out else 0.0

    def advance(self, until: float) -> bool:
        """Train for a slice of time, or make the steps that are due.

        The run is to be published at its end, or before the thread sleeps.
        """
        trainer = self._run.trainer
        advance = self._step_of(trainer)
        if self.is_flat_out:
            advance = at_once(advance, trainer)
        begun_at = trainer.step_count
        self._pacer.run(advance, partial(self._is_over, trainer), until)
        steps = max(trainer.step_count - begun_at, 0)  # divergence returns to an earlier step
        self._throughput.add(steps, steps * trainer.batch_size)
        self._keep_copy(trainer)
        self._has_ended = self._is_over(trainer)
        return self._has_ended or self._pacer.is_asleep_next

    def _step_of(self, trainer: Trainer) -> Callable[..., bool]:
        return trainer.advance

    def _is_over(self, trainer: Trainer) -> bool:
        return trainer.outcome is not None

    def _keep_copy(self, trainer: Trainer) -> None:
        """Back up the weights on the host, in case the device fails."""
        now = time.perf_counter()
        if trainer.stepper.is_queued and now - self._copied_at > COPY_SECONDS:
            trainer.backup.start(trainer.checkpoint())
            self._copied_at = now


class Replaying(Training):
    """Replays the past of a run at training speed, up to its newest step."""

    @property
    def snapshot_metrics_seconds(self) -> float:
        return REPLAY_SECONDS if self.is_flat_out else 0.0

    def _step_of(self, trainer: Trainer) -> Callable[..., bool]:
        return trainer.timeline.replay

    def _is_over(self, trainer: Trainer) -> bool:
        return trainer.outcome is not None or not trainer.timeline.is_past

    def _keep_copy(self, trainer: Trainer) -> None:
        """Do nothing: the newest step has been copied before."""


class Seeking:
    """Brings a run to another of its steps; a newer target replaces an older one.

    waiting : functions to call on arrival.
    """

    def __init__(self, run: LoadedRun, step: int) -> None:
        self._run = run
        self.step = step
        self.waiting: list[Callable[[], None]] = []
        self._begin()

    def _begin(self) -> None:
        self._sought, self._begun_at = self.step, time.perf_counter()
        self._slices: Iterator[None] | None = self._run.trainer.timeline.going_to(self._sought)

    @property
    def next_due(self) -> float:
        return math.inf if self._slices is None and self.step == self._sought else -math.inf

    @property
    def is_on_the_way(self) -> bool:
        """Whether the run is at an intermediate step."""
        return self._slices is not None

    def aim_at(self, step: int) -> None:
        """Set a new target step and drop the functions waiting for the old one.

        Seeking the old target is completed if it began recently, so that some step is displayed.
        """
        self.step = step
        self.waiting.clear()
        if not self.is_on_the_way or time.perf_counter() - self._begun_at > SEEK_SECONDS:
            self._begin()

    def advance(self, until: float) -> bool:
        """Seek until this time; return whether a target step has been reached."""
        if self._slices is None:
            self._begin()
        assert self._slices is not None
        for _ in self._slices:
            if time.perf_counter() > until:
                return False
        self._slices = None
        return True


class Racing:
    """Runs the entries of a race in turns, at the pacer's speed.

    While paused, it measures them on all of their training rows.

    mailbox : receives the state of the race on request.
    failed : called with an exception raised in the race.
    """

    def __init__(
        self,
        race: Race,
        pacer: Pacer,
        mailbox: Mailbox[RaceSnapshot],
        failed: Callable[[Exception], None],
    ) -> None:
        self._race, self._pacer = race, pacer
        self._mailbox, self._failed = mailbox, failed
        self._exact_metrics = [_exact_metrics_of(trainer) for trainer in race.trainers]
        self._is_running = False

    @property
    def next_due(self) -> float:
        if self._is_running:
            return self._pacer.due
        return min((exact.next_due for exact in self._exact_metrics), default=math.inf)

    @property
    def is_running(self) -> bool:
        return self._is_running

    def run(self) -> None:
        """Start or continue the race, unless it is over."""
        self._is_running = not self._race.is_over
        if self._is_running:
            self._pacer.restart()
        self.show()

    def pause(self, is_given_up: Callable[[], bool]) -> None:
        """Pause at the end of the round; `is_given_up` stops it within a round."""
        self._is_running = False
        while not (self._race.is_between_rounds or is_given_up()):
            self._race.advance()
        self.show()

    def advance(self, until: float) -> bool:
        """Run the entries or measure them; return False: the shown run does not change."""
        if self._is_running:
            self._take_turns(until)
            return False
        for exact in self._exact_metrics:
            if exact.next_due < math.inf:
                if exact.advance(until):
                    self.show()
                break
        return False

    def _take_turns(self, until: float) -> None:
        race = self._race
        try:
            self._pacer.run(race.advance, lambda: race.is_over, until)
            self._is_running = not race.is_over
            if self._mailbox.is_asked or self._pacer.is_asleep_next or not self._is_running:
                self.show()
        except Exception as error:
            self._failed(error)

    def show(self) -> None:
        """Put the current state of the entries into the mailbox."""
        self._mailbox.answer()
        self._mailbox.put(self._race.snapshot(is_running=self._is_running))


def at_once(advance: Callable[..., bool], trainer: Trainer) -> Callable[[], bool]:
    """Return a function that makes as many updates at once as the trainer's device can."""
    return partial(advance, MAX_COUNT) if trainer.stepper.is_queued else advance


def _exact_metrics_of(trainer: Trainer) -> ExactMetrics:
    return ExactMetrics(lambda: trainer)
