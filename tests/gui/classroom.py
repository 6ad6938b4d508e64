"""Random keys, clicks and changes in the window, as of a class, and checks for faults."""

from __future__ import annotations

import faulthandler
import math
import random
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QGraphicsView,
    QMenu,
    QTabBar,
    QWidget,
)
from scipy.special import expit, log_softmax

from core.data.task import Task
from core.train.snapshot import Snapshot
from gui.app.launch import SWITCH_SECONDS
from gui.control.run_controller import FLAT_OUT
from gui.stage.boundary.view import BoundaryView
from gui.stage.draw.pad import Pad
from gui.stage.draw.view import DrawView
from gui.window.main_window import MainWindow
from gui.window.run_bar import SPEEDS
from tests.gui.wheel import turn_wheel

BEAT_SECONDS = 0.02
REST_SECONDS = 10.0
POPUP_MS = 50  # that a popup stays open
PAUSES_MS = (0, 1, 2, 10, 25, 75)  # after an action
KEYS = "SBNRK[]+-1234567890L"
# Actions that ask for a file, leave the program, or should only be taken deliberately.
NOT_PRESSED = (
    *(
        "Open",
        "Save",
        "Export",
        "Predict",
        "Picture",
        "Paste",
        "Quit",
        "folder",
        "full screen",
        "MNIST",
        "What can I do",
        "About",
    ),
    *("family", "Compare devices"),
)
UNEXPECTED = ("went wrong inside", "unexpected error", "Traceback")


def queued_seconds() -> dict[str, float]:
    """Return how long each thread of this process has waited for a processor, in seconds by id.

    Caused by the load of the system. While a thread that holds the GIL waits, all others wait for
    it. Empty where the system has no such figures.
    """
    queued = {}
    for thread in Path("/proc/self/task").glob("*/schedstat"):
        with suppress(OSError):  # the thread has ended
            queued[thread.parent.name] = int(thread.read_text().split()[1]) / 1e9
    return queued


def work_seconds() -> float:
    """Return the CPU time (s) of a fixed piece of work; more while the processor is shared."""
    begun = time.thread_time()
    sum(k * k for k in range(20_000))
    return time.thread_time() - begun


class Watch:
    """A thread that writes down the stacks of all threads while the window does not respond.

    Uses faulthandler: a frame inspected from Python outlives its call, and so does its painter.
    """

    def __init__(self, last_beat: Callable[[], float], notes: Path) -> None:
        self._last_beat = last_beat
        self._notes = notes
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch")
        self._thread.start()

    @property
    def seen(self) -> str:
        """The stacks since the last response, oldest first."""
        return self._notes.read_text()

    def _look(self) -> None:
        known = 0.0
        with self._notes.open("w") as notes:
            while not self._is_over.wait(BEAT_SECONDS):
                if (beat := self._last_beat()) != known:
                    known = beat
                    notes.seek(0)
                    notes.truncate()
                if time.monotonic() - beat > 2 * BEAT_SECONDS:
                    faulthandler.dump_traceback(notes)

    def close(self) -> None:
        self._is_over.set()
        self._thread.join()


@dataclass
class Classroom:
    """Acts on a window at random for a while, and records faults.

    longest_pause : seconds for which the window may not respond; inf: nothing is timed.
    faults : what went wrong, each with the last actions before it.
    acted, checked : number of actions, and of checks of figures.
    """

    window: MainWindow
    seed: int
    log: Path
    longest_pause: float
    faults: list[str] = field(default_factory=list)
    acted: int = 0
    checked: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self._last: deque[str] = deque(maxlen=12)
        self._is_timed = math.isfinite(self.longest_pause)
        self._usual = min(work_seconds() for _ in range(50)) if self._is_timed else math.inf
        self._beat = QTimer(self.window)
        self._beat.timeout.connect(self._feel)
        self._closing = QTimer(self.window)  # a menu or a dialog blocks its opener
        self._closing.timeout.connect(self._close_popups)
        self._actions: list[tuple[int, Callable[[], object]]] = [
            (20, self._press_key),
            (14, self._click),
            (6, self._wheel),
            (6, self._type),
            (6, self._choose_tab),
            (6, self._choose_source),
            (5, self._choose_model),
            (6, self._trigger),
            (5, self._draw),
            (4, self._go_in_time),
            (3, self._resize),
            (3, self._change_theme),
            (6, self._train_flat_out),
            (3, self._lesson),
        ]

    # Life -----------------------------------------------------------------------------------------

    def attend(self, actions: int) -> None:
        """Act this many times, or until there are five faults."""
        before, sys.excepthook = sys.excepthook, self._note_exception
        self.window.controller.failed.connect(self._note_words)
        interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_SECONDS)  # as the program does
        self._begin_beat()
        if self._is_timed:
            self._watch = Watch(lambda: self._beat_at, self.log.with_name("stacks.log"))
            self._beat.start(int(1000 * BEAT_SECONDS))
        self._closing.start(POPUP_MS)
        weights, acts = zip(*self._actions, strict=True)
        try:
            while self.acted < actions and len(self.faults) < 5:
                act = self.random.choices(acts, weights)[0]
                self._do(act)
                self.acted += 1
                if self.acted % 25 == 0:
                    self._check_figures()
        finally:
            if self._is_timed:
                self._beat.stop()
                self._watch.close()
            sys.setswitchinterval(interval)
            self._closing.stop()
            sys.excepthook = before

    def _do(self, act: Callable[[], object]) -> None:
        self._tell(act.__name__)
        act()
        QTest.qWait(self.random.choice(PAUSES_MS))

    def _tell(self, words: str) -> None:
        """Log the next action beforehand, so that it is known after a crash."""
        self._last.append(words)
        with self.log.open("a") as log:
            log.write(f"{self.acted} {words}\n")
        if self._is_timed:
            self._begin_beat()  # finding the target has taken time, too

    def _close_popups(self) -> None:
        popup = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if popup is not None:
            QTest.keyClick(popup, Qt.Key.Key_Escape)
            popup.close()

    # Faults ---------------------------------------------------------------------------------------

    def _fault(self, words: str) -> None:
        self.faults.append(f"{words}\n  after {', '.join(self._last)}")
        with self.log.open("a") as log:
            log.write(f"FAULT {words}\n")

    def _note_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        self._fault("".join(traceback.format_exception(kind, error, trace)))

    def _note_words(self, words: str) -> None:
        if any(part in words for part in UNEXPECTED):
            self._fault(f"told: {words}")

    def _feel(self) -> None:
        """Record a fault if the window did not respond for too long, waits for processors aside."""
        now, worked = time.monotonic(), time.thread_time()
        waited, own = now - self._beat_at - BEAT_SECONDS, worked - self._worked_at
        before = self._queued_at
        late = sum(now - before.get(name, 0.0) for name, now in queued_seconds().items())
        if max(own, waited - late) > self.longest_pause:
            slower = max(1.0, min(work_seconds() for _ in range(5)) / self._usual)
            if max(own, waited - late) / slower > self.longest_pause:
                self._fault(
                    f"nothing was answered for {waited:.3f} s: {own:.3f} s of it were work at "
                    f"1/{slower:.2f} of the usual pace, and for {late:.3f} s threads waited for a "
                    f"processor\n{self._watch.seen}"
                )
        self._begin_beat()

    def _begin_beat(self) -> None:
        self._beat_at, self._worked_at = time.monotonic(), time.thread_time()
        self._queued_at = queued_seconds()

    def _check_figures(self) -> None:
        """Pause the run, and compare its figures with those recomputed from its weights."""
        controller = self.window.controller
        if controller.snapshot is None or controller.run is None or controller.run.task.obstacle:
            return
        if controller.is_training:
            QTest.keyClick(self.window, Qt.Key.Key_Space)
        deadline = time.monotonic() + REST_SECONDS
        while not self._is_at_rest():
            if time.monotonic() > deadline:
                return  # a long search, for example
            QTest.qWait(10)
        QTest.qWait(10)
        shot = self.window.controller.snapshot
        if shot is None or not self._is_at_rest():
            return
        self.checked += 1
        if shot.task is not controller.run.task:
            self._fault("the snapshot is not of the task that is shown")
        for view in self.window.views.made:
            if view.snapshot is not None and view.snapshot.task is not view.task:
                self._fault(f"{type(view).__name__} shows one task's numbers beside another")
        figures = recompute(shot)
        shown = shot.metrics.train_accuracy, shot.metrics.test_accuracy
        for name, is_so, should in zip(("training", "test"), shown, figures[:2], strict=True):
            if should is not None and not np.isclose(is_so, should, atol=2e-3, equal_nan=True):
                self._fault(f"{name} accuracy {is_so}, recomputed {should}")
        if figures[2] is not None and not np.isclose(
            shot.metrics.train_loss, figures[2], rtol=1e-3
        ):
            self._fault(f"training loss {shot.metrics.train_loss}, recomputed {figures[2]}")
        words = self.window.run_bar.accuracy.findChildren(QWidget)
        text = " ".join(w.text() for w in words if hasattr(w, "text"))
        if f"{shown[0]:.1%}".replace("%", "\xa0%") not in text:
            self._fault(f"the run bar says {text}, the run {shown[0]:.1%}")

    def _is_at_rest(self) -> bool:
        return self.window.is_at_rest

    # Actions --------------------------------------------------------------------------------------

    def _widgets(self, kind: type[QWidget] | tuple[type[QWidget], ...]) -> list[QWidget]:
        found = self.window.findChildren(QWidget)
        return [w for w in found if isinstance(w, kind) and w.isVisible() and w.isEnabled()]

    def _press_key(self) -> None:
        key = self.random.choice([*KEYS, " ", " ", "\t", "up", "down", "esc", "undo", "redo"])
        named = {
            " ": Qt.Key.Key_Space,
            "\t": Qt.Key.Key_Tab,
            "up": Qt.Key.Key_Up,
            "down": Qt.Key.Key_Down,
            "esc": Qt.Key.Key_Escape,
        }
        target = QApplication.focusWidget() or self.window
        self._tell(repr(key))
        if key in ("undo", "redo"):
            control = Qt.KeyboardModifier.ControlModifier
            QTest.keyClick(target, Qt.Key.Key_Z if key == "undo" else Qt.Key.Key_Y, control)
        elif key in named:
            QTest.keyClick(target, named[key])
        else:
            QTest.keyClick(target, key)

    def _click(self) -> None:
        kinds = (QAbstractButton, QAbstractSlider, QTabBar, QGraphicsView, Pad)
        widgets = [w for w in self._widgets(kinds) if not self._is_avoided(w)]
        if not widgets:
            return  # a slide has none
        widget = self.random.choice(widgets)
        at = QPoint(
            self.random.randrange(max(widget.width(), 1)),
            self.random.randrange(max(widget.height(), 1)),
        )
        target = widget.viewport() if isinstance(widget, QGraphicsView) else widget
        self._tell(f"{_name(widget)} at {at.x()}, {at.y()}")
        QTest.mouseMove(target, at)
        QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=at)

    def _is_avoided(self, widget: QWidget) -> bool:
        words = f"{widget.accessibleName()} {getattr(widget, 'text', str)()} {widget.toolTip()}"
        is_heavy = "MNIST" in words or "CSV" in words or "folder" in words
        return is_heavy or any(part in words for part in ("Export", "Save", "Open a", "Picture…"))

    def _wheel(self) -> None:
        widgets = self._widgets((QAbstractSpinBox, QComboBox, QAbstractSlider, QGraphicsView))
        if not widgets:
            return  # a slide has none
        widget = self.random.choice(widgets)
        target = widget.viewport() if isinstance(widget, QGraphicsView) else widget
        notches = self.random.choice((-1, 1))
        self._tell(f"{notches} over {_name(widget)}")
        turn_wheel(target, notches)

    def _type(self) -> None:
        fields = self._widgets(QAbstractSpinBox)
        if not fields:
            return  # a slide has none
        widget = self.random.choice(fields)
        values = (
            "0",
            "1",
            "2",
            "7",
            "32",
            "100",
            "0.01",
            "0.3",
            "1e3",
            "-1",
            "",
            "abc",
            "1,5",
            "50",
        )
        text = self.random.choice(values)
        self._tell(f"{text!r} into {_name(widget)}")
        widget.setFocus()
        QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(widget, text)
        QTest.keyClick(widget, Qt.Key.Key_Return)

    def _choose_tab(self) -> None:
        tabs = self.window.stage.tabs
        index = self.random.randrange(tabs.count())
        self._tell(tabs.tabText(index))
        QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(index).center())
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            action = self.random.choice(menu.actions())
            self._tell(action.text())
            action.trigger()
            menu.close()

    def _choose_source(self) -> None:
        source = self.random.choice(("iris", "iris", "digits", "drawn"))
        self._tell(source)
        QTest.mouseClick(self.window.rail.source.button(source), Qt.MouseButton.LeftButton)

    def _choose_model(self) -> None:
        if not self.window.setup.isVisible():
            QTest.mouseClick(self.window.knobs.settings_button, Qt.MouseButton.LeftButton)
        if not self.window.setup.isVisible():
            return  # a page takes the side's space
        buttons = [
            b for b in self.window.setup.model.findChildren(QAbstractButton) if b.isVisible()
        ]
        button = self.random.choice(buttons)
        self._tell(_name(button))
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def _trigger(self) -> None:
        actions = [
            a
            for a in self.window.findChildren(QAction)
            if a.isEnabled() and a.text() and a.menu() is None
        ]
        actions = [
            a
            for a in actions
            if not any(
                part.casefold() in a.text().replace("&", "").casefold() for part in NOT_PRESSED
            )
        ]
        action = self.random.choice(actions)
        self._tell(action.text())
        action.trigger()

    def _draw(self) -> None:
        """Add, drag or spray points on the board, or draw on the pad."""
        boundary, draw = self.window.views["Boundary"], self.window.views["Draw"]
        assert isinstance(boundary, BoundaryView)
        assert isinstance(draw, DrawView)
        pad = draw.pad
        if boundary.isVisible() and boundary.board.is_active:
            target = boundary.plot.viewport()
        elif pad.isVisible():
            target = pad
        else:
            return

        def place() -> QPoint:
            wide, high = max(target.width() - 80, 1), max(target.height() - 60, 1)
            return QPoint(60 + self.random.randrange(wide), 10 + self.random.randrange(high))

        button = self.random.choice(
            (Qt.MouseButton.LeftButton,) * 5 + (Qt.MouseButton.RightButton,)
        )
        QTest.mousePress(target, button, pos=place())
        for _ in range(self.random.randrange(6)):
            QTest.mouseMove(target, place(), 2)
        QTest.mouseRelease(target, button, pos=place())

    def _go_in_time(self) -> None:
        controller = self.window.controller
        if controller.snapshot is None:
            return
        step = self.random.randint(0, max(controller.snapshot.newest_step, 1))
        self._tell(f"step {step}")
        self.window.history_bar.step_wanted.emit(step)

    def _resize(self) -> None:
        size = self.random.choice(((1280, 800), (1366, 768), (1024, 640), (1920, 1080)))
        self._tell(str(size))
        self.window.resize(*size)

    def _change_theme(self) -> None:
        choice = self.random.choice(("light", "dark", "system"))
        self._tell(choice)
        self.window.appearance.choose(choice)

    def _train_flat_out(self) -> None:
        self.window.run_bar.set_speed(SPEEDS.index(FLAT_OUT))
        if not self.window.controller.is_training:
            QTest.keyClick(self.window, Qt.Key.Key_Space)

    def _lesson(self) -> None:
        keys = [key for key in self.window.lessons.shelf.keys if "mnist" not in key]
        key = self.random.choice(keys)
        self._tell(key)
        self.window.lessons.choose(key)


def _name(widget: QWidget) -> str:
    words = widget.text() if isinstance(widget, QAbstractButton) else ""
    return f"{type(widget).__name__} {widget.accessibleName()} {words}".strip()


def recompute(shot: Snapshot) -> tuple[float | None, float | None, float | None]:
    """Return training accuracy, test accuracy and, for log-likelihoods, training loss.

    Computed in float64 with NumPy, from the weights alone. None where it is not recomputed.
    """
    task = shot.task
    train, test = (_outputs(task, shot, rows) for rows in (task.train_rows, task.test_rows))
    loss = None
    if len(task.train_rows) <= 10_000:
        loss = _loss(task, train, task.dataset.y[task.train_rows])
    return _accuracy(task, train, task.train_rows), _accuracy(task, test, task.test_rows), loss


def _outputs(task: Task, shot: Snapshot, rows: np.ndarray) -> np.ndarray:
    X = task.inputs(task.dataset.values(rows)).astype(np.float64)
    params = shot.params
    if params.hidden is not None:
        V = X @ params.hidden.V.astype(np.float64).T + params.hidden.c
        name = params.hidden.activation
        X = {"relu": lambda v: np.maximum(v, 0), "tanh": np.tanh, "sigmoid": expit}[name](V)
    return X @ params.W.astype(np.float64).T + params.b


def _accuracy(task: Task, Z: np.ndarray, rows: np.ndarray) -> float | None:
    if not len(rows):
        return float("nan")
    if task.is_neuron:
        half = 0.5 if task.config.model.kind == "adaline" else 0.0
        decided = (Z[:, 0] > half).astype(int)
    elif task.config.model.kind == "ovo":
        return None  # a vote, with ties
    else:
        decided = Z.argmax(axis=1)
    return float(np.mean(decided == task.dataset.y[rows]))


def _loss(task: Task, Z: np.ndarray, y: np.ndarray) -> float | None:
    kind = task.config.model.kind
    if kind == "softmax":
        return float(-log_softmax(Z, axis=1)[np.arange(len(y)), y].mean())
    if kind == "binary":
        return float(np.logaddexp(0, np.where(y == 1, -Z[:, 0], Z[:, 0])).mean())
    return None
