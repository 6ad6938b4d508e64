"""What the training thread is busy with: a run in training, replayed, brought to a step; a race.

An activity advances by slices of a few milliseconds. It knows no thread and no queue: between two
slices a command may end it or put another into its place.
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

COPY_SECONDS = 0.5  # no older is what is left of a run whose device fails
REPLAY_SECONDS = 0.1  # between measurements while the past is replayed flat out
SEEK_SECONDS = 0.15  # on the way to a step that long, it is left for one that is wanted by now


@dataclass
class LoadedRun:
    """A run of the session.

    task : what it was loaded with. The trainer's own may be for the CPU instead of its device.
    """

    number: int
    task: Task
    trainer: Trainer


class Activity(Protocol):
    """What the thread can be busy with."""

    @property
    def next_due(self) -> float:
        """When there is something to do, in seconds of `time.perf_counter`; inf: nothing."""

    def advance(self, until: float) -> bool:
        """Go on until then at the latest; return whether the run that is shown is to be seen."""


class Training:
    """Trains a run, no faster than the pacer allows, until it is over."""

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
        """How old figures may be for a snapshot: flat out, the trainer measures by itself."""
        return math.inf if self.is_flat_out else 0.0

    def advance(self, until: float) -> bool:
        """Train for a slice of time, or make the one step that is due.

        What is then to be seen is the end, or the last step before the thread is asleep.
        """
        trainer = self._run.trainer
        advance = self._step_of(trainer)
        if self.is_flat_out:
            advance = at_once(advance, trainer)
        begun_at = trainer.step_count
        self._pacer.run(advance, partial(self._is_over, trainer), until)
        steps = max(trainer.step_count - begun_at, 0)  # divergence leads back
        self._throughput.add(steps, steps * trainer.batch_size)
        self._keep_copy(trainer)
        self._has_ended = self._is_over(trainer)
        return self._has_ended or self._pacer.is_asleep_next

    def _step_of(self, trainer: Trainer) -> Callable[..., bool]:
        return trainer.advance

    def _is_over(self, trainer: Trainer) -> bool:
        return trainer.outcome is not None

    def _keep_copy(self, trainer: Trainer) -> None:
        """Have the weights on the host, should the device fail."""
        now = time.perf_counter()
        if trainer.stepper.is_queued and now - self._copied_at > COPY_SECONDS:
            trainer.backup.start(trainer.checkpoint())
            self._copied_at = now


class Replaying(Training):
    """Plays the past of a run again, at the speed of training, up to its newest step."""

    @property
    def snapshot_metrics_seconds(self) -> float:
        return REPLAY_SECONDS if self.is_flat_out else 0.0

    def _step_of(self, trainer: Trainer) -> Callable[..., bool]:
        return trainer.timeline.replay

    def _is_over(self, trainer: Trainer) -> bool:
        return trainer.outcome is not None or not trainer.timeline.is_past

    def _keep_copy(self, trainer: Trainer) -> None:
        """The newest step has been copied before."""


class Seeking:
    """Brings a run to another of its steps; of several that are wanted, the newest counts.

    waiting : what is to be done there.
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
        """Whether the run is at a step that nobody has asked for."""
        return self._slices is not None

    def aim_at(self, step: int) -> None:
        """Let this be the step that is wanted, and what was to be done at the other be forgotten.

        The way to the other is gone to its end if it is short, so that something is seen.
        """
        self.step = step
        self.waiting.clear()
        if not self.is_on_the_way or time.perf_counter() - self._begun_at > SEEK_SECONDS:
            self._begin()

    def advance(self, until: float) -> bool:
        """Go on until then; return whether a step has been reached."""
        if self._slices is None:
            self._begin()
        assert self._slices is not None
        for _ in self._slices:
            if time.perf_counter() > until:
                return False
        self._slices = None
        return True


class Racing:
    """Lets the entries of a race take turns, as fast as a run may go.

    Paused, it measures them on all of their training rows.

    mailbox : where their state is put when it is asked for.
    failed : is told what has gone wrong in the race.
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
        """Go on, unless it is over."""
        self._is_running = not self._race.is_over
        if self._is_running:
            self._pacer.restart()
        self.show()

    def pause(self, is_given_up: Callable[[], bool]) -> None:
        """Hold it where all have made equally many updates; giving up leaves it within a round."""
        self._is_running = False
        while not (self._race.is_between_rounds or is_given_up()):
            self._race.advance()
        self.show()

    def advance(self, until: float) -> bool:
        """Let them take turns, or measure them; the run that is shown is left alone."""
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
        """Put where the entries stand into the mailbox."""
        self._mailbox.answer()
        self._mailbox.put(self._race.snapshot(is_running=self._is_running))


def at_once(advance: Callable[..., bool], trainer: Trainer) -> Callable[[], bool]:
    """Return what advances the trainer as far as its device can at once."""
    return partial(advance, MAX_COUNT) if trainer.stepper.is_queued else advance


def _exact_metrics_of(trainer: Trainer) -> ExactMetrics:
    return ExactMetrics(lambda: trainer)
