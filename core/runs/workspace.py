"""The state of the training thread: its runs, the one shown, and its activities."""

from __future__ import annotations

import math
import threading
from abc import ABC, abstractmethod
from collections import OrderedDict, deque
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from core.data.task import Task
from core.errors import LogitLabError
from core.language import tr
from core.number_format import format_integer
from core.runs.activity import Activity, LoadedRun, Racing, Seeking, Training
from core.runs.device_benchmark import Benchmarking
from core.runs.epilogue_writer import EpilogueWriter
from core.runs.exact_metrics import ExactMetrics
from core.runs.failure import RACE, Failure, explain, first_line
from core.runs.mailbox import Mailbox
from core.runs.pacer import Pacer
from core.runs.publisher import Publisher
from core.runs.race import Race, RaceSnapshot
from core.train.snapshot import DeviceBenchmark, Snapshot

if TYPE_CHECKING:
    from core.runs.run_state import RunState
    from core.train.trainer import Trainer

KEPT_RUNS = 20


class Outbox:
    """The output of the training thread, readable from any thread."""

    def __init__(self) -> None:
        self.snapshots: Mailbox[Snapshot] = Mailbox()
        self.races: Mailbox[RaceSnapshot] = Mailbox()
        self.benchmarks: deque[DeviceBenchmark] = deque(maxlen=1)
        self.failures: deque[Failure] = deque(maxlen=20)
        self.states: deque[tuple[int, RunState | None]] = deque()  # see `commands.Capture`
        self.remarks: deque[str] = deque(maxlen=20)  # notes on problems that were overcome
        self.devices: tuple[str, ...] = ()  # known once PyTorch is imported


class Workspace:
    """The runs, by number, and the activities on them; used by one thread only.

    One activity is current. In order of priority: a benchmark of the devices, the activity of the
    shown run, and, while that run is at rest, measuring its exact metrics, a race, and writing the
    run's epilogue.

    activity : of the shown run; None while it is at rest.
    race : running or paused, None if there is none. closing : set when the thread is to end.
    """

    def __init__(self, outbox: Outbox, closing: threading.Event) -> None:
        self.outbox, self.closing = outbox, closing
        self.pacer = Pacer()
        self.activity: Training | Seeking | None = None
        self.benchmark: Benchmarking | None = None
        self.race: Racing | None = None
        self._runs: OrderedDict[int, LoadedRun] = OrderedDict()
        self._shown: LoadedRun | None = None
        self._publisher = Publisher(outbox.snapshots)
        self._exact_metrics = ExactMetrics(self._shown_trainer)
        self._epilogue = EpilogueWriter(self._shown_trainer)

    def _shown_trainer(self) -> Trainer | None:
        return None if self._shown is None else self._shown.trainer

    @property
    def run(self) -> LoadedRun:
        """The shown run. Raises LogitLabError if there is none."""
        if self._shown is None:
            raise LogitLabError(tr("There is nothing to train yet."))
        return self._shown

    @property
    def shown_number(self) -> int | None:
        """The number of the shown run; None if there is none."""
        return None if self._shown is None else self._shown.number

    @property
    def trainer(self) -> Trainer:
        """The trainer of the shown run. Raises LogitLabError if there is none."""
        return self.run.trainer

    # Activities ---------------------------------------------------------------------------

    @property
    def current(self) -> Activity | None:
        """The activity to advance next; None if there is nothing to do."""
        for activity in (
            self.benchmark,
            self.activity,
            self._exact_metrics,
            self.race,
            self._epilogue,
        ):
            if activity is not None and activity.next_due < math.inf:
                return activity
        return None

    def advance(self, until: float) -> None:
        """Advance the current activity until this time at the latest; publish if due."""
        current = self.current
        if current is not None and current.advance(until):
            done = self.activity
            if done is None or done.next_due < math.inf:
                self.publish()
            else:
                self._leave(done)
        self._publisher.deliver()
        if self._publisher.is_due(self._training):
            self.publish()

    def _leave(self, done: Training | Seeking) -> None:
        """End the activity, publish the run at rest, and carry out the commands that waited."""
        self.activity = None
        self.publish()
        if isinstance(done, Seeking) and done.waiting:
            for carry_out in done.waiting:
                carry_out()
            self.publish()

    def obey(self, command: Command) -> None:
        """Carry out a command, or defer it to the step being sought."""
        self._carry_out(command)
        self._epilogue.begin_again()
        self.publish()

    def _carry_out(self, command: Command) -> None:
        """Carry a command out now, or once the step that is sought is there."""
        seeking = self.activity if isinstance(self.activity, Seeking) else None
        if seeking and (command.waits_for_step or (command.waits_in_turn and seeking.waiting)):
            seeking.waiting.append(partial(self._carry_out, command))
        else:
            command.carry_out(self)

    def halt(self) -> None:
        """End the shown run's activity and any benchmark; a race may continue."""
        self.activity = self.benchmark = None
        self._publisher.drop()

    def fail(self, error: Exception) -> None:
        """Continue on the CPU if a device has failed; otherwise halt and report the error."""
        self.benchmark = None
        if self._goes_on_without_device(error):
            return
        self.halt()
        with suppress(Exception):  # publishing a broken run may fail; the error is reported anyway
            self.publish()
        self.report(error, None if self._shown is None else self._shown.number)

    def report(self, error: Exception, run: int | None) -> None:
        """Report an error of this run, None for the session, in the outbox."""
        self.outbox.failures.append(Failure(run, explain(error)))

    # Snapshots ----------------------------------------------------------------------------

    @property
    def _training(self) -> Training | None:
        return self.activity if isinstance(self.activity, Training) else None

    def publish(self) -> None:
        """Put a snapshot of the shown run into the outbox, replacing one not yet taken."""
        if self._shown is None:
            return
        if isinstance(self.activity, Seeking) and self.activity.is_on_the_way:
            self.outbox.snapshots.ask_again()  # it is published on arrival
        else:
            self._publisher.publish(self._shown, self._training)

    def seek(self, step: int) -> None:
        """Bring the shown run to this step, or to the nearest on record."""
        trainer = self.trainer
        timeline = trainer.timeline
        step = min(max(step, timeline.oldest_step), timeline.newest_step)
        self._publisher.drop()
        if isinstance(self.activity, Seeking):
            self.activity.aim_at(step)
        else:
            self.activity = Seeking(self.run, step)

    @property
    def step(self) -> int:
        """The step being sought, or the current step of the shown run."""
        return self.activity.step if isinstance(self.activity, Seeking) else self.trainer.step_count

    # Runs ---------------------------------------------------------------------------------

    def find(self, number: int) -> LoadedRun | None:
        """Return the run with this number, if it is kept."""
        return self._runs.get(number)

    def show(self, run: LoadedRun) -> None:
        """Show this run, at rest. The last KEPT_RUNS shown are kept."""
        self.halt()
        self._runs[run.number] = self._shown = run
        self._runs.move_to_end(run.number)
        while len(self._runs) > KEPT_RUNS:
            self._runs.popitem(last=False)

    def forget(self, number: int) -> None:
        self._runs.pop(number, None)

    def make_trainer(self, task: Task) -> Trainer:
        """Return a trainer of the task, on the CPU if its device fails or is out of memory."""
        from core.train.device import is_device_failure, with_device
        from core.train.trainer import Trainer

        try:
            return Trainer(task)
        except Exception as error:
            device = task.config.training.device
            if not is_device_failure(error, device):
                raise
            self.outbox.remarks.append(
                tr(
                    "{device} cannot take this ({reason}). Training is on the CPU.",
                    device=device.upper(),
                    reason=first_line(error),
                )
            )
            return Trainer(with_device(task, "cpu"))

    def _goes_on_without_device(self, error: Exception) -> bool:
        """Continue on the CPU if a device has failed; return whether that succeeded."""
        from core.train.device import is_device_failure

        run = self._shown
        if run is None or not is_device_failure(error, run.trainer.settings.device):
            return False
        self._publisher.drop()
        if isinstance(self.activity, Seeking):
            self.activity = None
        device = run.trainer.settings.device
        try:
            from core.train.warm_start import rescued

            run.trainer = rescued(run.trainer)
        except Exception:  # then the first error is reported
            return False
        self.outbox.remarks.append(
            tr(
                "{device} has stopped working ({reason}). Training goes on on the CPU from step "
                "{step}.",
                device=device.upper(),
                reason=first_line(error),
                step=format_integer(run.trainer.step_count),
            )
        )
        return True

    # Races --------------------------------------------------------------------------------

    def begin_race(self, race: Race) -> None:
        """Set the current race, paused at its start."""
        self.race = Racing(race, self.pacer, self.outbox.races, self.fail_race)
        self.race.show()

    def pause_race(self) -> None:
        if self.race is not None:
            self.race.pause(self.closing.is_set)

    def end_race(self) -> None:
        self.race = None
        self.outbox.races.clear()

    def fail_race(self, error: Exception) -> None:
        """End the race and report why; the shown run is not affected."""
        self.end_race()
        self.report(error, RACE)


class Command(ABC):
    """A request to the training thread: a value, carried out between two slices of an activity."""

    waits_for_step: ClassVar[bool] = False  # while a step is sought, carry it out on arrival
    waits_in_turn: ClassVar[bool] = False  # carry it out after those that wait, if any do

    @abstractmethod
    def carry_out(self, workspace: Workspace) -> None: ...
