"""Runs as the window shows them: its controllers, views and settings, without the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.config import RunConfig
from core.data.shown_task import shown
from core.data.task import Task
from core.train.snapshot import Snapshot, Status
from gui.control.data_editor import DataEditor
from gui.control.data_loader import DataLoader
from gui.control.next_task import NextTask
from gui.control.run_controller import RunController
from gui.kit.theme import LIGHT, palette
from gui.setup.setup_panel import SetupPanel
from gui.state.covers import Covers
from gui.window.look.theming import Appearance
from gui.window.rest import is_at_rest
from gui.window.view_context import ViewContext
from gui.window.view_registry import SIDE, TABS

PATIENCE_MS = 30_000


class Alone(QObject):
    """The controllers of a window; views of its registry and the settings follow the shown run.

    told : the messages for the user, of which a window shows the last.
    """

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        self._qtbot = qtbot
        self.controller = controller = RunController(self)
        self.next_task = NextTask(controller, self)
        self.editor = DataEditor(controller, self.next_task, self)
        self.loader = DataLoader(controller, self.next_task, self.editor, self)
        self.appearance = look = Appearance("light", self)
        given = controller, self.editor, self.loader, look, Covers(self), self
        self.context = ViewContext(*given)
        self.setup = SetupPanel()  # shown by `show_setup`
        self.views: dict[str, Any] = {}
        self._exposed: list[QWidget] = []
        self.told: list[str] = []
        for message in (controller.failed, controller.done, controller.remarked):
            message.connect(self.told.append)
        for message in (self.context.failed, self.context.remarked):
            message.connect(self.told.append)
        self._connect_setup()
        controller.task_changed.connect(lambda task: self._show_task(shown(task)))
        controller.points_changed.connect(self._show_points)
        controller.snapshot_changed.connect(self._show_snapshot)

    def show(self, name: str, width: int = 700, height: int = 600) -> Any:
        """Make a view as the window does, and show it; it follows the run from now on."""
        QApplication.setPalette(palette(LIGHT))  # before a view is made, which follows changes
        spec = next(spec for spec in (*TABS, *SIDE) if spec.name == name)
        view = spec.make(self.context)
        self.views[name] = view
        if self.controller.run is not None:
            view.receive_task(self.controller.run.shown)
        if self.controller.snapshot is not None:
            view.receive_snapshot(self.controller.snapshot)
        self.expose(view, width, height)
        return view

    def show_setup(self) -> None:
        """Show the panel with all settings."""
        QApplication.setPalette(palette(LIGHT))
        self.expose(self.setup, 360, 760)

    def _connect_setup(self) -> None:
        """Connect the settings to the run, and what views want of them, as the window does."""
        controller, loader, setup = self.controller, self.loader, self.setup
        wishes = setup.wishes
        wishes.data_changed.connect(lambda data, words: loader.change(words, data=data))
        wishes.model_changed.connect(lambda model, words: loader.change(words, model=model))
        wishes.run_changed.connect(lambda training, words: loader.change(words, training=training))
        wishes.tuned.connect(lambda name, value: controller.tune(**{name: value}))
        self.next_task.refused.connect(setup.keep)
        controller.settings_changed.connect(setup.show_settings)
        controller.devices_changed.connect(setup.show_devices)
        for changed in (controller.task_changed, controller.points_changed):
            changed.connect(setup.show_task)
        self.context.kind_wanted.connect(wishes.change_kind)
        self.context.one_map_wanted.connect(wishes.drop_hidden_layer)

    def expose(self, widget: QWidget, width: int, height: int) -> None:
        """Show a widget, active and of this size, until the end of the test."""
        self._exposed.append(widget)
        widget.resize(width, height)
        widget.show()
        self._qtbot.waitExposed(widget)
        widget.activateWindow()
        self.until(widget.isActiveWindow)

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

    @property
    def is_at_rest(self) -> bool:
        """Whether all visible views show the newest snapshot, and nothing is pending."""
        controller, views = self.controller, [v for v in self.views.values() if v.isVisible()]
        return controller.is_at_rest and all(is_at_rest(v, controller, (v,)) for v in views)

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
        for view in self.views.values():
            view.end_threads()
        for widget in (*self._exposed, self.setup):
            widget.close()
            widget.deleteLater()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        if application.styleSheet():  # a theme was chosen
            application.setStyleSheet("")
        self.loader.fetcher.close()
        self.controller.close()
        self.deleteLater()

    def _show_task(self, task: Task) -> None:
        self.context.points_wanted.emit(task)
        self.context.receive_task(task)
        for view in self.views.values():
            view.receive_task(task)
        self.context.task_shown.emit(task)

    def _show_points(self, task: Task) -> None:
        self.context.points_wanted.emit(task)
        self.context.receive_points(task)
        for view in self.views.values():
            view.receive_points(task)

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        self.context.receive_snapshot(snapshot)
        for view in self.views.values():
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
