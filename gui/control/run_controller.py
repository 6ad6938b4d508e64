"""Controller between the window and the training thread: the only owner of a Session.

Views receive tasks and snapshots; the user's actions on a run come back as calls.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from core.config import RunConfig, TrainingConfig
from core.errors import ConfigError
from core.language import mark, tr
from core.runs import commands, workspace
from core.runs.session import Session
from core.runs.workspace import Command
from core.train.settings_history import tuned
from core.train.snapshot import Params, Snapshot, Status
from gui.control.captures import Captures
from gui.control.file_writes import Writes
from gui.control.files import Files
from gui.control.past import Past
from gui.control.play_key import PlayKey
from gui.control.precedence import Precedence
from gui.control.race_controller import RaceController
from gui.control.thread_share import ThreadShare
from gui.control.undo import Change, Changes, Run
from gui.state.background_tasks import Background

if TYPE_CHECKING:
    from core.runs.run_state import RunState

TICK_MS = 16
UNDO_LIMIT = workspace.KEPT_RUNS - 1  # with the shown run, as many as the session remembers
FLAT_OUT = math.inf
EPOCH_A_SECOND = -1.0
CHOSEN_START = mark("choice of a start")
LOAD = "load"  # the background's key for the task of the next run


class RunController(QObject):
    """Controls the shown run: its newest snapshot, its settings, and the user's actions on it.

    Owns the session, the background threads and the timer at display rate.
    undo_stack : the changes from run to run. plays_next : whether the next run is trained at once.
    """

    task_changed = Signal(object)  # Task: what is trained from now on
    points_changed = Signal(object)  # Task: the same except for a few drawn points
    snapshot_changed = Signal(object)  # Snapshot of the shown run, at most one a frame
    settings_changed = Signal(object)  # TrainingConfig as it applies now
    failed = Signal(str)  # message for the user
    done = Signal(str)  # message for the user
    remarked = Signal(str)  # message about a success that the user should know of
    devices_changed = Signal(object)  # names of the devices that can train
    raced = Signal(object)  # DeviceBenchmark: how fast each of them is

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_left_at_once = False  # the process ends right after `close`
        self.undo_stack = Changes(self, UNDO_LIMIT)
        self.background = Background()
        self.writes = Writes(self.background, self)
        self.writes.done.connect(self.done)
        self.writes.failed.connect(self.failed)
        self.files = Files(self.writes, self)
        self.files.failed.connect(self.failed)
        self._session = Session()
        self.captures = Captures(self._session)
        self.precedence = Precedence(self._session.suspend, self._session.resume, self)
        self.race = RaceController(self._session, self.background, self)
        self.race.begun.connect(self._stop_playing)
        self.race.failed.connect(self.failed)
        self.run: Run | None = None
        # Newest snapshot of the shown run; after a restart, of the previous run until its first.
        self.snapshot: Snapshot | None = None
        self.status: Status | None = None  # as last seen; edits of points do not change it
        self.settings = TrainingConfig()
        self._asked: dict[str, float | int | None] = {}  # tuned, but not yet in a snapshot
        self.devices: tuple[str, ...] = ()
        self.speed = FLAT_OUT
        self.plays_next = False
        self.drawing = ThreadShare()
        self._key = PlayKey()
        self.past = Past(self._session.send, self._hold, self._key, lambda: self.snapshot)
        self.next_number: Callable[[], int] = count(1).__next__  # an unused run number
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    # Start and end ------------------------------------------------------------------------

    def start(self) -> None:
        """Start the training thread, which imports PyTorch, and the timer that polls it."""
        self._session.start()
        self._timer.start(TICK_MS)

    def close(self, *, finish_writing: bool = True) -> None:
        """End all threads; wait for background work and imports unless `is_left_at_once`."""
        self._timer.stop()
        self.precedence.give_back()
        self._session.close(wait_for_import=not self.is_left_at_once)
        self.background.close(wait=not self.is_left_at_once, finish_writing=finish_writing)

    def tick(self) -> None:
        """Pass on the results of the threads; called once a frame."""
        self.background.poll()
        self.drawing.measure()
        # Take failures before the snapshot, so that it is at least as new as they are; report them
        # after it, so that the status change a failure causes does not remove its message.
        outbox = self._session.outbox
        failures = [outbox.failures.popleft() for _ in range(len(outbox.failures))]
        is_answered = self._session.has_obeyed  # read first: then the snapshot is as new
        if (snapshot := outbox.snapshots.take()) is not None:
            self._take_snapshot(snapshot, is_answered=is_answered)
        while outbox.remarks:
            self.remarked.emit(outbox.remarks.popleft())
        while outbox.benchmarks:
            self.raced.emit(outbox.benchmarks.popleft())
        self.race.poll()
        for failure in failures:
            if failure.is_of_race:
                self.race.fail(failure.message)
            if failure.run is None or (self.run and failure.run == self.run.number):
                self._fail(failure.message)
        self.captures.poll()  # after the failures: that a save came to nothing is the last word
        if outbox.devices != self.devices:
            self.devices = outbox.devices
            self.devices_changed.emit(self.devices)

    def _take_snapshot(self, snapshot: Snapshot, *, is_answered: bool) -> None:
        """Pass on a snapshot, unless its run is no longer shown."""
        run = self.run
        # A restarted run has the same task as the previous one, so compare run numbers too.
        if run is None or snapshot.task is not run.shown or snapshot.run != run.number:
            return
        before, self.snapshot, self.status = self.status, snapshot, snapshot.status
        self._key.note(before, snapshot.status, is_playing=self.plays_next, is_answered=is_answered)
        if snapshot.status is Status.DIVERGED:
            self.plays_next = False
        self._take_settings(snapshot.settings)
        self.snapshot_changed.emit(snapshot)

    def _take_settings(self, settings: TrainingConfig) -> None:
        """Show the run's settings, unless they are older than the user's latest changes."""
        if any(getattr(settings, name) != value for name, value in self._asked.items()):
            return
        self._asked.clear()
        if settings != self.settings:
            self.settings = settings
            self.settings_changed.emit(settings)

    def _fail(self, message: str) -> None:
        self._asked.clear()
        self._stop_playing()
        never_ran = self.run is not None and self.status is None
        if never_ran and self.undo_stack.canUndo():
            self.undo_stack.undo()  # return to the previous run if the new one cannot start
        self.failed.emit(message)

    # The run that is shown ------------------------------------------------------------------

    @property
    def config(self) -> RunConfig:
        """The config of the shown run, with the training settings as they apply now."""
        base = self.run.task.config if self.run else RunConfig()
        return replace(base, training=self.settings)

    @property
    def is_training(self) -> bool:
        """Whether the shown run trains, or has been asked to."""
        return self._key.is_training(self.status)

    @property
    def steps(self) -> int:
        """Updates of the shown run, as known from its newest snapshot; 0 without one."""
        snapshot, run = self.snapshot, self.run
        return snapshot.newest_step if snapshot and run and snapshot.run == run.number else 0

    @property
    def is_at_rest(self) -> bool:
        """Whether the newest snapshot has been passed on, and no further one is pending."""
        is_idle = self._session.is_idle and self.background.is_idle and not self.is_training
        return self.snapshot is not None and is_idle

    def begin(
        self,
        run: Run,
        *,
        start: Params | None = None,
        warm_start_from: int | None = None,
        replaces: int | None = None,
        state: RunState | None = None,
        is_edit: bool = False,
    ) -> None:
        """Show a new run and load it in the session; see `commands.Load`.

        is_edit : only drawn points changed; the views keep their contents until its first snapshot.
        """
        if is_edit:
            self.run, self.snapshot = run, None
            self.points_changed.emit(run.task)
        else:
            self._show(run)
        if run.task.obstacle:
            self._session.send(commands.Pause())
            return
        new = run.number, run.task, self.plays_next
        self._session.send(commands.Load(*new, warm_start_from, start, replaces, state))
        self.set_speed(self.speed)

    def show_run(self, run: Run) -> None:
        """Return to a run that was shown before, paused in the state it was left in."""
        self.background.forget(LOAD)
        self.plays_next = False
        self._show(run)
        if not run.task.obstacle:
            self._session.send(commands.Resume(run.number, run.task))

    def _show(self, run: Run) -> None:
        self.background.forget_run()
        self.run, self.snapshot, self.status = run, None, None
        self._key.forget()
        self._asked.clear()
        self.settings = run.task.config.training
        self.precedence.take()
        self.task_changed.emit(run.task)
        self.settings_changed.emit(self.settings)

    # Actions of the user --------------------------------------------------------------------

    def tune(self, **changes: float | int | None) -> None:
        """Change settings that apply during training, if the config can have them."""
        try:
            self.settings = tuned(self.config, **changes).training
        except ConfigError as error:
            self.failed.emit(str(error))
        else:
            if self.run and not self.run.task.obstacle:  # else the session holds another run
                self._asked |= changes
                self._session.send(commands.Tune(changes))
            if self.speed == EPOCH_A_SECOND:
                self.set_speed(EPOCH_A_SECOND)
        self.settings_changed.emit(self.settings)

    def set_speed(self, speed: float) -> None:
        """Limit training to `speed` steps a second; or EPOCH_A_SECOND, or FLAT_OUT for no limit."""
        self.speed = speed
        if speed == EPOCH_A_SECOND and self.run:
            n = len(self.run.task.train_rows)
            speed = math.ceil(n / min(self.settings.batch_size or n, n)) if n else FLAT_OUT
        self._session.send(commands.SetSpeed(speed if speed > 0 else FLAT_OUT))

    def play_or_pause(self) -> None:
        """Train or pause, at once or when what is being loaded is there; see `PlayKey`."""
        is_loading = self.background.is_busy(LOAD)
        if self.race.has_play_key:
            self.race.play_or_pause()
        elif not ((is_loading and self.run is None) or self._is_ready()):
            return
        elif is_loading:
            self.plays_next = not self.plays_next
        elif not self._key.takes_end(self.status):
            self._ask(commands.Pause() if self.is_training else commands.Play())

    def pause(self) -> None:
        self._ask(commands.Pause())

    def step(self) -> None:
        if self._is_ready():
            self._ask(commands.Step())

    def _ask(self, command: Command) -> None:
        """Send a command after which the run trains if it is Play or Recover, else rests."""
        self.plays_next = isinstance(command, commands.Play | commands.Recover)
        self._key.ask(self.plays_next)
        self._session.send(command)

    def _hold(self) -> bool:
        """Stop training on from the shown step; return whether there is a run.

        Pending changes of settings are dropped: they belong to the step that was shown before.
        """
        if not self._is_ready():
            return False
        self._asked.clear()
        self._key.ask(False)
        self.plays_next = False
        return True

    def reset(self) -> None:
        """Return to the same initial weights; if updates are lost, undo restores them."""
        if not self._is_ready():
            return
        if self.steps:
            self._begin_again(tr("return to the start"))
        else:
            self._ask(commands.Reset())

    def move_to(self, params: Params) -> None:
        """Replace the model's weights; training continues from them."""
        if self._is_ready():
            self._session.send(commands.MoveTo(params))

    def start_from(self, params: Params) -> None:
        """Return to step 0 with these weights; successive choices of a start are one undo step."""
        if self._is_ready():
            self._begin_again(tr(CHOSEN_START), params, field=CHOSEN_START)

    def _begin_again(self, text: str, start: Params | None = None, field: str = "") -> None:
        """Begin a new run on the same task; views keep their contents until its first snapshot."""
        assert self.run is not None
        before, steps = self.run, self.steps
        after = replace(before, number=self.next_number())
        replaced = before.number if self.undo_stack.is_continued(field, before, steps) else None
        self._stop_playing()
        self.run, self.status = after, None
        self._session.send(commands.BeginAgain(after.number, start, replaced))
        change = Change(self.show_run, text, before, after, steps=steps, field=field)
        if loss := self.undo_stack.note(change):
            self.remarked.emit(loss)

    def recover(self) -> None:
        self._asked.clear()
        self._ask(commands.Recover())

    def race_devices(self) -> None:
        """Measure how fast each device trains the task; the result is emitted by `raced`."""
        if self._is_ready():
            self._session.send(commands.CompareDevices())

    def _stop_playing(self) -> None:
        self._key.forget()
        self.plays_next = False

    def _is_ready(self) -> bool:
        """Return whether there is a run that can be trained; report an obstacle in its data."""
        if obstacle := self.run.task.obstacle if self.run else "":
            self.failed.emit(obstacle)
        return self.run is not None and not obstacle
