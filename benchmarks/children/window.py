"""A child process that drives the real window as a user does; see live.Plan.

It uses the settings of a first start; those of the user are neither read nor written.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSettings, Qt, QTimer
from PySide6.QtTest import QTest

from benchmarks.live import Plan
from core.classroom.room import MOST_PHONES
from core.data.generators import GeneratorConfig, generate
from core.projects.recovery import STATE_VARIABLE
from core.runs.run_record import MAX_KEPT
from core.train.snapshot import Snapshot, Status
from gui.app.launch import Launch, leave, make_application
from gui.control.run_controller import TICK_MS
from gui.window.main_window import MainWindow

SIZE = (1280, 800)
PROBE_SECONDS = 0.001
ACTIVATION_MS = 20
SAVE_MS = 1000  # between two saves
LOOK_MS = 100  # between two looks at how many phones are there
ANSWERS = ("up", "down", "neither")
MB = 1e6


class Painting(QObject):
    """Reports each painted snapshot and the time at which its painting was complete.

    Plots are painted one after another; all are painted when the next snapshot arrives.
    A paint that is called from here holds the GIL, so that training waits for it.
    """

    def __init__(self, window: MainWindow, painted: Callable[[Snapshot, float], None]) -> None:
        super().__init__(window)
        self._painted = painted
        self._snapshot: Snapshot | None = None
        self._ended_at: float | None = None
        window.controller.snapshot_changed.connect(self._turn_to)
        window.installEventFilter(self)

    def _turn_to(self, snapshot: Snapshot) -> None:
        if self._snapshot is not None and self._ended_at is not None:
            self._painted(self._snapshot, self._ended_at)
        self._snapshot, self._ended_at = snapshot, None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() != QEvent.Type.UpdateRequest:
            return False
        watched.event(event)  # paints what has changed and flushes it to the display
        self._ended_at = time.perf_counter()
        return True


class Driver(QObject):
    """Trains at full speed once the data are loaded; subclasses override `_begin` and `_show`."""

    def __init__(self, window: MainWindow, plan: Plan) -> None:
        super().__init__(window)
        self._window, self._controller, self._plan = window, window.controller, plan
        self._is_ready = self._has_begun = False
        self._seen: Snapshot | None = None
        window.run_bar.speed.setValue(window.run_bar.speed.maximum())  # full speed
        self._controller.failed.connect(fail)  # also reports unexpected exceptions
        self._controller.snapshot_changed.connect(self._follow)
        if plan.is_probed or plan.do == "soak":
            self._painting = Painting(window, self._show)

    def _follow(self, snapshot: Snapshot) -> None:
        self._seen = snapshot
        if not self._is_ready:
            self._is_ready = True
            if self._plan.is_played:
                QTimer.singleShot(0, self._press_space)
        is_training = snapshot.status is Status.TRAINING
        is_under_way = is_training and snapshot.step >= self._plan.first_step
        if (is_under_way or not self._plan.is_played) and not self._has_begun:
            self._has_begun = True
            self._begin()

    def _press_space(self) -> None:
        if not self._window.isActiveWindow():  # no window manager gives it the focus
            self._window.activateWindow()
            QTimer.singleShot(ACTIVATION_MS, self._press_space)
            return
        QTest.keyClick(self._window.stage, Qt.Key.Key_Space)

    def _begin(self) -> None:
        """Called once: training is at `first_step`, or the data are loaded if not to be played."""

    def _show(self, snapshot: Snapshot, painted_at: float) -> None:
        """Called for each painted snapshot; complete at `painted_at` (`time.perf_counter`)."""

    def _end(self, found: dict[str, float]) -> None:
        print(json.dumps(found), flush=True)
        self._window.closing.insist()  # nobody is there to be asked


class Watch(Driver):
    """Measures speed, frame rate, ages and delays for `plan.seconds`."""

    def __init__(self, window: MainWindow, plan: Plan) -> None:
        super().__init__(window, plan)
        self._ages: list[float] = []
        self._lateness: list[float] = []
        self._ticks = 0
        self._probe, self._ticker = QTimer(self), QTimer(self)
        for timer in (self._probe, self._ticker):
            timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._probe.setSingleShot(True)
        self._probe.timeout.connect(self._see_lateness)
        self._ticker.timeout.connect(self._count_tick)

    def _begin(self) -> None:
        QTimer.singleShot(round(1000 * self._plan.warm_up), self._measure)

    def _measure(self) -> None:
        self._ages.clear()
        self._first, self._began = self._newest(), time.perf_counter()
        if self._plan.is_probed:
            self._ticker.start(TICK_MS)
            self._start_probe()
        QTimer.singleShot(round(1000 * self._plan.seconds), self._report)

    def _newest(self) -> Snapshot:
        """Return the newest snapshot; a run that has just begun on new points has none yet."""
        assert self._seen is not None
        return self._seen

    def _start_probe(self) -> None:
        self._due = time.perf_counter() + PROBE_SECONDS
        self._probe.start(round(1000 * PROBE_SECONDS))

    def _see_lateness(self) -> None:
        self._lateness.append(time.perf_counter() - self._due)
        self._start_probe()

    def _count_tick(self) -> None:
        self._ticks += 1

    def _show(self, snapshot: Snapshot, painted_at: float) -> None:
        self._ages.append(painted_at - snapshot.made_at)

    def _report(self) -> None:
        seconds = time.perf_counter() - self._began
        found = {"rss_mb": rss_mb()}
        if self._plan.is_played:
            first, last = self._first, self._newest()
            elapsed = last.made_at - first.made_at
            found["steps_per_second"] = (last.step - first.step) / elapsed
        if self._plan.is_probed:
            found["frames_per_second"] = len(self._ages) / seconds
            if self._ages:
                found["age_p99_ms"] = 1000 * float(np.percentile(self._ages, 99))
            p50, p99, most = 1000 * np.percentile(self._lateness, [50, 99, 100])
            found |= {"p50_ms": p50, "p99_ms": p99, "max_ms": most}
            found["ticks_per_second"] = self._ticks / seconds
        self._end(found)


class Join(Watch):
    """Does the same once the phones of another process are there and take part."""

    def __init__(self, window: MainWindow, plan: Plan) -> None:
        super().__init__(window, plan)
        if plan.asked == "point":
            window.painted.connect(self._draw)

    def _draw(self) -> None:
        """Draw the points that the class adds to."""
        self._window.editor.draw(generate(GeneratorConfig()), "points", True)

    def _begin(self) -> None:
        window, plan = self._window, self._plan
        window.classroom.open()
        dialog, classroom = window.classroom.dialog, window.classroom.classroom
        assert dialog is not None and classroom is not None
        classroom.open("127.0.0.1")
        classroom.room.allow_from_one(MOST_PHONES)
        classroom.ask(plan.asked, "What do you think?", ANSWERS if plan.asked == "question" else ())
        if plan.asked == "question":
            dialog.question.show_answers(ANSWERS)
        self._room = classroom.room
        command = [
            sys.executable,
            "-m",
            "benchmarks.children.phones",
            classroom.url,
            str(plan.phones),
        ]
        self._phones = subprocess.Popen([*command, plan.asked], stdout=subprocess.DEVNULL)
        self._arrival = QTimer(self)
        self._arrival.timeout.connect(self._look)
        self._arrival.start(LOOK_MS)

    def _look(self) -> None:
        if self._room.present >= self._plan.phones:
            self._arrival.stop()
            super()._begin()

    def _end(self, found: dict[str, float]) -> None:
        self._phones.terminate()
        self._phones.wait()
        super()._end(found)


class Save(Watch):
    """Does the same with as many kept runs as there may be, and saves the project each second."""

    def _begin(self) -> None:
        for _ in range(MAX_KEPT):
            self._window.views.keep_wanted.emit()
        super()._begin()

    def _measure(self) -> None:
        super()._measure()
        saves = QTimer(self)
        saves.timeout.connect(self._save)
        saves.start(SAVE_MS)

    def _save(self) -> None:
        if not self._controller.writes.is_busy:
            self._window.projects.save(Path(self._plan.path))


class Soak(Driver):
    """Shows frames as fast as possible and measures the memory and objects they leave behind."""

    def __init__(self, window: MainWindow, plan: Plan) -> None:
        super().__init__(window, plan)
        self._frames = 0
        self._before: dict[str, float] = {}
        self._hurry = QTimer(self)
        self._hurry.setTimerType(Qt.TimerType.PreciseTimer)
        self._hurry.timeout.connect(self._controller.tick)

    def _begin(self) -> None:
        self._hurry.start(1)

    def _show(self, snapshot: Snapshot, painted_at: float) -> None:
        if not self._has_begun:
            return
        self._frames += 1
        if self._frames == self._plan.warm_up_count:
            self._before = self._take_stock()
            self._began = time.perf_counter()
        elif self._frames == self._plan.warm_up_count + self._plan.count:
            self._hurry.stop()
            seconds, after = time.perf_counter() - self._began, self._take_stock()
            found = {name: after[name] - self._before[name] for name in after}
            self._end(
                found
                | {f"{name}_before": value for name, value in self._before.items()}
                | {"frames_per_second": self._plan.count / seconds}
            )

    def _take_stock(self) -> dict[str, float]:
        gc.collect()
        # Count objects without taking references: a tuple under construction in another thread
        # cannot be completed (SystemError) while it is referenced, which stops the training.
        gc.freeze()
        objects = gc.get_freeze_count()
        gc.unfreeze()
        return {"objects": objects, "rss_mb": rss_mb()}


class Close(Driver):
    """Closes the window `plan.seconds` after the event `plan.close_at`."""

    def __init__(self, window: MainWindow, plan: Plan) -> None:
        super().__init__(window, plan)
        if plan.close_at == "painted":
            window.painted.connect(self._wait)

    def _begin(self) -> None:
        if self._plan.close_at != "painted":
            self._wait()

    def _wait(self) -> None:
        QTimer.singleShot(round(1000 * self._plan.seconds), self._close)

    def _close(self) -> None:
        self._end({"closed_at": time.monotonic()})


def rss_mb() -> float:
    """Return the resident memory of this process in MB; NaN where there is no /proc."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    return int(status.read_text().split("VmRSS:")[1].split()[0]) * 1024 / MB


def fail(words: str) -> None:
    """End the process at once with exit code 1: later measurements would be invalid."""
    print(words, file=sys.stderr, flush=True)
    os._exit(1)


def main(others: Mapping[str, type[Driver]] = MappingProxyType({})) -> None:
    """Execute the plan; others : drivers of other modules, by what the plan is to do."""
    plan = Plan.from_json(sys.argv[1])
    threading.excepthook = lambda what: fail(f"{what.thread}: {what.exc_value!r}")
    with tempfile.TemporaryDirectory() as folder:
        os.environ[STATE_VARIABLE] = folder
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        launch = Launch(make_application(), plan.config, None, SIZE, None, None)
        own = {"watch": Watch, "join": Join, "soak": Soak, "close": Close, "save": Save}
        drivers: dict[str, type[Driver]] = {**own, **others}
        drivers[plan.do](launch.window, plan)
        launch.window.controller.is_left_at_once = True
        code = launch.run()
    leave(code)  # as the program does


if __name__ == "__main__":
    main()
