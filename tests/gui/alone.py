"""Runs as the window shows them, with its controllers and one of its views, without the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.config import RunConfig
from core.data.shown_task import shown
from core.data.task import Task
from core.train.snapshot import Snapshot, Status
from gui.control.data_editor import DataEditor
from gui.control.data_loader import DataLoader
from gui.control.next_task import NextTask
from gui.control.run_controller import RunController
from gui.kit import theme as look
from gui.kit.view import View
from gui.state.covers import Covers
from gui.window.look.theming import Appearance
from gui.window.view_context import ViewContext
from gui.window.view_registry import SIDE, TABS

PATIENCE_MS = 30_000


class Alone(QObject):
    """The controllers of a window, and views of its registry that follow the shown run.

    told : the messages for the user, of which a window shows the last.
    """

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        self._qtbot = qtbot
        self.controller = controller = RunController(self)
        self.next_task = NextTask(controller, self)
        self.editor = DataEditor(controller, self.next_task, self)
        self.loader = DataLoader(controller, self.next_task, self.editor, self)
        self.context = ViewContext(
            controller, self.editor, self.loader, Appearance("light", self), Covers(self), self
        )
        self.views: list[View] = []
        self.told: list[str] = []
        for message in (controller.failed, controller.done, controller.remarked):
            message.connect(self.told.append)
        for message in (self.context.failed, self.context.remarked):
            message.connect(self.told.append)
        controller.task_changed.connect(lambda task: self._show_task(shown(task)))
        controller.points_changed.connect(self._show_points)
        controller.snapshot_changed.connect(self._show_snapshot)

    def show(self, name: str, width: int = 700, height: int = 600) -> View:
        """Make a view as the window does, and show it; it follows the run from now on."""
        QApplication.setPalette(look.palette(look.LIGHT))  # before a view, which follows changes
        spec = next(spec for spec in (*TABS, *SIDE) if spec.name == name)
        view = spec.make(self.context)
        self.views.append(view)
        view.resize(width, height)
        view.show()
        self._qtbot.waitExposed(view)
        view.activateWindow()
        self.until(view.isActiveWindow)
        return view

    def start(self, config: RunConfig, *, wait: bool = True) -> None:
        """Load the data and start the threads; wait for the first snapshot, or for the task."""
        self.loader.load(config)
        self.controller.start()
        self.until(lambda: self.controller.run is not None)
        if wait:
            self.until(lambda: self.controller.snapshot is not None)

    def until(self, condition: Callable[[], bool]) -> None:
        """Let the application run until the condition holds."""
        self._qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def reach(self, status: Status) -> Snapshot:
        """Wait for a status of the shown run and return its snapshot."""
        controller = self.controller
        self.until(lambda: controller.snapshot is not None and controller.snapshot.status is status)
        assert controller.snapshot is not None
        return controller.snapshot

    def finish(self) -> Snapshot:
        """Train to the end, at the speed that is set."""
        self.controller.play_or_pause()
        return self.reach(Status.FINISHED)

    def walk(self, steps: int) -> Snapshot:
        """Train some steps, one by one, and return the last snapshot."""
        controller = self.controller
        for _ in range(steps):
            before = controller.steps
            controller.step()
            self.until(lambda before=before: controller.steps == before + 1)  # type: ignore[misc]
        return self.reach(Status.PAUSED)

    @contextmanager
    def new_run(self) -> Iterator[None]:
        """Wait at the end for another run, and its first snapshot if it can have one."""
        controller, before = self.controller, self.controller.run
        yield
        self.until(
            lambda: (
                controller.run is not None
                and controller.run is not before
                and (controller.snapshot is not None or bool(controller.run.task.obstacle))
            )
        )

    def close(self) -> None:
        """End all threads; close the views."""
        for view in self.views:
            view.end_threads()
            view.close()
            view.deleteLater()
        self.loader.fetcher.close()
        self.controller.close()
        self.deleteLater()

    def _show_task(self, task: Task) -> None:
        self.context.points_wanted.emit(task)
        self.context.receive_task(task)
        for view in self.views:
            view.receive_task(task)
        self.context.task_shown.emit(task)

    def _show_points(self, task: Task) -> None:
        self.context.points_wanted.emit(task)
        self.context.receive_points(task)
        for view in self.views:
            view.receive_points(task)

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        self.context.receive_snapshot(snapshot)
        for view in self.views:
            view.receive_snapshot(snapshot)


def opened(qtbot: QtBot) -> Iterator[Callable[..., Alone]]:
    """Yield a function that makes such controllers; close all of them at the end."""
    made: list[Alone] = []

    def make() -> Alone:
        made.append(Alone(qtbot))
        return made[-1]

    yield make
    for each in made:
        each.close()
