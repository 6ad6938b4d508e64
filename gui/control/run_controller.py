"""Between the window and the training thread: the only owner of a Session.

Views are given tasks and snapshots; what the person wants comes back as calls of the hub.
"""

from __future__ import annotations

import math
import time
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QUndoStack

from core.config import SECOND_ORDER, DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.dataset import Dataset
from core.data.from_table import dataset_of_table
from core.data.points import Points
from core.data.task import Task, prepare
from core.errors import ConfigError, LogitLabError
from core.out_of_memory import is_shortage, say_shortage
from core.runs import commands, throughput, workspace
from core.runs.session import Session
from core.train.snapshot import Params, Snapshot, Status
from gui.control.file_writes import Writes
from gui.control.files import Files, read_model
from gui.control.mnist_fetch import Fetch
from gui.control.race_controller import RaceController
from gui.control.undo import Change, Run
from gui.state.background_tasks import Background, Queue

if TYPE_CHECKING:
    from core.data.csv.table import Table
    from core.data.mnist.download import Download
    from core.data.mnist.progress import Progress
    from core.teach.lesson import Preset

TICK_MS = 16
UNDO_LIMIT = workspace.KEPT_RUNS - 1  # with the run that is shown, as many as a session remembers
FLAT_OUT = math.inf
EPOCH_A_SECOND = -1.0


class Hub(QObject):
    """Owns the session, the background thread and the display-rate timer."""

    task_changed = Signal(object)  # Task: what is trained from now on
    points_changed = Signal(object)  # Task: the same, but for a few drawn points
    snapshot_changed = Signal(object)  # Snapshot of the shown run, at most one a frame
    settings_changed = Signal(object)  # TrainingConfig as it applies now
    busy_changed = Signal(str)  # what is being loaded, "" when done
    download_changed = Signal(object)  # Progress while data come from the network, then None
    failed = Signal(str)  # words for the person
    done = Signal(str)  # words for the person
    remarked = Signal(str)  # words for the person about something that went well all the same
    refused = Signal(object, bool)  # Task that stays; whether another folder could help
    devices_changed = Signal(object)  # names of the devices that can train
    raced = Signal(object)  # DeviceBenchmark: how fast each of them is

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_left_at_once = False  # the process ends right after `close`
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(UNDO_LIMIT)
        self.background = Background()
        self.writes = Writes(self.background, self)
        self.writes.began.connect(self.busy_changed)
        self.writes.ended.connect(self._end_writing)
        self.writes.done.connect(self.done)
        self.writes.failed.connect(self.failed)
        self.files = Files(self.writes, self)
        self.files.failed.connect(self.failed)
        self.run: Run | None = None
        self.snapshot: Snapshot | None = None  # the newest of the shown task
        self._status: Status | None = None  # as last seen; edits of points do not change it
        self.points = Points()
        self.settings = TrainingConfig()
        self.devices: tuple[str, ...] = ()
        self.speed = FLAT_OUT
        self.download: Download | None = None  # made when it is first needed
        self._fetch: Fetch | None = None
        # What to load when it is there: config, words, whether to play, the lesson.
        self._fetched: tuple[RunConfig, str, bool, Preset | None] | None = None
        self._progress: Progress | None = None
        self._called_off: list[Fetch] = []
        self._remark = ""
        self._complaint = ""
        self._session = Session()
        self.race = RaceController(self._session, self.background, self)
        self.race.begun.connect(self._stop_playing)
        self.race.failed.connect(self.failed)
        self._runs = 0
        self._loaded: tuple[DataConfig, Dataset] | None = None
        self._play_when_loaded = False  # what the person wants of the run that comes next
        self.goes_on_while_drawing = True
        self._before_gesture: Run | None = None
        self._coming: RunConfig | None = None  # of the run that is being made ready
        # Pictures and classes that are being taught to a run.
        self._taught: tuple[Run, NDArray[np.uint8], NDArray[np.int64]] | None = None
        self.drawing_share = 0.0  # of this thread's time, over the last half second or so
        self._drawn_since = time.perf_counter(), time.thread_time()
        self._asked: dict[str, float | int | None] = {}  # tuned, and not yet seen in a snapshot
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    # Life ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the training thread, which imports PyTorch, and the timer that asks it."""
        self._session.start()
        self._timer.start(TICK_MS)

    def close(self, *, finish_writing: bool = True) -> None:
        """End all threads and wait for them."""
        self._timer.stop()
        self.stop_fetch()
        self._session.close(wait_for_import=not self.is_left_at_once)
        self.background.close(wait=not self.is_left_at_once, finish_writing=finish_writing)
        for fetch in self._called_off:
            fetch.close()

    def tick(self) -> None:
        """Hand on what the threads have ready; once a frame."""
        self.background.poll()
        self._follow_fetch()
        self._measure_drawing()
        # Before the snapshot, which is then as new as they are; told after it, so that the status
        # that a failure brings about does not take its words away.
        outbox = self._session.outbox
        failures = [outbox.failures.popleft() for _ in range(len(outbox.failures))]
        snapshot = outbox.snapshots.take()
        if snapshot and self.run and snapshot.task is self.run.task:
            self.snapshot, self._status = snapshot, snapshot.status
            if snapshot.status is Status.DIVERGED:
                self._play_when_loaded = False
            self._take_settings(snapshot.settings)
            self.snapshot_changed.emit(snapshot)
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
        if outbox.devices != self.devices:
            self.devices = outbox.devices
            self.devices_changed.emit(self.devices)

    def _measure_drawing(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        since, worked_before = self._drawn_since
        if now - since >= throughput.RATE_SECONDS:
            self.drawing_share = min((worked - worked_before) / (now - since), 1.0)
            self._drawn_since = now, worked

    def _take_settings(self, settings: TrainingConfig) -> None:
        """Show the run's settings, unless they are older than what was just asked for."""
        if any(getattr(settings, name) != value for name, value in self._asked.items()):
            return
        self._asked.clear()
        if settings != self.settings:
            self.settings = settings
            self.settings_changed.emit(settings)

    # What the person wants ----------------------------------------------------------------

    @property
    def config(self) -> RunConfig:
        """The config of the shown run, with the training settings as they apply now."""
        base = self.run.task.config if self.run else RunConfig()
        return replace(base, training=self.settings)

    @property
    def is_training(self) -> bool:
        return self._status is Status.TRAINING

    @property
    def is_at_rest(self) -> bool:
        """Whether the newest snapshot has been handed on, and none will come by itself."""
        return (
            self.snapshot is not None
            and not self.is_training
            and self._session.is_idle
            and self.background.is_idle
            and not self.is_fetching
        )

    def load(
        self,
        config: RunConfig,
        words: str = "",
        *,
        play: bool = False,
        table: Table | None = None,
        preset: Preset | None = None,
        field: str = "",
    ) -> None:
        """Load the data of the config and show a new run on it; the old one stays until then.

        table : the config's file, where it has been read already.
        preset : the lesson whose config it is, with its points and its start.
        field : whose value the person changes; see `Change`.
        """
        known = (
            self._loaded[1] if self._loaded and _same_data(self._loaded[0], config.data) else None
        )
        if table is not None:
            known = None  # the file may have changed
        if known is None and sources.is_fetched(config.data):
            self._start_fetch(config, words, play=play, preset=preset)
            return
        if self.run and _place(config.data) != _place(self.run.task.config.data):
            self.stop_fetch()  # the person wants something else now
        self._play_when_loaded = play
        drawing = preset.points if preset else None
        points = self.points if drawing is None else drawing
        # What is being taught at this moment goes with the data that it is taught to.
        taught = self._taught if known is not None and preset is None else None

        def work() -> tuple[Dataset, Task]:
            if config.data.source == "drawn":
                data = sources.drawn(points)
            elif table is not None:
                data = dataset_of_table(table, config.data)
            else:
                data = known or sources.load(config.data)
            if taught is not None:
                data = data.with_examples(*taught[1:])
            return data, prepare(data, config)

        def answer(result: tuple[Dataset, Task]) -> None:
            self.busy_changed.emit("")
            self._loaded = config.data, result[0]
            if drawing is not None:
                self.points = drawing
            self._begin(result[1], points, words, preset, field)
            if self._complaint:
                self.failed.emit(self._complaint)
                self._complaint = ""

        self.busy_changed.emit("" if known else _loading(config.data))

        def failed(error: BaseException) -> None:
            self._not_loaded(error, may_lie_elsewhere=config.data.source == "mnist")
            if self.run is None and config.data.source == "csv" and self._timer.isActive():
                self._complaint = str(error)  # the program was started with this file
                self.load(RunConfig(training=config.training))

        self._coming = config if preset is None else None
        self.background.ask("load", work, answer, failed, Queue.READS)

    @property
    def is_fetching(self) -> bool:
        """Whether data are on their way from the network."""
        return self._fetch is not None

    def _start_fetch(
        self, config: RunConfig, words: str, *, play: bool, preset: Preset | None
    ) -> None:
        """Get data that come from the network; what is shown stays and trains on until then."""
        self._fetched = config, words, play, preset
        if self._fetch is None:
            self.background.forget("load")
            self._coming = None
            self._fetch = Fetch(config.data, self._make_download)
            self.busy_changed.emit(_loading(config.data))

    def _make_download(self) -> Download:
        """Return what downloads; on the fetching thread, which alone waits for the import."""
        if self.download is None:
            from core.data.mnist.download import Download

            self.download = Download()
        return self.download

    def stop_fetch(self) -> bool:
        """Call the download off; say whether there was one."""
        if self._fetch is None:
            return False
        self._fetch.cancel()
        self._called_off = [fetch for fetch in self._called_off if not fetch.is_done]
        self._called_off.append(self._fetch)
        self._end_fetch()
        return True

    def _end_fetch(self) -> None:
        self._fetch = self._progress = None
        self.busy_changed.emit("")
        self.download_changed.emit(None)

    def _follow_fetch(self) -> None:
        """Tell how the download goes, and begin the run that it was for."""
        fetch = self._fetch
        if fetch is None:
            return
        assert self._fetched is not None
        config, words, play, preset = self._fetched
        is_done = fetch.is_done  # before its progress: what comes last is not missed
        progress = fetch.progress
        if progress is not None and progress is not self._progress:
            if self._progress is None:
                self.busy_changed.emit("")
                if self.run is None:  # there is something to do meanwhile
                    self.load(RunConfig(training=config.training))
            self._progress = progress
            self.download_changed.emit(progress)
        if not is_done or self.background.is_busy("load"):
            return
        self._end_fetch()
        try:
            dataset = fetch.result()
        except Exception as error:
            self._not_loaded(error, may_lie_elsewhere=True)
            return
        if self.download is not None:
            self._remark = self.download.notice
        self._loaded = config.data, dataset
        if self.run and preset is None:  # it may have been tuned meanwhile
            config = replace(config, training=self.settings)
        self.load(config, words, play=play, preset=preset)

    def change(self, words: str, **parts: Any) -> None:
        """Begin a new run with parts of the config replaced, as in `data=…`, `model=…`.

        Where another change is being made ready, both are made: this one would else take its place.
        A model that the optimiser is not made for goes back to plain descent, and says so.
        """
        is_rule_kept = "training" not in parts
        parts = self._with_what_is_coming(parts)
        model, training = parts.get("model"), self.config.training
        if model is not None and training.optimiser in SECOND_ORDER and is_rule_kept:
            try:
                replace(self.config, **parts)
            except ConfigError as error:
                self._remark = f"{error} It is gradient descent now."
                parts["training"] = replace(training, optimiser="sgd")
        try:
            self.load(replace(self.config, **parts), words, play=False, field=words)
        except ConfigError as error:
            self.failed.emit(str(error))

    def _with_what_is_coming(self, parts: dict[str, Any]) -> dict[str, Any]:
        """Return the parts with what another change has already asked for, where both can be."""
        if self._coming is None:
            return parts
        now = {name: getattr(self.config, name) for name in ("data", "model", "training")}
        try:
            return {
                name: _changed(now[name], part, getattr(self._coming, name))
                for name, part in (now | parts).items()
            }
        except ConfigError:  # such as one class for both: the newer wish counts
            return parts

    def draw(self, points: Points, words: str, is_last: bool) -> None:
        """Train on other drawn points, as the newest edit of a gesture or its last.

        A gesture, such as a drag, is one undo. A model that was trained is trained again: from
        where it was, or from the start unless `goes_on_while_drawing`.
        """
        self.points = points
        before = self._before_gesture or self.run
        self._before_gesture = None if is_last else before
        if self.config.data.source != "drawn":
            self._play_when_loaded = False
        elif self._status in (Status.FINISHED, Status.CONVERGED):
            self._play_when_loaded = True
        config = _config_for(points, self.config)

        def answer(task: Task) -> None:
            self._show_drawing(task, points, words, before, is_last)

        self.background.ask(
            "load",
            lambda: prepare(sources.drawn(points), config),
            answer,
            lambda error: self._not_loaded(error, may_lie_elsewhere=False),
            Queue.READS,
        )

    def teach(self, X: NDArray[np.uint8], y: NDArray[np.int64], words: str) -> None:
        """Add pictures X (k, m) of the classes y (k,) to the training rows, and go on from there.

        The classes are those of the data set as it was loaded. One call is one undo.
        """
        run, config = self.run, self._coming or self.config
        if run is None:
            return
        self._play_when_loaded = self.is_training
        if self._taught is not None and self._taught[0] is run:  # the one before is under way
            X, y = np.concatenate([self._taught[1], X]), np.concatenate([self._taught[2], y])
        self._taught = run, X, y

        def answer(task: Task) -> None:
            self._runs += 1
            after = Run(self._runs, task, run.points, run.preset, strays=True)
            self._show(after)
            self._session.send(
                commands.Load(after.number, task, play=self._play_when_loaded, take_over=run.number)
            )
            self.set_speed(self.speed)
            self.undo_stack.push(Change(self.show_run, words, run, after))

        self.background.ask(
            "load",
            lambda: prepare(run.task.source.with_examples(X, y), config),
            answer,
            lambda error: self._not_loaded(error, may_lie_elsewhere=False),
            Queue.READS,
        )

    def open_model(self, path: Path) -> None:
        """Show a saved model on the data that it was trained with, ready to train on."""
        before, points, loaded = self.run, self.points, self._loaded
        self._play_when_loaded = False
        self.busy_changed.emit(f"Opening {path.name} …")

        def answer(found: tuple[Params, Task]) -> None:
            self.busy_changed.emit("")
            params, task = found
            self._runs += 1
            after = Run(self._runs, task, points)
            self._show(after)
            self._session.send(commands.Load(after.number, task, start=params))
            self.set_speed(self.speed)
            if before is not None:
                self.undo_stack.push(
                    Change(self.show_run, f"opening of {path.name}", before, after)
                )
            self.done.emit(f"Opened {path.name}. Space trains on from its weights.")

        self.background.ask(
            "load",
            lambda: read_model(path, loaded),
            answer,
            lambda error: self._not_loaded(error, may_lie_elsewhere=False),
            Queue.READS,
        )

    def set_going_on(self, is_on: bool) -> None:
        """Keep the weights when points change, or start again."""
        self.goes_on_while_drawing = is_on

    def tune(self, **changes: float | int | None) -> None:
        """Change settings that apply while it runs."""
        try:
            self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]
        except ConfigError as error:
            self.failed.emit(str(error))
        else:
            if self.run and not self.run.task.obstacle:  # else the session still has another run
                self._asked |= changes
                self._session.send(commands.Tune(changes))
            if self.speed == EPOCH_A_SECOND:
                self.set_speed(EPOCH_A_SECOND)
        self.settings_changed.emit(self.settings)

    def play_or_pause(self) -> None:
        if self.race.has_play_key:
            self.race.play_or_pause()
            return
        if not self._is_ready():
            return
        if self.background.is_busy("load"):
            self._play_when_loaded = not self._play_when_loaded
        else:
            self._play_when_loaded = not self.is_training
            self._session.send(commands.Play() if self._play_when_loaded else commands.Pause())

    def pause(self) -> None:
        self._play_when_loaded = False
        self._session.send(commands.Pause())

    def step(self) -> None:
        if self._is_ready():
            self._play_when_loaded = False
            self._session.send(commands.Step())

    def step_back(self) -> None:
        """Pause and undo one update."""
        if self._is_ready():
            self._look_back()
            self._session.send(commands.StepBack())

    def go_to(self, step: int) -> None:
        """Pause and show the run as it was after this step."""
        if self._is_ready():
            self._look_back()
            self._session.send(commands.GoTo(step))

    def go_live(self) -> None:
        """Show the newest step of the run again."""
        if self._is_ready():
            self._look_back()
            self._session.send(commands.GoLive())

    def replay_or_pause(self) -> None:
        """Play what is on record again, from here or, at its end, from its start; or pause that."""
        if not self._is_ready() or self.snapshot is None:
            return
        if self.is_training:
            self._session.send(commands.Pause())
            return
        self._look_back()
        if not self.snapshot.is_past:
            self._session.send(commands.GoTo(self.snapshot.oldest_step))
        self._session.send(commands.Replay())

    def _look_back(self) -> None:
        """What was tuned and not yet seen is of another step; the person does not want to train."""
        self._asked.clear()
        self._play_when_loaded = False

    def reset(self) -> None:
        if self._is_ready():
            self._play_when_loaded = False
            self._session.send(commands.Reset())

    def move_to(self, params: Params) -> None:
        """Put other weights in place of the model's; training goes on from there."""
        if self._is_ready():
            self._session.send(commands.MoveTo(params))

    def start_from(self, params: Params) -> None:
        """Return to step 0, to these weights."""
        if self._is_ready():
            self._play_when_loaded = False
            self._session.send(commands.StartFrom(params))

    def recover(self) -> None:
        self._asked.clear()
        self._play_when_loaded = True
        self._session.send(commands.Recover())

    def train_again(self, task: Task, config: RunConfig, words: str) -> None:
        """Begin a new run on the very data of this task, and train it at once."""
        self.background.forget("load")
        self._coming = None
        self.stop_fetch()
        if config.data.source == "drawn":
            drawn = task.source
            self.points = Points(drawn.X.astype(np.float64), drawn.y, drawn.class_names)
        self._play_when_loaded = True
        self._begin(replace(task, config=config), self.points, words, None)

    def race_devices(self) -> None:
        """Measure how fast each device trains the task; the answer comes by `raced`."""
        if self._is_ready():
            self._session.send(commands.CompareDevices())

    def set_speed(self, speed: float) -> None:
        """Train so many steps a second at most; EPOCH_A_SECOND and FLAT_OUT are the others."""
        self.speed = speed
        if speed == EPOCH_A_SECOND and self.run:
            n = len(self.run.task.train_rows)
            speed = math.ceil(n / min(self.settings.batch_size or n, n)) if n else FLAT_OUT
        self._session.send(commands.SetSpeed(speed if speed > 0 else FLAT_OUT))

    def show_run(self, run: Run) -> None:
        """Go back to a run that was shown before, paused, as it was left."""
        self.background.forget("load")
        self._play_when_loaded = False
        self.points = run.points
        self._show(run)
        if not run.task.obstacle:
            self._session.send(commands.Resume(run.number, run.task))

    # ----------------------------------------------------------------------------------------

    def _stop_playing(self) -> None:
        self._play_when_loaded = False

    def _end_writing(self) -> None:
        if not self.background.is_busy("load"):  # which says by itself when it ends
            self.busy_changed.emit("")

    def _is_ready(self) -> bool:
        if self.run is None:
            return False
        if self.run.task.obstacle:
            self.failed.emit(self.run.task.obstacle)
            return False
        return True

    def _begin(
        self,
        task: Task,
        points: Points,
        words: str,
        preset: Preset | None = None,
        field: str = "",
    ) -> None:
        self._runs += 1
        steps = self.snapshot.step if self.snapshot else 0
        before, strays, start = self.run, False, preset.params if preset else None
        if preset is None and before and _is_same_place(before.task, task):
            preset, strays = before.preset, True
        after = Run(self._runs, task, points, preset, strays)
        last = self.undo_stack.command(self.undo_stack.index() - 1)
        is_same = isinstance(last, Change) and last.goes_on(field, before, steps)
        replaced = before.number if before and is_same else None
        self._show(after)
        if task.obstacle:
            self._session.send(commands.Pause())
        else:
            load = commands.Load(
                after.number, task, play=self._play_when_loaded, start=start, replaces=replaced
            )
            self._session.send(load)
            self.set_speed(self.speed)
        if before is not None:
            words = words or f"change to {task.dataset.name}"
            change = Change(self.show_run, words, before, after, steps=steps, field=field)
            self.undo_stack.push(change)  # the stack may make it one with the last
            newest = self.undo_stack.command(self.undo_stack.index() - 1)
            assert isinstance(newest, Change)
            self._remark = f"{newest.loss} {self._remark}".strip()
        if self._remark:
            self.remarked.emit(self._remark)
            self._remark = ""

    def _show_drawing(
        self, task: Task, points: Points, words: str, before: Run | None, is_last: bool
    ) -> None:
        """Show a run on edited points; where only points changed, what is seen stays in place."""
        old = self.run
        self._runs += 1
        number = self._runs
        is_same_gesture = old is not None and old is not before
        preset = old.preset if old and _is_same_place(old.task, task) else None
        run = Run(number, task, points, preset, strays=True)
        is_trained = (
            old is not None
            and old.task.config.data.source == "drawn"
            and not old.task.obstacle
            and self._status is not None
        )
        if (
            old is not None
            and is_trained
            and not task.obstacle
            and task.dataset.class_names == old.task.dataset.class_names
        ):
            self.run, self.snapshot = run, None
            self._loaded = task.config.data, task.source
            self.points_changed.emit(task)
        else:
            self._show(run)
        if task.obstacle:
            self._session.send(commands.Pause())
        else:
            take_over = old.number if old and is_trained and self.goes_on_while_drawing else None
            replaced = old.number if old and is_same_gesture else None
            load = commands.Load(
                number, task, play=self._play_when_loaded, take_over=take_over, replaces=replaced
            )
            self._session.send(load)
            self.set_speed(self.speed)
        if is_last and before is not None:
            self.undo_stack.push(Change(self.show_run, words, before, run))

    def _show(self, run: Run) -> None:
        self.busy_changed.emit("")
        self.background.forget_run()
        self._coming = self._taught = None
        self.run, self.snapshot, self._status = run, None, None
        self._loaded = run.task.config.data, run.task.source
        self._asked.clear()
        self.settings = run.task.config.training
        self.task_changed.emit(run.task)
        self.settings_changed.emit(self.settings)

    def _not_loaded(self, error: BaseException, *, may_lie_elsewhere: bool) -> None:
        """Say why nothing was loaded; what was there before stays as it is."""
        self.busy_changed.emit("")
        self._coming = self._taught = None
        if self.run:
            self.points = self.run.points
        self._play_when_loaded = self.is_training
        if isinstance(error, LogitLabError):
            self.failed.emit(str(error))
        elif is_shortage(error):
            self.failed.emit(say_shortage(error))
        else:
            self.failed.emit(f"The data could not be loaded ({type(error).__name__}: {error}).")
        self.refused.emit(self.run.task if self.run else None, may_lie_elsewhere)

    def _fail(self, message: str) -> None:
        self._asked.clear()
        self._play_when_loaded = False
        never_ran = self.run is not None and self._status is None
        if never_ran and self.undo_stack.canUndo():
            self.undo_stack.undo()  # a run that cannot start leaves the one before it in place
        self.failed.emit(message)


def _place(data: DataConfig) -> tuple[str, str | None]:
    return data.source, data.folder


def _is_same_place(a: Task, b: Task) -> bool:
    return _place(a.config.data) == _place(b.config.data)


def _config_for(points: Points, config: RunConfig) -> RunConfig:
    """Return the config with drawn points for data, and a model that their classes allow."""
    data, model = config.data, config.model
    if data.source != "drawn":
        data = DataConfig(
            source="drawn",
            split_seed=data.split_seed,
            validation_fraction=data.validation_fraction,
        )
    if not {model.positive, model.negative} - {None} <= set(points.class_names):
        model = replace(model, positive=None, negative=None)
    return replace(config, data=data, model=model)


def _changed(old: Any, new: Any, to: Any) -> Any:
    """Return `to` with what differs between old and new, three values of one dataclass."""
    changes = {
        field.name: getattr(new, field.name)
        for field in fields(new)
        if getattr(new, field.name) != getattr(old, field.name)
    }
    return replace(to, **changes)


def _same_data(a: DataConfig, b: DataConfig) -> bool:
    return a.source != "drawn" and all(
        getattr(a, name) == getattr(b, name)
        for name in ("source", "folder", "path", "label", "reading")
    )


def _loading(data: DataConfig) -> str:
    if data.path:
        return f"Loading {Path(data.path).name} …"
    return f"Loading {data.source.upper() if data.source == 'mnist' else data.source} …"
