"""A race: several trainers in lock step, each exactly as it would train alone.

A round is one update of every entry that still trains. Entries share only the data, so that after
k rounds each has the same weights, bit for bit, as after k updates alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.config import TrainingConfig
from core.train.history import Curves
from core.train.snapshot import Metrics, Params, Status

if TYPE_CHECKING:
    from core.train.trainer import Trainer

MOST = 4


@dataclass(frozen=True, eq=False)
class RaceEntry:
    """The state of one entry; see `Snapshot` for the fields."""

    status: Status
    step: int
    epoch: int
    params: Params
    metrics: Metrics
    curves: Curves
    settings: TrainingConfig
    message: str


@dataclass(frozen=True, eq=False)
class RaceSnapshot:
    """A race at one moment.

    number : of the race. rounds : number of rounds completed.
    status : READY, TRAINING, PAUSED, or FINISHED once every entry has ended.
    """

    number: int
    rounds: int
    status: Status
    entries: tuple[RaceEntry, ...]


class Race:
    """Trainers that make their updates in turn."""

    def __init__(self, number: int, trainers: Sequence[Trainer]) -> None:
        self.number = number
        self.rounds = 0
        self.is_between_rounds = True  # all entries still training have made equally many updates
        self.trainers = tuple(trainers)
        self._turn = 0

    @property
    def is_over(self) -> bool:
        return all(trainer.outcome is not None for trainer in self.trainers)

    def advance(self) -> bool:
        """Do a slice of the current entry's update; return whether that ends a round."""
        self.is_between_rounds = False
        trainer = self.trainers[self._turn]
        if trainer.outcome is None and not trainer.advance():
            return False
        self._turn += 1
        if self._turn < len(self.trainers):
            return False
        self._turn = 0
        self.rounds += 1
        self.is_between_rounds = True
        return True

    def snapshot(self, *, is_running: bool) -> RaceSnapshot:
        """Return the state of all entries; unless running, measured at the current step."""
        status = Status.TRAINING
        if self.is_over:
            status = Status.FINISHED
        elif not is_running:
            status = Status.PAUSED if self.rounds else Status.READY
        entries = tuple(self._entry(trainer, status) for trainer in self.trainers)
        return RaceSnapshot(self.number, self.rounds, status, entries)

    def _entry(self, trainer: Trainer, status: Status) -> RaceEntry:
        if status is not Status.TRAINING and trainer.metrics.step != trainer.step_count:
            trainer.measure()
        return RaceEntry(
            status=trainer.outcome or status,
            step=trainer.step_count,
            epoch=trainer.epoch,
            params=trainer.params(),
            metrics=trainer.metrics,
            curves=trainer.history.curves(),
            settings=trainer.settings,
            message=str(trainer.message),
        )
